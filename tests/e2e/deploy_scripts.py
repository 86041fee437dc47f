#!/usr/bin/python3
"""The scripts of helm bundles, run by bash against stand-ins of helm and kubectl (tests/support/cluster_tools.py):
what they call, in which order, and what becomes of it when any of those calls fails."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import yaml

import support
from support import Case, rows

TOOLS = support.ROOT / "tests/support/cluster_tools.py"
RECIPES = {
    "gb200": ("--service", "eks", "--accelerator", "gb200", "--intent", "training", "--os", "ubuntu"),
    "h100": ("--service", "eks", "--accelerator", "h100", "--intent", "inference", "--os", "ubuntu"),
    "smallest": (),
}
RELEASE, NAMESPACE = "eidos-stack", "eidos-stack"


class ScriptCase(Case):
    layout = "umbrella"

    def setUp(self):
        super().setUp()
        self.bin = self.dir / "bin"
        self.bin.mkdir()
        for tool in ("helm", "kubectl"):
            (self.bin / tool).symlink_to(TOOLS)
        self.cluster = self.dir / "cluster"
        self.cluster.mkdir()
        self.state(context="prod", releases={}, objects=[], fail=[])
        self.bundle = self.make("gb200")

    def make(self, recipe, *more, where="bundle"):
        self.good("recipe", *RECIPES[recipe], "-q", "-o", "recipe.yaml")
        self.good("bundle", "-q", "-r", "recipe.yaml", "-o", where, "--layout", self.layout, *more)
        return self.dir / where

    def state(self, **changes):
        path = self.cluster / "state.json"
        old = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps(old | changes))
        return old | changes

    def run_script(self, *args, script="deploy.sh", bundle=None, stdin="", path=None):
        """Returns what it did as Done, its calls in .calls: those of this run only."""
        log = self.cluster / "calls.log"
        log.unlink(missing_ok=True)
        env = support.environment(PATH=path or f"{self.bin}:/usr/bin:/bin", CLUSTER=str(self.cluster),
                                  TMPDIR=str(self.dir))
        done = subprocess.run([str((bundle or self.bundle) / script), *args], cwd=self.dir, env=env, input=stdin,
                              capture_output=True, text=True, timeout=support.SECONDS, check=False)
        self.calls = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        left = [name for name in os.listdir(self.dir) if name.startswith("eidos.")]
        self.assertEqual(left, [], "the temporary directory was left")
        return support.Done(done.returncode, done.stdout, done.stderr)

    def good_run(self, *args, **more):
        done = self.run_script(*args, **more)
        self.assertEqual(done.code, 0, done.out + done.err)
        return done

    def changes(self):
        """The calls that change something, without what every call of a run has."""
        reading = (["helm", "list"], ["helm", "get"], ["helm", "show"], ["helm", "template"], ["kubectl", "config"],
                   ["kubectl", "get"])
        return [" ".join(call[:3]) for call in self.calls if call[:2] not in reading]

    def order(self):
        """Component → its place in the table of deploy.sh, and its level."""
        table = re.search(r"components='\n(.*?)'", (self.bundle / "deploy.sh").read_text(), re.S)[1]
        return {line.split()[1]: line.split() for line in table.splitlines()}


class EveryScript(Case):
    def test_shellcheck_finds_nothing(self):
        if not shutil.which("shellcheck"):
            self.fail("shellcheck is not installed: tools/setup")
        for recipe, flags in RECIPES.items():
            self.good("recipe", *flags, "-q", "-o", "recipe.yaml")
            for layout in ("umbrella", "component"):
                self.good("bundle", "-q", "-r", "recipe.yaml", "-o", f"{recipe}-{layout}", "--layout", layout)
        found = sorted(self.dir.rglob("*.sh"))
        self.assertGreater(len(found), 40)
        self.assertTrue(all(os.access(path, os.X_OK) for path in found))
        done = subprocess.run(["shellcheck", *found], capture_output=True, text=True, check=False)
        self.assertEqual(done.stdout + done.stderr, "")

    def test_one_body_serves_every_bundle(self):
        bodies = {}
        for recipe, flags in RECIPES.items():
            self.good("recipe", *flags, "-q", "-o", "recipe.yaml")
            for layout in ("umbrella", "component"):
                self.good("bundle", "-q", "-r", "recipe.yaml", "-o", f"{recipe}-{layout}", "--layout", layout)
                for path in (self.dir / f"{recipe}-{layout}").rglob("*.sh"):
                    body = path.read_text().split("# What every script of a bundle shares", 1)[1]
                    bodies.setdefault((layout, path.name), set()).add(body)
        self.assertEqual(len(bodies), 6)
        for key, texts in bodies.items():
            self.assertEqual(len(texts), 1, key)


WRONG_CALLS = {
    "unknown option": (["--dryrun"], 2, "unknown option '--dryrun'"),
    "argument": (["now"], 2, "unknown option 'now'"),
    "no value": (["--namespace"], 2, "--namespace needs a value"),
    "empty value": (["--only="], 2, "--only needs a value"),
    "namespace with a command": (["--namespace", "$(touch x)"], 2, "cannot be a namespace"),
    "namespace in capitals": (["--namespace=A"], 2, "cannot be a namespace"),
    "long namespace": (["--namespace", "a" * 64], 2, "cannot be a namespace"),
    "timeout": (["--timeout", "20"], 2, "is no duration"),
    "level that is no number": (["--level", "x"], 2, "--level 'x' is no number"),
    "level that is not there": (["--level", "9"], 2, "the levels of this bundle are 0 to 3"),
    "only of another": (["--only", "gpu"], 2, "no component 'gpu' in this bundle; components are: aws-ebs"),
    "level and only": (["--level", "1", "--only", "gpu-operator"], 2, "cannot be given together"),
    "another context": (["--kube-context", "test"], 1, "the current context is 'prod', not 'test'"),
}


class WrongCalls(ScriptCase):
    def wrong_call(self, row):
        args, code, message = row
        done = self.run_script(*args)
        self.assertEqual((done.code, self.changes()), (code, []), done.err)
        self.assertIn(message, done.err)
        self.assertIn("deploy.sh: ", done.err)


@rows(WRONG_CALLS, "wrong_call")
class WrongUmbrellaCalls(WrongCalls):
    pass


@rows(WRONG_CALLS, "wrong_call")
class WrongComponentCalls(WrongCalls):
    layout = "component"


class Common(ScriptCase):
    """What holds for both layouts."""
    def test_a_missing_tool_is_said_at_once(self):
        for tool in ("helm", "kubectl"):
            there = self.dir / f"only-{tool}"
            there.mkdir()
            for name in ("bash", "dirname", "cat", "env", tool):
                (there / name).symlink_to(self.bin / name if name == tool else shutil.which(name))
            done = self.run_script(path=str(there))
            self.assertEqual((done.code, self.calls), (1, []))
            missing = "kubectl" if tool == "helm" else "helm"
            self.assertIn(f"{missing} is not installed, or not in PATH", done.err)

    def test_the_context_is_named_in_every_call(self):
        self.good_run("--kube-context", "prod")
        for call in self.calls:
            if call[:2] not in (["kubectl", "config"], ["helm", "show"]):
                self.assertEqual(call[-2:], ["--kube-context" if call[0] == "helm" else "--context", "prod"])

    def test_without_a_context_none_is_named(self):
        self.state(context="")
        self.good_run()
        self.assertNotIn("--kube-context", [word for call in self.calls for word in call])

    def test_a_cluster_that_does_not_answer_changes_nothing(self):
        self.state(fail=["^helm list"])
        done = self.run_script()
        self.assertEqual(done.code, 1)
        self.assertIn("helm cannot list the releases", done.err)
        self.assertNotIn("helm upgrade --install", self.changes())

    def test_the_bundle_stays_as_it_is_wherever_it_lies(self):
        odd = self.dir / "it's a \"$(touch x)\" `y` dir"
        shutil.copytree(self.bundle, odd)
        (odd / "charts").mkdir()
        before = self.tree(odd)
        self.good_run(bundle=odd)
        self.assertEqual(self.tree(odd), before)
        self.assertEqual(sorted(name for name in os.listdir(self.dir) if name in "xy"), [])

    def test_a_dry_run_changes_nothing(self):
        done = self.good_run("--dry-run")
        self.assertEqual(self.changes(), [])
        self.assertIn("would run: helm upgrade --install", done.out)
        self.assertIn("planned", done.out)
        self.assertNotIn("FAILED", done.out)

    def test_help(self):
        for script in ("deploy.sh", "undeploy.sh"):
            done = self.good_run("--help", script=script)
            self.assertIn("--kube-context", done.out)
            self.assertEqual(self.calls, [])

    def test_a_lock_is_said_and_undone_on_request(self):
        name = f"{NAMESPACE}/{RELEASE}" if self.layout == "umbrella" else "cert-manager/cert-manager"
        self.state(releases={name: {"status": "pending-install", "values": "enabled: {}"}})
        done = self.run_script()
        self.assertEqual(done.code, 1)
        self.assertIn("add --unlock", done.err)
        self.good_run("--unlock")
        self.assertIn("kubectl delete secret", self.changes())

    def test_undeploy_asks(self):
        self.good_run()
        for answer in ("", "n\n", "no way\n"):
            done = self.run_script(script="undeploy.sh", stdin=answer)
            self.assertEqual((done.code, self.changes()), (1, []), done.out)
            self.assertIn("nothing was removed", done.err)
        self.good_run("--dry-run", script="undeploy.sh")
        self.assertEqual(self.changes(), [])
        self.good_run(script="undeploy.sh", stdin="y\n")
        self.assertEqual(self.state()["releases"], {})

    def test_undeploy_touches_only_what_the_bundle_names(self):
        self.good_run()
        others = {"other/theirs": {"status": "deployed", "values": ""}}
        self.state(releases=self.state()["releases"] | others, objects=["Skyhook/no-op", "Skyhook/theirs"])
        self.good_run("--yes", script="undeploy.sh")
        self.assertEqual(self.state()["releases"], others)
        self.assertEqual(self.state()["objects"], ["Skyhook/theirs"])
        for call in self.calls:
            line = " ".join(call)
            for word in ("finalizer", "patch", "crd", "CustomResource", "delete namespace", "--force", "--all"):
                self.assertNotIn(word, line)
        done = self.good_run("--yes", script="undeploy.sh")
        self.assertEqual(self.changes(), [])
        self.assertIn("is not installed", done.out)

    def test_hook_objects_go_before_their_operator(self):
        self.good_run()
        self.state(objects=["Skyhook/no-op"])
        self.good_run("--yes", script="undeploy.sh")
        lines = [" ".join(call[:3]) for call in self.calls]
        release = RELEASE if self.layout == "umbrella" else "skyhook-operator"
        self.assertLess(lines.index("kubectl delete -f"), lines.index(f"helm uninstall {release}"))

    def test_what_cannot_be_removed_stops_the_removal(self):
        self.good_run()
        self.state(objects=["Skyhook/no-op"], fail=["^kubectl delete"])
        done = self.run_script("--yes", script="undeploy.sh")
        self.assertEqual(done.code, 1)
        release = RELEASE if self.layout == "umbrella" else "skyhook-operator"
        self.assertNotIn(f"helm uninstall {release}", self.changes())
        self.state(fail=[])
        self.good_run("--yes", script="undeploy.sh")
        self.assertEqual(self.state()["releases"], {})


class Umbrella(Common):
    def on(self):
        values = yaml.safe_load(self.state()["releases"][f"{NAMESPACE}/{RELEASE}"]["values"])
        return {name for name, value in values["enabled"].items() if value}

    def up_to(self, level):
        return {name for name, row in self.order().items() if int(row[0]) <= level}

    def test_the_order_of_a_first_run(self):
        done = self.good_run()
        self.assertEqual(self.changes(), ["helm dependency build", "kubectl apply --server-side",
                                          "kubectl wait --for=condition=Established"] +
                         ["helm upgrade --install"] * 4)
        upgrade = [call for call in self.calls if call[1] == "upgrade"][0]
        self.assertEqual(upgrade, ["helm", "upgrade", "--install", RELEASE, "WORK/chart", "--namespace", NAMESPACE,
                                   "--create-namespace", "-f", "WORK/chart/values.yaml", "-f", "WORK/level.yaml",
                                   "--wait", "--timeout", "20m", "--kube-context", "prod"])
        self.assertEqual(self.on(), set(self.order()))
        self.assertEqual(re.findall(r"level (\d) +(\S+)", done.out.split("release eidos-stack")[1]),
                         [("0", "ok"), ("1", "ok"), ("2", "ok"), ("3", "ok")])

    def test_each_level_waits_for_the_one_before(self):
        for level in range(4):
            self.good_run("--level", str(level))
            self.assertEqual(self.on(), self.up_to(level))

    def test_a_second_run_is_one_upgrade_with_everything_on(self):
        self.good_run()
        self.good_run()
        self.assertEqual(self.changes().count("helm upgrade --install"), 1)
        self.assertEqual(self.on(), set(self.order()))

    def test_hook_objects_are_made_once_in_a_run(self):
        self.good_run()
        values = yaml.safe_load(self.state()["releases"][f"{NAMESPACE}/{RELEASE}"]["values"])
        self.assertEqual(set(values["hooksDone"]), self.up_to(2))
        self.good_run()
        values = yaml.safe_load(self.state()["releases"][f"{NAMESPACE}/{RELEASE}"]["values"])
        self.assertIn(values["hooksDone"], (None, []))

    def test_a_failure_at_any_step_is_mended_by_the_next_run(self):
        steps = ["^helm dependency build", "^helm show crds", "^kubectl apply", "^kubectl wait", "^helm upgrade"]
        for step in steps:
            with self.subTest(step):
                self.state(releases={}, fail=[step])
                done = self.run_script()
                self.assertEqual(done.code, 1)
                self.assertIn("FAILED", done.out)
                self.assertIn("not reached", done.out)
                self.assertRegex(" ".join(self.calls[-1]), step)
                self.state(fail=[])
                self.good_run()
                self.assertEqual(self.on(), set(self.order()))

    def test_a_failure_in_any_level_switches_nothing_off_later(self):
        for level in range(1, 4):
            with self.subTest(level):
                self.state(releases={}, fail=[])
                self.good_run("--level", str(level - 1))
                self.state(fail=["^helm upgrade"])
                self.assertEqual(self.run_script().code, 1)
                reached = self.on()
                self.assertGreaterEqual(reached, self.up_to(level - 1))
                self.state(fail=[])
                self.good_run("--level", str(level))
                self.assertGreaterEqual(self.on(), reached)

    def test_a_level_below_what_is_deployed_is_refused(self):
        self.good_run()
        done = self.run_script("--level", "1")
        self.assertEqual((done.code, self.changes()), (1, []))
        self.assertIn("--level 1 is below what is deployed: gpu-operator kai-scheduler", done.err)

    def test_only_adds_to_what_is_deployed(self):
        done = self.run_script("--only", "gpu-operator")
        self.assertEqual(done.code, 1)
        self.assertIn("'gpu-operator' needs 'cert-manager', which is not deployed", done.err)
        self.good_run("--level", "1")
        self.good_run("--only", "gpu-operator")
        self.assertEqual(self.on(), self.up_to(1) | {"gpu-operator"})
        self.good_run("--only", "kai-scheduler,nvsentinel")
        self.assertEqual(self.on(), self.up_to(3) - {"nvidia-dra-driver-gpu"})

    def test_what_the_bundle_lacks_is_removed_only_on_request(self):
        self.good_run()
        smaller = self.make("gb200", "--set", "nvsentinel:enabled=false", where="smaller")
        done = self.run_script(bundle=smaller)
        self.assertEqual((done.code, self.changes()), (1, []))
        self.assertIn("deployed, but not in this bundle: nvsentinel;", done.err)
        self.good_run("--allow-removal", bundle=smaller)
        self.assertEqual(self.on(), set(self.order()) - {"nvsentinel"})

    def test_a_release_that_all_defaults_made_is_read_too(self):
        values = (self.bundle / "values.yaml").read_text()
        self.state(releases={f"{NAMESPACE}/{RELEASE}": {"status": "deployed", "values": values}})
        self.good_run()
        self.assertEqual(self.changes().count("helm upgrade --install"), 1)

    def test_charts_without_crds_apply_none(self):
        self.state(crds="---\n")
        self.good_run()
        self.assertNotIn("kubectl apply --server-side", self.changes())

    def test_namespace_and_timeout(self):
        self.good_run("--namespace", "gpu", "--timeout=1h30m")
        self.assertEqual(list(self.state()["releases"]), ["gpu/eidos-stack"])
        upgrade = [call for call in self.calls if call[1] == "upgrade"][0]
        self.assertIn("1h30m", upgrade)


class Components(Common):
    layout = "component"

    def installed(self):
        return [call[3] for call in self.calls if call[:2] == ["helm", "upgrade"]]

    def test_the_order_of_a_first_run(self):
        self.good_run()
        rows_ = self.order()
        self.assertEqual(sorted(self.installed()), sorted(rows_))
        place = {name: at for at, name in enumerate(self.installed())}
        for name, (_, _, _, needs) in rows_.items():
            for needed in [] if needs == "-" else needs.split(","):
                self.assertLess(place[needed], place[name])
        self.assertEqual([int(rows_[name][0]) for name in self.installed()],
                         sorted(int(row[0]) for row in rows_.values()))
        for name, row in rows_.items():
            self.assertIn(f"{row[2]}/{name}", self.state()["releases"])

    def test_crds_come_before_the_release(self):
        self.good_run("--only", "cert-manager")
        self.assertEqual(self.changes(), ["helm dependency build", "kubectl apply --server-side",
                                          "kubectl wait --for=condition=Established", "helm upgrade --install"])

    def test_a_component_of_manifests_needs_no_charts(self):
        self.good_run("--level", "0")
        self.good_run("--only", "skyhook-customizations")
        self.assertEqual(self.changes(), ["helm upgrade --install"])

    def test_a_failure_ends_the_run_after_its_level(self):
        for step in ("^helm dependency build", "^helm show crds", "^kubectl apply", "^kubectl wait",
                     "^helm upgrade --install skyhook-customizations"):
            with self.subTest(step):
                self.state(releases={}, fail=[step])
                done = self.run_script()
                self.assertEqual(done.code, 1)
                self.assertRegex(done.out, r"level \d +FAILED")
                self.assertRegex(done.out, r"level 3 +not reached +nvsentinel")
                self.assertNotIn("gpu-operator", self.installed())
                self.state(fail=[])
                self.good_run()
                self.assertEqual(len(self.state()["releases"]), len(self.order()))

    def test_the_rest_of_a_level_goes_on(self):
        self.state(fail=["^helm upgrade --install cert-manager "])
        self.run_script()
        self.assertIn("skyhook-operator", self.installed())
        self.assertNotIn("prometheus-adapter", self.installed())

    def test_only_needs_what_it_needs(self):
        done = self.run_script("--only", "nvsentinel")
        self.assertEqual((done.code, self.changes()), (1, []))
        self.assertIn("'nvsentinel' needs 'cert-manager', which is not deployed: add --only cert-manager", done.err)
        self.good_run("--level", "2")
        self.good_run("--only", "nvsentinel")
        self.assertEqual(self.installed(), ["nvsentinel"])

    def test_one_namespace_for_all(self):
        self.good_run("--namespace", "gpu", "--level", "0")
        self.assertEqual({name.split("/")[0] for name in self.state()["releases"]}, {"gpu"})

    def test_undeploy_is_the_reverse(self):
        self.good_run()
        deployed = self.installed()
        self.good_run("--yes", script="undeploy.sh")
        removed = [call[2] for call in self.calls if call[:2] == ["helm", "uninstall"]]
        self.assertEqual(removed, deployed[::-1])

    def test_undeploy_of_one(self):
        self.good_run()
        self.good_run("--yes", "--only", "nvsentinel", script="undeploy.sh")
        self.assertEqual(self.changes(), ["helm uninstall nvsentinel"])

    def test_a_component_that_stays_keeps_what_it_needs(self):
        self.good_run()
        self.state(fail=["^helm uninstall nvsentinel"])
        done = self.run_script("--yes", script="undeploy.sh")
        self.assertEqual(done.code, 1)
        self.assertIn("gpu-operator/gpu-operator", self.state()["releases"])

    def test_install_and_uninstall_alone(self):
        self.good_run(script="cert-manager/scripts/install.sh")
        self.assertEqual(list(self.state()["releases"]), ["cert-manager/cert-manager"])
        self.good_run("--yes", script="cert-manager/scripts/uninstall.sh")
        self.assertEqual(self.state()["releases"], {})

    def test_the_policy_is_applied_on_request(self):
        self.good_run("--apply-policy", script="gpu-operator/scripts/install.sh")
        last = self.calls[-1]
        self.assertEqual(last[:4], ["kubectl", "apply", "--server-side", "-f"])
        policy = yaml.safe_load(pathlib.Path(last[4]).read_text())
        self.assertEqual((policy["apiVersion"], policy["kind"]), ("nvidia.com/v1", "ClusterPolicy"))
        done = self.run_script("--apply-policy", script="cert-manager/scripts/install.sh")
        self.assertEqual(done.code, 2)


del Common  # only its heirs are tests

if __name__ == "__main__":
    support.main()
