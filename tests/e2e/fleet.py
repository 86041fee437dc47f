#!/usr/bin/python3
"""`eidos fleet outliers` over files: directories, bad documents, exit codes, and memory that does not grow with a fleet."""
import json
import resource

import support
import yaml

SNAPSHOT = {"kind": "Snapshot", "apiVersion": "eidos.nvidia.com/v1alpha1"}


def snapshot(node, gpu="H100", **sysctl):
    return SNAPSHOT | {"metadata": {"source-node": node}, "measurements": [
        {"type": "GPU", "subtypes": [{"subtype": "smi", "data": {"gpu.model": gpu}}]},
        {"type": "OS", "subtypes": [{"subtype": "sysctl", "data": {f"/proc/sys/vm/{key}": value for key, value in sysctl.items()}}]}]}


class Outliers(support.Case):
    def fleet(self, count=5, odd=3):
        for number in range(count):
            node = f"n{number}"
            self.put(f"results/{node}.yaml", yaml.safe_dump(snapshot(node, swappiness="60" if number == odd else "10")))

    def test_a_directory_is_compared(self):
        self.fleet()
        self.put("results/summary.yaml", "an earlier result\n")
        self.put("results/notes.txt", "no document\n")
        done = self.eidos("fleet", "outliers", "results")
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertIn("    1 × 60: n3\n", done.out)
        self.assertTrue(done.out.endswith("5 snapshots in 1 group: 1 key differs, 1 node is apart\n"), done.out)
        self.assertEqual(self.eidos("fleet", "outliers", "results", "--fail-on-outliers").code, 9)
        self.assertEqual(self.eidos("fleet", "outliers", "results", "--ignore", "OS", "--fail-on-outliers").code, 0)

    def test_the_document_is_of_its_schema(self):
        self.fleet()
        done = self.eidos("fleet", "outliers", "results", "-o", "results/summary.yaml")
        self.assertEqual((done.code, done.out, done.err), (0, "", ""))
        summary = yaml.safe_load((self.dir / "results/summary.yaml").read_text())
        self.assertEqual(summary["counts"], {"snapshots": 5, "unreadable": 0, "groups": 1, "outliers": 1, "nodes": 1})
        self.assertEqual(self.eidos("validate", "--schema", "v1alpha1", "results/summary.yaml").code, 0)
        self.assertEqual(json.loads(self.eidos("fleet", "outliers", "results", "-t", "json").out), summary)

    def test_what_cannot_be_read_is_a_row(self):
        self.fleet()
        self.put("results/cut.yaml", 'kind: "Snap')
        self.put("results/recipe.yaml", "kind: RecipeResult\napiVersion: eidos.nvidia.com/v1alpha1\n")
        done = self.eidos("fleet", "outliers", "results", "-t", "json")
        self.assertEqual(done.code, 0)
        self.assertRegex(done.err, r"\Aeidos: warning: 2 of 7 documents could not be read\n\Z")
        failures = json.loads(done.out)["failures"]
        self.assertEqual(sorted(name for one in failures for name in one["names"]), ["results/cut.yaml", "results/recipe.yaml"])

    def test_nothing_to_compare_is_an_error(self):
        self.put("empty/notes.txt", "")
        self.put("only/bad.yaml", "x\n")
        for arguments, code in {(): 1, ("nowhere",): 3, ("empty",): 3, ("only",): 2, ("only", "--ignore", "*"): 2}.items():
            done = self.eidos("fleet", "outliers", *arguments, "-o", "out.yaml")
            self.assertEqual(done.code, code, done.err)
            self.assertRegex(done.err.splitlines()[0], r"\Aeidos: error: [^\n]+")
        self.assertFalse((self.dir / "out.yaml").exists())

    def test_memory_does_not_grow_with_the_fleet(self):
        keys = {f"key{number}": "value " * 8 for number in range(400)}
        text = yaml.safe_dump(snapshot("NODE", **keys))

        def peak(count):
            for number in range(count):
                self.put(f"{count}/n{number}.yaml", text.replace("NODE", f"n{number}"))
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            self.assertEqual(self.eidos("fleet", "outliers", str(count)).code, 0)
            return max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)

        few = peak(20)
        self.assertLess(peak(600), few + 8 * 1024, "KiB: 600 snapshots of 35 kB are 21 MB")


class FleetSnapshot(support.Case):
    def test_what_is_refused(self):
        image = ("--image", "registry.example/eidos:v1", "-o", "out")
        nodes = ("--node-selector", "a=b")
        cases = [(image, 1, "--nodes-from"), ((*nodes, "-o", "out"), 1, "--image"),
                 ((*image, *nodes, "--workers", "0"), 2, "1 to 500"), ((*image, *nodes, "--qps", "0"), 2, "1 to 10000"),
                 ((*image, *nodes), 6, "no cluster"), ((*image, "--node-selector", "a"), 2, "KEY=VALUE")]
        for args, code, said in cases:
            with self.subTest(args):
                done = self.eidos("fleet", "snapshot", *args)
                self.assertEqual((done.code, done.out), (code, ""), done.err)
                self.assertIn(said, done.err)
                self.assertEqual(self.tree(), {})


if __name__ == "__main__":
    support.main()
