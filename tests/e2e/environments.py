#!/usr/bin/python3
"""A snapshot wherever it is taken: what is not there is said, what is there is read, and it is the same twice."""
import os
import subprocess

import yaml

import support

STATUSES = {"ok", "partial", "absent"}


class Environments(support.Case):
    def snapshot(self, *more, command=(), code=0, **run):
        """Of this machine: outcomes by name, readings by type and subtype."""
        done = subprocess.run([*command, support.EIDOS, "snapshot", *more], cwd=self.dir, capture_output=True, text=True,
                              timeout=support.SECONDS, check=False, **({"env": support.environment()} | run))
        self.assertEqual(done.returncode, code, done.stderr)
        document = yaml.safe_load(done.stdout)
        outcomes = {one["name"]: one for one in document["collectors"]}
        readings = {f"{m['type']}.{s['subtype']}": s["data"] for m in document["measurements"] for s in m["subtypes"]}
        self.assertLessEqual({one["status"] for one in outcomes.values()}, STATUSES, outcomes)
        for one in outcomes.values():
            if one["status"] != "ok":
                self.assertTrue(one["detail"], one)
        return outcomes, readings

    def without(self, *paths):
        """A command prefix that runs what follows where an empty directory, or /dev/null, stands for each path."""
        steps = []
        for path in paths:
            if not os.path.exists(path):
                continue
            kind = "-t tmpfs none" if os.path.isdir(path) else "--bind /dev/null"
            steps.append(f"/bin/mount {kind} {path}")
        prefix = ["/usr/bin/unshare", "-m", "--propagation", "private", "/bin/sh", "-c", " && ".join([*steps, 'exec "$@"']), "sh"]
        if subprocess.run([*prefix, "/bin/true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("no mount namespace here")
        return prefix

    def test_this_machine(self):
        outcomes, readings = self.snapshot()
        self.assertEqual(outcomes["os.release"]["status"], "ok")
        self.assertGreater(len(readings["OS.sysctl"]), 50)

    def test_two_in_a_row_differ_in_nothing(self):
        for name in ("one.yaml", "two.json"):
            self.good("snapshot", "-o", name)
        self.good("diff", "one.yaml", "two.json", "--fail-on-change")

    def test_without_rights(self):
        outcomes, readings = self.snapshot(**support.as_nobody())
        self.assertEqual(outcomes["os.release"]["status"], "ok")
        self.assertGreater(len(readings["OS.sysctl"]), 50)

    def test_without_a_home(self):
        for home in (None, "", "/nonexistent", "relative"):
            env = support.environment()
            if home is not None:
                env |= {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_RUNTIME_DIR": home}
            outcomes, _ = self.snapshot(env=env)
            self.assertEqual(outcomes["os.release"]["status"], "ok")

    def test_with_next_to_no_environment(self):
        outcomes, _ = self.snapshot(env={})
        self.assertEqual(outcomes["os.release"]["status"], "ok")

    def test_in_a_home_that_cannot_be_written(self):
        home = self.dir / "home"
        home.mkdir()
        home.chmod(0o555)
        before = sorted(os.listdir(self.dir))
        self.snapshot(env=support.environment(HOME=str(home)), **support.as_nobody())
        done = self.eidos("snapshot", "--filter", "os.release", "-o", "s.yaml", cwd=home, **support.as_nobody())
        if os.geteuid() == 0:
            self.assertEqual(done.code, 4, done.err)
        self.assertEqual(os.listdir(home), [])
        self.assertEqual(sorted(os.listdir(self.dir)), before)

    def test_without_systemd_and_dbus(self):
        outcomes, readings = self.snapshot(command=self.without("/run"))
        self.assertEqual(outcomes["systemd"]["status"], "absent")
        self.assertIn("no systemd here", outcomes["systemd"]["detail"])
        self.assertIn("OS.release", readings)

    def test_without_a_gpu(self):
        outcomes, readings = self.snapshot(command=self.without("/sys/bus/pci", "/proc/driver"),
                                           env=support.environment(PATH="/nonexistent"))
        self.assertEqual(outcomes["gpu.smi"]["status"], "absent")
        self.assertEqual(readings["GPU.smi"]["gpu-count"], 0)
        self.assertIn("no NVIDIA GPU", outcomes["gpu.smi"]["detail"])

    def test_a_gpu_without_its_driver(self):
        root = self.dir / "root"
        for path, content in {"vendor": "0x10de\n", "class": "0x030200\n", "device": "0x2330\n"}.items():
            self.put(f"root/sys/bus/pci/devices/0000:04:00.0/{path}", content)
        outcomes, readings = self.snapshot("--root", root, "--filter", "gpu", env=support.environment(PATH="/nonexistent"))
        self.assertEqual(outcomes["gpu.smi"]["status"], "absent")
        self.assertEqual(readings["GPU.smi"]["gpu-count"], 0)
        self.assertIn("driver is not loaded", outcomes["gpu.smi"]["detail"])

    def test_without_modules(self):
        self.put("root/etc/os-release", "ID=x\n")
        outcomes, _ = self.snapshot("--root", self.dir / "root", "--filter", "os")
        self.assertEqual(outcomes["os.kmod"]["status"], "absent")
        self.assertIn("loads no modules", outcomes["os.kmod"]["detail"])


if __name__ == "__main__":
    support.main()
