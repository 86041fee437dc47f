#!/usr/bin/python3
"""What a snapshot may cost, whatever the machine holds: time, memory, bytes. Files that hang, that are huge, that
change, that may not be read; and that a stop leaves nothing behind."""
import os
import re
import signal
import subprocess
import threading

import yaml

import hanging_fs
import support

MEGABYTES = 1024
NOTHING = {"ok", "absent"}


class Budgets(support.Case):
    def machine(self):
        """A small machine below self.dir / root."""
        for path, content in {"etc/os-release": "ID=ubuntu\n", "proc/cmdline": "quiet\n",
                              "proc/modules": "nvidia 1 0 - Live 0x0\n",
                              "proc/sys/kernel/osrelease": "6.8.0\n", "proc/sys/vm/swappiness": "60\n"}.items():
            self.put("root/" + path, content)
        return self.dir / "root"

    def collected(self, *more, code=0, **run):
        done = self.eidos("snapshot", "--root", "root", "--smi-path", "/nowhere/nvidia-smi", "--exclude", "gpu", *more,
                          **run)
        self.assertEqual(done.code, code, done.err)
        document = yaml.safe_load(done.out or (self.dir / "out.yaml").read_text())
        outcomes = {one["name"]: one for one in document["collectors"]}
        readings = {f"{m['type']}.{s['subtype']}": s["data"] for m in document["measurements"] for s in m["subtypes"]}
        return outcomes, readings, done

    def test_a_read_that_hangs_in_the_kernel_is_named_and_left(self):
        root = self.machine()
        if os.geteuid() != 0:
            self.skipTest("no FUSE here: not root")
        hanging = hanging_fs.Hanging(self, root / "etc", "os-release")
        read, write = os.pipe()  # somebody reads what it prints, and waits for the end
        process = subprocess.Popen([support.EIDOS, "snapshot", "--root", "root", "--filter", "os", "--timeout", "300ms"],
                                   cwd=self.dir, env=support.environment(), stdout=write, stderr=subprocess.PIPE)
        os.close(write)
        with open(read, encoding="utf-8") as printed:
            document = yaml.safe_load(printed)
        self.assertEqual(process.wait(support.SECONDS), 5)
        self.assertTrue(hanging.reached.is_set())
        outcomes = {one["name"]: one for one in document["collectors"]}
        self.assertEqual(outcomes["os.release"]["status"], "timed-out")
        self.assertIn("left behind", outcomes["os.release"]["detail"])
        self.assertEqual(outcomes["os.kmod"]["status"], "ok")
        self.assertIn("os.release timed-out", process.stderr.read().decode())
        process.stderr.close()

    def test_a_stop_does_not_wait_for_what_hangs_in_the_kernel(self):
        root = self.machine()
        if os.geteuid() != 0:
            self.skipTest("no FUSE here: not root")
        hanging = hanging_fs.Hanging(self, root / "etc", "os-release")
        process = subprocess.Popen([support.EIDOS, "snapshot", "--root", "root", "--filter", "os", "-o", "out.yaml"],
                                   cwd=self.dir, env=support.environment(), stderr=subprocess.PIPE)
        self.assertTrue(hanging.reached.wait(support.SECONDS))
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(support.SECONDS), 130)
        self.assertRegex(process.stderr.read().decode(), r"\Aeidos: error: [^\n]+\n\Z")
        process.stderr.close()
        self.assertEqual(sorted(os.listdir(self.dir)), ["root"])

    def test_a_fifo_is_never_opened(self):
        root = self.machine()
        for path in ("proc/modules", "proc/cmdline", "proc/sys/vm/swappiness"):
            (root / path).unlink()
            os.mkfifo(root / path)
        outcomes, readings, done = self.collected("-o", "out.yaml", code=6)
        self.assertEqual(outcomes["os.kmod"]["status"], "failed")
        self.assertEqual(outcomes["os.grub"]["status"], "failed")
        self.assertIn("FIFO", outcomes["os.kmod"]["detail"])
        self.assertEqual(list(readings["OS.sysctl"]), ["/proc/sys/kernel/osrelease"])
        self.assertEqual(readings["OS.release"], {"ID": "ubuntu"})

    def test_huge_files_cost_neither_memory_nor_the_rest(self):
        root = self.machine()
        for path in ("proc/modules", "proc/cmdline", "etc/os-release", "proc/sys/vm/swappiness"):
            with open(root / path, "wb") as file:
                file.truncate(1 << 30)
        process = subprocess.Popen([support.EIDOS, "snapshot", "--root", "root", "--filter", "os", "-o", "out.yaml"],
                                   cwd=self.dir, env=support.environment(), stderr=subprocess.PIPE)
        error = process.stderr.read().decode()
        process.stderr.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 6, error)
        if not os.environ.get("ASAN_OPTIONS"):  # which keeps freed memory
            self.assertLess(usage.ru_maxrss, 64 * MEGABYTES)
        outcomes = {one["name"]: one for one in yaml.safe_load((self.dir / "out.yaml").read_text())["collectors"]}
        for name in ("os.kmod", "os.grub", "os.release"):
            self.assertEqual(outcomes[name]["status"], "failed", name)
        self.assertEqual(outcomes["os.sysctl"]["status"], "partial")
        self.assertIn("vm/swappiness", outcomes["os.sysctl"]["detail"])

    def test_files_that_change_while_they_are_read(self):
        root = self.machine()
        done = threading.Event()
        texts = ["nvidia 1 0 - Live 0x0\n" * 400, "", "ip_tables 1 0 - Live 0x0\nbroken"]

        def change():
            turn = 0
            while not done.is_set():
                turn += 1
                (root / "proc/modules").write_text(texts[turn % 3])
                (root / "proc/sys/vm/swappiness").write_text(str(turn) * (turn % 50))
                extra = root / f"proc/sys/vm/extra{turn % 7}"
                extra.unlink() if extra.exists() else extra.write_text("1\n")

        writer = threading.Thread(target=change)
        writer.start()
        try:
            for _ in range(20):
                outcomes, readings, _ = self.collected("--filter", "os")
                self.assertEqual({one["status"] for one in outcomes.values()} - NOTHING - {"partial"}, set(), outcomes)
                self.assertLessEqual(set(readings.get("OS.kmod", {})), {"nvidia", "ip_tables", "broken"})
        finally:
            done.set()
            writer.join()

    def test_what_may_not_be_read_is_said(self):
        root = self.machine()
        for path in ("proc/modules", "proc/sys/vm/swappiness"):
            (root / path).chmod(0o200 if os.geteuid() else 0o600)
        (root / "proc/sys/kernel").chmod(0)
        outcomes, _, _ = self.collected("--filter", "os", "-o", "-", code=4, **support.as_nobody())
        self.assertEqual(outcomes["os.kmod"]["status"], "denied")
        self.assertEqual(outcomes["os.sysctl"]["status"], "partial")
        self.assertIn("2 entries of /proc/sys could not be read: kernel, vm/swappiness", outcomes["os.sysctl"]["detail"])
        self.assertEqual(outcomes["os.grub"]["status"], "ok")

    def test_binary_values_and_strange_names(self):
        root = self.machine()
        (root / "proc/cmdline").write_bytes(b"a=\xff\xfe\x00b c\x01=d\n")
        (root / "proc/modules").write_bytes(b"m\xffd 1 0 - Live 0x0\n\0\0\n")
        (root / "etc/os-release").write_bytes(b"ID=\x80\xc3\nNAME=\"a\0b\"\n\xff=1\n")
        (root / "proc/sys/vm/swappiness").write_bytes(bytes(range(256)))
        (root / "proc/sys/vm/new\nline: [x").write_bytes(b"1\n2\n")
        (root / "proc/sys/vm" / os.fsdecode(b"b\xffd")).write_bytes(b"\n")
        outcomes, readings, done = self.collected("--filter", "os")
        read = {outcomes[name]["status"] for name in ("os.release", "os.grub", "os.kmod", "os.sysctl")}
        self.assertEqual(read, {"ok"}, outcomes)
        self.assertLessEqual({one["status"] for one in outcomes.values()}, {"ok", "absent"}, outcomes)
        self.assertEqual(readings["OS.sysctl"]["/proc/sys/vm/new\nline: [x"], "1\n2")
        self.assertIn("/proc/sys/vm/b\\xffd", readings["OS.sysctl"])
        self.put("first.yaml", done.out)
        self.good("snapshot", "--root", "root", "--exclude", "gpu", "--filter", "os", "-o", "second.json")
        self.good("diff", "first.yaml", "second.json", "--fail-on-change")

    def test_fail_fast_writes_nothing(self):
        root = self.machine()
        (root / "proc/modules").unlink()
        (root / "proc/modules").mkdir()
        done = self.eidos("snapshot", "--root", "root", "--filter", "os", "--fail-fast", "-o", "out.yaml")
        self.assertEqual(done.code, 2, done.err)
        self.assertRegex(done.err, r"\Aeidos: error: [^\n]*os\.kmod[^\n]+\n")
        self.assertFalse((self.dir / "out.yaml").exists())
        self.assertEqual(self.eidos("snapshot", "--root", "root", "--filter", "os", "--best-effort").code, 0)

    def test_require(self):
        self.machine()
        for names, code in {"os": 0, "OS,os.kmod": 0, "systemd": 6, "os,k8s": 6, "gpu.smi": 6, "os.kmodd": 2}.items():
            done = self.eidos("snapshot", "--root", "root", "--filter", "os,systemd,k8s", "--require", names)
            self.assertEqual(done.code, code, f"{names}: {done.err}")
            self.assertEqual(done.out != "", code != 2, names)

    def test_parallel(self):
        self.machine()
        written = set()
        for number in ("1", "2", "64"):
            done = self.good("snapshot", "--root", "root", "--filter", "os", "--parallel", number)
            written.add(re.sub(r"(timestamp|duration): .*", "", done.out))
        self.assertEqual(len(written), 1)
        for number in ("0", "65", "-1", "many", ""):
            done = self.eidos("snapshot", "--parallel", number)
            self.assertEqual((done.code, done.out), (2, ""), number)
            self.assertIn("--parallel", done.err)

    def test_debug_has_a_line_for_each_collector(self):
        self.machine()
        done = self.good("--debug", "snapshot", "--root", "root", "--exclude", "gpu")
        lines = [line for line in done.err.splitlines() if "collector" in line and "status=" in line]
        document = yaml.safe_load(done.out)
        self.assertEqual(len(lines), len(document["collectors"]))
        for line, one in zip(lines, document["collectors"]):
            self.assertRegex(line, rf"name={re.escape(one['name'])} status={one['status']} duration=\d+ms")

    def test_a_stop_ends_its_children_too(self):
        program = self.put("stubborn", "#!/usr/bin/python3\nimport os, signal\n"
                           "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
                           f"open('{self.dir}/pid', 'w').write(str(os.getpid()))\n"
                           f"open('{self.dir}/ready', 'w').close()\n"
                           "signal.pause()\n")
        program.chmod(0o755)
        os.mkfifo(self.dir / "ready")
        process = subprocess.Popen([support.EIDOS, "snapshot", "--filter", "gpu", "--smi-path", program, "-o", "out.yaml"],
                                   cwd=self.dir, env=support.environment(), stderr=subprocess.PIPE)
        open(self.dir / "ready", encoding="ascii").close()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(support.SECONDS), 130)
        process.stderr.close()
        child = int((self.dir / "pid").read_text())
        self.assertRaises(ProcessLookupError, os.kill, child, 0)
        self.assertEqual(sorted(os.listdir(self.dir)), ["pid", "ready", "stubborn"])

    def test_the_work_ends_when_the_process_that_was_started_is_killed(self):
        read, write = os.pipe()
        program = self.put("waits", "#!/usr/bin/python3\nimport signal\n"
                           f"open('{self.dir}/ready', 'w').close()\nsignal.pause()\n")
        program.chmod(0o755)
        os.mkfifo(self.dir / "ready")
        process = subprocess.Popen([support.EIDOS, "snapshot", "--filter", "gpu", "--smi-path", program],
                                   cwd=self.dir, env=support.environment(), stdout=write, stderr=subprocess.DEVNULL)
        os.close(write)
        open(self.dir / "ready", encoding="ascii").close()
        process.kill()
        self.assertEqual(process.wait(support.SECONDS), -signal.SIGKILL)
        with open(read, "rb") as printed:
            self.assertEqual(printed.read(), b"")  # ends when nobody holds it any more


if __name__ == "__main__":
    support.main()
