"""What the end-to-end tests share: running eidos in a directory of its own, and a JUnit report."""
import dataclasses
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parents[2]
EIDOS = ""  # set by main()
NOBODY = 65534
SECONDS = 60  # no command may take longer; a hang is a failure


@dataclasses.dataclass
class Done:
    code: int
    out: str
    err: str


def corpus():
    """The corpus directory; skips the test where there is none."""
    path = pathlib.Path(os.environ.get("EIDOS_CORPUS") or ROOT / "../shared/corpus").resolve()
    if not path.is_dir():
        raise unittest.SkipTest("corpus not here: set EIDOS_CORPUS")
    return path


def environment(**more):
    """Next to nothing is inherited, so that a developer's settings change no result."""
    base = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE"):
        if name in os.environ:
            base[name] = os.environ[name]
    return base | more


class Case(unittest.TestCase):
    """A test with an empty working directory, self.dir."""
    maxDiff = 4000

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="eidos-e2e-"))
        self.dir.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)

    def until(self, ask, otherwise=lambda: "what the test waits for does not come"):
        """What `ask()` answers as soon as it answers something; for what nothing could be read that would say so."""
        end = time.monotonic() + SECONDS
        while not (answer := ask()):
            if time.monotonic() > end:
                self.fail(otherwise())
            time.sleep(0.01)
        return answer

    def until_listening(self, process, port, log):
        """Until somebody takes connections at that port of the loopback address; `process` must not end before."""
        def taken():
            self.assertIsNone(process.poll(), log.read_text())
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return True
            except OSError:
                return False
        self.until(taken, log.read_text)

    def eidos(self, *args, stdin="", cwd=None, env=None, **more):
        """Runs eidos to its end. `stdin` is text, bytes or an open file."""
        handed = {"stdin": stdin} if hasattr(stdin, "fileno") else \
            {"input": stdin.encode() if isinstance(stdin, str) else stdin}
        done = subprocess.run([EIDOS, *map(str, args)], cwd=cwd or self.dir, env=environment(**(env or {})),
                              stdout=more.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE,
                              timeout=SECONDS, check=False, **handed, **more)
        return Done(done.returncode, (done.stdout or b"").decode(), done.stderr.decode())

    def good(self, *args, **more):
        """Runs eidos, which must succeed; returns what it printed."""
        done = self.eidos(*args, **more)
        self.assertEqual(done.code, 0, f"eidos {' '.join(map(str, args))}\n{done.err}")
        return done

    def put(self, name, content):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def tree(self, path=None):
        """Everything below a directory: path → bytes, or what kind of thing it is."""
        top = path or self.dir
        found = {}
        for entry in sorted(top.rglob("*")):
            name = str(entry.relative_to(top))
            if entry.is_symlink():
                found[name] = f"link to {os.readlink(entry)}"
            elif entry.is_file():
                found[name] = entry.read_bytes() if os.access(entry, os.R_OK) else "unreadable"
            else:
                found[name] = "directory" if entry.is_dir() else "other"
        return found


def free_port():
    """A port of the loopback address that nothing listens at, a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def as_nobody():
    """Options that make a command run without root's rights, for tests of permissions."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


class Reporter(unittest.TextTestResult):
    """Collects a JUnit case per test."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cases, self.started = [], 0.0

    def startTest(self, test):
        self.started = time.monotonic()
        super().startTest(test)

    def note(self, test, kind=None, message=""):
        case = ET.Element("testcase", classname=type(test).__name__,
                          name=getattr(test, "_testMethodName", str(test)),
                          time=f"{time.monotonic() - self.started:.3f}")
        if kind:
            ET.SubElement(case, kind, message=message[-2000:])
        self.cases.append(case)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note(test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, "failure", self._exc_info_to_string(err, test))

    def addError(self, test, err):
        super().addError(test, err)
        self.note(test, "error", self._exc_info_to_string(err, test))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.note(test, "failure", self._exc_info_to_string(err, subtest))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skipped", reason)


def rows(table, method):
    """Gives a TestCase one test per row: `table` maps a name to what `method(self, row)` checks."""
    def fill(cls):
        for name, row in table.items():
            safe = "".join(c if c.isalnum() else "_" for c in name)
            test = f"test_{method}_{safe}"
            assert not hasattr(cls, test), f"two rows called {name}"
            setattr(cls, test, lambda self, row=row: getattr(self, method)(row))
        return cls
    return fill


def main():
    """`name.py EIDOS [unittest arguments]`"""
    global EIDOS
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} EIDOS [test ...]")
    EIDOS = str(pathlib.Path(sys.argv.pop(1)).resolve())
    sys.modules["support"].EIDOS = EIDOS
    runner = unittest.TextTestRunner(resultclass=Reporter, verbosity=1)
    result = unittest.main(module="__main__", testRunner=runner, exit=False).result
    if report := os.environ.get("EIDOS_TEST_REPORT"):
        suite = ET.Element("testsuite", name=pathlib.Path(sys.argv[0]).stem)
        suite.extend(result.cases)
        ET.ElementTree(suite).write(report, encoding="utf-8", xml_declaration=True)
    sys.exit(0 if result.wasSuccessful() else 1)
