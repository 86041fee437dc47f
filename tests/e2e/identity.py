#!/usr/bin/python3
"""Same input, same bytes: whatever the directory, umask, locale, time zone, or the text format of the input."""
import itertools
import json
import os
import shutil
import subprocess

import yaml

import support

VARIANTS = {
    "again": {},
    "another locale": {"env": {"LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8"}},
    "another time zone": {"env": {"TZ": "Pacific/Kiritimati"}},
    "another umask": {"umask": 0o077},
    "a terminal of another width": {"env": {"COLUMNS": "20", "TERM": "xterm-256color"}},
    "another user's home": {"env": {"HOME": "/nonexistent", "USER": "x"}},
}


class SameBytes(support.Case):
    def setUp(self):
        super().setUp()
        self.put("snapshot.yaml", """\
kind: Snapshot
apiVersion: eidos.nvidia.com/v1alpha1
measurements:
  - type: K8s
    subtypes:
      - subtype: server
        data: {version: v1.33.5-eks-3025e55}
  - type: OS
    subtypes:
      - subtype: release
        data: {ID: ubuntu, VERSION_ID: "24.04"}
""")
        self.good("recipe", "-q", "-s", "snapshot.yaml", "--intent", "training", "-o", "recipe.yaml")

    def everything(self, snapshot="snapshot.yaml", recipe="recipe.yaml", **how):
        """What each command prints and writes."""
        work = how.get("cwd", self.dir)
        out = {}
        for format_ in ("yaml", "json", "table"):
            out["recipe", format_] = self.eidos("recipe", "-s", snapshot, "--intent", "training", "-t", format_, **how)
            out["validate", format_] = self.eidos("validate", "-r", recipe, "-s", snapshot, "-t", format_, **how)
        out["bundle"] = self.eidos("bundle", "-r", recipe, "-o", "bundle", **how)
        out["help"] = self.eidos("recipe", "--help", **how)
        tree = self.tree(work / "bundle")
        modes = {name: (work / "bundle" / name).stat().st_mode & 0o777 for name in tree}
        return out, tree, modes

    def test_whatever_surrounds_it(self):
        want = self.everything()
        self.assertEqual(want[0]["bundle"].code, 0)
        for name, how in VARIANTS.items():
            with self.subTest(name):
                self.assertEqual(self.everything(**how), want)

    def test_from_another_directory(self):
        want = self.everything()
        other = self.dir / "elsewhere"
        other.mkdir()
        for name in ("snapshot.yaml", "recipe.yaml"):
            os.rename(self.dir / name, other / name)
        self.assertEqual(self.everything(cwd=other), want)

    def test_from_json_input(self):
        want, tree, _ = self.everything()
        for name in ("snapshot", "recipe"):
            document = yaml.safe_load((self.dir / f"{name}.yaml").read_text())
            self.put(f"{name}.json", json.dumps(document))
        got, json_tree, _ = self.everything("snapshot.json", "recipe.json")
        for said in (got, want):  # it tells the size, and the recipe in the bundle is what was read
            self.assertRegex(said.pop("bundle").out, "wrote ")
        self.assertEqual(got, want)
        for changes in ("recipe.yaml", "checksums.txt"):  # what was read, byte for byte, and its digest
            tree.pop(changes)
            json_tree.pop(changes)
        self.assertEqual(json_tree, tree)

    def test_json_output_is_the_yaml_output(self):
        for command in (["recipe", "-s", "snapshot.yaml", "-q"], ["validate", "-r", "recipe.yaml", "-s", "snapshot.yaml"]):
            as_yaml = yaml.safe_load(self.eidos(*command, "-t", "yaml").out)
            self.assertEqual(json.loads(self.eidos(*command, "-t", "json").out), as_yaml)

    def test_two_snapshots_differ_in_nothing_but_what_may(self):
        def stripped(text):
            document = yaml.safe_load(text)
            document["metadata"].pop("timestamp")
            for collector in document["collectors"]:
                collector.pop("duration", None)
            return document
        first, second = (self.good("snapshot", "--filter", "os.release,os.kmod,gpu").out for _ in range(2))
        self.assertEqual(stripped(first), stripped(second))


# Whose bundle it is, and where: options of a run. None of it may be seen in the bundle.
MAKERS = {
    "plainly": {},
    "with umask 000": {"umask": 0},
    "with umask 077": {"umask": 0o077},
    "by another user": support.as_nobody(),
    "by another user with umask 077": {"umask": 0o077, **support.as_nobody()},
    "in another time zone": {"env": {"TZ": "Pacific/Kiritimati"}},
    "in another locale": {"env": {"LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8"}},
    "at home elsewhere": {"env": {"HOME": "/nonexistent", "USER": "x", "LOGNAME": "x", "TMPDIR": "/nonexistent"}},
}
BUNDLES = {
    "helm": ["-o", "b"],
    "helm by component": ["-o", "b", "--layout", "component"],
    "argocd": ["-o", "b", "-d", "argocd", "--repo", "https://git.example/x.git"],
    "flux": ["-o", "b", "-d", "flux", "--repo", "https://git.example/x.git", "--repo-revision", "main"],
    "helmfile": ["-o", "b", "-d", "helmfile"],
    "a zip": ["-o", "b.zip"],
    "a tar.gz": ["-o", "b.tar.gz"],
}
RUNS = 112  # each maker makes each bundle, twice


class SameBundle(support.Case):
    def setUp(self):
        super().setUp()
        self.good("recipe", "-q", "--service", "eks", "--accelerator", "gb200", "--intent", "training", "--os", "ubuntu",
                  "-o", "recipe.yaml")

    def made(self, number, program, arguments, how):
        """What a run in a folder of its own writes: path → (mode, bytes), owners and places left out."""
        place = self.dir / ("x" * (1 + number % 7)) / f"{number}"
        place.mkdir(parents=True)
        place.chmod(0o777)
        shutil.copyfile(self.dir / "recipe.yaml", place / "r.yaml")
        (place / "r.yaml").chmod(0o644)
        how = dict(how)
        done = subprocess.run([program, "bundle", "-q", "-r", "r.yaml", *arguments], cwd=place, capture_output=True,
                              text=True, env=support.environment(**how.pop("env", {})), timeout=support.SECONDS,
                              check=False, **how)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = (done.stdout, done.stderr)
        files = {str(one.relative_to(place)): (one.stat().st_mode & 0o777, one.read_bytes())
                 for one in place.rglob("*") if one.is_file() and one.name != "r.yaml"}
        self.assertGreater(len(files), 0)
        return told, files

    def test_whoever_makes_it_wherever_a_hundred_times(self):
        elsewhere = self.dir / "another" / "folder" / "tool"
        elsewhere.parent.mkdir(parents=True)
        shutil.copy(support.EIDOS, elsewhere)
        programs = itertools.cycle([support.EIDOS, elsewhere])
        want, numbers = {}, itertools.count()
        for _ in range(2):
            for (maker, how), (bundle, arguments) in itertools.product(MAKERS.items(), BUNDLES.items()):
                got = self.made(next(numbers), next(programs), arguments, how)
                with self.subTest(f"{bundle}, made {maker}"):
                    self.assertEqual(got, want.setdefault(bundle, got))
        self.assertEqual(next(numbers), RUNS)


if __name__ == "__main__":
    support.main()
