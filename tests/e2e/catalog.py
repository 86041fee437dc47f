#!/usr/bin/python3
"""The catalog commands as people use them, and catalogs nobody should have."""
import json
import os
import re

import support

HEAD = "kind: RecipeMetadata\napiVersion: eidos.nvidia.com/v1alpha1\n"
REGISTRY = """\
kind: ComponentRegistry
apiVersion: eidos.nvidia.com/v1alpha1
components:
  - name: a
    displayName: A
    helm: {defaultRepository: "https://charts.example/a", defaultVersion: 1.0.0}
"""
BASE = "# The root.\n" + HEAD + "metadata: {name: base}\nspec:\n  componentRefs:\n    - {name: a}\n"


def overlay(name, spec):
    return f"# {name}.\n{HEAD}metadata: {{name: {name}}}\nspec: {spec}\n"


class Catalog(support.Case):
    def setUp(self):
        super().setUp()
        self.put("c/registry.yaml", REGISTRY)
        self.put("c/overlays/base.yaml", BASE)

    def lint(self, code, *more):
        """Findings as 'place rule', in the order told."""
        done = self.eidos("catalog", "lint", "c", "-t", "json", *more)
        self.assertEqual((done.code, done.err), (code, ""), done.out)
        found = json.loads(done.out)["findings"]
        return [f"{one['file']}:{one['line']} {one['rule']}" if "line" in one else f"{one['file']} {one['rule']}"
                for one in found]

    def test_clean(self):
        self.assertEqual(self.lint(0, "--strict"), [])
        self.assertEqual(self.good("catalog", "lint", "c").out, "0 errors, 0 warnings, 0 allowed\n")

    def test_ten_mistakes_are_ten_findings_in_order(self):
        bad = {"a": "{base: b, criteria: {service: gke}}", "b": "{base: nope, criteria: {service: eks}}",
               "c": "{base: c}", "d": "{crtieria: {}}", "e": "\n\t- x", "f": "{componentRefs: [{name: aa}]}",
               "g": "{componentRefs: [{name: a, valuesFile: components/a/x.yaml}]}",
               "h": "{constraints: [{name: K8s.server.version, value: '~> 1'}]}", "i": "{criteria: {service: esk}}"}
        for name, spec in bad.items():
            self.put(f"c/overlays/{name}.yaml", overlay(name, spec))
        self.put("c/components/a/values.yaml", "- a list\n")
        want = ["components/a/values.yaml:1 invalid-document", "overlays/a.yaml:5 changed-dimension",
                "overlays/b.yaml:5 missing-parent", "overlays/c.yaml:5 inheritance-cycle",
                "overlays/d.yaml:5 unknown-key", "overlays/e.yaml:6 not-yaml",
                "overlays/f.yaml:5 unregistered-component", "overlays/g.yaml:5 missing-file",
                "overlays/h.yaml:5 bad-constraint", "overlays/i.yaml:5 unknown-criteria-value"]
        self.assertEqual(self.lint(2), [f"c/{one}" for one in want])

    def test_what_is_no_file(self):
        os.mkfifo(self.dir / "c/overlays/fifo.yaml")
        (self.dir / "c/overlays/link.yaml").symlink_to("base.yaml")
        self.assertEqual(self.lint(2), ["c/overlays/fifo.yaml not-a-regular-file",
                                        "c/overlays/link.yaml not-a-regular-file"])

    def test_unreadable_file(self):
        self.put("c/overlays/x.yaml", overlay("x", "{criteria: {}}")).chmod(0)
        done = self.eidos("catalog", "lint", "c", **support.as_nobody())
        self.assertEqual(done.code, 4, done.out + done.err)
        self.assertRegex(done.out, r"^c/overlays/x.yaml: error: .*Permission denied \[unreadable-file\]")

    def test_unreadable_directory(self):
        (self.dir / "c/overlays").chmod(0)
        self.addCleanup((self.dir / "c/overlays").chmod, 0o755)
        done = self.eidos("catalog", "lint", "c", **support.as_nobody())
        self.assertEqual((done.code, done.out), (4, ""), done.err)
        self.assertRegex(done.err, r"^eidos: error: .*c/overlays.*Permission denied")

    def test_missing_directory(self):
        done = self.eidos("catalog", "lint", "cc")
        self.assertEqual((done.code, done.out), (3, ""))
        self.assertRegex(done.err, r"^eidos: error: .*'cc'")

    def test_other_tools_files(self):
        self.put("c/.idea/workspace.yaml", "a: [\n")
        self.put("c/overlays/.x.yaml", "a: [\n")
        self.put("c/charts/x.yaml", "a: [\n")
        self.assertEqual(self.lint(9), ["c/charts/ stray-file"])

    def test_base_is_missing(self):
        (self.dir / "c/overlays/base.yaml").unlink()
        self.put("c/overlays/x.yaml", overlay("x", "{criteria: {service: eks}}"))
        self.assertEqual(self.lint(2), ["c missing-root"])

    def test_bom_crlf_and_tabs(self):
        text = overlay("x", "{criteria: {service: eks}}").replace("\n", "\r\n")
        self.put("c/overlays/x.yaml", b"\xef\xbb\xbf" + text.encode())
        self.assertEqual(self.lint(0, "--strict"), [])
        self.put("c/overlays/x.yaml", text.replace("spec: ", "spec:\r\n\t"))
        self.assertEqual(self.lint(2), ["c/overlays/x.yaml:6 not-yaml"])

    def test_cycles(self):
        for length in (1, 2, 3000):
            with self.subTest(length):
                for i in range(length):
                    self.put(f"c/overlays/o{i}.yaml", overlay(f"o{i}", f"{{base: o{(i + 1) % length}}}"))
                found = self.lint(2)
                self.assertEqual(len(found), 1, found[:5])
                self.assertRegex(found[0], "inheritance-cycle$")

    def test_a_deep_chain(self):
        depth = 3000
        for i in range(depth):
            base = f"o{i - 1}" if i else "base"
            criteria = "" if i + 1 < depth else ", criteria: {service: eks}"
            self.put(f"c/overlays/o{i}.yaml", overlay(f"o{i}", f"{{base: {base}{criteria}}}"))
        self.assertEqual(self.lint(0, "--strict"), [])
        out = json.loads(self.good("catalog", "list", "--catalog", "c", "-t", "json").out)
        self.assertEqual(out["combinations"][0]["overlays"], depth + 1)

    def test_more_than_fits(self):
        block = "# " + "x" * 1021 + "\n"
        for i in range(9):
            self.put(f"c/components/a/values-{i}.yaml", block * 8000)
        done = self.eidos("catalog", "lint", "c")
        self.assertEqual((done.code, done.out), (2, ""))
        self.assertRegex(done.err, r"c: catalog files of more than 64 MiB in all")

    def test_a_layer_cannot_take_a_parent_away(self):
        self.put("c/overlays/x.yaml", overlay("x", "{criteria: {service: eks}}"))
        self.put("c/overlays/y.yaml", overlay("y", "{base: x, criteria: {service: eks, os: ubuntu}}"))
        self.put("d/overlays/x.yaml", overlay("z", "{criteria: {service: eks}}"))
        done = self.eidos("catalog", "lint", "c", "--data", "d")
        self.assertEqual(done.code, 2)
        self.assertRegex(done.out, r"^d/overlays/x.yaml:2:1: error: takes the file of overlay 'x' \(base of 'y'\)")

    def test_sarif(self):
        self.put("c/overlays/x.yaml", overlay("x", "{base: base}"))
        self.put("c/overlays/größe 1.yaml", overlay("y", "{base: base}"))
        self.good("catalog", "lint", "c", "-t", "sarif", "-o", "out.sarif")
        run = json.loads((self.dir / "out.sarif").read_text())["runs"][0]
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        places = []
        for result in run["results"]:
            self.assertEqual(rules[result["ruleIndex"]], result["ruleId"])
            self.assertEqual(result["level"], "warning")
            place = result["locations"][0]["physicalLocation"]
            places.append((place["artifactLocation"]["uri"], place["region"]["startLine"]))
        self.assertEqual(places, [("c/overlays/gr%C3%B6%C3%9Fe%201.yaml", 4), ("c/overlays/x.yaml", 4)])

    def test_scaffold_lints_clean_and_is_used(self):
        (self.dir / "company/overlays").mkdir(parents=True)
        self.good("catalog", "scaffold", "--service", "gke", "--accelerator", "a100", "--intent", "training",
                  "-o", "company/overlays/a100-gke-training.yaml")
        self.good("catalog", "lint", "--data", "company", "--strict")
        recipe = self.good("recipe", "--data", "company", "--service", "gke", "--accelerator", "a100", "--intent",
                           "training", "--strict")
        self.assertIn("- a100-gke-training\n", recipe.out)

    def test_doc_is_replaced_only_where_it_is_ours(self):
        self.good("catalog", "doc", "-o", "pages")
        before = self.tree(self.dir / "pages")
        self.good("catalog", "doc", "-o", "pages")
        self.assertEqual(self.tree(self.dir / "pages"), before)
        self.put("pages/mine.md", "mine\n")
        done = self.eidos("catalog", "doc", "-o", "pages")
        self.assertEqual(done.code, 2)
        self.assertRegex(done.err, "mine.md")
        self.assertTrue((self.dir / "pages/mine.md").exists())

    def test_render_leaves_nothing_behind(self):
        (self.dir / "tmp").mkdir()
        helm = self.put("helm", "#!/bin/sh\necho 'Error: no' >&2\n[ \"$1\" = version ]\n")
        helm.chmod(0o755)
        done = self.eidos("catalog", "lint", "--render", "--helm", helm, env={"TMPDIR": str(self.dir / "tmp")})
        self.assertEqual(done.code, 9, done.err)
        self.assertRegex(done.out, r"error: no \(first with .*\[render-fails\]")
        self.assertEqual(list((self.dir / "tmp").iterdir()), [])

    def test_the_corpus_catalog(self):
        catalog = support.corpus() / "catalog"
        done = self.eidos("catalog", "lint", catalog)
        self.assertEqual((done.code, done.err), (9, ""))
        rules = set(re.findall(r"\[([a-z-]+)\]$", done.out, re.M))
        self.assertEqual(rules, {"stray-file", "missing-check", "unused-file", "loosened-constraint", "version-drift",
                                 "source-drift", "unknown-scheduling-path", "empty-description"})


if __name__ == "__main__":
    support.main()
