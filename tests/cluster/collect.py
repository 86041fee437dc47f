#!/usr/bin/python3
"""eidos against a real API server: what it collects, with which rights, and cm:// documents. Usage: collect.py EIDOS"""
import json
import pathlib
import random
import select
import subprocess
import sys
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import support  # noqa: E402
from cluster import Cluster, for_tests  # noqa: E402

# What Kyverno's own ClusterPolicy has in its spec; in the corpus it stands among the GPU operator's.
KYVERNO = {"admission", "background", "emitWarning", "generateExisting", "mutateExistingOnPolicyUpdate", "rules",
           "validationFailureAction"}
# Every right `eidos snapshot` uses, by the collector that uses it.
RULES = {
    "k8s.node": {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]},
    "topology": {"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]},
    "k8s.image": {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]},
    "k8s.policy": {"apiGroups": ["nvidia.com"], "resources": ["clusterpolicies"], "verbs": ["list"]},
    "k8s.crd": {"apiGroups": ["apiextensions.k8s.io"], "resources": ["customresourcedefinitions"], "verbs": ["list"]},
    "k8s.helm": {"apiGroups": [""], "resources": ["secrets"], "verbs": ["list", "get"]},
}

NIC_RULE = {"apiGroups": ["mellanox.com"], "resources": ["nicclusterpolicies"], "verbs": ["list"]}


def setUpModule():
    global CLUSTER
    CLUSTER = for_tests(Cluster)
    CLUSTER.define("nvidia.com", "v1", "clusterpolicies", "ClusterPolicy")
    CLUSTER.define("mellanox.com", "v1alpha1", "nicclusterpolicies", "NicClusterPolicy")
    CLUSTER.define("kyverno.io", "v1", "clusterpolicies", "ClusterPolicy")


def typed(text):
    """A reading as the value it was flattened from."""
    if text in ("true", "false"):
        return text == "true"
    if text.startswith("["):
        return json.loads(text)
    return int(text) if text.isdigit() and (text == "0" or text[0] != "0") else text


def unflatten(readings):
    root = {}
    for path, text in readings.items():
        at = root
        *parents, last = path.split(".")
        for part in parents:
            at = at.setdefault(part, {})
        at[last] = typed(text)
    return root


def group(snapshot, kind, name):
    for measurement in snapshot["measurements"]:
        for subtype in measurement["subtypes"]:
            if measurement["type"] == kind and subtype["subtype"] == name:
                return subtype
    return None


def node(name, readings=None, labels=None, taints=None):
    """The document of a Node and its status, from what a snapshot says of it."""
    readings = readings or {}
    info = {"machineID": "", "systemUUID": "", "bootID": "", "kubeProxyVersion": "", "architecture": "amd64",
            "kubeletVersion": "v1.33.5", "kernelVersion": readings.get("kernel-version", "6"),
            "operatingSystem": readings.get("operating-system", "linux"), "osImage": readings.get("os-image", "x"),
            "containerRuntimeVersion": readings.get("container-runtime-id", "containerd://2")}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels or {}},
            "spec": {"providerID": readings.get("provider-id", ""), "taints": taints or []},
            "status": {"nodeInfo": info, "allocatable": {"nvidia.com/gpu": "8"}, "capacity": {"nvidia.com/gpu": "8"}}}


def put_node(document):
    CLUSTER.apply(document)
    CLUSTER.kubectl("patch", "node", document["metadata"]["name"], "--subresource=status", "--type=merge", "-p",
                    json.dumps({"status": document["status"]}))


def pod(name, images, namespace="default"):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": namespace},
            "spec": {"containers": [{"name": f"c{i}", "image": image} for i, image in enumerate(images)]}}


class Collect(support.Case):
    def snapshot(self, *more, user="admin", node_name="", code=0):
        done = self.eidos("snapshot", "--filter", "k8s,topology", "-k", CLUSTER.kubeconfig(user), *more,
                          env={"NODE_NAME": node_name} if node_name else {})
        self.assertEqual(done.code, code, done.err)
        return yaml.safe_load(done.out) if done.out else None

    def outcomes(self, snapshot):
        return {outcome["name"]: outcome["status"] for outcome in snapshot["collectors"]}

    def clean(self):
        for kind in ("pods", "nodes", "clusterpolicies.nvidia.com", "nicclusterpolicies.mellanox.com",
                     "clusterpolicies.kyverno.io"):
            CLUSTER.kubectl("delete", kind, "--all", "--force", "--grace-period=0", "--ignore-not-found")

    def setUp(self):
        super().setUp()
        self.addCleanup(self.clean)

    def test_an_empty_cluster(self):
        snapshot = self.snapshot()
        self.assertEqual(self.outcomes(snapshot), {
            "k8s.crd": "ok", "k8s.helm": "ok", "k8s.image": "ok", "k8s.node": "absent", "k8s.policy": "absent",
            "k8s.server": "ok", "topology": "ok"})
        version = CLUSTER.api("/version")
        self.assertEqual(group(snapshot, "K8s", "server")["data"], {
            "version": version["gitVersion"], "platform": version["platform"], "goVersion": version["goVersion"]})
        self.assertEqual(group(snapshot, "K8s", "crd")["data"]["nicclusterpolicies.mellanox.com"], "v1alpha1")
        self.assertEqual(group(snapshot, "NodeTopology", "summary")["data"],
                         {"label-count": 0, "node-count": 0, "taint-count": 0})

    def check_corpus(self, name):
        """Objects with the content of a real snapshot give its readings again, but for what Kyverno added."""
        old = yaml.safe_load((support.corpus() / "snapshots" / name).read_text())
        policy = group(old, "K8s", "policy")["data"]
        ours = {key: text for key, text in policy.items() if key.split(".")[0] not in KYVERNO}
        CLUSTER.apply({"apiVersion": "nvidia.com/v1", "kind": "ClusterPolicy", "metadata": {"name": "cluster-policy"},
                       "spec": unflatten(ours)})
        theirs = {key: text for key, text in policy.items() if key not in ours}
        if theirs:
            CLUSTER.apply({"apiVersion": "kyverno.io/v1", "kind": "ClusterPolicy", "metadata": {"name": "kyverno"},
                           "spec": unflatten(theirs)})
        images = group(old, "K8s", "image")["data"]
        references = [f"registry.example/some/{image}:{tag}" for image, tag in sorted(images.items())]
        CLUSTER.apply(*[pod(f"p{at}", references[at:at + 10]) for at in range(0, len(references), 10)])
        readings = group(old, "K8s", "node")["data"]
        put_node(node(readings["source-node"], readings))

        new = self.snapshot(node_name=readings["source-node"])
        self.assertEqual(group(new, "K8s", "image")["data"], images)
        self.assertEqual(group(new, "K8s", "image")["context"],
                         {image: f"registry.example/some/{image}:{tag}" for image, tag in images.items()})
        self.assertEqual(group(new, "K8s", "policy")["data"], ours)
        seen = group(new, "K8s", "node")["data"]
        self.assertEqual({key: seen.get(key) for key in readings}, readings)
        self.assertEqual(seen["nvidia.com/gpu"], "8")
        self.assertEqual(set(group(new, "K8s", "server")["data"]), set(group(old, "K8s", "server")["data"]))
        return len(ours), len(images)

    def test_the_h100_snapshot_comes_out_again(self):
        self.assertEqual(self.check_corpus("h100.yaml")[1], 109)

    def test_the_gb200_snapshot_comes_out_again(self):
        self.check_corpus("gb200.yaml")

    def test_the_b200_snapshot_comes_out_again(self):
        self.check_corpus("b200.yaml")

    def test_gpus_of_bus_and_driver_are_held_against_what_kubernetes_offers(self):
        root = self.dir / "root"
        for bus in ("04", "14", "24"):
            device = f"sys/bus/pci/devices/0000:{bus}:00.0"
            for name, text in {"vendor": "0x10de", "class": "0x030200", "device": "0x2330",
                               "uevent": "DRIVER=vfio-pci" if bus == "24" else "DRIVER=nvidia"}.items():
                self.put(f"root/{device}/{name}", text + "\n")
        report = self.dir / "smi.xml"
        gpus = "".join(f'<gpu id="{at}"><pci><pci_bus_id>{at}</pci_bus_id></pci></gpu>'
                       for at in ("00000000:04:00.0", "00000000:14:00.0"))
        report.write_text("<nvidia_smi_log><driver_version>570.86.15</driver_version><attached_gpus>2</attached_gpus>"
                          f"{gpus}</nvidia_smi_log>")
        device_plugin = "see the device plugin's log for the unhealthy ones"
        for offered, driver, said in (
                ({"nvidia.com/gpu": "2"}, True, ""), ({"nvidia.com/gpu": "8"}, True, ""),
                ({"nvidia.com/gpu": "1"}, True, f"the driver has 2 GPUs, Kubernetes offers 1 nvidia.com/gpu: {device_plugin}"),
                ({}, True, "the driver has 2 GPUs, Kubernetes offers none: see whether the device plugin runs on this node"),
                ({"nvidia.com/gpu": "0", "nvidia.com/mig-1g.10gb": "14"}, True, ""),
                ({"nvidia.com/gpu": "2"}, False, ""),
                ({"nvidia.com/gpu": "1"}, False, f"bound to nvidia: 2 GPUs, Kubernetes offers 1 nvidia.com/gpu: {device_plugin}")):
            with self.subTest(offered=offered, driver=driver):
                CLUSTER.kubectl("delete", "node", "w", "--ignore-not-found")
                document = node("w")
                document["status"] |= {"allocatable": offered, "capacity": offered}
                put_node(document)
                done = self.good("snapshot", "--filter", "gpu,k8s.node", "-k", CLUSTER.kubeconfig(), "--root", root,
                                 *(["--smi-xml", report] if driver else ["--exclude", "gpu.smi"]), env={"NODE_NAME": "w"})
                context = group(yaml.safe_load(done.out), "GPU", "hardware").get("context") or {}
                told = context.get("gpu-count", "").split("; ")[-1]
                self.assertIn(said, told)
                if said:
                    self.assertIn(said, done.err)
                else:
                    self.assertNotIn("Kubernetes", told)

    def test_topology_and_narrowed_images(self):
        taint = {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}
        put_node(node("b", labels={"pool": "gpu"}, taints=[taint]))
        put_node(node("a", labels={"pool": "gpu"}, taints=[taint, {"key": "dup", "effect": "NoExecute"}]))
        put_node(node("c", labels={"pool": "cpu"}))
        CLUSTER.apply(pod("one", ["a:1", "r/a:2"]), pod("two", ["b@sha256:" + "0" * 64], namespace="kube-system"))
        snapshot = self.snapshot()
        labels = group(snapshot, "NodeTopology", "label")["data"]
        self.assertEqual({key: labels[key] for key in labels if key.startswith("pool")},
                         {"pool=cpu": "c", "pool=gpu": "a,b"})
        taints = group(snapshot, "NodeTopology", "taint")["data"]
        self.assertEqual(taints["nvidia.com/gpu=present:NoSchedule"], "a,b")
        self.assertEqual(taints["dup=:NoExecute"], "a")
        self.assertEqual(group(snapshot, "K8s", "image")["data"], {"a": "1,2", "b": "sha256:" + "0" * 64})
        narrowed = self.snapshot("--pod-namespace", "kube-system")
        self.assertEqual(set(group(narrowed, "K8s", "image")["data"]), {"b"})
        detail = {outcome["name"]: outcome.get("detail") for outcome in narrowed["collectors"]}["k8s.image"]
        self.assertEqual(detail, "only pods of namespace 'kube-system'")
        self.assertEqual(group(self.snapshot("--field-selector", "metadata.name=one"), "K8s", "image")["data"],
                         {"a": "1,2"})
        self.snapshot("--pod-selector", "a===b", code=6)

    def test_each_right_is_needed_and_no_other(self):
        CLUSTER.apply({"apiVersion": "nvidia.com/v1", "kind": "ClusterPolicy", "metadata": {"name": "p"},
                       "spec": {"driver": {"version": "1"}}})
        put_node(node("n1"))
        CLUSTER.grant("reader", [*RULES.values(), NIC_RULE])
        self.assertEqual(set(self.outcomes(self.until_rights(lambda s: set(s.values()) == {"ok"})).values()), {"ok"})
        for name, rule in RULES.items():
            with self.subTest(without=name):
                CLUSTER.grant("reader", [other for other in [*RULES.values(), NIC_RULE] if other is not rule])
                # Secrets are the one right that a snapshot may do without.
                snapshot = self.until_rights(lambda s, name=name: s[name] == "denied", code=0 if name == "k8s.helm" else 4)
                others = {status for other, status in self.outcomes(snapshot).items() if other != name}
                self.assertEqual(others, {"ok"})
                detail = {o["name"]: o.get("detail", "") for o in snapshot["collectors"]}[name]
                self.assertIn(f"apiGroups: [{rule['apiGroups'][0] or chr(34) * 2}]", detail)
                self.assertIn(f"resources: [{rule['resources'][0]}]", detail)
        CLUSTER.kubectl("delete", "clusterrole,clusterrolebinding", "reader-rules")

    def test_the_documented_role_has_these_rights_and_no_other(self):
        page = (support.ROOT / "docs/how-to/collect-from-a-cluster.md").read_text()
        role = yaml.safe_load(page.split("```yaml\n")[1].split("```")[0])

        def rights(rules):
            return {(group, resource, verb) for rule in rules for group in rule["apiGroups"]
                    for resource in rule["resources"] for verb in rule["verbs"]}
        used = [rule for name, rule in RULES.items() if name != "k8s.helm"]  # stands there as a comment
        self.assertEqual(rights(role["rules"]), rights([*used, NIC_RULE]))

    def until_rights(self, as_wanted, code=0):
        """The API server takes a moment to see new rules."""
        seen = []

        def look():
            done = self.eidos("snapshot", "--filter", "k8s,topology", "-k", CLUSTER.kubeconfig("reader"),
                              env={"NODE_NAME": "n1"})
            seen.append((done, yaml.safe_load(done.out)))
            return as_wanted(self.outcomes(seen[-1][1]))
        CLUSTER.until(look, "the rights do not change")
        self.assertEqual(seen[-1][0].code, code, seen[-1][0].err)
        return seen[-1][1]

    def test_a_client_certificate_is_enough(self):
        self.assertEqual(self.outcomes(self.snapshot(user="certificate"))["k8s.image"], "ok")

    def test_impersonation_counts(self):
        config = CLUSTER.config("admin")
        config["users"][0]["user"]["as"] = "nobody"
        path = self.put("config", json.dumps(config))
        done = self.eidos("snapshot", "--filter", "k8s.image", "-k", path)
        self.assertEqual(done.code, 4, done.err)
        self.assertIn('User "nobody" cannot list resource "pods"', done.err)

    def test_a_context_is_chosen_by_name(self):
        config = CLUSTER.config("admin")
        config["current-context"] = "other"
        config["contexts"].append({"name": "other", "context": {"cluster": "dead", "user": "admin"}})
        config["clusters"].append({"name": "dead", "cluster": {"server": "https://127.0.0.1:1"}})
        path = self.put("config", json.dumps(config))
        good = self.good("snapshot", "--filter", "k8s.server", "-k", path, "--kube-context", "test")
        self.assertIn("version:", good.out)
        dead = self.eidos("snapshot", "--filter", "k8s.server", "-k", path)
        self.assertEqual(dead.code, 6)
        self.assertIn("127.0.0.1:1", dead.err)

    def test_an_exec_plugin_logs_in(self):
        plugin = self.put("login", "#!/bin/sh\necho \"$KUBERNETES_EXEC_INFO\" > \"$INFO\"\nprintf '%s' '" + json.dumps(
            {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
             "status": {"token": CLUSTER.tokens["admin"]}}) + "'\n")
        plugin.chmod(0o755)
        config = CLUSTER.config("admin")
        config["users"][0]["user"] = {"exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "command": "./login", "interactiveMode": "Never",
            "env": [{"name": "INFO", "value": str(self.dir / "info")}]}}
        path = self.put("config", json.dumps(config))
        self.good("snapshot", "--filter", "k8s.image", "-k", path)
        self.assertEqual(json.loads((self.dir / "info").read_text())["kind"], "ExecCredential")


class Watching(support.Case):
    """`--watch` with an interval that never comes: what is told is what the streams said."""

    def start(self, what, user="admin", interval="1h"):
        process = subprocess.Popen(
            [support.EIDOS, "snapshot", "--watch", "--interval", interval, "--filter", what, "-k",
             CLUSTER.kubeconfig(user)],
            cwd=self.dir, env=support.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=open(self.dir / "err", "wb"))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        self.next(process)
        return process

    def next(self, process):
        """The next line, a patch."""
        ready, _, _ = select.select([process.stdout], [], [], support.SECONDS)
        self.assertTrue(ready, f"nothing is told: {(self.dir / 'err').read_text()}")
        return json.loads(process.stdout.readline())

    def until_told(self, process, what):
        """Several changes may be told at once, or one after the other."""
        self.until(lambda: what in json.dumps(self.next(process)))

    def test_nodes_pods_policies_and_definitions_are_told_of_when_they_change(self):
        process = self.start("topology,k8s.image,k8s.policy,k8s.crd")
        self.addCleanup(CLUSTER.kubectl, "delete", "nodes", "--all")
        put_node(node("w", {}, {"zone": "a"}))
        self.until_told(process, "zone=a")
        CLUSTER.kubectl("label", "node", "w", "zone=b", "--overwrite")
        self.until_told(process, "zone=b")
        CLUSTER.kubectl("taint", "node", "w", "broken=yes:NoSchedule")
        self.until_told(process, "broken=yes:NoSchedule")
        self.addCleanup(CLUSTER.kubectl, "delete", "pods", "--all", "--force", "--grace-period=0")
        CLUSTER.apply(pod("w", ["registry.example/watched:7"]))
        self.until_told(process, "registry.example/watched:7")
        self.addCleanup(CLUSTER.kubectl, "delete", "clusterpolicies.nvidia.com", "--all")
        policy = {"apiVersion": "nvidia.com/v1", "kind": "ClusterPolicy", "metadata": {"name": "p"},
                  "spec": {"driver": {"version": "570.1"}}}
        CLUSTER.apply(policy)
        self.until_told(process, "570.1")
        policy["spec"]["driver"]["version"] = "580.2"
        CLUSTER.apply(policy)
        self.until_told(process, "580.2")
        CLUSTER.define("watched.example", "v1", "things", "Thing")
        self.addCleanup(CLUSTER.kubectl, "delete", "crd", "things.watched.example")
        self.until_told(process, "things.watched.example")
        process.terminate()
        self.assertEqual(process.wait(support.SECONDS), 130)
        self.assertEqual((self.dir / "err").read_text(), "")

    def test_a_heartbeat_is_nothing_new(self):
        self.addCleanup(CLUSTER.kubectl, "delete", "nodes", "--all")
        put_node(node("w", {}, {"zone": "a"}))
        process = self.start("topology")
        CLUSTER.kubectl("patch", "node", "w", "--subresource=status", "--type=merge", "-p", json.dumps(
            {"status": {"conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": "2026-01-01T00:00:00Z"}]}}))
        CLUSTER.kubectl("label", "node", "w", "zone=b", "--overwrite")
        self.assertIn("zone=b", json.dumps(self.next(process)), "the first that is told of is the label")

    def test_without_the_right_to_watch_it_says_so_and_goes_on(self):
        CLUSTER.grant("writer", [RULES["topology"]])
        process = self.start("topology", "writer", interval="1s")
        self.addCleanup(CLUSTER.kubectl, "delete", "nodes", "--all")
        put_node(node("w", {}, {"zone": "a"}))
        self.until_told(process, "zone=a")
        process.terminate()
        self.assertEqual(process.wait(support.SECONDS), 130)
        err = (self.dir / "err").read_text()
        self.assertEqual(err.count("changes of nodes are seen only at the next look"), 1, err)
        self.assertIn("resources: [nodes], verbs: [watch]", err)


class Documents(support.Case):
    NAMESPACE = "documents"

    def setUp(self):
        super().setUp()
        CLUSTER.kubectl("create", "namespace", self.NAMESPACE, check=False)
        self.addCleanup(CLUSTER.kubectl, "delete", "configmaps", "--all", "-n", self.NAMESPACE)
        self.config = ("-k", CLUSTER.kubeconfig())

    def names(self):
        found = CLUSTER.api(f"/api/v1/namespaces/{self.NAMESPACE}/configmaps")["items"]
        return [item["metadata"]["name"] for item in found if item["metadata"]["name"] != "kube-root-ca.crt"]

    def get(self, name):
        return CLUSTER.api(f"/api/v1/namespaces/{self.NAMESPACE}/configmaps/{name}")

    def test_a_snapshot_goes_there_and_a_recipe_comes_of_it(self):
        where = f"cm://{self.NAMESPACE}/snapshot"
        self.good("snapshot", "--filter", "os,k8s.server", "-o", where, *self.config)
        stored = self.get("snapshot")
        self.assertEqual(stored["data"]["format"], "yaml")
        self.assertEqual(yaml.safe_load(stored["data"]["snapshot.yaml"])["kind"], "Snapshot")
        self.assertEqual(stored["metadata"]["labels"]["app.kubernetes.io/name"], "eidos")
        self.good("recipe", "-s", where, "--intent", "training", "-o", f"cm://{self.NAMESPACE}/recipe", *self.config)
        self.assertIn("reciperesult.yaml", self.get("recipe")["data"])
        report = self.eidos("validate", "-r", f"cm://{self.NAMESPACE}/recipe", "-s", where, "-t", "json", "-o",
                            f"cm://{self.NAMESPACE}/report", *self.config)
        self.assertIn(report.code, (0, 9), report.err)
        self.assertEqual(self.get("report")["data"]["format"], "json")
        self.good("bundle", "-r", f"cm://{self.NAMESPACE}/recipe", "-o", "stack", *self.config)
        # Again, in another format: the old key goes.
        self.good("snapshot", "--filter", "os", "-t", "json", "-o", where, *self.config)
        self.assertNotIn("snapshot.yaml", self.get("snapshot")["data"])

    def machine(self, files):
        """A root whose kernel settings make a document of files x 60 kB that hardly compresses."""
        root = self.dir / f"root-{files}"
        dice = random.Random(files)
        (root / "proc/sys/vendor").mkdir(parents=True)
        for i in range(files):
            text = "".join(dice.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=60_000))
            (root / f"proc/sys/vendor/s{i}").write_text(text)
        return root

    def test_large_documents_are_compressed_and_split(self):
        where = f"cm://{self.NAMESPACE}/doc"
        for files, objects, keys in ((1, 1, {"snapshot.yaml"}), (20, 1, {"encoding"}), (60, 4, {"encoding", "parts"}),
                                     (61, 4, {"encoding", "parts"}), (2, 1, {"snapshot.yaml"})):
            with self.subTest(files=files):
                flags = ("snapshot", "--filter", "os.sysctl", "--root", self.machine(files))
                self.good(*flags, "-o", "local.yaml")
                self.good(*flags, "-o", where, *self.config)
                same = self.eidos("diff", "local.yaml", where, "--fail-on-change", *self.config)
                self.assertEqual(same.code, 0, same.out[:500] + same.err)
                self.assertEqual(len(self.names()), objects)  # and nothing is left of the one before
                self.assertEqual(set(self.get("doc")["data"]) - {"format", "timestamp", "digest"}, keys)

    def test_what_others_own_is_left_alone(self):
        CLUSTER.kubectl("create", "configmap", "theirs", "--from-literal=snapshot.yaml=x", "-n", self.NAMESPACE)
        done = self.eidos("snapshot", "--filter", "os.release", "-o", f"cm://{self.NAMESPACE}/theirs", *self.config)
        self.assertEqual(done.code, 6)
        self.assertIn('conflict with "kubectl-create"', done.err)
        self.assertEqual(yaml.safe_load(done.out)["kind"], "Snapshot")
        self.assertEqual(self.get("theirs")["data"], {"snapshot.yaml": "x"})

    def test_without_the_right_the_document_is_not_lost(self):
        done = self.eidos("snapshot", "--filter", "os.release", "-o", f"cm://{self.NAMESPACE}/x", "-k",
                          CLUSTER.kubeconfig("nobody"))
        self.assertEqual(done.code, 6)
        self.assertEqual(yaml.safe_load(done.out)["kind"], "Snapshot")
        self.assertIn("the document is on standard output instead", done.err)
        self.assertIn("resources: [configmaps], verbs: [patch]", done.err)
        self.assertEqual(self.names(), [])

    def test_what_is_not_there_or_not_whole_is_said(self):
        where = f"cm://{self.NAMESPACE}/none"
        done = self.eidos("recipe", "-s", where, *self.config)
        self.assertEqual(done.code, 3, done.err)
        CLUSTER.kubectl("create", "configmap", "none", "--from-literal=snapshot.yaml=kind: Pod", "-n", self.NAMESPACE)
        done = self.eidos("recipe", "-s", where, *self.config)
        self.assertEqual(done.code, 2, done.err)
        self.good("snapshot", "--filter", "os", "-o", f"cm://{self.NAMESPACE}/cut", *self.config)
        text = self.get("cut")["data"]["snapshot.yaml"]
        CLUSTER.kubectl("patch", "configmap", "cut", "-n", self.NAMESPACE, "--type=merge", "-p",
                        json.dumps({"data": {"snapshot.yaml": text[:-1]}}))
        done = self.eidos("recipe", "-s", f"cm://{self.NAMESPACE}/cut", *self.config)
        self.assertEqual(done.code, 2, done.err)
        self.assertIn("digest", done.err)


class Faults(support.Case):
    def test_an_api_server_that_dies_ends_in_a_message(self):
        with Cluster() as other:
            config = other.kubeconfig()
            self.good("snapshot", "--filter", "k8s.server", "-k", config)
            other.servers[-1].kill()
            other.servers[-1].wait()
            done = self.eidos("snapshot", "--filter", "k8s", "-k", config)
            self.assertEqual(done.code, 6, done.err)
            self.assertIn("check that the cluster is up", done.err)

    def test_readings_of_a_while_ago_stand_in_where_that_is_allowed(self):
        with Cluster() as other:
            flags = ("snapshot", "--filter", "k8s", "-k", other.kubeconfig(), "--allow-stale", "10m")
            run = {"XDG_RUNTIME_DIR": str(self.dir)}
            before = yaml.safe_load(self.good(*flags, env=run).out)
            other.servers[-1].kill()
            other.servers[-1].wait()
            done = self.good(*flags, env=run)
            after = yaml.safe_load(done.out)
            self.assertEqual(after["measurements"], before["measurements"])
            ends = {one["name"]: one["status"] for one in before["collectors"]}
            self.assertEqual({one["name"]: one["status"] for one in after["collectors"]},
                             {name: {"ok": "stale"}.get(end, end) for name, end in ends.items()})
            self.assertRegex(done.err, r"warning: k8s\.server: an earlier reading stands in: .*refused")
            self.assertEqual(self.eidos(*flags[:-2], env=run).code, 6)
            self.assertEqual(self.eidos(*flags[:-1], "1ms", env=run).code, 6)


if __name__ == "__main__":
    support.main()
