#!/usr/bin/python3
"""A bundle in the hands of who never saw eidos: what its README says works; and what the command tells of its work."""
import json
import os
import re
import subprocess

import support

CRITERIA = ["--service", "eks", "--accelerator", "h100", "--intent", "training", "--os", "ubuntu"]
REPO = ["--repo", "https://git.example/x.git", "--repo-revision", "main", "--repo-path", "clusters/a b"]
DEPLOYERS = {
    "helm": [],
    "helm by component": ["--layout", "component"],
    "argocd": ["-d", "argocd", *REPO],
    "flux": ["-d", "flux", *REPO],
    "helmfile": ["-d", "helmfile"],
    "some components": ["--component", "cert-manager", "--component", "gpu-operator", "--allow-missing-dependency"],
    "one switched off": ["--set", "aws-efa:enabled=false", "-n", "gpu"],
}


class Bundles(support.Case):
    def setUp(self):
        super().setUp()
        self.good("recipe", "-q", *CRITERIA, "-o", "recipe.yaml")

    def section(self, title):
        """The commands of a section of the README, a list of lines."""
        text = (self.dir / "b/README.md").read_text()
        part = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
        self.assertIsNotNone(part, title)
        return re.findall(r"^```bash\n(.*?)\n```$", part[1], re.M | re.S)[0].splitlines()

    def shell(self, line):
        tools = self.dir / "tools"
        tools.mkdir(exist_ok=True)
        if not (tools / "eidos").exists():
            os.symlink(support.EIDOS, tools / "eidos")
        path = f"{tools}:/usr/local/bin:/usr/bin:/bin"
        return subprocess.run(["sh", "-c", line], cwd=self.dir / "b", capture_output=True, text=True, check=False,
                              env=support.environment(PATH=path), timeout=support.SECONDS)

    def readme(self, flags):
        """The bundle is whole, made again it is the same, and made again with another value that is all there is."""
        self.good("bundle", "-q", "-r", "recipe.yaml", "-o", "b", *flags)
        whole = self.shell(self.section("Before you install")[0])
        self.assertEqual((whole.returncode, whole.stdout), (0, ""), whole.stderr)
        diff, make = self.section("Change values")
        place = " --set COMPONENT:PATH=VALUE"
        self.assertTrue(diff.endswith(place) and make.endswith(place))
        done = self.shell(diff.removesuffix(place))
        self.assertEqual((done.returncode, done.stdout), (0, "no change; nothing was written\n"), done.stderr)
        value = place.replace("COMPONENT:PATH=VALUE", "cert-manager:replicaCount=7")
        done = self.shell(diff.replace(place, value))
        self.assertIn("replicaCount: 7", done.stdout, done.stderr)
        done = self.shell(make.replace(place, value))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.good("verify", "--strict", "NEW")
        self.good("verify", "--strict", "b")  # none of this has changed it

    def test_the_result_is_a_document(self):
        for target, flags in {"b": [], "b.zip": [], "c": ["-d", "helmfile"]}.items():
            told = json.loads(self.good("bundle", "-r", "recipe.yaml", "-o", target, "-t", "json", *flags).out)
            self.assertEqual(set(told), {"type", "files", "totalSize", "duration", "deployment", "output"})
            self.assertEqual(told["totalSize"], sum(one["size"] for one in told["files"]))
            self.assertRegex(told["duration"], r"^\d+ms$")
            self.assertEqual(told["deployment"]["type"], told["type"])
            self.assertEqual(told["deployment"]["steps"], ["helmfile sync"] if flags else ["./deploy.sh"])
            self.assertTrue(all(isinstance(one, str) and one for one in told["deployment"]["notes"]))
            self.assertEqual(told["output"]["path"], target)
            self.assertEqual("digest" in told["output"], target == "b.zip")
        listed = {one["path"]: one["size"] for one in told["files"]}
        there = {name: len(content) for name, content in self.tree(self.dir / "c").items() if content != "directory"}
        self.assertEqual(listed, there)

    def test_debug_tells_what_took_how_long(self):
        for name, flags in DEPLOYERS.items():
            with self.subTest(name):
                plain = self.good("bundle", "-q", "-r", "recipe.yaml", "-o", "b", *flags)
                before = self.tree(self.dir / "b")
                done = self.good("bundle", "-q", "-r", "recipe.yaml", "-o", "b", "--debug", "--log-json", *flags)
                self.assertEqual((done.out, self.tree(self.dir / "b")), (plain.out, before))
                lines = [json.loads(line) for line in done.err.splitlines()]
                said = [line for line in lines if line["message"].startswith("bundle: ")]
                kinds = [line["message"][len("bundle: "):] for line in said]
                stages = [kind for kind in kinds if kind not in ("component", "file")]
                self.assertEqual(stages, ["start", "recipe read", "catalog loaded", "rendered", "written", "end"])
                self.assertEqual(kinds.count("file"), sum(content != "directory" for content in before.values()))
                self.assertGreater(kinds.count("component"), 1)
                for kind, line in zip(kinds, said):
                    if kind not in ("start", "file"):
                        self.assertRegex(json.dumps(line), r'"took": ?"\d+\.\d{3}ms"')

    def test_debug_names_the_component_that_cannot_be_made(self):
        text = (self.dir / "recipe.yaml").read_text()
        self.put("bad.yaml", text.replace("version: v1.17.2", "version: '>1'"))
        done = self.eidos("bundle", "-r", "bad.yaml", "-o", "b", "--debug", "--allow-catalog-mismatch=cert-manager")
        self.assertEqual(done.code, 2)
        self.assertRegex(done.err, r"bundle: component .*component=cert-manager.* problems=1\n")
        self.assertRegex(done.err, r"bundle: not rendered ")
        self.assertFalse((self.dir / "b").exists())


support.rows(DEPLOYERS, "readme")(Bundles)

if __name__ == "__main__":
    support.main()
