#!/usr/bin/python3
"""tools/e2e on a real control plane. Usage: e2e.py EIDOS"""
import os
import pathlib
import shlex
import subprocess
import sys
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import support  # noqa: E402
from cluster import Cluster, for_tests  # noqa: E402
from kubelet import Kubelet  # noqa: E402

RUN = "eidos.nvidia.com/run"


def setUpModule():
    global CLUSTER
    CLUSTER = for_tests(lambda: Cluster(controllers=True))
    unittest.enterModuleContext(Kubelet(CLUSTER, "n1", support.EIDOS))


class EndToEnd(support.Case):
    def run_it(self, *args, code=0, **more):
        done = subprocess.run([support.ROOT / "tools/e2e", *map(str, args)], capture_output=True, text=True, timeout=120,
                              check=False, env=support.environment(
                                  EIDOS=str(pathlib.Path(support.EIDOS).resolve()), HOME=str(self.dir),
                                  KUBECONFIG=str(CLUSTER.kubeconfig()), TMPDIR=str(self.dir), **more))
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def left(self):
        return [line for kind in ("jobs", "configmaps", "serviceaccounts", "clusterroles") for line in CLUSTER.kubectl(
            "get", kind, "-A", "-l", RUN, "-o", "name").stdout.split()]

    def test_all_of_it_in_any_order(self):
        self.run_it("--bundle", self.dir / "b", "-r", self.dir / "r.yaml", "--snapshot", self.dir / "s.yaml")
        self.assertEqual(yaml.safe_load((self.dir / "s.yaml").read_text())["metadata"]["source-node"], "n1")
        self.assertEqual(yaml.safe_load((self.dir / "r.yaml").read_text())["kind"], "RecipeResult")
        self.assertTrue((self.dir / "b/checksums.txt").is_file())
        self.assertEqual(self.left(), [])

    def test_what_is_not_asked_for_is_skipped(self):
        self.run_it("-s", self.dir / "s.yaml")
        self.assertEqual([name for name in os.listdir(self.dir) if name.endswith(".yaml")], ["s.yaml"])
        self.assertEqual(self.left(), [])

    def test_a_failure_says_where_and_leaves_everything(self):
        said = self.run_it("-s", self.dir / "s.yaml", code=6, IMAGE="registry.example/hungry:v1")
        self.assertIn("failed at: an agent, with image registry.example/hungry:v1", said)
        self.assertIn("OOMKilled", said)
        self.assertEqual(len(self.left()), 4)
        command = shlex.split(said[said.index("remove it with: "):].splitlines()[0])[3:]
        done = self.eidos(*command[1:], "-k", CLUSTER.kubeconfig())
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(self.left(), [])

    def test_a_recipe_needs_a_snapshot_in_the_cluster(self):
        said = self.run_it("-r", self.dir / "r.yaml", code=3, NAMESPACE="elsewhere")
        self.assertIn("failed at: the recipe for cm://elsewhere/eidos-snapshot", said)

    def test_what_is_refused(self):
        for args, said in ((("-x",), "unknown argument '-x'"), (("-s",), "needs a path"), ((), "usage"),
                           (("-b", "d"), "-b needs -r")):
            with self.subTest(args):
                self.assertIn(said, self.run_it(*args, code=2))
        self.assertIn("usage", self.run_it("-h"))


if __name__ == "__main__":
    support.main()
