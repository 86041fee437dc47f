#!/usr/bin/python3
"""eidos recommend and recipe --settings as a user runs them: what other tools say of the files, bad input, layers."""
import json
import re
import shlex
import shutil
import subprocess

import yaml

import support

SNAPSHOT = """\
kind: Snapshot
apiVersion: eidos.nvidia.com/v1alpha1
metadata: {timestamp: "2026-01-02T03:04:05Z", version: 0.1.0, source-node: node-7}
measurements:
  - type: OS
    subtypes:
      - subtype: release
        data: {ID: ubuntu, VERSION_ID: "24.04"}
      - subtype: grub
        data: {BOOT_IMAGE: /boot/vmlinuz, ro: "", hugepagesz: 2M}
      - subtype: kmod
        data: {nvidia: true}
      - subtype: sysctl
        data:
          /proc/sys/fs/inotify/max_user_instances: "128"
          /proc/sys/fs/inotify/max_user_watches: "524288"
          /proc/sys/kernel/numa_balancing: "1"
          /proc/sys/vm/max_map_count: "1048576"
          /proc/sys/vm/swappiness: "60"
  - type: K8s
    subtypes:
      - subtype: node
        data: {provider: eks}
  - type: GPU
    subtypes:
      - subtype: smi
        data: {gpu-count: 8, gpu.model: NVIDIA H100 80GB HBM3, gpu.persistence-mode: Disabled}
"""
KEYS = ["category", "parameter", "currentValue", "recommendedValue", "reason", "priority"]
EKS = ["--service", "eks", "--accelerator", "gb200", "--intent", "training", "--os", "ubuntu", "-q"]
EXAMPLES = support.ROOT / "examples"


def words_of_kernel(line):
    """Parameters as the kernel takes a command line apart: at blanks outside of double quotes."""
    return [(name, value) for name, _, value in
            (word.replace('"', "").partition("=") for word in re.findall(r'(?:[^\s"]|"[^"]*")+', line))]


class Recommend(support.Case):
    def setUp(self):
        super().setUp()
        self.put("s.yaml", SNAPSHOT)

    def document(self, *args):
        return json.loads(self.good("recommend", "-q", "-f", "s.yaml", "-t", "json", *args).out)

    def test_the_document_has_its_shape_and_order(self):
        made = self.document("--intent", "training")
        self.assertEqual(list(made), ["snapshot", "intent", "recommendations", "metadata"])
        self.assertEqual(made["snapshot"],
                         {"version": "0.1.0", "node": "node-7", "timestamp": "2026-01-02T03:04:05Z"})
        self.assertEqual(made["intent"], "training")
        rows = made["recommendations"]
        self.assertTrue(rows)
        for row in rows:
            self.assertEqual(list(row), KEYS)
            self.assertTrue(all(row.values()), row)
        rank = {"high": 0, "medium": 1, "low": 2}
        order = [(rank[row["priority"]], row["category"], row["parameter"]) for row in rows]
        self.assertEqual(order, sorted(order))
        self.assertTrue(made["metadata"]["recommendationVersion"])
        self.assertEqual(made["metadata"]["criteria"], "service=eks accelerator=h100 intent=training os=ubuntu")
        parameters = {row["parameter"]: row["currentValue"] for row in rows}
        self.assertEqual(parameters["gpu.persistence-mode"], "Disabled")
        self.assertEqual(parameters["gdrdrv"], "not loaded")
        self.assertEqual(parameters["hugepages"], "not set")
        self.assertNotIn("vm.max_map_count", parameters)  # it is above the bound
        self.assertNotIn("fs.inotify.max_user_watches", parameters)  # it is at it
        self.assertNotIn("nvidia_peermem", parameters)  # EFA needs none
        missing = [one["parameter"] for one in made["metadata"]["notCompared"]]
        self.assertIn("containerd.service.LimitMEMLOCK", missing)  # systemd was not looked at
        self.assertIn("net.core.rmem_max", missing)
        self.assertFalse(set(missing) & set(parameters))

    def test_yaml_and_json_are_one_document_and_any_is_the_default(self):
        out = self.good("recommend", "-q", "-s", "s.yaml").out
        self.assertEqual(yaml.safe_load(out), self.document())
        self.assertEqual(self.document()["intent"], "any")
        self.assertEqual(self.good("recommend", "-q", "--snapshot", "s.yaml", "-i", "any").out, out)
        self.assertEqual(self.good("recommend", "-q", "-f", "-", stdin=SNAPSHOT).out, out)

    def test_what_could_not_be_compared_is_said(self):
        done = self.good("recommend", "-f", "s.yaml", "--intent", "training")
        self.assertIn("could not be compared with the snapshot: ", done.err)
        table = self.good("recommend", "-f", "s.yaml", "--intent", "training", "-t", "table")
        self.assertIn("\nNOT COMPARED ", table.out)
        self.assertEqual(table.err, "")

    def test_a_machine_that_has_it_all_is_left_alone(self):
        def settled(text):
            snapshot = yaml.safe_load(text)
            recipe = yaml.safe_load(self.good("recipe", "--snapshot", "s.yaml", "--intent", "inference", "--settings",
                                              "-q").out)
            mine = {(m["type"], s["subtype"]): s["data"] for m in snapshot["measurements"] for s in m["subtypes"]}
            for measurement in recipe["measurements"]:
                for part in measurement["subtypes"]:
                    there = mine.get((measurement["type"], part["subtype"]))
                    if there is None:
                        snapshot["measurements"].append({"type": measurement["type"], "subtypes": [part]})
                    else:
                        there.update(part["data"])
            return yaml.safe_dump(snapshot)

        before = self.document("--intent", "inference")
        self.put("t.yaml", settled(SNAPSHOT))
        after = json.loads(self.good("recommend", "-q", "-f", "t.yaml", "-t", "json", "--intent", "inference").out)
        self.assertTrue(before["recommendations"])
        self.assertEqual(after["recommendations"], [])
        table = self.good("recommend", "-f", "t.yaml", "--intent", "inference", "-t", "table").out
        self.assertIn("\nnothing to change", table)

    def test_sysctl_reads_the_file(self):
        self.good("recommend", "-q", "-f", "s.yaml", "--intent", "training", "--as", "sysctl", "-o", "90.conf")
        sysctl = shutil.which("sysctl", path="/usr/sbin:/sbin:/usr/bin")
        self.assertIsNotNone(sysctl, "procps is part of tools/setup")
        done = subprocess.run([sysctl, "--dry-run", "-p", "90.conf"], cwd=self.dir, capture_output=True, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.splitlines(),
                         ["fs.inotify.max_user_instances = 65535", "kernel.numa_balancing = 0"])

    def test_boot_parameters_are_one_line_that_grubby_and_grub_take(self):
        done = self.good("recommend", "-f", "s.yaml", "--intent", "training", "--as", "grub")
        self.assertIn("not for grub, and left out: ", done.err)
        self.assertEqual(done.out.count("\n"), 1)
        line = done.out.strip()
        # grubby splits --args at blanks and knows no other separator; the kernel and a shell must see the same words.
        self.assertEqual(line.split(" "), shlex.split(line))
        self.assertEqual(words_of_kernel(line),
                         [("hugepagesz", "2M"), ("hugepages", "5128"), ("init_on_alloc", "0"), ("iommu", "pt"),
                          ("nokaslr", "")])
        self.put("grub", f'GRUB_CMDLINE_LINUX="quiet"\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX {line}"\n')
        sourced = subprocess.run(["sh", "-eu", "-c", '. ./grub; printf "%s" "$GRUB_CMDLINE_LINUX"'], cwd=self.dir,
                                 capture_output=True, text=True, check=True).stdout
        self.assertEqual(sourced, f"quiet {line}")

    def test_the_skyhook_is_one_like_those_of_the_catalog(self):
        made = yaml.safe_load(self.good("recommend", "-q", "-f", "s.yaml", "-i", "training", "--as", "skyhook").out)
        self.assertEqual((made["apiVersion"], made["kind"]), ("skyhook.nvidia.com/v1alpha1", "Skyhook"))
        package = made["spec"]["packages"]["tuning"]
        self.assertEqual(set(package), {"image", "version", "interrupt", "configMap"})
        self.assertEqual(package["interrupt"], {"type": "reboot"})
        self.assertEqual(package["configMap"]["grub.conf"].split(), package["configMap"]["grub.conf"].splitlines())
        # The resource definition is cluster-wide and closed; these are its fields in NVIDIA/skyhook (v1alpha1).
        self.assertNotIn("namespace", made["metadata"])
        self.assertLessEqual(set(made["spec"]), {
            "additionalTolerations", "autoTaintNewNodes", "deploymentPolicy", "deploymentPolicyOptions",
            "interruptionBudget", "nodeSelectors", "packages", "pause", "podNonInterruptLabels", "priority",
            "runtimeRequired", "serial"})
        self.assertIn(package["interrupt"]["type"], {"service", "reboot", "noop", "restartAllServices"})
        # The files that its package "tuning" knows.
        for name, text in package["configMap"].items():
            self.assertRegex(name, r"^(grub|sysctl|ulimit|service_[a-z0-9-]+)\.conf$")
            self.assertIsInstance(text, str)
        theirs = (support.ROOT / "catalog/components/skyhook-customizations/manifests/tuning.yaml").read_text()
        for key in ["nodeSelectors", *package]:
            self.assertRegex(theirs, rf"(?m)^\s*{key}:", key)

    def test_nothing_to_change_is_an_empty_file_and_a_word(self):
        self.put("s.yaml", SNAPSHOT.replace('hugepagesz: 2M', 'hugepagesz: 2M, hugepages: "5128", iommu: pt, '
                                            'nokaslr: "", init_on_alloc: "0"'))
        done = self.good("recommend", "-f", "s.yaml", "-i", "training", "--as", "grub")
        self.assertEqual(done.out, "")
        self.assertIn("there is nothing to change with grub", done.err)

    def test_a_layer_adds_a_profile(self):
        self.put("site/tuning/site.yaml", """\
kind: TuningProfile
apiVersion: eidos.nvidia.com/v1alpha1
metadata: {name: site}
spec:
  criteria: {service: eks, accelerator: h100}
  settings:
    - {path: OS.sysctl./proc/sys/vm/swappiness, value: "10", priority: high, reason: Ours., source: Site handbook}
    - {path: OS.grub.nokaslr, withdrawn: true, priority: low, reason: Hardening is wanted., source: Site handbook}
""")
        parameters = {row["parameter"]: row for row in self.document("--data", "site")["recommendations"]}
        self.assertEqual(parameters["vm.swappiness"]["recommendedValue"], "10")
        self.assertEqual(parameters["vm.swappiness"]["reason"], "Ours. Source: Site handbook.")
        self.assertNotIn("nokaslr", parameters)


@support.rows({
    "no snapshot": (["recommend"], 1, "name the snapshot"),
    "two snapshots": (["recommend", "-f", "s.yaml", "-s", "s.yaml"], 1, "--file and --snapshot cannot both be given"),
    "a tool and a format": (["recommend", "-f", "s.yaml", "--as", "grub", "-t", "json"], 1,
                            "--as and --format cannot both be given"),
    "an unknown tool": (["recommend", "-f", "s.yaml", "--as", "grubb"], 2, "did you mean 'grub'?"),
    "an unknown intent": (["recommend", "-f", "s.yaml", "--intent", "trainin"], 2,
                          "intent 'trainin' must be one of: training, inference, any; did you mean 'training'?"),
    "no such file": (["recommend", "-f", "s.yml"], 3, "did you mean 's.yaml'?"),
    "a recipe": (["recommend", "-f", "r.yaml"], 2, "this is a RecipeResult, not a Snapshot"),
    "no document": (["recommend", "-f", "empty"], 2, "the document is empty"),
    "a profile that cannot be set": (["recommend", "-f", "s.yaml", "--data", "bad"], 2,
                                     "bad/tuning/x.yaml:6:18: setting 'OS.grub.a': '> 1' names no one value"),
    "an output outside": (["recommend", "-f", "s.yaml", "-o", "../x"], 2, "output path escapes current directory"),
}, "refused")
class Refusals(support.Case):
    def refused(self, row):
        args, code, words = row
        self.put("s.yaml", SNAPSHOT)
        self.put("empty", "")
        self.put("r.yaml", "kind: RecipeResult\napiVersion: eidos.nvidia.com/v1alpha1\n")
        self.put("bad/tuning/x.yaml", """\
kind: TuningProfile
apiVersion: eidos.nvidia.com/v1alpha1
metadata: {name: x}
spec:
  criteria: {}
  settings:     [{path: OS.grub.a, value: "> 1", priority: low, reason: r, source: s}]
""")
        done = self.eidos(*args)
        self.assertEqual(done.code, code, done.err)
        self.assertIn(words, done.err)
        self.assertEqual(done.out, "")
        self.assertEqual(len([line for line in done.err.splitlines() if "error:" in line]), 1)


class Settings(support.Case):
    def test_measurements_have_a_snapshots_shape(self):
        made = yaml.safe_load(self.good("recipe", *EKS, "--settings").out)
        parts = {(m["type"], s["subtype"]): s for m in made["measurements"] for s in m["subtypes"]}
        for wanted in [("OS", "grub"), ("OS", "sysctl"), ("OS", "kmod"), ("K8s", "image"), ("K8s", "config"),
                       ("GPU", "smi")]:
            self.assertIn(wanted, parts)
        self.assertEqual(parts["OS", "grub"]["data"]["numa_balancing"], "disable")
        self.assertEqual(parts["OS", "sysctl"]["data"]["/proc/sys/vm/max_map_count"], "262144")
        self.assertIs(parts["OS", "kmod"]["data"]["gdrdrv"], True)
        self.assertNotIn("nvidia_peermem", parts["OS", "kmod"]["data"])
        self.assertEqual(parts["K8s", "config"]["data"],
                         {"cdi": True, "rdma": True, "useOpenKernelModule": True})
        self.assertEqual(parts["GPU", "smi"]["data"]["driver"], "580.105.08")
        self.assertEqual(parts["GPU", "smi"]["data"]["cuda-version"], "13.0")
        self.assertEqual(parts["K8s", "image"]["data"]["gpu-operator"], "v25.10.1")
        self.assertFalse(any("context" in part for part in parts.values()))
        # What it asks for is a snapshot that everything reads.
        self.put("s.yaml", yaml.safe_dump({"kind": "Snapshot", "apiVersion": made["apiVersion"],
                                           "metadata": {"version": "x"}, "measurements": made["measurements"]}))
        self.assertEqual(self.good("diff", "s.yaml", "s.yaml").code, 0)

    def test_context_says_what_and_why(self):
        made = yaml.safe_load(self.good("recipe", *EKS, "--settings", "--context").out)
        for measurement in made["measurements"]:
            for part in measurement["subtypes"]:
                self.assertEqual(set(part["context"]), set(part["data"]), part["subtype"])

    def test_without_the_flag_nothing_changes(self):
        self.assertNotIn("measurements", yaml.safe_load(self.good("recipe", *EKS).out))

    def test_every_stage_reads_such_a_recipe(self):
        self.good("recipe", *EKS, "--settings", "--context", "-o", "r.yaml")
        self.good("recipe", *EKS, "-o", "plain.yaml")
        snapshot = EXAMPLES / "gb200-eks-ubuntu-training/snapshot.yaml"
        self.assertEqual(self.good("validate", "-r", "r.yaml", "-s", snapshot, "--allow-unknown").out,
                         self.good("validate", "-r", "plain.yaml", "-s", snapshot, "--allow-unknown").out)
        self.good("bundle", "-q", "-r", "r.yaml", "-o", "stack")
        self.good("verify", "stack")
        self.assertEqual(yaml.safe_load((self.dir / "stack/recipe.yaml").read_text())["measurements"],
                         yaml.safe_load((self.dir / "r.yaml").read_text())["measurements"])
        self.good("recipe", "lint", "r.yaml")
        self.good("explain", "-r", "r.yaml", "componentRefs")
        self.assertEqual(self.good("query", "-r", "r.yaml", "--selector",
                                   "measurements[0].subtypes[0].data.driver").out, "580.105.08\n")
        self.assertEqual(self.good("validate", "--schema", "v1alpha1", "r.yaml").code, 0)

    def test_diff_sees_settings_that_change(self):
        self.good("recipe", *EKS, "--settings", "-o", "a.yaml")
        text = (self.dir / "a.yaml").read_text()
        self.put("b.yaml", text.replace("numa_balancing: disable", "numa_balancing: enable"))
        done = self.eidos("diff", "a.yaml", "b.yaml", "--fail-on-change", "-t", "json")
        self.assertEqual(done.code, 9, done.err)
        changes = json.loads(done.out)["changes"]
        self.assertEqual([(c["path"], c["from"], c["to"]) for c in changes],
                         [("measurements.OS.grub.numa_balancing", "disable", "enable")])

    def test_the_last_most_specific_writer_wins(self):
        self.put("site/tuning/z.yaml", """\
kind: TuningProfile
apiVersion: eidos.nvidia.com/v1alpha1
metadata: {name: z}
spec:
  criteria: {service: eks, accelerator: gb200, intent: training}
  settings:
    - {path: OS.grub.hugepages, value: "10000", priority: high, reason: Ours., source: Site handbook}
""")
        made = yaml.safe_load(self.good("recipe", *EKS, "--settings", "--data", "site").out)
        data = {s["subtype"]: s["data"] for m in made["measurements"] if m["type"] == "OS" for s in m["subtypes"]}
        self.assertEqual(data["grub"]["hugepages"], "10000")


class Corpus(support.Case):
    """The three real snapshots."""

    def made(self, name, intent):
        path = support.corpus() / f"snapshots/{name}.yaml"
        return json.loads(self.good("recommend", "-q", "-f", path, "-t", "json", "--intent", intent).out)

    def test_every_snapshot_and_intent_gives_an_answer(self):
        for name in ("h100", "gb200", "b200"):
            for intent in ("training", "inference", "any"):
                with self.subTest(name=name, intent=intent):
                    made = self.made(name, intent)
                    self.assertTrue(made["recommendations"])
                    for row in made["recommendations"]:
                        self.assertNotEqual(row["currentValue"], row["recommendedValue"], row)

    def test_a_tuned_gb200_needs_little(self):
        rows = {row["parameter"]: row for row in self.made("gb200", "training")["recommendations"]}
        self.assertEqual(rows["gpu.persistence-mode"]["priority"], "high")
        for there in ("numa_balancing", "init_on_alloc", "nokaslr", "hugepages", "gdrdrv", "gpu.addressing-mode",
                      "containerd.service.LimitMEMLOCK", "cdi.enabled"):
            self.assertNotIn(there, rows)

    def test_an_untouched_b200_needs_more(self):
        rows = {row["parameter"]: row for row in self.made("b200", "training")["recommendations"]}
        self.assertEqual(rows["containerd.service.LimitMEMLOCK"]["currentValue"], "8388608")
        self.assertEqual(rows["gdrdrv"]["currentValue"], "not loaded")
        self.assertEqual(rows["nvidia_peermem"]["currentValue"], "not loaded")
        self.assertEqual(rows["driver.rdma.enabled"]["currentValue"], "false")


if __name__ == "__main__":
    support.main()
