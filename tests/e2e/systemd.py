#!/usr/bin/python3
"""The SystemD rows of a snapshot: a real dbus-daemon, a socket like systemd's own, peers that say anything, and
a real systemd."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess

import yaml

import support
import systemd_peer
from systemd_peer import SERVICE, UNIT, UNITS, Systemd

PRIVATE = "run/systemd/private"
CANARY = "Canary4711Sings"

# Spelled as fleets' snapshots spell them: property → (D-Bus type, value, reading).
KUBELET = {
    UNIT: {
        "Id": ("s", "kubelet.service", "kubelet.service"),
        "LoadState": ("s", "loaded", "loaded"),
        "LoadError": ("(ss)", ("", ""), "[ ]"),
        "After": ("as", ["network.target", "local-fs.target"], "[network.target local-fs.target]"),
        "Before": ("as", [], "[]"),
        "Job": ("(uo)", (0, "/"), "[0 /]"),
        "CanStart": ("b", True, True),
        "ActiveEnterTimestamp": ("t", 1754471112332254, 1754471112332254),
        "InvocationID": ("ay", b"\x5d\x66\xa6", "[93 102 166]"),
        "Conditions": ("a(sbbsi)", [("ConditionPathExists", False, False, "/x", 1)],
                       "[[ConditionPathExists false false /x 1]]"),
    },
    SERVICE: {
        "MainPID": ("u", 38444, "38444"),
        "Nice": ("i", -5, "-5"),
        "LimitNOFILE": ("t", 2**64 - 1, 2**64 - 1),
        "AppArmorProfile": ("(bs)", (False, ""), "[false ]"),
        "SystemCallFilter": ("(bas)", (False, []), "[false []]"),
        "SuccessExitStatus": ("(aiai)", ([], [15]), "[[] [15]]"),
        "EnvironmentFiles": ("a(sb)", [("/etc/default/kubelet", True)], "[[/etc/default/kubelet true]]"),
        "Environment": ("as", ["A=1", "DB_PASSWORD=" + CANARY, "B=2"], "[A=1 DB_PASSWORD=<redacted:1> B=2]"),
        "ExecStart": ("a(sasbttttuii)", [("/usr/bin/kubelet", ["/usr/bin/kubelet", "--token", CANARY, "--v=2"], False,
                                          1754471111884832, 240758742, 0, 0, 38444, 0, 0)],
                      "[[/usr/bin/kubelet [/usr/bin/kubelet --token <redacted:1> --v=2] false "
                      "1754471111884832 240758742 0 0 38444 0 0]]"),
        "SetCredential": ("a(say)", [("db", CANARY.encode())], None),
        "StandardInputData": ("ay", b"hunter2", "<redacted>"),
    },
}


def served(unit):
    return {interface: {name: (kind, value) for name, (kind, value, _) in properties.items()}
            for interface, properties in unit.items()}


def root_only(test):
    if os.geteuid() != 0:
        test.skipTest("not root: systemd's own socket answers only to root")


class Asking(support.Case):
    def snapshot(self, *more, code=0, **run):
        done = self.eidos("snapshot", "--filter", "systemd", "--root", self.dir, *more, **run)
        self.assertEqual(done.code, code, done.err)
        document = yaml.safe_load(done.out)
        return document, document["collectors"][0], done

    def units(self, document):
        return {group["subtype"]: group["data"] for measurement in document["measurements"]
                for group in measurement["subtypes"]}

    def check_rows(self, document, outcome):
        self.assertEqual((outcome["name"], outcome["status"]), ("systemd", "ok"))
        self.assertEqual([m["type"] for m in document["measurements"]], ["SystemD"])
        units = self.units(document)
        self.assertEqual(list(units), sorted(UNITS))
        for properties in KUBELET.values():
            for name, (_, _, reading) in properties.items():
                if reading is not None:
                    self.assertEqual(units["kubelet.service"][name], reading, name)
        docker = units["docker.service"]
        self.assertEqual(docker["LoadState"], "not-found")
        self.assertEqual(docker["LoadError"],
                         "[org.freedesktop.systemd1.NoSuchUnit Unit docker.service not found.]")
        text = yaml.safe_dump(document)
        self.assertNotIn(CANARY, text)
        self.assertNotIn(" ".join(str(byte) for byte in CANARY.encode()), text)
        self.assertGreaterEqual(document["metadata"]["redactions"], 4)


class Rows(Asking):
    def test_over_systemds_own_socket(self):
        root_only(self)
        systemd = Systemd({"kubelet.service": served(KUBELET)})
        systemd_peer.own_socket(self, self.dir / PRIVATE, systemd.serve)
        document, outcome, _ = self.snapshot()
        self.check_rows(document, outcome)
        self.assertIn("LoadUnit docker.service", systemd.calls)

    def test_over_a_dbus_daemon_without_rights(self):
        systemd_peer.system_bus(self, self.dir, Systemd({"kubelet.service": served(KUBELET)}))
        document, outcome, _ = self.snapshot(**support.as_nobody())
        self.check_rows(document, outcome)

    def test_a_unit_can_be_added(self):
        systemd = Systemd({"logrotate.timer": {UNIT: {"LoadState": ("s", "loaded")},
                                               "org.freedesktop.systemd1.Timer": {"Persistent": ("b", True)}}})
        systemd_peer.system_bus(self, self.dir, systemd)
        document, _, _ = self.snapshot("--unit", "logrotate.timer", "--unit", "kubelet.service")
        units = self.units(document)
        self.assertEqual(sorted(units), sorted((*UNITS, "logrotate.timer")))
        self.assertEqual(units["logrotate.timer"], {"LoadState": "loaded", "Persistent": True})
        self.assertEqual(systemd.calls.count("LoadUnit kubelet.service"), 1)

    def test_a_name_that_is_none_is_refused(self):
        for name, words in {"../../etc/passwd.service": "letters, digits", "kubelet": "give 'kubelet.service'",
                            "getty@.service": "template", "": "empty", "a\nb.service": "letters, digits"}.items():
            done = self.eidos("snapshot", "--unit", name, "-o", "out.yaml")
            self.assertEqual(done.code, 2, name)
            self.assertRegex(done.err, r"\Aeidos: error: [^\n]*--unit: [^\n]+\n(hint: [^\n]+\n)?\Z")
            self.assertIn(words, done.err)
        self.assertEqual(self.tree(), {})


class Watching(Asking):
    """`--watch` looks again when systemd says that a unit changed; an hour is not waited for."""

    def watch(self, systemd, **run):
        process = subprocess.Popen(
            [support.EIDOS, "snapshot", "--watch", "--interval", "1h", "--filter", "systemd", "--root", self.dir],
            env=support.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **run)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertIn(b"kubelet.service", process.stdout.readline())
        while "Subscribe" not in systemd.calls:
            self.assertIsNone(process.poll())
            os.sched_yield()
        for state in ("failed", "active"):
            systemd.change("kubelet.service", UNIT, "ActiveState", ("s", state))
            patch = json.loads(process.stdout.readline())
            changed = [one["value"] for one in patch if one["path"].endswith("/ActiveState")]
            self.assertEqual(changed, [state])
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(support.SECONDS), 130)
        self.assertEqual(process.stderr.read(), b"")

    def kubelet(self):
        return Systemd({"kubelet.service": {UNIT: {"LoadState": ("s", "loaded"), "ActiveState": ("s", "active")}}})

    def test_over_systemds_own_socket(self):
        root_only(self)
        systemd = self.kubelet()
        systemd_peer.own_socket(self, self.dir / PRIVATE, systemd.serve)
        self.watch(systemd)

    def test_over_a_dbus_daemon(self):
        systemd = self.kubelet()
        systemd_peer.system_bus(self, self.dir, systemd)
        self.watch(systemd)


class NotThere(Asking):
    def absent(self, words, *more, **run):
        document, outcome, done = self.snapshot(*more, **run)
        self.assertEqual(outcome["status"], "absent")
        self.assertIn(words, outcome["detail"])
        self.assertEqual(document["measurements"], [])
        return done

    def test_no_systemd(self):
        done = self.absent("no systemd here: there is neither /run/systemd/private nor /run/dbus/system_bus_socket")
        self.assertEqual(done.err, "")
        self.snapshot("--require", "systemd", code=6)

    def test_no_dbus(self):
        (self.dir / "run/systemd/system").mkdir(parents=True)
        self.assertIn("no D-Bus here", self.absent("no D-Bus here: systemd is running").err)

    def test_a_bus_without_systemd(self):
        systemd_peer.system_bus(self, self.dir)
        self.absent("nobody on it is systemd")

    def test_a_socket_that_is_left_over(self):
        root_only(self)
        systemd_peer.listen(self.dir / PRIVATE).close()
        self.absent("no systemd here: connecting to")

    def test_no_libsystemd(self):
        systemd_peer.system_bus(self, self.dir, Systemd({}))
        found = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
        library = re.search(r"libsystemd\.so\.0 .*=> (\S+)", found)[1]
        hide = ["unshare", "-m", "--propagation", "private", "sh", "-c", 'mount --bind /dev/null "$1" && shift && exec "$@"',
                "sh", os.path.realpath(library)]
        if subprocess.run([*hide, "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("no mount namespace here")
        done = subprocess.run([*hide, support.EIDOS, "snapshot", "--filter", "systemd", "--root", self.dir],
                              capture_output=True, text=True, env=support.environment(), timeout=support.SECONDS,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        outcome = yaml.safe_load(done.stdout)["collectors"][0]
        self.assertEqual(outcome["status"], "absent")
        self.assertIn("no libsystemd here", outcome["detail"])
        self.assertIn("install libsystemd0", done.stderr)

    def test_a_bus_that_does_not_let_us(self):
        systemd_peer.system_bus(self, self.dir, Systemd({}),
                                policy='<deny send_interface="org.freedesktop.systemd1.Manager"/>')
        _, outcome, _ = self.snapshot(code=4)
        self.assertEqual(outcome["status"], "denied")
        self.assertIn("AccessDenied", outcome["detail"])


class BadPeers(Asking):
    def setUp(self):
        super().setUp()
        root_only(self)
        (self.dir / "run/systemd/system").mkdir(parents=True)

    def test_one_that_never_answers_costs_the_deadline(self):
        systemd_peer.own_socket(self, self.dir / PRIVATE, lambda connection: [None for _ in iter(
            lambda: connection.recv(4096), b"")])
        document, outcome, done = self.snapshot("--timeout", "300ms", code=5)
        self.assertEqual(outcome["status"], "timed-out")
        self.assertEqual(document["measurements"], [])
        self.assertIn("systemd timed-out", done.err)

    def test_one_that_says_garbage(self):
        def serve(connection):
            connection.sendall(b"220 mail.example.org ESMTP\r\n" * 4)
            connection.recv(4096)

        systemd_peer.own_socket(self, self.dir / PRIVATE, serve)
        _, outcome, _ = self.snapshot(code=4)
        self.assertIn("refused us", outcome["detail"])

    def test_one_that_answers_ten_megabytes(self):
        systemd = Systemd({"docker.service": {UNIT: {"Description": ("s", "x" * 10 * 1024 * 1024)}}})
        systemd_peer.own_socket(self, self.dir / PRIVATE, systemd.serve)
        _, outcome, done = self.snapshot(code=6)
        self.assertEqual(outcome["status"], "failed")
        self.assertIn("larger than 4194304 bytes", outcome["detail"])
        self.assertLess(len(done.out), 1024 * 1024)

    def test_a_stop_ends_it_and_leaves_nothing(self):
        connected, wait = socket.socketpair()

        def serve(connection):
            connected.send(b"x")
            while connection.recv(4096):
                pass

        systemd_peer.own_socket(self, self.dir / PRIVATE, serve)
        process = subprocess.Popen([support.EIDOS, "snapshot", "--filter", "systemd", "--root", self.dir, "-o", "out.yaml"],
                                   cwd=self.dir, env=support.environment(), stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        self.assertEqual(wait.recv(1), b"x")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(support.SECONDS), 130)
        self.assertRegex(process.stderr.read().decode(), r"\Aeidos: error: [^\n]+\n\Z")
        process.stderr.close()
        self.assertFalse((self.dir / "out.yaml").exists())
        connected.close()
        wait.close()


class RealSystemd(Asking):
    """A systemd of our own, in namespaces of its own. It has the properties of this machine's version."""

    def inside(self, *commands):
        """Runs eidos (and diff) beside a systemd --user whose socket is where root's would be below self.dir."""
        script = pathlib.Path(__file__).with_name("beside_systemd.sh")
        done = subprocess.run(["unshare", "-m", "-C", "-p", "-f", "--mount-proc", "--propagation", "private",
                               "sh", script, support.EIDOS, *commands], cwd=self.dir, env=support.environment(),
                              capture_output=True, text=True, timeout=support.SECONDS, check=False)
        if done.returncode == 77:
            self.skipTest(done.stderr.strip().splitlines()[-1])
        return done

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0 or shutil.which("unshare") is None or not os.path.exists("/lib/systemd/systemd"):
            self.skipTest("no systemd can be started here: that takes root and its program")

    def test_its_rows(self):
        done = self.inside("one.yaml", "two.yaml")
        self.assertEqual(done.returncode, 0, done.stderr)
        document = yaml.safe_load((self.dir / "one.yaml").read_text())
        self.assertEqual(document["collectors"][0]["status"], "ok", done.stderr)
        units = self.units(document)
        self.assertEqual(sorted(units), sorted((*UNITS, "basic.target")))
        self.assertEqual(units["docker.service"]["LoadState"], "not-found")
        self.assertEqual(units["basic.target"]["ActiveState"], "active")
        self.assertGreater(len(units["docker.service"]), 350)

        changes = json.loads((self.dir / "diff.json").read_text())
        self.assertEqual(changes["changes"], [], "two snapshots one after the other")

    def test_it_spells_them_as_the_fleets_snapshots_do(self):
        """A unit that is not installed has the same values everywhere, but for what the machine allows."""
        samples = support.corpus() / "snapshots"
        done = self.inside("one.yaml", "two.yaml")
        self.assertEqual(done.returncode, 0, done.stderr)
        ours = self.units(yaml.safe_load((self.dir / "one.yaml").read_text()))["docker.service"]
        # Nice: a systemd that was started under nice hands it on.
        of_the_machine = re.compile(r"Limit\w+|TasksMax|KeyringMode|Nice")
        for name in ("h100", "gb200", "b200"):
            systemd = next(measurement for measurement in yaml.safe_load((samples / f"{name}.yaml").read_text())["measurements"]
                           if measurement["type"] == "SystemD")
            theirs = {group["subtype"]: group["data"] for group in systemd["subtypes"]}["docker.service"]
            common = theirs.keys() & ours.keys()
            self.assertGreater(len(common), 350, "properties of systemd 249, which every later one has")
            for key in common:
                self.assertEqual(type(ours[key]), type(theirs[key]), f"{name} {key}")
                if not of_the_machine.fullmatch(key):
                    self.assertEqual(ours[key], theirs[key], f"{name} {key}")


if __name__ == "__main__":
    support.main()
