"""A file system (FUSE) whose files open and never give a byte: a read in it hangs in the kernel, where not even
SIGKILL ends it. Needs root and /dev/fuse."""
import ctypes
import os
import struct
import threading
import unittest

LOOKUP, FORGET, GETATTR, OPEN, READ, RELEASE, INIT, OPENDIR, INTERRUPT = 1, 2, 3, 14, 15, 18, 26, 27, 36
ENOENT, ENOSYS = 2, 38
DIRECTORY, FILE = 0o040555, 0o100444
MNT_DETACH = 2
libc = ctypes.CDLL(None, use_errno=True)


class Hanging:
    """`name` in the directory `where` is such a file. `reached` is set when somebody reads it."""

    def __init__(self, test, where, name):
        self.name, self.reached = name.encode(), threading.Event()
        try:
            self.device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        except OSError as why:
            raise unittest.SkipTest(f"no FUSE here: {why}") from None
        where.mkdir(parents=True, exist_ok=True)
        options = f"fd={self.device},rootmode=40000,user_id=0,group_id=0,allow_other"
        if libc.mount(b"eidos-test", os.fsencode(where), b"fuse", 0, options.encode()) != 0:
            why = os.strerror(ctypes.get_errno())
            os.close(self.device)
            raise unittest.SkipTest(f"no FUSE here: {why}")
        test.addCleanup(self.stop, where)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def stop(self, where):
        libc.umount2(os.fsencode(where), MNT_DETACH | 1)  # MNT_FORCE: whoever hangs in it comes back
        self.thread.join(60)
        os.close(self.device)

    def serve(self):
        while True:
            try:
                request = os.read(self.device, 1 << 20)
            except OSError:
                return  # unmounted
            length, opcode, unique, node = struct.unpack_from("<IIQQ", request)
            self.answer(opcode, unique, node, request[40:length])

    def answer(self, opcode, unique, node, body):
        if opcode == READ:
            self.reached.set()
        if opcode in (READ, FORGET, INTERRUPT):
            return
        error, out = 0, b""
        if opcode == INIT:
            out = struct.pack("<IIIIHHIIHHI7I", 7, 31, 65536, 0, 12, 9, 65536, 1, 0, 0, 0, *[0] * 7)
        elif opcode == GETATTR:
            out = struct.pack("<QII", 3600, 0, 0) + self.attributes(node)
        elif opcode == LOOKUP and body.rstrip(b"\0") == self.name:
            out = struct.pack("<QQQQII", 2, 0, 3600, 3600, 0, 0) + self.attributes(2)
        elif opcode == LOOKUP:
            error = -ENOENT
        elif opcode in (OPEN, OPENDIR):
            out = struct.pack("<QII", 1, 0, 0)
        elif opcode != RELEASE:
            error = -ENOSYS
        os.write(self.device, struct.pack("<IiQ", 16 + len(out), error, unique) + out)

    def attributes(self, node):
        mode, size = (DIRECTORY, 0) if node == 1 else (FILE, 4096)
        return struct.pack("<QQQQQQIIIIIIIIII", node, size, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)
