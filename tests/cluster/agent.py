#!/usr/bin/python3
"""eidos agent on a real control plane, its pod run for real by a kubelet of ours. Usage: agent.py EIDOS"""
import json
import pathlib
import re
import signal
import subprocess
import sys
import time
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import support  # noqa: E402
from cluster import Cluster, for_tests  # noqa: E402
from kubelet import Kubelet  # noqa: E402

IMAGE = "registry.example/eidos:v0.1.0"
NAMESPACE = "gpu-operator"
# What a run could leave behind: everything of these kinds is listed before and after.
KINDS = ["/api/v1/namespaces", "/api/v1/serviceaccounts", "/api/v1/configmaps", "/api/v1/secrets", "/api/v1/pods",
         "/apis/batch/v1/jobs", "/apis/batch/v1/cronjobs", "/apis/rbac.authorization.k8s.io/v1/roles",
         "/apis/rbac.authorization.k8s.io/v1/rolebindings", "/apis/rbac.authorization.k8s.io/v1/clusterroles",
         "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"]
AUDIT = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
         "rules": [{"level": "Metadata"}]}
RULE = re.compile(r"\{apiGroups: \[([^\]]*)\], resources: \[([^\]]*)\], verbs: \[([^\]]*)\]\}")


class Audited(Cluster):
    def start_apiserver(self):
        (self.dir / "audit.json").write_text(json.dumps(AUDIT))
        self.more += ["--audit-policy-file", "audit.json", "--audit-log-path", str(self.dir / "audit.log")]
        super().start_apiserver()

    def calls(self, user):
        """(verb, group, resource) of each request of a user, those refused too."""
        found = set()
        for line in (self.dir / "audit.log").read_text().splitlines():
            event = json.loads(line)
            if event["user"]["username"] == user and "objectRef" in event:
                about = event["objectRef"]
                name = about["resource"] + ("/" + about["subresource"] if about.get("subresource") else "")
                found.add((event["verb"], about.get("apiGroup", ""), name))
        return found


def setUpModule():
    global CLUSTER
    CLUSTER = for_tests(lambda: Audited(controllers=True))
    CLUSTER.make_namespace(NAMESPACE)
    unittest.enterModuleContext(Kubelet(CLUSTER, "n1", support.EIDOS, labels={"nvidia.com/gpu.present": "true"}))
    CLUSTER.define("nvidia.com", "v1", "clusterpolicies", "ClusterPolicy")
    CLUSTER.define("mellanox.com", "v1alpha1", "nicclusterpolicies", "NicClusterPolicy")


def everything():
    """Each object of KINDS by its uid; what the control plane makes by itself comes and goes, but not here."""
    found = {}
    for path in KINDS:
        for item in CLUSTER.api(path)["items"]:
            found[item["metadata"]["uid"]] = f"{path} {item['metadata'].get('namespace', '')}/{item['metadata']['name']}"
    return found


def rules_in(message):
    """What an error asks for, as rules."""
    found = {}
    for group, resource, verbs in RULE.findall(message):
        found.setdefault((group.strip('"'), resource), set()).update(verbs.split(", "))
    return [{"apiGroups": [group], "resources": [resource], "verbs": sorted(verbs)}
            for (group, resource), verbs in found.items()]


class Agent(support.Case):
    def setUp(self):
        super().setUp()
        self.before = everything()

    def nothing_left(self):
        self.assertEqual(everything(), self.before)

    def arguments(self, *more, image=IMAGE, user="admin"):
        return ["agent", "run", "-n", NAMESPACE, "--image", image, "-k", str(CLUSTER.kubeconfig(user)), *more]

    def run_agent(self, *more, code=0, **how):
        done = self.eidos(*self.arguments(*more, **how))
        self.assertEqual(done.code, code, done.err)
        return done

    def start(self, *more, **how):
        process = subprocess.Popen([support.EIDOS, *self.arguments(*more, **how)], cwd=self.dir, text=True,
                                   env=support.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def until(self, true):
        CLUSTER.until(true, "what the test waits for does not come")

    def test_a_snapshot_from_a_pod_and_nothing_left(self):
        done = self.run_agent()
        snapshot = yaml.safe_load(done.out)
        self.assertEqual(snapshot["kind"], "Snapshot")
        self.assertEqual(snapshot["metadata"]["source-node"], "n1")
        states = {one["name"]: one["status"] for one in snapshot["collectors"]}
        seen = ("k8s.server", "k8s.node", "k8s.image", "k8s.crd", "topology")
        self.assertEqual({name: states[name] for name in seen}, dict.fromkeys(seen, "ok"))
        self.assertEqual(states["k8s.policy"], "absent", "there are none")
        self.assertRegex(done.err, "pod eidos-[a-z0-9]+ (runs|ran) on node n1")
        self.nothing_left()

    def test_as_json_into_a_file(self):
        self.run_agent("-o", "s.json")
        self.assertEqual(json.loads((self.dir / "s.json").read_text())["kind"], "Snapshot")
        self.nothing_left()

    def test_two_at_once(self):
        runs = [self.start(), self.start(), self.start()]
        for process in runs:
            out, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, err)
            self.assertEqual(yaml.safe_load(out)["kind"], "Snapshot")
        self.nothing_left()

    def test_a_taken_name_is_left_alone(self):
        CLUSTER.apply({"apiVersion": "v1", "kind": "ConfigMap", "data": {"mine": "1"},
                       "metadata": {"name": "eidos-snapshot", "namespace": NAMESPACE}})
        self.addCleanup(CLUSTER.kubectl, "-n", NAMESPACE, "delete", "configmap", "eidos-snapshot")
        self.before = everything()
        self.assertIn("is there already", self.run_agent().err)
        self.nothing_left()
        self.assertEqual(CLUSTER.api(f"/api/v1/namespaces/{NAMESPACE}/configmaps/eidos-snapshot")["data"], {"mine": "1"})

    def test_a_missing_namespace(self):
        done = self.eidos("agent", "run", "-n", "nowhere", "--image", IMAGE, "-k", CLUSTER.kubeconfig())
        self.assertEqual((done.code, done.out), (3, ""), done.err)
        self.assertIn("--create-namespace", done.err)
        self.nothing_left()

    def test_why_a_pod_does_not_run(self):
        cases = [(["--node-selector", "no=such"], IMAGE, 6, "didn't match Pod's node affinity/selector"),
                 ([], "registry.example/missing:v1", 6, "ErrImagePull"),
                 ([], "registry.example/hungry:v1", 6, "OOMKilled, exit status 137"),
                 ([], "registry.example/evicted:v1", 6, "low on resource")]
        for more, image, code, said in cases:
            with self.subTest(said):
                self.assertIn(said, self.run_agent("--deadline", "4s", *more, image=image, code=code).err)
                self.nothing_left()

    def test_a_quota_is_named(self):
        CLUSTER.apply({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none", "namespace": NAMESPACE},
                       "spec": {"hard": {"pods": "0"}}})
        self.addCleanup(CLUSTER.kubectl, "-n", NAMESPACE, "delete", "resourcequota", "none")
        self.until(lambda: CLUSTER.api(f"/api/v1/namespaces/{NAMESPACE}/resourcequotas/none").get("status", {}).get("hard"))
        self.assertIn("exceeded quota", self.run_agent("--deadline", "13s", code=6).err)
        self.nothing_left()

    def test_interrupted_at_every_moment(self):
        for moment in (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5):
            with self.subTest(moment):
                process = self.start(image="registry.example/slow:v1")
                time.sleep(moment)
                process.send_signal(signal.SIGINT)
                _, err = process.communicate(timeout=60)
                self.assertIn(process.returncode, (130, -signal.SIGINT), err)
                self.nothing_left()

    def test_a_killed_run_is_cleaned_up_after(self):
        process = self.start(image="registry.example/slow:v1")
        self.until(lambda: any(pod["status"].get("phase") == "Running" for pod in CLUSTER.api(
            f"/api/v1/namespaces/{NAMESPACE}/pods")["items"]))
        process.kill()
        process.communicate()
        left = set(everything()) - set(self.before)
        self.assertEqual(len(left), 8, "RBAC, ConfigMap, Job, pod")
        done = self.eidos("agent", "cleanup", "-n", NAMESPACE, "--all", "-k", CLUSTER.kubeconfig())
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(len(done.out.splitlines()), 7, done.out)
        self.nothing_left()

    def test_snapshot_agent_is_the_same(self):
        done = self.eidos("snapshot", "--agent", "-n", NAMESPACE, "--image", IMAGE, "-k", CLUSTER.kubeconfig(),
                          "--filter", "os.release,k8s.server", "-o", "s-{node}.json")
        self.assertEqual(done.code, 0, done.err)
        snapshot = json.loads((self.dir / "s-n1.json").read_text())
        self.assertEqual(sorted(one["name"] for one in snapshot["collectors"]), ["k8s.server", "os.release"])
        self.nothing_left()

    def test_the_nightly_audit_keeps_the_newest(self):
        """deploy/agent as it is shipped, its CronJob started four times, with a rights of its own only."""
        folder = support.ROOT / "deploy/agent"
        self.addCleanup(CLUSTER.kubectl, "delete", "--ignore-not-found", "--wait", "-f", folder / "rbac.yaml", "-f",
                        folder / "cronjob.yaml")
        self.addCleanup(CLUSTER.kubectl, "-n", NAMESPACE, "delete", "configmap", "-l",
                        "app.kubernetes.io/component=snapshot")
        CLUSTER.kubectl("apply", "-f", folder / "rbac.yaml")
        cron = yaml.safe_load((folder / "cronjob.yaml").read_text())
        arguments = cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"]
        self.assertEqual(arguments[-2:], ["--retain", "30"])
        arguments[-1] = "2"
        CLUSTER.apply(cron)
        others = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {
            "name": "eidos-snapshot-n1-2001-01-01-000000", "namespace": NAMESPACE}}
        CLUSTER.apply(others)
        self.addCleanup(CLUSTER.kubectl, "-n", NAMESPACE, "delete", "configmap", others["metadata"]["name"])
        for number in range(4):
            CLUSTER.kubectl("-n", NAMESPACE, "create", "job", f"night-{number}", "--from=cronjob/eidos-audit")
            CLUSTER.kubectl("-n", NAMESPACE, "wait", "--for=condition=complete", f"job/night-{number}", "--timeout=60s")
            time.sleep(1.1)  # names differ by the second
        kept = CLUSTER.api(f"/api/v1/namespaces/{NAMESPACE}/configmaps?"
                           "labelSelector=app.kubernetes.io%2Fcomponent%3Dsnapshot")["items"]
        self.assertEqual(len(kept), 2, [one["metadata"]["name"] for one in kept])
        for one in kept:
            self.assertRegex(one["metadata"]["name"], r"^eidos-snapshot-n1-\d{4}-\d\d-\d\d-\d{6}$")
        CLUSTER.api(f"/api/v1/namespaces/{NAMESPACE}/configmaps/{others['metadata']['name']}")  # not ours: still there

    def fleet(self, *more, code=0):
        done = self.eidos("fleet", "snapshot", "-n", NAMESPACE, "--image", IMAGE, "-k", CLUSTER.kubeconfig(), "-o", "out",
                          *more)
        self.assertEqual(done.code, code, done.err)
        return done

    def test_a_schedule_is_taken_when_the_server_takes_it(self):
        """But for what the server takes and nobody means: a day that never comes, an empty part of a list."""
        for schedule, ours, theirs in (
                ("0 2 * * *", True, True), ("*/5 0-6 1,15 jan-mar Mon-FRI", True, True), ("3/5 * * * *", True, True),
                ("0 0 ? * ?", True, True), ("0 0 29 2 *", True, True), ("0 0 31 2 1", True, True), ("@daily", True, True),
                ("@every 1h30m", True, True), ("0 2 * *", False, False), ("0 0 2 * * *", False, False),
                ("60 * * * *", False, False), ("0 24 * * *", False, False), ("0 0 0 * *", False, False),
                ("0 0 * 13 *", False, False), ("0 0 * * 7", False, False), ("30-10 * * * *", False, False),
                ("*/0 * * * *", False, False), ("-1 * * * *", False, False), ("@dayly", False, False),
                ("@every soon", False, False), ("TZ=UTC 0 2 * * *", False, False), ("0 0 31 2 *", False, True),
                ("1,,2 * * * *", False, True)):
            with self.subTest(schedule):
                done = self.eidos("agent", "manifests", "--image", IMAGE, "--no-rbac", "--schedule", schedule)
                self.assertEqual(done.code, 0 if ours else 2, done.err)
                job = yaml.safe_load(self.good("agent", "manifests", "--image", IMAGE, "--no-rbac", "--schedule",
                                               "0 2 * * *").out)
                job["spec"]["schedule"] = schedule
                taken = CLUSTER.kubectl("create", "--dry-run=server", "-f", "-", stdin=json.dumps(job), check=False)
                self.assertEqual(taken.returncode == 0, theirs, taken.stderr)

    def test_a_fleet(self):
        """Two nodes that work and one whose kubelet does not answer: its pod never runs."""
        with Kubelet(CLUSTER, "n2", support.EIDOS, labels={"nvidia.com/gpu.present": "true"}):
            CLUSTER.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "silent"}})
            self.addCleanup(CLUSTER.kubectl, "delete", "node", "n2", "silent")
            self.put("nodes.txt", "n1\nn2 # the second\n\nsilent\nn1\n")
            first = self.fleet("--nodes-from", "nodes.txt", "--deadline", "8s", "--workers", "3", code=6)
            self.assertIn("1 node failed: silent", first.err)
            self.assertEqual(sorted(self.tree(self.dir / "out")), ["n1.yaml", "n2.yaml", "summary.yaml"])
            summary = yaml.safe_load((self.dir / "out/summary.yaml").read_text())
            self.assertEqual(summary["counts"]["snapshots"], 2)
            self.assertEqual([failure["names"] for failure in summary["failures"] if "silent" in failure["names"]],
                             [["silent"]])
            for name in ("n1", "n2"):
                snapshot = yaml.safe_load((self.dir / f"out/{name}.yaml").read_text())
                self.assertEqual(snapshot["metadata"]["source-node"], name)
            self.nothing_left()
            again = self.fleet("--node-selector", "nvidia.com/gpu.present=true")
            self.assertIn("2 nodes, 2 of them fresh", again.err)
            anew = self.fleet("--node-selector", "nvidia.com/gpu.present=true", "--fresh", "1ms", "--qps", "20")
            self.assertIn("0 of them fresh", anew.err)
            self.nothing_left()

    def test_a_fleet_that_is_not_there(self):
        self.put("nodes.txt", "n1\nn01\nnobody\n")
        done = self.fleet("--nodes-from", "nodes.txt", code=3)
        self.assertIn("no node 'n01'; did you mean 'n1'", done.err)
        self.assertIn("nobody", done.err)
        self.assertIn("no node has the labels", self.fleet("--node-selector", "a=b", code=3).err)
        self.nothing_left()

    def test_a_fleet_interrupted(self):
        for moment in (0.3, 1.0, 2.5):
            with self.subTest(moment):
                process = subprocess.Popen(
                    [support.EIDOS, "fleet", "snapshot", "-n", NAMESPACE, "--image", "registry.example/slow:v1", "-k",
                     str(CLUSTER.kubeconfig()), "-o", "out", "--node-selector", "kubernetes.io/hostname=n1"],
                    cwd=self.dir, env=support.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                time.sleep(moment)
                process.send_signal(signal.SIGINT)
                _, err = process.communicate(timeout=60)
                self.assertIn(process.returncode, (130, -signal.SIGINT), err)
                self.nothing_left()

    def test_each_right_of_the_person_is_needed_and_no_other(self):
        refused = self.run_agent(user="agent", code=4)
        rules = rules_in(refused.err)
        self.assertGreater(len(rules), 8, refused.err)
        self.nothing_left()
        CLUSTER.grant("agent", rules)
        self.addCleanup(CLUSTER.kubectl, "delete", "clusterrole,clusterrolebinding", "agent-rules")
        self.before = everything()
        self.run_agent(user="agent")
        self.nothing_left()
        for rule in rules:
            for verb in rule["verbs"]:
                with self.subTest(f"{verb} {rule['resources']}"):
                    less = [{**one, "verbs": [v for v in one["verbs"] if v != verb]} if one is rule else one
                            for one in rules]
                    CLUSTER.grant("agent", [one for one in less if one["verbs"]])
                    again = self.run_agent(user="agent", code=4)
                    self.assertEqual([(r["resources"], r["verbs"]) for r in rules_in(again.err)],
                                     [(rule["resources"], [verb])])
                    self.assertEqual(set(everything()) - set(self.before), set())

    def test_the_pod_is_granted_what_it_uses_and_no_more(self):
        rbac = list(yaml.safe_load_all(self.good("agent", "rbac", "-n", NAMESPACE).out))
        granted = {(verb, group, resource) for one in rbac for rule in one.get("rules", [])
                   for group in rule["apiGroups"] for resource in rule["resources"] for verb in rule["verbs"]}
        self.run_agent("--service-account-name", "audited")
        used = CLUSTER.calls(f"system:serviceaccount:{NAMESPACE}:audited")
        # Releases of Helm lie in secrets, which the agent is not to read; the snapshot says so.
        self.assertEqual(used - granted, {("list", "", "secrets")}, "asked for without a right")
        # `create` is for a ConfigMap that is not there yet; in a run it is.
        self.assertEqual(granted - used - {("create", "", "configmaps")}, set(), "granted, and not used")


if __name__ == "__main__":
    support.main()
