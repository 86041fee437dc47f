#!/usr/bin/python3
"""eidos agent as a user runs it: the manifests in deploy/agent, what is refused, and no cluster at all."""
import yaml

import support

IMAGE = "registry.example/eidos:v0.1.0"
DEPLOYED = {
    "rbac.yaml": ("rbac", "--namespace", "gpu-operator", "--retain", "30"),
    "job.yaml": ("manifests", "--image", IMAGE, "--no-rbac"),
    "cronjob.yaml": ("manifests", "--image", IMAGE, "--no-rbac", "--schedule", "0 2 * * *", "--job-name", "eidos-audit",
                     "--node-selector", "nvidia.com/gpu.present=true", "--toleration", "nvidia.com/gpu",
                     "--result", "eidos-snapshot-{node}-{date}-{time}", "--retain", "30"),
}


def identities(text):
    return [(one["kind"], one["metadata"]["name"]) for one in yaml.safe_load_all(text)]


class Agent(support.Case):
    def ok(self, *args):
        done = self.eidos("agent", *args)
        self.assertEqual(done.code, 0, done.err)
        return done.out

    def refused(self, *args, code):
        done = self.eidos("agent", *args)
        self.assertEqual((done.code, done.out), (code, ""), done.err)
        return done.err

    def test_what_deploy_has_is_what_it_prints(self):
        for name, args in DEPLOYED.items():
            with self.subTest(name):
                self.assertEqual((support.ROOT / "deploy/agent" / name).read_text(), self.ok(*args))

    def test_the_kustomization_names_files_that_are_there_and_an_image_they_use(self):
        folder = support.ROOT / "deploy/agent"
        kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
        self.assertEqual(kustomization["resources"], ["rbac.yaml", "cronjob.yaml"])
        for name in kustomization["resources"]:
            self.assertTrue((folder / name).is_file(), name)
        named = [image["name"] for image in kustomization["images"]]
        self.assertEqual(named, [IMAGE.rpartition(":")[0]])
        made = [one for name in kustomization["resources"] for one in identities((folder / name).read_text())]
        self.assertEqual(len(made), len(set(made)), "an object twice, which kustomize refuses")

    def test_all_objects_in_the_order_they_are_made(self):
        made = identities(self.ok("manifests", "--image", IMAGE, "--create-namespace"))
        self.assertEqual([kind for kind, _ in made],
                         ["Namespace", "ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "Job"])

    def test_a_namespace_is_made_only_when_asked_for(self):
        """Else `kubectl delete -f` of the manifests would remove a namespace that others live in."""
        self.assertNotIn("Namespace", dict(identities(self.ok("manifests", "--image", IMAGE))))

    def test_a_policy_kind_is_read_and_allowed(self):
        made = list(yaml.safe_load_all(self.ok("manifests", "--image", IMAGE, "--policy-kind", "widgets.v1.example.com")))
        role = next(one for one in made if one["kind"] == "ClusterRole")
        self.assertIn({"apiGroups": ["example.com"], "resources": ["widgets"], "verbs": ["list"]}, role["rules"])
        args = made[-1]["spec"]["template"]["spec"]["containers"][0]["args"]
        self.assertEqual(args[:3], ["snapshot", "--policy-kind", "widgets.v1.example.com"])

    def test_what_is_refused(self):
        cases = [(("manifests",), 1, "--image"),
                 (("manifests", "--image", "registry.example/eidos:latest"), 2, "says no version"),
                 (("manifests", "--image", IMAGE, "--result", "Not_A_Name"), 2, "Not_A_Name"),
                 (("manifests", "--image", IMAGE, "--result", "a-{node}"), 2, "a-{node}"),
                 (("manifests", "--image", IMAGE, "--apparmor", "none"), 2, "unconfined"),
                 (("manifests", "--image", IMAGE, "--toleration", "a:NoScedule"), 2, "NoSchedule"),
                 (("manifests", "--image", IMAGE, "--node-selector", "a"), 2, "KEY=VALUE"),
                 (("manifests", "--image", IMAGE, "--schedule", "0 2 * *"), 2, "'0 2 * *': it has 4 fields, not five"),
                 (("manifests", "--image", IMAGE, "--schedule", "0 25 * * *"), 2, "the hour '25' is not one of 0 to 23"),
                 (("manifests", "--image", IMAGE, "--schedule", ""), 2, "--schedule"),
                 (("rbac", "--namespace", "Upper"), 2, "'Upper'"),
                 (("rbac", "--policy-kind", "widgets"), 2, "PLURAL.VERSION.GROUP"),
                 (("rbac", "--policy-kind", ".v1."), 2, "PLURAL.VERSION.GROUP")]
        for args, code, said in cases:
            with self.subTest(args):
                err = self.refused(*args, code=code)
                self.assertIn(said, err)

    def test_retain_needs_results_that_differ(self):
        cases = [(("--retain", "3"), 1), (("--retain", "3", "--schedule", "0 2 * * *"), 1),
                 (("--retain", "3", "--schedule", "0 2 * * *", "--result", "a-{node}"), 2)]
        for args, code in cases:
            with self.subTest(args):
                self.assertIn("{date}", self.refused("manifests", "--image", IMAGE, *args, code=code))

    def test_a_run_that_cannot_begin(self):
        self.assertIn("no cluster", self.refused("run", "--image", IMAGE, code=6))
        self.assertIn("--image", self.refused("run", code=1))
        self.assertIn("a-{node}", self.refused("run", "--image", IMAGE, "--result", "a-{node}", code=2))
        self.assertIn("../x", self.refused("run", "--image", IMAGE, "-o", "../x", code=2))
        self.assertIn("--all", self.refused("cleanup", code=1))
        self.assertIn("--all", self.refused("cleanup", "--all", "--run", "a", code=1))
        self.assertIn("'A,b'", self.refused("cleanup", "--run", "A,b", code=2))

    def test_snapshot_takes_its_flags_with_agent_only(self):
        for args, said in ((("--image", IMAGE), "--agent"), (("--agent", "--image", IMAGE, "--watch"), "--watch"),
                           (("--agent", "--image", IMAGE, "--root", "."), "--root"), (("--agent",), "--image")):
            with self.subTest(args):
                done = self.eidos("snapshot", *args)
                self.assertEqual((done.code, done.out), (1, ""), done.err)
                self.assertIn(said, done.err)

    def test_names_of_config_maps(self):
        for output, code in (("cm://a/b-{node}-{date}", 6), ("cm://a/b-{nod}", 2), ("cm://a/B-{node}", 2), ("cm://{node}", 2)):
            with self.subTest(output):
                done = self.eidos("snapshot", "--filter", "os.release", "-o", output)
                self.assertEqual(done.code, code, done.err)
                self.assertEqual(done.out != "", code == 6, "not written: the document is on standard output")
        self.assertIn("{date}", self.eidos("snapshot", "-o", "cm://a/b", "--retain", "2").err)

    def test_a_dry_run_prints_what_would_be_made(self):
        made = list(yaml.safe_load_all(self.ok("run", "--image", IMAGE, "--dry-run")))
        self.assertEqual(made[-1]["kind"], "Job")
        runs = {one["metadata"]["labels"]["eidos.nvidia.com/run"] for one in made}
        self.assertEqual(len(runs), 1)
        self.assertRegex(runs.pop(), "^[a-z0-9]{8}$")

    def test_preflight_without_a_cluster_says_so(self):
        self.assertIn("no cluster", self.refused("preflight", code=6))


if __name__ == "__main__":
    support.main()
