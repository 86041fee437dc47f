#!/usr/bin/python3
"""eidos on a large cluster: nodes played by kwok, pods run for real. Usage: scale.py EIDOS [NODES FLEET]

Prints what it took; only what is bounded by design is asserted: memory, requests, the size of documents."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import support  # noqa: E402
from cluster import for_tests  # noqa: E402
from agent import Audited  # noqa: E402
from kubelet import Kubelet  # noqa: E402

NODES = 1000
FLEET = 40
WORKERS = 50
LABELS = 25  # a node
BATCH = 500  # objects in one kubectl
MOST_MEMORY = 64  # MiB
MOST_BYTES = 1 << 20  # of a ConfigMap
NAMESPACE = "gpu-operator"
# Nodes are kwok's: once ready, with a lease that it renews. Pods are ours.
KWOK = """apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: node-ready}
spec:
  resourceRef: {apiGroup: v1, kind: Node}
  selector: {matchExpressions: [{key: .status.phase, operator: NotIn, values: [Running]}]}
  next:
    statusTemplate: |
      phase: Running
      conditions: [{type: Ready, status: "True", reason: KubeletReady, message: played, lastHeartbeatTime: {{ Now | Quote }},
                    lastTransitionTime: {{ Now | Quote }}}]
      capacity: {cpu: 96, memory: 1Ti, pods: 110}
      allocatable: {cpu: 96, memory: 1Ti, pods: 110}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: no-pod}
spec: {resourceRef: {apiGroup: v1, kind: Pod}, selector: {matchLabels: {kwok: plays}}, next: {}}
"""


class Kubelets(Kubelet):
    """The pods of all nodes."""

    def register(self):
        self.renewed = float("inf")

    def loop(self):
        while not self.ended.wait(0.2):
            for pod in self.cluster.api(f"/api/v1/namespaces/{NAMESPACE}/pods?resourceVersion=0")["items"]:
                if pod["spec"].get("nodeName"):
                    self.name = pod["spec"]["nodeName"]
                    self.tend(pod)


def kwok():
    built = subprocess.run([support.ROOT / "tests/peers/build", "kwok"], stdout=subprocess.PIPE, text=True, check=False)
    if built.returncode:
        print(built.stdout)
        sys.exit(built.returncode)
    return built.stdout.strip()


def node(number):
    """As a cloud labels them; a tenth is tainted, each eighth has another instance type."""
    labels = {f"feature.example/cpu-{at}": str(number % (at + 2)) for at in range(LABELS - 4)}
    labels |= {"topology.kubernetes.io/zone": f"zone-{number % 3}", "kubernetes.io/os": "linux",
               "node.kubernetes.io/instance-type": "p5.48xlarge" if number % 8 else "p4d.24xlarge",
               "kubernetes.io/hostname": name_of(number)}
    taints = [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}] if number % 10 == 0 else []
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name_of(number), "labels": labels},
            "spec": {"taints": taints}}


def name_of(number):
    return f"ip-10-{number // 250}-{number % 250}-7.ec2.internal"


def setUpModule():
    global CLUSTER
    program = kwok()
    CLUSTER = for_tests(lambda: Audited(controllers=True))
    CLUSTER.make_namespace(NAMESPACE)
    (CLUSTER.dir / "kwok.yaml").write_text(KWOK)
    with open(CLUSTER.dir / "kwok.log", "ab") as log:
        process = subprocess.Popen([program, "--kubeconfig", CLUSTER.kubeconfig(), "--config", CLUSTER.dir / "kwok.yaml",
                                    "--manage-all-nodes"],
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=CLUSTER.dir)
    unittest.addModuleCleanup(process.wait)
    unittest.addModuleCleanup(process.kill)
    for first in range(0, NODES, BATCH):
        CLUSTER.kubectl("create", "-f", "-", stdin=json.dumps(
            {"apiVersion": "v1", "kind": "List", "items": [node(i) for i in range(first, min(first + BATCH, NODES))]}))
    CLUSTER.until(lambda: ready() == NODES, "kwok does not make all nodes ready")


def ready():
    return sum(any(c["type"] == "Ready" and c["status"] == "True" for c in one["status"].get("conditions", []))
               for one in CLUSTER.api("/api/v1/nodes?resourceVersion=0")["items"])


class Scale(support.Case):
    def measured(self, what, *args, user="agent"):
        """Runs eidos, which must end well, with its peak memory below the bound."""
        figures = tempfile.NamedTemporaryFile("r", dir=self.dir)
        done = subprocess.run(["/usr/bin/time", "-f", "%e %M", "-o", figures.name, support.EIDOS, *args, "-k",
                               CLUSTER.kubeconfig(user)], cwd=self.dir, env=support.environment(),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        seconds, peak = figures.read().split()[-2:]
        print(f"{what}: {seconds} s, {int(peak) / 1024:.1f} MiB", flush=True)
        self.assertLess(int(peak) / 1024, MOST_MEMORY)
        return done

    def setUp(self):
        super().setUp()
        CLUSTER.grant("agent", [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}])

    def test_topology_is_one_list_and_fits_a_config_map(self):
        self.measured(f"topology of {NODES} nodes", "snapshot", "--filter", "topology", "-o", "topology.yaml",
                      "--max-nodes-per-entry", "0")
        self.assertEqual([call for call in CLUSTER.calls("agent") if call[2] == "nodes"], [("list", "", "nodes")])
        snapshot = yaml.load((self.dir / "topology.yaml").read_text(), yaml.CSafeLoader)
        sets = {part["subtype"]: part["data"] for part in snapshot["measurements"][0]["subtypes"]}
        self.assertEqual(sets["summary"]["node-count"], NODES)
        names = sorted(name_of(i) for i in range(NODES))
        self.assertEqual(sorted(sets["label"]["kubernetes.io/os=linux"].split(",")), names)
        self.assertEqual(sorted(sets["taint"]["nvidia.com/gpu=present:NoSchedule"].split(",")),
                         sorted(name_of(i) for i in range(0, NODES, 10)))
        self.measured("the same into a ConfigMap, 100 names an entry", "snapshot", "--filter", "topology", "-o",
                      f"cm://{NAMESPACE}/topology")
        stored = [one for one in CLUSTER.api(f"/api/v1/namespaces/{NAMESPACE}/configmaps")["items"]
                  if one["metadata"]["name"].startswith("topology")]
        sizes = [len(json.dumps(one)) for one in stored]
        print(f"in {len(sizes)} ConfigMaps: {sum(sizes)} bytes", flush=True)
        self.assertLess(max(sizes), MOST_BYTES)
        self.good("diff", f"cm://{NAMESPACE}/topology", f"cm://{NAMESPACE}/topology", "-k", CLUSTER.kubeconfig())

    def test_a_fleet_run_is_bounded(self):
        (self.dir / "nodes").write_text("\n".join(name_of(i) for i in range(FLEET)))
        before = len(self.requests())
        with Kubelets(CLUSTER, "all", support.EIDOS):
            done = self.measured(f"a fleet of {FLEET} nodes, {WORKERS} workers", "fleet", "snapshot", "--nodes-from", "nodes",
                                 "--workers", str(WORKERS), "--image", "registry.example/eidos:v0.1.0", "-o", "out",
                                 "--deadline", "5m")
        asked = len(self.requests()) - before
        print(f"requests: {asked}, {asked / FLEET:.1f} a node", flush=True)
        self.assertIn("at most 50 requests a second", done.stderr)
        self.assertEqual(len(list((self.dir / "out").glob("*.internal.yaml"))), FLEET)
        self.assertEqual(yaml.safe_load((self.dir / "out/summary.yaml").read_text())["counts"]["snapshots"], FLEET)
        self.assertEqual(CLUSTER.api("/apis/batch/v1/jobs")["items"], [])
        self.assertLess(self.busiest_second(before), 2 * 50, "a bucket's burst and its rate")

    def requests(self):
        """Times of the requests of the one who collects."""
        return [event["requestReceivedTimestamp"] for event in
                map(json.loads, (CLUSTER.dir / "audit.log").read_text().splitlines())
                if event["user"]["username"] == "agent"]

    def busiest_second(self, before):
        """Most requests of one second of the clock."""
        seconds = [time[:19] for time in sorted(self.requests())[before:]]
        return max(map(seconds.count, set(seconds)))


if __name__ == "__main__":
    if len(sys.argv) > 3 and sys.argv[2].isdigit():
        NODES, FLEET = int(sys.argv.pop(2)), int(sys.argv.pop(2))
    support.main()
