#!/usr/bin/python3
"""What is shipped beside the program: scripts, CI examples, systemd units and alert rules, run or checked by the tools they
are for."""
import json
import re
import shutil
import subprocess

import yaml

import support

ROOT = support.ROOT
CI = ROOT / "examples/ci"
SCRIPTS = ROOT / "examples/scripts"
SNAPSHOT = ROOT / "examples/gb200-eks-ubuntu-training/snapshot.yaml"
EKS = ["--service", "eks", "--accelerator", "gb200", "--intent", "training", "--os", "ubuntu"]
CRITERIA = """\
kind: RecipeCriteria
apiVersion: eidos.nvidia.com/v1alpha1
spec: {service: eks, accelerator: gb200, intent: training, os: ubuntu}
"""


class Shell(support.Case):
    """A directory with eidos in PATH."""

    def setUp(self):
        super().setUp()
        (self.dir / ".bin").mkdir()
        (self.dir / ".bin/eidos").symlink_to(support.EIDOS)

    def run_in(self, *command, **env):
        path = f"{self.dir}/.bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
        return subprocess.run(command, cwd=self.dir, env=support.environment(PATH=path, **env), capture_output=True,
                              text=True, check=False, timeout=support.SECONDS)


class DriftCheck(Shell):
    def setUp(self):
        super().setUp()
        self.assertIsNotNone(shutil.which("yq"), "yq is part of tools/setup")
        self.good("recipe", *EKS, "-q", "--settings", "-o", "recipe.yaml")

    def snapshot(self, **changes):
        """A snapshot of a machine that is as the recipe says, but for the changes; with readings nobody asked for."""
        recipe = yaml.safe_load((self.dir / "recipe.yaml").read_text())
        measurements = recipe["measurements"]
        for measurement in measurements:
            for part in measurement["subtypes"]:
                part.pop("context", None)
                for key, value in changes.items():
                    if key in part["data"]:
                        if value is None:
                            del part["data"][key]
                        else:
                            part["data"][key] = value
                if part["subtype"] == "sysctl":
                    part["data"]["/proc/sys/kernel/hostname"] = "a=b"
        self.put("snapshot.yaml", yaml.safe_dump({"kind": "Snapshot", "measurements": measurements}))

    def check(self, *more):
        return self.run_in(SCRIPTS / "drift-check.sh", "snapshot.yaml", "recipe.yaml", *more)

    def test_no_drift(self):
        self.snapshot()
        done = self.check()
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_a_value_a_missing_module_and_a_lost_boot_parameter_are_drift(self):
        self.snapshot(**{"/proc/sys/vm/max_map_count": "65530", "gdrdrv": None, "numa_balancing": None})
        done = self.check()
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        changed = [line for line in done.stdout.splitlines() if re.match(r"[-+][^-+]", line)]
        self.assertEqual(changed, ["+OS.grub.numa_balancing=disable", "+OS.kmod.gdrdrv=true",
                                   "-OS.sysctl./proc/sys/vm/max_map_count=65530",
                                   "+OS.sysctl./proc/sys/vm/max_map_count=262144"])

    def test_a_prefix_narrows_it(self):
        self.snapshot(**{"/proc/sys/vm/max_map_count": "65530", "driver": "570.1"})
        self.assertEqual(self.check("OS.grub.").returncode, 0)
        self.assertEqual(self.check("OS.sysctl.").returncode, 1)
        done = self.check("GPU.smi.driver")
        self.assertEqual(done.returncode, 1)
        self.assertIn("-GPU.smi.driver=570.1\n+GPU.smi.driver=580.105.08\n", done.stdout)

    def test_a_real_snapshot(self):
        shutil.copy(support.corpus() / "snapshots/h100.yaml", self.dir / "snapshot.yaml")
        done = self.check()
        self.assertEqual(done.returncode, 1)
        self.assertIn("+OS.grub.numa_balancing=disable", done.stdout)

    def test_what_is_no_such_document_is_not_called_equal(self):
        self.snapshot()
        self.good("recipe", *EKS, "-q", "-o", "plain.yaml")
        done = self.run_in(SCRIPTS / "drift-check.sh", "snapshot.yaml", "plain.yaml")
        self.assertEqual(done.returncode, 2)
        for missing in (["snapshot.yaml", "none.yaml"], ["none.yaml", "recipe.yaml"]):
            self.assertEqual(self.run_in(SCRIPTS / "drift-check.sh", *missing).returncode, 2)
        self.put("text.yaml", "just words")
        self.assertEqual(self.run_in(SCRIPTS / "drift-check.sh", "text.yaml", "recipe.yaml").returncode, 2)


class Remediate(Shell):
    def test_the_files_are_what_their_readers_take(self):
        self.good("recipe", *EKS, "-q", "--settings", "-o", "recipe.yaml")
        done = self.run_in(SCRIPTS / "remediate.sh", "recipe.yaml", "root")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stderr)
        wrote = sorted(line.split()[1] for line in done.stdout.splitlines() if line.startswith("wrote "))
        self.assertEqual(wrote, ["root/etc/default/grub.d/90-eidos.cfg", "root/etc/modules-load.d/90-eidos.conf",
                                 "root/etc/sysctl.d/90-eidos.conf",
                                 "root/etc/systemd/system/containerd.service.d/90-eidos.conf"])
        self.assertEqual(sorted(path for path, what in self.tree(self.dir / "root").items() if what != "directory"),
                         [path.removeprefix("root/") for path in wrote])
        checked = self.run_in("sysctl", "--dry-run", "-p", "root/etc/sysctl.d/90-eidos.conf")
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        self.assertIn("vm.max_map_count = 262144\n", checked.stdout)
        line = self.run_in("sh", "-eu", "-c", 'GRUB_CMDLINE_LINUX=quiet; . ./root/etc/default/grub.d/90-eidos.cfg; '
                           'printf %s "$GRUB_CMDLINE_LINUX"').stdout
        words = line.split()
        self.assertEqual(words[0], "quiet")
        self.assertLess(words.index("hugepagesz=2M"), words.index("hugepages=5128"))
        self.assertIn("nokaslr", words)
        self.assertIn(f'--args="{" ".join(words[1:])}"', done.stdout)
        self.assertEqual((self.dir / "root/etc/modules-load.d/90-eidos.conf").read_text(), "gdrdrv\n")
        drop_in = (self.dir / "root/etc/systemd/system/containerd.service.d/90-eidos.conf").read_text()
        self.assertIn("LimitMEMLOCK=infinity\n", drop_in)

    def test_it_gives_the_state_that_the_drift_check_wants(self):
        """Written, read back and compared: nothing is lost on the way."""
        self.good("recipe", *EKS, "-q", "--settings", "-o", "recipe.yaml")
        self.run_in(SCRIPTS / "remediate.sh", "recipe.yaml", "root")
        data = {}
        for row in (self.dir / "root/etc/sysctl.d/90-eidos.conf").read_text().splitlines():
            name, value = row.split(" = ")
            path = "/proc/sys/" + name.translate(str.maketrans("./", "/."))
            data[path] = value
        line = (self.dir / "root/etc/default/grub.d/90-eidos.cfg").read_text().split('"')[1]
        grub = dict(word.partition("=")[::2] for word in line.split()[1:])
        kmod = {name: True for name in (self.dir / "root/etc/modules-load.d/90-eidos.conf").read_text().split()}
        parts = [{"subtype": "grub", "data": grub}, {"subtype": "kmod", "data": kmod}, {"subtype": "sysctl", "data": data}]
        self.put("snapshot.yaml", yaml.safe_dump({"measurements": [{"type": "OS", "subtypes": parts}]}))
        done = self.run_in(SCRIPTS / "drift-check.sh", "snapshot.yaml", "recipe.yaml")
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_a_recipe_without_settings_writes_nothing(self):
        self.good("recipe", *EKS, "-q", "-o", "plain.yaml")
        done = self.run_in(SCRIPTS / "remediate.sh", "plain.yaml", "root")
        self.assertEqual(done.returncode, 2)
        self.assertIn("make it with 'eidos recipe --settings'", done.stderr)
        self.assertFalse((self.dir / "root").exists())


def gitlab_jobs():
    made = yaml.safe_load((CI / "gitlab-ci.yml").read_text())
    return {name: [str(step) for step in made[name]["script"]] for name in ("recipe", "drift")}


def github_jobs():
    made = yaml.safe_load((CI / "github-workflow.yml").read_text())
    return {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in made["jobs"].items()}


def jenkins_jobs():
    text = (CI / "Jenkinsfile").read_text()
    stages = re.split(r"(?m)^    stage\('(\w+)'\)", text)[1:]
    return {name: [step.strip() for block in re.findall(r"sh '''(.*?)'''", body, re.S)
                   for step in block.strip().splitlines()]
            for name, body in zip(stages[::2], stages[1::2])}


@support.rows({"gitlab": gitlab_jobs, "github": github_jobs, "jenkins": jenkins_jobs}, "pipeline")
class Pipelines(Shell):
    def step_by_step(self, steps):
        """The exit code of the first step that fails, as a runner with `set -e` has it, and all that was printed."""
        printed = ""
        for step in steps:
            done = self.run_in("sh", "-e", "-c", step)
            printed += done.stdout + done.stderr
            if done.returncode:
                return done.returncode, printed
        return 0, printed

    def pipeline(self, jobs):
        steps = jobs()
        self.assertEqual(set(steps), {"recipe", "drift"})
        self.assertEqual([len(steps["recipe"]), len(steps["drift"])], [3, 2], steps)
        self.put("cluster/criteria.yaml", CRITERIA)
        self.put("cluster/snapshot.yaml", SNAPSHOT.read_text())
        self.good("recipe", "--criteria", "cluster/criteria.yaml", "-q", "-o", "cluster/recipe.yaml")
        code, printed = self.step_by_step(steps["recipe"])
        self.assertEqual(code, 0, printed)
        # A change that breaks is refused.
        accepted = (self.dir / "cluster/recipe.yaml").read_text()
        self.put("cluster/recipe.yaml", accepted.replace("namespace: gpu-operator", "namespace: elsewhere"))
        code, printed = self.step_by_step(steps["recipe"])
        self.assertEqual(code, 9, printed)
        self.assertIn("elsewhere", printed)
        # So is a cluster that the recipe does not fit.
        self.put("cluster/recipe.yaml", accepted)
        self.put("cluster/snapshot.yaml", re.sub(r"(?m)^( +)ID: ubuntu$", r"\1ID: rhel", SNAPSHOT.read_text()))
        code, printed = self.step_by_step(steps["recipe"])
        self.assertEqual(code, 9, printed)
        self.assertIn("OS.release.ID", printed)
        # A criterion that no overlay asks for is no recipe.
        self.put("cluster/criteria.yaml", CRITERIA.replace("eks", "oke"))
        self.assertEqual(self.step_by_step(steps["recipe"])[0], 2)
        # At night: this machine against itself, then against another.
        self.good("snapshot", "--best-effort", "-q", "-o", "cluster/snapshot.yaml")
        code, printed = self.step_by_step(steps["drift"])
        self.assertEqual(code, 0, printed)
        text = (self.dir / "cluster/snapshot.yaml").read_text()
        changed = re.sub(r"(?m)^( +/proc/sys/vm/swappiness: ).*$", r'\g<1>"1000"', text)
        self.assertNotEqual(changed, text)
        self.put("cluster/snapshot.yaml", changed)
        code, printed = self.step_by_step(steps["drift"])
        self.assertEqual(code, 9, printed)
        self.assertIn("swappiness", printed)


class Audit(Shell):
    UNITS = ROOT / "deploy/systemd"

    def settings(self, name):
        """Section and key to all values, as a unit file has them."""
        found, section = {}, ""
        for line in (self.UNITS / name).read_text().replace("\\\n", " ").splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif "=" in line and not line.startswith("#"):
                key, _, value = line.partition("=")
                found.setdefault((section, key), []).append(value)
        return found

    def test_systemd_accepts_the_units(self):
        self.assertIsNotNone(shutil.which("systemd-analyze"), "systemd is part of tools/setup")
        for name in ("eidos-audit.service", "eidos-audit.timer"):
            # The program is where the unit says; here it stands in for itself.
            text = (self.UNITS / name).read_text().replace("/usr/local/bin/eidos", f"{self.dir}/.bin/eidos")
            self.put(name, text)
        done = self.run_in("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", "./eidos-audit.service",
                           "./eidos-audit.timer")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stderr)

    def test_the_service_is_confined(self):
        self.put("eidosd.service", (self.UNITS / "eidosd.service").read_text().replace("/usr/local/bin/eidosd", "/bin/true"))
        done = self.run_in("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", "./eidosd.service")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stderr)
        done = self.run_in("systemd-analyze", "security", "--offline=true", "--threshold=19", "--no-pager", "./eidosd.service")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"Overall exposure level for eidosd.service: [01]\.[0-9]")

    def test_systemd_would_refuse_a_mistake(self):
        self.put("eidos-audit.service", "[Service]\nType=onceshot\nExecStart=/nowhere/eidos\n")
        done = self.run_in("systemd-analyze", "verify", "--man=no", "./eidos-audit.service")
        self.assertNotEqual((done.returncode, done.stderr), (0, ""))

    def test_it_is_what_was_asked(self):
        service, timer = self.settings("eidos-audit.service"), self.settings("eidos-audit.timer")
        for key, value in {"User": "eidos", "PrivateTmp": "yes", "NoNewPrivileges": "yes", "ReadOnlyPaths": "/",
                           "ReadWritePaths": "/var/log/eidos"}.items():
            self.assertEqual(service["Service", key], [value])
        self.assertEqual(timer["Timer", "OnCalendar"], ["daily"])
        self.assertEqual(timer["Timer", "Persistent"], ["true"])

    def test_its_commands_find_a_change(self):
        """The unit's own commands, run as systemd would, with the directory of the log moved here."""
        commands = [command.replace("/usr/local/bin/eidos", f"{self.dir}/.bin/eidos")
                    .replace("/var/log/eidos", str(self.dir)) for command in
                    self.settings("eidos-audit.service")["Service", "ExecStart"]]
        self.assertEqual(len(commands), 3)

        def night():
            for command in commands:
                done = self.run_in("sh", "-c", f"exec {command}")
                if done.returncode:
                    return done.returncode, done.stderr
            return 0, ""

        self.assertEqual(night(), (0, ""))
        self.assertEqual(night(), (0, ""))
        baseline = self.dir / "baseline.yaml"
        baseline.write_text(re.sub(r"(?m)^( +/proc/sys/vm/swappiness: ).*$", r'\g<1>"1000"', baseline.read_text()))
        self.assertEqual(night()[0], 9)
        self.assertIn("swappiness", (self.dir / "drift.txt").read_text())


class Alerts(Shell):
    RULES = ROOT / "deploy/monitoring"

    def promtool(self, *args, cwd=None):
        return subprocess.run(["promtool", *args], cwd=cwd or self.RULES, capture_output=True, text=True, check=False,
                              timeout=support.SECONDS)

    def test_promtool_runs_the_rules(self):
        self.assertIsNotNone(shutil.which("promtool"), "prometheus is part of tools/setup")
        for name in ("eidos-drift", "eidosd"):
            done = self.promtool("check", "rules", f"{name}.rules.yaml")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            done = self.promtool("test", "rules", f"{name}.test.yaml")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    # Each threshold and each comparison, changed alone, is seen by a test.
    def test_the_tests_can_fail(self):
        changes = [("eidos-drift", "< on", "> on"), ("eidosd", "== 1)", "== 2)"), ("eidosd", "< 0.995", "< 0.99"),
                   ("eidosd", "5m > 0.01", "5m > 0.1"), ("eidosd", "> 0.2", "> 0.5"), ("eidosd", "5m > 0.1", "5m > 0.3"),
                   ("eidosd", "1h > 14.4", "1h > 144"), ("eidosd", "6h > 6", "6h > 60"), ("eidosd", "0) > 0.9", "0) > 0.99"),
                   ("eidosd", "< 0.995", "< 0.9999"), ("eidosd", "> 0.2", "> 0.05"), ("eidosd", '/ready|/metrics",status=~"5', '",status=~"5')]
        for name, was, becomes in changes:
            with self.subTest(rules=name, was=was, becomes=becomes):
                rules = (self.RULES / f"{name}.rules.yaml").read_text()
                self.assertIn(was, rules)
                self.put(f"{name}.rules.yaml", rules.replace(was, becomes))
                self.put(f"{name}.test.yaml", (self.RULES / f"{name}.test.yaml").read_text())
                self.assertNotEqual(self.promtool("test", "rules", f"{name}.test.yaml", cwd=self.dir).returncode, 0)

    def test_the_alerts_are_there(self):
        names = {"eidos-drift": {"GPUDriverVersionMismatch", "KubernetesVersionSkew"},
                 "eidosd": {"EidosdDown", "EidosdAvailabilityLow", "EidosdErrorsHigh", "EidosdSlow", "EidosdRejectsHigh",
                            "EidosdErrorBudgetBurn", "EidosdMemoryHigh"}}
        for name, wanted in names.items():
            rules = yaml.safe_load((self.RULES / f"{name}.rules.yaml").read_text())
            self.assertEqual({rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule}, wanted)

    def test_every_query_of_the_dashboard_can_be_asked(self):
        board = json.loads((self.RULES / "eidosd.dashboard.json").read_text())
        queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
        self.assertGreater(len(queries), 12)
        recorded = {rule["record"] for group in yaml.safe_load((self.RULES / "eidosd.rules.yaml").read_text())["groups"]
                    for rule in group["rules"] if "record" in rule}
        for query in queries:
            self.assertLessEqual(set(re.findall(r"eidosd:[a-z0-9:_]+", query)), recorded)
        rules = [{"record": f"q{number}", "expr": query.replace("$__rate_interval", "5m")} for number, query in enumerate(queries)]
        self.put("queries.yaml", yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
        done = self.promtool("check", "rules", "queries.yaml", cwd=self.dir)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        boxes = [panel["gridPos"] for panel in board["panels"]]
        self.assertFalse([one for one in boxes if one["x"] + one["w"] > 24])


if __name__ == "__main__":
    support.main()
