"""A systemd on D-Bus that says what it is told to: on a socket of its own, or on a dbus-daemon."""
import contextlib
import itertools
import os
import pathlib
import re
import socket
import subprocess
import threading

import jeepney
from jeepney.io.blocking import open_dbus_connection
from jeepney.low_level import MessageType, Parser

SYSTEMD = "org.freedesktop.systemd1"
UNIT, SERVICE = SYSTEMD + ".Unit", SYSTEMD + ".Service"
UNITS = ("containerd.service", "crio.service", "docker.service", "kubelet.service", "nvidia-persistenced.service")

CONFIG = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    {policy}
  </policy>
</busconfig>
"""


def not_found(unit):
    return {UNIT: {"Id": ("s", unit), "LoadState": ("s", "not-found"), "ActiveState": ("s", "inactive"),
                   "LoadError": ("(ss)", (SYSTEMD + ".NoSuchUnit", f"Unit {unit} not found."))},
            SERVICE: {"MainPID": ("u", 0)}}


def escaped(unit):
    return re.sub(r"[^A-Za-z0-9]", lambda byte: f"_{ord(byte[0]):02x}", unit)


class Systemd:
    """`units`: name → interface → property → (signature, value). Any other unit is not found."""

    def __init__(self, units):
        self.units = units
        self.calls = []
        self.listeners = []  # send(message) of each connection

    def change(self, unit, interface, name, value):
        """Sets a property and says so to whoever is connected."""
        self.units[unit][interface][name] = value
        path = "/org/freedesktop/systemd1/unit/" + escaped(unit)
        address = jeepney.DBusAddress(path, interface="org.freedesktop.DBus.Properties")
        for send in list(self.listeners):
            with contextlib.suppress(BrokenPipeError):  # it has just left
                send(jeepney.new_signal(address, "PropertiesChanged", "sa{sv}as", (interface, {name: value}, [])))

    def answer(self, message):
        member = message.header.fields[jeepney.HeaderFields.member]
        if member == "Subscribe":
            self.calls.append(member)
            return jeepney.new_method_return(message)
        argument = message.body[0]
        self.calls.append(f"{member} {argument}")
        if member == "LoadUnit":
            return jeepney.new_method_return(message, "o", ("/org/freedesktop/systemd1/unit/" + escaped(argument),))
        path = message.header.fields[jeepney.HeaderFields.path]
        unit = re.sub("_([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), path.rsplit("/", 1)[1])
        properties = self.units.get(unit, not_found(unit)).get(argument, {})
        return jeepney.new_method_return(message, "a{sv}", (properties,))

    def serve(self, connection):
        """One connection without a bus between, until the other side leaves."""
        lines, parser, serials = b"", Parser(), itertools.count(1)

        def send(message):
            connection.sendall(message.serialise(serial=next(serials)))

        begun = False
        while piece := connection.recv(65536):
            if not begun:
                lines += piece
                while b"\r\n" in lines and not begun:
                    line, lines = lines.split(b"\r\n", 1)
                    begun = line == b"BEGIN"
                    if begun:
                        self.listeners.append(send)
                    else:
                        word = line.lstrip(b"\0")
                        connection.sendall(b"DATA\r\n" if word == b"AUTH EXTERNAL" else
                                           b"OK 0123456789abcdef0123456789abcdef\r\n")
                if not begun:
                    continue
                piece = lines
            parser.add_data(piece)
            while (message := parser.get_next_message()) is not None:
                send(self.answer(message))
        self.listeners.remove(send)


def listen(path):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    server = socket.socket(socket.AF_UNIX)
    before = os.getcwd()
    os.chdir(path.parent)  # the whole path may be longer than an address
    try:
        server.bind(path.name)
    finally:
        os.chdir(before)
    os.chmod(path, 0o777)
    server.listen(8)
    return server


def own_socket(test, path, serve):
    """`serve(connection)` answers whoever connects to `path`, on a thread that ends with the test."""
    server = listen(path)

    def run():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    def one(connection):
        with connection:
            try:
                serve(connection)
            except OSError:
                pass  # the other side left

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def stop():
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(60)

    test.addCleanup(stop)


def system_bus(test, root, systemd=None, policy=""):
    """A real dbus-daemon below `root`, with `systemd` on it, or nobody of that name."""
    path = pathlib.Path(root) / "run/dbus/system_bus_socket"
    path.parent.mkdir(parents=True, exist_ok=True)
    config = pathlib.Path(root) / "bus.conf"
    config.write_text(CONFIG.format(path=path, policy=policy))
    daemon = subprocess.Popen(["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def stop_daemon():
        daemon.terminate()
        daemon.wait(60)
        daemon.stdout.close()

    test.addCleanup(stop_daemon)
    test.assertIn(b"unix:path=", daemon.stdout.readline())  # printed once it listens
    os.chmod(path, 0o777)
    if systemd is None:
        return
    bus = open_dbus_connection(f"unix:path={path}")
    request = jeepney.DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    systemd.listeners.append(bus.send)
    test.assertEqual(bus.send_and_get_reply(jeepney.new_method_call(request, "RequestName", "su", (SYSTEMD, 4))).body, (1,))

    def run():
        try:
            while True:
                message = bus.receive()
                if message.header.message_type == MessageType.method_call:
                    bus.send(systemd.answer(message))
        except (OSError, ConnectionError):
            pass  # the daemon ended

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def stop():
        bus.sock.shutdown(socket.SHUT_RDWR)
        thread.join(60)
        bus.close()

    test.addCleanup(stop)
