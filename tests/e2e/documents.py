#!/usr/bin/python3
"""The four steps on real input: recipes of every combination, the chain of the mission, snapshots of real clusters."""
import itertools
import json
import os

import support

ACCELERATORS = ["h100", "h200", "gb200", "b200", "l40s"]
SERVICES = ["eks", "gke", "aks", "self-managed"]
SYSTEMS = ["ubuntu", "rhel", "cos"]
CHAIN = ["base", "eks", "eks-training", "gb200-eks-training", "gb200-eks-ubuntu-training"]


def recipe_of(done):
    return json.loads(done.out)


GB200 = ["--service", "eks", "--accelerator", "gb200", "--intent", "training", "--os", "ubuntu"]

# Selectors and what they print, of the recipe of the mission.
QUERIES = {
    "a scalar": (["components.gpu-operator.values.cdi.enabled"], [], "true\n"),
    "a number that is text": (["components.kube-prometheus-stack.version"], [], "82.8.0\n"),
    "null": (["components.nvidia-dra-driver-gpu.values.controller.affinity.nodeAffinity"], [], "null\n"),
    "a scalar as JSON": (["kind"], ["-t", "json"], '"RecipeResult"\n'),
    "a field it does not have": (["components.aws-efa.dependencyRefs"], [], None),
    "a map": (["criteria"], [], "service: eks\naccelerator: gb200\nintent: training\nos: ubuntu\nplatform: any\n"),
    "by name": (["constraints.\"OS.release.ID\".value"], [], "ubuntu\n"),
    "by index": (["metadata.appliedOverlays[0]"], [], "base\n"),
    "two": (["kind", "criteria.os"], [], "kind: RecipeResult\ncriteria.os: ubuntu\n"),
    "two as text": (["kind", "criteria.os"], ["-t", "text"], "RecipeResult\nubuntu\n"),
    "one of two misses": (["components.*.tag", "constraints.*.name"], ["-t", "text"], None),
    "a star as a table": (["constraints[*].value"], ["-t", "table"],
                          "PATH                  VALUE\nconstraints[0].value  >= 1.32.4\nconstraints[1].value  ubuntu\n"
                          "constraints[2].value  24.04\nconstraints[3].value  >= 6.8\n"),
}


class Queries(support.Case):
    def setUp(self):
        super().setUp()
        self.good("recipe", *GB200, "-o", "recipe.yaml")

    def query(self, row):
        """The same from fresh criteria and from the recipe as a file."""
        selectors, flags, want = row
        arguments = [word for selector in selectors for word in ("--selector", selector)] + flags
        fresh, stored = self.eidos("query", *GB200, *arguments), self.eidos("query", "-r", "recipe.yaml", *arguments)
        self.assertEqual((fresh.code, fresh.out), (stored.code, stored.out))
        self.assertEqual((fresh.code, fresh.out), (3, "") if want is None else (0, want), fresh.err)

    def test_without_a_selector_it_is_the_recipe_and_its_components(self):
        whole = json.loads(self.good("query", *GB200, "-t", "json").out)
        components = whole.pop("components")
        self.assertEqual(whole, json.loads(self.good("recipe", *GB200, "-t", "json").out))
        self.assertEqual(sorted(components), sorted(whole["deploymentOrder"]))
        for name, component in components.items():
            self.assertIn("values", component, name)

    def test_every_leaf_of_a_table_is_a_selector_that_leads_back(self):
        rows = self.good("query", *GB200, "-t", "table").out.splitlines()[1:]
        self.assertGreater(len(rows), 200)
        paths = [row.split("  ")[0] for row in rows]
        arguments = [word for path in paths for word in ("--selector", path)]
        again = self.good("query", *GB200, "-t", "table", *arguments).out.splitlines()[1:]
        self.assertEqual(again, rows)


support.rows(QUERIES, "query")(Queries)


def at_pointer(document, pointer):
    for part in pointer.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        document = document[int(part) if isinstance(document, list) else part]
    return document


class Explanations(support.Case):
    def test_every_pointer_leads_to_the_value_it_explains(self):
        whole = json.loads(self.good("query", *GB200, "-t", "json").out)
        why = json.loads(self.good("explain", *GB200, "--json").out)
        self.assertGreater(len(why["values"]), 400)
        for pointer, reason in why["values"].items():
            self.assertEqual(at_pointer(whole, pointer), reason["value"], pointer)
            self.assertTrue(reason.get("history") or reason.get("note"), pointer)
        self.assertEqual([one["name"] for one in why["deploymentOrder"]], whole["deploymentOrder"])
        applied = [one["name"] for one in why["overlays"] if one["verdict"] == "applied"]
        self.assertEqual(applied, whole["metadata"]["appliedOverlays"])

    def test_it_follows_its_schema(self):
        for arguments in ([], GB200, [*GB200, "components.gpu-operator", "--set", "gpu-operator:driver.version=1"]):
            self.good("explain", *arguments, "-o", "why.json")
            self.good("validate", "--schema", "v1alpha1", "why.json")

    def test_a_recipe_file_is_explained_as_the_fresh_one(self):
        self.good("recipe", *GB200, "-o", "recipe.yaml")
        fresh = json.loads(self.good("explain", *GB200, "--json").out)
        stored = json.loads(self.good("explain", "-r", "recipe.yaml", "--json").out)
        for pointer, reason in fresh["values"].items():
            if pointer.startswith(("/components", "/constraints", "/validation")):
                self.assertEqual(stored["values"][pointer], reason, pointer)
        self.assertEqual(stored["overlays"], fresh["overlays"])

    def test_flags_of_a_bundle_are_the_last_to_write_what_the_bundle_holds(self):
        flags = ["--set", "gpuoperator:driver.version=1.2.3", "--accelerated-node-selector", "pool=gpu",
                 "--values-file", "cert-manager=mine.yaml"]
        self.put("mine.yaml", "webhook:\n  # Two, for upgrades.\n  replicaCount: 2\n")
        self.good("recipe", *GB200, "-o", "recipe.yaml")
        values = json.loads(self.good("explain", "-r", "recipe.yaml", "--json", *flags).out)["values"]
        def last(path):
            return values["/components/" + path]["history"][-1]
        self.assertEqual(last("gpu-operator/values/driver/version")["name"], "--set 'gpuoperator:driver.version'")
        self.assertEqual(last("gpu-operator/values/daemonsets/nodeSelector/pool")["name"], "--accelerated-node-selector")
        mine = last("cert-manager/values/webhook/replicaCount")
        self.assertEqual((mine["file"], mine["line"], mine["comment"]), ("mine.yaml", 3, "Two, for upgrades."))

    def test_an_edited_recipe_is_its_own_writer(self):
        text = self.good("recipe", *GB200).out
        at = text.index("version: v25.10.1")
        self.put("edited.yaml", text[:at] + "version: v25.99.9" + text[at + 17:])
        told = self.good("explain", "-r", "edited.yaml", "componentRefs.gpu-operator.version").out
        line = text[:at].count("\n") + 1
        self.assertRegex(told, rf"(?m)^edited.yaml:{line}:\d+\n    recipe\n    v25.99.9$")
        self.assertNotIn("overlay", told)

    def test_the_suffix_of_the_output_is_its_format(self):
        for name, start in {"why.json": "{", "why.yaml": "kind: Explanation", "why.txt": "CRITERION"}.items():
            self.good("explain", "-o", name)
            self.assertTrue((self.dir / name).read_text().startswith(start), name)

    def test_no_recipe_is_changed_by_being_explained(self):
        before = self.good("recipe", *GB200).out
        self.good("explain", *GB200)
        self.assertEqual(self.good("recipe", *GB200).out, before)
        self.assertEqual(self.tree(), {})


class Recipes(support.Case):
    def test_sixty_combinations_each_with_the_warning_it_deserves(self):
        for accelerator, service, system in itertools.product(ACCELERATORS, SERVICES, SYSTEMS):
            with self.subTest(accelerator=accelerator, service=service, os=system):
                done = self.good("recipe", "--gpu", accelerator, "--service", service, "--os", system,
                                 "--intent", "training", "-t", "json")
                recipe = recipe_of(done)
                unused = [one["dimension"] for one in recipe["metadata"].get("unusedCriteria", [])]
                lines = done.err.splitlines()
                self.assertEqual(len(lines), 1 if unused else 0, done.err)
                if unused:
                    self.assertRegex(lines[0], "eidos: warning: no applied overlay asks for " + ", ".join(unused))
                self.assertTrue(recipe["componentRefs"])
                self.assertEqual(sorted(recipe["deploymentOrder"]),
                                 sorted(ref["name"] for ref in recipe["componentRefs"]))

    def test_the_chain_of_the_mission(self):
        recipe = recipe_of(self.good("recipe", "--service", "eks", "--accelerator", "gb200", "--intent", "training",
                                     "--os", "ubuntu", "-t", "json"))
        applied = recipe["metadata"]["appliedOverlays"]
        self.assertEqual([name for name in applied if name in CHAIN], CHAIN)
        self.assertFalse(recipe["metadata"].get("unusedCriteria"))

    def test_a_mixed_fleet_is_left_open_until_a_flag_decides(self):
        self.put("mixed.yaml", "kind: Snapshot\napiVersion: eidos.nvidia.com/v1alpha1\nmeasurements:\n"
                 "- {type: GPU, subtypes: [{subtype: smi, data: {gpu.0.model: NVIDIA H100 NVL, gpu.1.model: NVIDIA L40S}}]}\n")
        for flags, accelerator, warnings in (([], "any", 1), (["--gpu", "h100"], "h100", 1), (["--gpu", "any"], "any", 0)):
            with self.subTest(flags=flags):
                done = self.good("recipe", "-s", "mixed.yaml", "-t", "json", *flags)
                recipe = recipe_of(done)
                self.assertEqual(recipe["criteria"]["accelerator"], accelerator)
                self.assertEqual([(one["value"], one["reading"]) for one in recipe["metadata"]["detected"]],
                                 [("h100", "GPU.smi.gpu.0.model"), ("l40s", "GPU.smi.gpu.1.model")])
                self.assertEqual("several GPU models (h100, l40s)" in done.err, not flags)
                self.assertEqual(len(done.err.splitlines()), warnings)

    def test_no_criteria_is_the_base_recipe(self):
        any_of_all = [flag for name in ("service", "accelerator", "intent", "os", "platform")
                      for flag in (f"--{name}", "any")]
        for arguments in ([], any_of_all, ["--service", ""], ["--service", "vanilla", "--nodes", "0"]):
            done = self.good("recipe", "-t", "json", *arguments)
            self.assertEqual(done.err, "")
            self.assertEqual(recipe_of(done)["metadata"]["appliedOverlays"][0], "base")
        self.put("none.yaml", "spec: {}\n")
        self.assertEqual(self.good("recipe", "-c", "none.yaml").out, self.good("recipe").out)

    def test_flags_override_a_document_field_by_field(self):
        self.put("criteria.yaml", "kind: RecipeCriteria\nspec: {service: eks, accelerator: h100, nodes: 4}\n")
        def stated(*arguments):
            return recipe_of(self.good("recipe", "-q", "-t", "json", "-c", "criteria.yaml", *arguments))["criteria"]
        self.assertEqual(stated()["accelerator"], "h100")
        self.assertEqual(stated()["nodes"], 4)
        self.assertEqual(stated("--gpu", "GB200")["accelerator"], "gb200")
        self.assertEqual(stated("--gpu", "any")["accelerator"], "any")
        self.assertEqual(stated("--nodes", "0").get("nodes", 0), 0)
        self.assertEqual(stated("--service", "vanilla")["service"], "any")

    def test_input_comes_from_standard_input_too(self):
        text = "spec: {service: eks}\n"
        self.put("c.yaml", text)
        self.assertEqual(self.good("recipe", "-c", "-", stdin=text).out, self.good("recipe", "-c", "c.yaml").out)

    def test_output_follows_flag_then_suffix_then_yaml(self):
        for arguments, first in ((["-o", "a.json"], "{"), (["-o", "a.yaml"], "k"), (["-o", "a"], "k"),
                                 (["-o", "a.json", "-t", "yaml"], "k"), (["-o", "b", "-t", "json"], "{")):
            self.assertEqual(self.good("recipe", *arguments).out, "")
            self.assertEqual((self.dir / arguments[1]).read_text()[0], first, arguments)
        self.assertEqual((self.dir / "a.json").stat().st_mode & 0o777, 0o644)

    def test_facts_are_told_when_nobody_looks(self):
        done = self.good("recipe", "--osv", "24.04", "--k8s", "1")
        self.assertRegex(done.err, r"warning: --osv '24.04' is not checked")
        self.assertRegex(done.err, r"warning: --k8s '1' is undecided")


class Schemas(support.Case):
    def test_published_schemas_are_those_of_this_program(self):
        folder = support.ROOT / "docs/schema"
        kinds = self.good("schema").out.split()
        for kind in kinds:
            text = self.good("schema", kind).out
            if os.environ.get("EIDOS_GOLDEN") == "write":
                (folder / f"{kind}.json").write_text(text)
            self.assertEqual((folder / f"{kind}.json").read_text(), text, f"EIDOS_GOLDEN=write rewrites {kind}.json")
        self.assertEqual(sorted(path.stem for path in folder.glob("*.json")), sorted(kinds))

    def test_the_embedded_catalog_follows_them(self):
        catalog = support.ROOT / "catalog"
        self.good("validate", "--schema", "v1alpha1", catalog / "registry.yaml", *sorted((catalog / "overlays").iterdir()))


class RecipesAsDocuments(support.Case):
    def test_what_recipe_writes_has_no_findings(self):
        for number, criteria in enumerate((["--service", "eks", "--gpu", "gb200", "--intent", "training", "--os", "ubuntu"],
                                           ["--service", "gke", "--intent", "inference"], ["--context"], [])):
            for ending in ("yaml", "json"):
                name = f"r{number}.{ending}"
                self.good("recipe", "-q", "-o", name, *criteria)
                self.assertEqual(self.good("recipe", "lint", name).out, f"{name}: RecipeResult, valid\n")
                self.assertEqual(self.good("recipe", "upgrade", name).out, (self.dir / name).read_text())

    def test_upgrade_changes_the_header_of_older_documents_only(self):
        for path in sorted((support.corpus() / "snapshots").glob("*.yaml")):
            if path.name == "versions.yaml":
                continue
            with self.subTest(path.name):
                before, after = path.read_text().splitlines(), self.good("recipe", "upgrade", path).out.splitlines()
                changed = [line for line, old in zip(after, before) if line != old]
                self.assertEqual(len(before), len(after))
                self.assertIn(changed, ([], ["apiVersion: eidos.nvidia.com/v1alpha1"]))

    def test_in_place_keeps_a_current_file_as_it_is(self):
        self.good("recipe", "-o", "r.yaml")
        before = (self.dir / "r.yaml").stat()
        self.good("recipe", "upgrade", "-i", "r.yaml")
        after = (self.dir / "r.yaml").stat()
        self.assertEqual((after.st_ino, after.st_mtime_ns), (before.st_ino, before.st_mtime_ns))


class FourSteps(support.Case):
    def test_this_machine(self):
        self.good("snapshot", "-o", "snapshot.yaml")
        self.good("recipe", "-s", "snapshot.yaml", "--intent", "training", "-o", "recipe.yaml")
        self.assertEqual(self.eidos("validate", "-r", "recipe.yaml", "-s", "snapshot.yaml").code, 9)
        self.good("validate", "-r", "recipe.yaml", "-s", "snapshot.yaml", "--allow-unknown")
        self.good("validate", "-r", "recipe.yaml", "-s", "snapshot.yaml", "--no-fail-on-error")
        self.good("validate", "-r", "recipe.yaml", "-s", "snapshot.yaml", "--fail-on-error=false")
        self.good("bundle", "-r", "recipe.yaml", "-o", "bundle")
        self.assertEqual((self.dir / "bundle/recipe.yaml").read_bytes(), (self.dir / "recipe.yaml").read_bytes())

    def test_through_pipes(self):
        snapshot = self.good("snapshot").out
        recipe = self.good("recipe", "-s", "-", stdin=snapshot).out
        self.put("recipe.yaml", recipe)
        self.good("validate", "-r", "recipe.yaml", "-s", "-", "--allow-unknown", stdin=snapshot)
        self.good("bundle", "-r", "-", "-o", "bundle", stdin=recipe)

    def test_real_snapshots(self):
        for path in sorted((support.corpus() / "snapshots").glob("*.yaml")):
            if path.name == "versions.yaml":
                continue
            with self.subTest(path.name):
                self.good("recipe", "-q", "-s", path, "--intent", "training", "-o", "recipe.yaml")
                done = self.eidos("validate", "-r", "recipe.yaml", "-s", path, "-t", "json")
                self.assertIn(done.code, (0, 9), done.err)
                report = json.loads(done.out)
                self.assertEqual(report["summary"]["total"], len(report["results"]))
                self.good("bundle", "-q", "-r", "recipe.yaml", "-o", "bundle")

    def test_bundle_again_replaces_the_old_one(self):
        self.good("recipe", "-o", "r.yaml")
        self.good("bundle", "-r", "r.yaml", "-o", "b")
        before = self.tree(self.dir / "b")
        self.assertEqual(self.good("bundle", "-q", "-r", "r.yaml", "-o", "b").out, "b\n")
        self.assertEqual(self.tree(self.dir / "b"), before)
        self.good("bundle", "-r", "r.yaml", "-o", "b", "--component", "cert-manager", "--allow-missing-dependency")
        self.assertNotEqual(self.tree(self.dir / "b"), before)

    def test_dry_run_writes_nothing(self):
        self.good("recipe", "-o", "r.yaml")
        text = self.good("bundle", "-r", "r.yaml", "--dry-run").out
        self.assertRegex(text, r"\d+  Chart.yaml\n")
        document = json.loads(self.good("bundle", "-r", "r.yaml", "-o", "b", "--dry-run", "-t", "json").out)
        self.assertNotIn("output", document)
        self.assertEqual(sorted(self.tree()), ["r.yaml"])

    def test_bundle_as_a_document(self):
        self.good("recipe", "-o", "r.yaml")
        document = json.loads(self.good("bundle", "-r", "r.yaml", "-o", "b", "-t", "json").out)
        self.assertEqual(document["output"], {"path": "b"})
        sizes = {file["path"]: file["size"] for file in document["files"]}
        self.assertEqual(sizes, {path: len(content) for path, content in self.tree(self.dir / "b").items()
                                 if isinstance(content, bytes)})
        self.assertEqual(document["totalSize"], sum(sizes.values()))

    def test_set_flags_apply_in_the_order_given(self):
        self.good("recipe", "-o", "r.yaml")
        for order, want in ((["--set", "cert-manager:x=1", "--set-string", "cert-manager:x=2"], 'x: "2"'),
                            (["--set-string", "cert-manager:x=2", "--set", "cert-manager:x=1"], "x: 1"),
                            (["--set", "cert-manager:x=a,b"], "x: a,b")):
            self.good("bundle", "-r", "r.yaml", "-o", "b", *order)
            self.assertIn(want + "\n", (self.dir / "b/values.yaml").read_text())


if __name__ == "__main__":
    support.main()
