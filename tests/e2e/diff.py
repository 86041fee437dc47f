#!/usr/bin/python3
"""eidos diff as a user runs it: this machine against itself, bundles, patches that others can apply, exit codes."""
import copy
import json
import pathlib

import yaml

import support

SNAPSHOT = """\
kind: Snapshot
apiVersion: eidos.nvidia.com/v1alpha1
metadata: {timestamp: "2026-01-02T03:04:05Z", source-node: a}
measurements:
  - type: OS
    subtypes:
      - subtype: sysctl
        data: {/proc/sys/vm/swappiness: "60", /proc/sys/kernel/sysrq: "0"}
  - type: K8s
    subtypes:
      - subtype: server
        data: {version: v1.33.5}
"""
CRITERIA = ["--service", "eks", "--intent", "training", "--os", "ubuntu", "-q"]


def step(part):
    return part.replace("~1", "/").replace("~0", "~")


def parent(document, pointer):
    """Where a JSON pointer ends: the container, and the key or index in it."""
    *above, last = [step(part) for part in pointer.split("/")[1:]]
    for part in above:
        document = document[int(part)] if isinstance(document, list) else document[part]
    if isinstance(document, list):
        last = len(document) if last == "-" else int(last)
    return document, last


def apply(document, patch):
    """RFC 6902 as far as our patches use it, written apart from eidos."""
    root = [copy.deepcopy(document)]
    for operation in patch:
        pointer = "/0" + operation["path"]
        value = copy.deepcopy(operation.get("value"))
        if operation["op"] == "move":
            container, key = parent(root, "/0" + operation["from"])
            value = container.pop(key)
        container, key = parent(root, pointer)
        if operation["op"] == "remove":
            container.pop(key)
        elif operation["op"] == "replace" or isinstance(container, dict):
            container[key] = value
        else:
            container.insert(key, value)
    return root[0]


class Diff(support.Case):
    def setUp(self):
        super().setUp()
        self.put("a.yaml", SNAPSHOT)
        self.put("b.yaml", SNAPSHOT.replace('"60"', '"10"').replace("04:05Z", "04:06Z"))
        self.put("c.yaml", SNAPSHOT.replace("v1.33.5", "v1.30.1"))

    def test_this_machine_a_moment_later_differs_in_nothing(self):
        taken = set()
        while len(taken) < 2:  # until the clock has gone on by a second
            name = f"{len(taken)}.yaml"
            self.eidos("snapshot", "--best-effort", "-q", "-o", name)
            taken.add(yaml.safe_load((self.dir / name).read_text())["metadata"]["timestamp"])
        done = self.eidos("diff", "0.yaml", "1.yaml", "--fail-on-change")
        self.assertEqual((done.code, done.err), (0, ""), done.out)
        self.assertRegex(done.out, r"\nno changes")

    def test_exit_codes(self):
        for arguments, code in {("a.yaml", "b.yaml"): 0,
                                ("a.yaml", "b.yaml", "--fail-on-change"): 9,
                                ("a.yaml", "b.yaml", "--fail-on-change", "--ignore", "OS.sysctl"): 0,
                                ("a.yaml", "b.yaml", "--fail-on", "cosmetic"): 9,
                                ("a.yaml", "b.yaml", "--fail-on", "performance"): 9,
                                ("a.yaml", "b.yaml", "--fail-on", "breaking"): 0,
                                ("a.yaml", "c.yaml", "--fail-on", "breaking"): 9,
                                ("a.yaml", "c.yaml", "--fail-on", "breaking", "-t", "patch"): 9,
                                ("a.yaml", "c.yaml", "--fail-on", "breaking", "-o", "out.json"): 9}.items():
            with self.subTest(arguments):
                done = self.eidos("diff", *arguments)
                self.assertEqual((done.code, done.err), (code, ""))

    def test_the_same_file_twice_says_so(self):
        done = self.eidos("diff", "a.yaml", "a.yaml")
        self.assertEqual(done.code, 0)
        self.assertEqual(done.err, "eidos: warning: both documents are 'a.yaml': nothing can differ\n")

    def test_formats(self):
        table = self.good("diff", "a.yaml", "b.yaml").out
        self.assertIn("OS.sysctl\n  performance  /proc/sys/vm/swappiness  60 → 10\n", table)
        self.assertNotIn("\x1b", table)
        self.assertIn("\x1b", self.good("--color", "always", "diff", "a.yaml", "b.yaml").out)
        result = json.loads(self.good("diff", "a.yaml", "b.yaml", "-t", "json").out)
        self.assertEqual(result["kind"], "DiffResult")
        self.assertEqual(result["summary"]["changes"], 1)
        self.assertEqual(yaml.safe_load(self.good("diff", "a.yaml", "b.yaml", "-t", "yaml").out), result)
        self.good("diff", "a.yaml", "b.yaml", "-o", "out.json")
        self.assertEqual(json.loads((self.dir / "out.json").read_text()), result)
        self.assertEqual(self.good("diff", "-", "b.yaml", stdin=SNAPSHOT).out.count("swappiness"), 1)

    def test_every_key_is_in_the_schema(self):
        schema = json.loads(self.good("schema", "DiffResult").out)
        result = json.loads(self.good("diff", "a.yaml", "c.yaml", "-t", "json").out)
        self.assertLessEqual(set(result), set(schema["properties"]))
        self.assertLessEqual(set(result["changes"][0]), set(schema["properties"]["changes"]["items"]["properties"]))

    def test_a_patch_is_one_to_others(self):
        for to in ("b.yaml", "c.yaml"):
            patch = json.loads(self.good("diff", "a.yaml", to, "-t", "patch").out)
            self.assertEqual(apply(yaml.safe_load((self.dir / "a.yaml").read_text()), patch),
                             yaml.safe_load((self.dir / to).read_text()))

    def test_a_patch_of_the_corpus_is_one_to_others(self):
        folder = support.corpus() / "snapshots"
        names = sorted(folder.glob("*.yaml"))
        self.assertGreaterEqual(len(names), 4)
        for a in names:
            for b in names:
                with self.subTest(f"{a.name} {b.name}"):
                    patch = json.loads(self.good("diff", a, b, "-q", "-t", "patch").out)
                    # Numbers lose no digit: both are read as JSON.
                    before, after = (json.loads(self.as_json(path)) for path in (a, b))
                    self.assertEqual(apply(before, patch), after)

    def as_json(self, path):
        """The document as the patch from nothing holds it."""
        self.put("nothing.yaml", "kind: Snapshot\napiVersion: eidos.nvidia.com/v1alpha1\nmeasurements: []\n")
        patch = json.loads(self.good("diff", "nothing.yaml", path, "-t", "patch").out)
        nothing = yaml.safe_load((self.dir / "nothing.yaml").read_text())
        return json.dumps(apply(nothing, patch))

    def test_bundles(self):
        for name, accelerator in {"one": "h100", "two": "gb200"}.items():
            self.good("recipe", *CRITERIA, "--accelerator", accelerator, "-o", f"{name}.yaml")
            self.good("bundle", "-q", "-r", f"{name}.yaml", "-o", name, "--set",
                      f"gpuoperator:driver.version={ {'one': '570.133.20', 'two': '580.82.07'}[name]}")
        told = self.good("diff", "one", "two").out
        self.assertRegex(told, r"\ngpu-operator  \(installs CRDs\)\n(.*\n)*?  breaking +driver.version +570.133.20 → 580.82.07  \(newer\)\n")
        self.assertRegex(told, r"criteria\n  breaking +accelerator +h100 → gb200")
        self.assertIn("CustomResourceDefinitions", told)
        self.assertEqual(self.good("diff", "one", "one", "-q").out.splitlines()[-1], "no changes")
        (self.dir / "link").symlink_to("two")
        self.assertEqual(self.good("diff", "one", "link", "-t", "json").out.replace('"link"', '"two"'),
                         self.good("diff", "one", "two", "-t", "json").out)
        mixed = json.loads(self.good("diff", "one", "two.yaml", "-t", "json").out)
        self.assertEqual([mixed["from"]["kind"], mixed["to"]["kind"]], ["Bundle", "RecipeResult"])
        self.assertIn("values and manifests are not compared", mixed["notes"][0])

    def test_every_deployer_carries_the_same(self):
        self.good("recipe", *CRITERIA, "--accelerator", "gb200", "-o", "r.yaml")
        for deployer, more in {"helm": [], "helmfile": [], "split": ["--layout", "component"], "argocd": ["--repo", "https://git.example.com/x.git"],
                               "flux": ["--repo", "https://git.example.com/x.git", "--repo-revision", "main"]}.items():
            self.good("bundle", "-q", "-r", "r.yaml", "-o", deployer, "-d", "helm" if deployer == "split" else deployer,
                      *more)
            told = self.good("diff", "helm", deployer, "-q").out
            self.assertEqual(told.splitlines()[-1], "no changes", told)
        self.good("bundle", "-q", "-r", "r.yaml", "-o", "other", "--set", "cert-manager:replicaCount=7")
        for deployer in ("helm", "split", "helmfile", "argocd", "flux"):
            told = self.good("diff", deployer, "other", "-q").out
            self.assertRegex(told, r"cert-manager  \(installs CRDs\)\n  performance +replicaCount +added: 7\n", told)

    def test_the_report_of_the_corpus(self):
        folder = support.corpus() / "snapshots"
        told = self.good("diff", folder / "h100.yaml", folder / "gb200.yaml").out
        for line in (r"breaking +driver +570\.133\.20 → 580\.82\.07  \(newer\)", r"breaking +gpu-count +8 → 4",
                     r"breaking +version +v1\.30\.14-eks-3025e55 → v1\.34\.2-eks-b3126f4",
                     r"performance +/proc/sys/vm/nr_hugepages +21121 → 0"):
            self.assertRegex(told, line)
        self.assertNotRegex(told, r"Timestamp|MainPID|boot_id|docker.service|CPUUsageNSec")
        self.assertLess(len(told.splitlines()), 160)
        for path in sorted(pathlib.Path(folder).glob("*.yaml")):
            self.assertEqual(self.good("diff", "-q", path, path).out.splitlines()[-1], "no changes")


if __name__ == "__main__":
    support.main()
