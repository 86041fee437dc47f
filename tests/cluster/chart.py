#!/usr/bin/python3
"""deploy/charts/eidos on a real API server, in a namespace that takes restricted pods only. Usage: chart.py EIDOS"""
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "peers"), str(HERE.parent / "e2e"), str(HERE)]
import support  # noqa: E402
from cluster import Cluster, for_tests  # noqa: E402
from lib.tools import ROOT, built  # noqa: E402

CHART = ROOT / "deploy/charts/eidos"


def setUpModule():
    global CLUSTER, HELM
    CLUSTER = for_tests(lambda: Cluster(controllers=True))
    HELM = built("helm")
    CLUSTER.make_namespace("strict", {"pod-security.kubernetes.io/enforce": "restricted",
                                      "pod-security.kubernetes.io/enforce-version": "latest"})


class Chart(support.Case):
    def helm(self, *args):
        done = subprocess.run([HELM, *map(str, args), "--kubeconfig", CLUSTER.kubeconfig(), "-n", "strict"],
                              capture_output=True, text=True, timeout=120, check=False,
                              env=support.environment(HOME=str(self.dir), TMPDIR=str(self.dir)))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def pods(self, name):
        return [pod["metadata"]["name"] for pod in CLUSTER.api("/api/v1/namespaces/strict/pods")["items"]
                if pod["metadata"]["name"].startswith(name)]

    def test_its_pods_are_admitted(self):
        self.helm("install", "r", CHART, "--set", "image.repository=registry.example/eidos", "--set", "agent.enabled=true",
                  "--set", "autoscaling.enabled=true", "--set", "ingress.enabled=true", "--set", "ingress.host=a.example")
        self.addCleanup(self.helm, "uninstall", "r")
        CLUSTER.until(lambda: len(self.pods("r-eidos-")) == 1, "no pod of the Deployment is admitted")
        CLUSTER.kubectl("-n", "strict", "create", "job", "now", "--from=cronjob/r-eidos-agent")
        self.addCleanup(CLUSTER.kubectl, "-n", "strict", "delete", "job", "now")
        CLUSTER.until(lambda: len(self.pods("now-")) == 1, "no pod of the audit is admitted")

    def test_what_is_not_restricted_is_refused_here(self):
        """Else the test above would show nothing."""
        chart = self.dir / "chart"
        shutil.copytree(CHART, chart)
        helpers = chart / "templates/_helpers.tpl"
        text = helpers.read_text()
        self.assertIn("runAsNonRoot: true\n", text)
        helpers.write_text(text.replace("runAsNonRoot: true\n", "").replace("runAsUser: 1000\n", ""))
        self.helm("install", "loose", chart, "--set", "image.repository=registry.example/eidos")
        self.addCleanup(self.helm, "uninstall", "loose")
        CLUSTER.until(lambda: "violates PodSecurity" in CLUSTER.kubectl(
            "-n", "strict", "get", "events", "-o", "jsonpath={.items[*].message}").stdout, "nothing was refused")
        time.sleep(0.5)
        self.assertEqual(self.pods("loose-"), [])


if __name__ == "__main__":
    support.main()
