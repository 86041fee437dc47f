#!/usr/bin/python3
"""Helm bundles on a real API server, in both layouts: real helm, kubectl and deploy.sh; the charts are stood in for as
in tests/peers/deploy_crds. Usage: bundle.py EIDOS"""
import importlib.machinery
import importlib.util
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "peers"), str(HERE.parent / "e2e"), str(HERE)]
import support  # noqa: E402
from cluster import Cluster, NotHere  # noqa: E402

PEER = str(HERE.parent / "peers/deploy_crds")
loader = importlib.machinery.SourceFileLoader("deploy_crds", PEER)
charts = importlib.util.module_from_spec(importlib.util.spec_from_loader("deploy_crds", loader))
loader.exec_module(charts)

MINE = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "mine", "namespace": "monitoring"},
        "data": {"by": "somebody else"}}
KINDS = ("namespaces", "configmaps", "secrets", "customresourcedefinitions.apiextensions.k8s.io", "firsts.last.example")


def setUpModule():
    try:
        Cluster()
    except NotHere as reason:
        print(reason)
        sys.exit(77)
    charts.World.open()
    unittest.addModuleCleanup(charts.tearDownModule)
    charts.World.overlay("1.0.0", ["first"])


class Bundle(support.Case):
    layout = ""

    def setUp(self):
        super().setUp()
        self.cluster = Cluster(controllers=True)
        self.cluster.__enter__()
        self.addCleanup(self.cluster.__exit__)
        self.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "monitoring"}}, MINE)
        world = charts.World
        self.good("recipe", "-q", "--data", world.layer, *charts.CRITERIA, "-o", "recipe.yaml")
        chosen = [word for name in (*charts.BELOW, charts.LAST) for word in ("--component", name)]
        self.good("bundle", "-q", "--data", world.layer, "-r", "recipe.yaml", "-o", "bundle", "--layout", self.layout,
                  *chosen)
        (self.dir / "bin").mkdir()
        for name, program in (("helm", world.tools.programs["helm"]), ("kubectl", self.cluster.bin / "kubectl")):
            (self.dir / "bin" / name).symlink_to(program)
        self.environment = world.tools.environment | {
            "PATH": f"{self.dir}/bin:/usr/bin:/bin", "TMPDIR": str(self.dir),
            "KUBECONFIG": str(self.cluster.kubeconfig())}

    def run_here(self, *command, code=0, cwd=None):
        done = subprocess.run(list(map(str, command)), env=self.environment, cwd=cwd or self.dir, capture_output=True,
                              text=True, timeout=300, check=False)
        self.assertEqual(done.returncode, code, done.stdout[-3000:] + done.stderr[-3000:])
        return done.stdout + done.stderr

    def objects(self, of=KINDS):
        """uid → kind, namespace, name; without what the control plane puts into each namespace."""
        found = {}
        for kind in of:
            listed = self.cluster.kubectl("get", kind, "-A", "-o", "json", check=False)
            for item in (json.loads(listed.stdout)["items"] if listed.stdout.strip() else []):
                about = item["metadata"]
                if about["name"] != "kube-root-ca.crt" and not about.get("namespace", "").startswith("kube-"):
                    found[about["uid"]] = (item["kind"], about.get("namespace", ""), about["name"])
        return found

    def names(self, kind):
        return {name for found, _, name in self.objects().values() if found == kind}


class Common(Bundle):
    def test_deployed_twice_and_removed(self):
        before = self.objects()
        self.run_here(self.dir / "bundle/deploy.sh")
        self.assertLessEqual({*charts.BELOW, charts.LAST}, self.names("ConfigMap"))
        self.assertIn("the-first", self.names("First"))
        # Helm keeps a secret a revision: the second run makes those, and nothing else anew.
        lasting = [kind for kind in KINDS if kind != "secrets"]
        first = self.objects(lasting)
        self.run_here(self.dir / "bundle/deploy.sh")
        self.assertEqual(self.objects(lasting), first, "an object was made anew")
        self.run_here(self.dir / "bundle/undeploy.sh", "--yes")
        after = self.objects()
        self.assertEqual({uid: after.get(uid) for uid in before}, before, "what it did not make is gone")
        left = {one for uid, one in after.items() if uid not in before}
        self.assertEqual({one for one in left if one[0] in ("ConfigMap", "Secret", "First")}, set())
        # CRDs stay, as helm leaves them: with them all objects of their kind would go.
        self.assertIn(("CustomResourceDefinition", "", "firsts.last.example"), left)

    def test_a_dry_run_changes_nothing(self):
        before = self.objects()
        said = self.run_here(self.dir / "bundle/deploy.sh", "--dry-run")
        self.assertIn("helm upgrade", said)
        self.assertEqual(self.objects(), before)

    def test_undeploy_without_a_deploy_removes_nothing(self):
        before = self.objects()
        self.run_here(self.dir / "bundle/undeploy.sh", "--yes")
        self.assertEqual(self.objects(), before)


class Umbrella(Common):
    layout = "umbrella"

    def test_the_api_server_accepts_it_in_a_dry_run(self):
        """helm install --dry-run=server: the server checks every object. What needs a CRD of the same release is
        refused by any server, so without the manifest."""
        chart = self.dir / "chart"
        shutil.copytree(self.dir / "bundle", chart)
        with_crd = [path for path in (chart / "templates").rglob("*.yaml") if "last.example/v1" in path.read_text()]
        self.assertEqual(len(with_crd), 1)
        with_crd[0].unlink()
        self.run_here("helm", "dependency", "build", chart)
        said = self.run_here("helm", "install", "stack", chart, "--dry-run=server", "-n", "default")
        for name in charts.BELOW:
            self.assertRegex(said, rf"(?m)^  name: {re.escape(name)}$")
        self.assertEqual(self.cluster.kubectl("get", "configmap", "-n", "default", "-o", "name").stdout.split(),
                         ["configmap/kube-root-ca.crt"])


class Components(Common):
    layout = "component"


del Common, Bundle  # only their heirs are tests

if __name__ == "__main__":
    support.main()
