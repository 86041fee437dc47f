#!/usr/bin/python3
"""eidos agent as a user runs it: the manifests in deploy/agent, what is refused, and no cluster at all."""
import yaml

import support

IMAGE = "registry.example/eidos:v0.1.0"
DEPLOYED = {
    "rbac.yaml": ("rbac", "--namespace", "gpu-operator"),
    "job.yaml": ("manifests", "--image", IMAGE, "--no-rbac"),
    "cronjob.yaml": ("manifests", "--image", IMAGE, "--no-rbac", "--schedule", "0 2 * * *", "--job-name", "eidos-audit",
                     "--node-selector", "nvidia.com/gpu.present=true", "--toleration", "nvidia.com/gpu"),
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
                 (("rbac", "--namespace", "Upper"), 2, "'Upper'"),
                 (("rbac", "--policy-kind", "widgets"), 2, "PLURAL.VERSION.GROUP"),
                 (("rbac", "--policy-kind", ".v1."), 2, "PLURAL.VERSION.GROUP")]
        for args, code, said in cases:
            with self.subTest(args):
                err = self.refused(*args, code=code)
                self.assertIn(said, err)

    def test_preflight_without_a_cluster_says_so(self):
        self.assertIn("no cluster", self.refused("preflight", code=6))


if __name__ == "__main__":
    support.main()
