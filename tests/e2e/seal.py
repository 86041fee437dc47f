#!/usr/bin/python3
"""A bundle as a directory and as an archive: what verify says of it after what people and machines do to it."""
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import warnings
import zipfile

import support

RECIPE = """\
kind: RecipeResult
apiVersion: eidos.nvidia.com/v1alpha1
metadata: {}
componentRefs:
  - name: cert-manager
    type: Helm
    namespace: cert-manager
    chart: cert-manager
    source: https://charts.jetstack.io
    version: v1.17.2
deploymentOrder: [cert-manager]
"""
ARCHIVES = ["b.zip", "b.tar.gz", "b.tgz"]

# What is done to a good bundle in `b`: a shell command there, and the findings it makes (path, rule).
DAMAGE = {
    "nothing": ("true", []),
    "a changed file": ("echo >> values.yaml", [("values.yaml", "changed")]),
    "a changed byte": ("printf X | dd of=README.md bs=1 seek=3 conv=notrunc status=none", [("README.md", "changed")]),
    "a missing file": ("rm Chart.yaml", [("Chart.yaml", "missing")]),
    "an extra file": ("echo > notes.txt", [("notes.txt", "extra")]),
    "an extra template": ("mkdir -p templates && echo > templates/x.yaml", [("templates/x.yaml", "extra")]),
    "a link beside": ("ln -s /etc/passwd x", [("x", "linked")]),
    "a link instead of a file": ("mv values.yaml ../v && ln -s ../v values.yaml", [("values.yaml", "linked")]),
    "a link instead of a directory": ("ln -s /etc templates2", [("templates2", "linked")]),
    "a pipe": ("mkfifo p", [("p", "special")]),
    "an executable bit": ("chmod +x values.yaml", [("values.yaml", "mode")]),
    "a large file": ("truncate -s 70M values.yaml", [("values.yaml", "oversized")]),
    "other mode bits": ("chmod 0600 values.yaml && chmod 0664 README.md", []),
    "another time": ("touch -d 2001-01-01 values.yaml", []),
    "an empty directory": ("mkdir -p a/b", []),
    "a run that was interrupted": ("mkdir .eidos-new-0123456789ab-0 && echo > .eidos-new-0123456789ab-0/x",
                                   [(".eidos-new-0123456789ab-0", "leftover")]),
    "what helm adds": ("mkdir charts && echo > charts/cert-manager-v1.17.2.tgz && echo > Chart.lock", []),
    "a repository": ("git init -q . && git add -A", []),
    "much at once": ("rm Chart.yaml; echo > x; ln -s x y", [("Chart.yaml", "missing"), ("x", "extra"), ("y", "linked")]),
}


class Seal(support.Case):
    def setUp(self):
        super().setUp()
        self.put("recipe.yaml", RECIPE)
        self.good("bundle", "-q", "-r", "recipe.yaml", "-o", "b")

    def findings(self, *arguments, code=9):
        done = self.eidos("verify", *arguments, "-t", "json")
        self.assertEqual(done.code, code, done.err + done.out)
        return json.loads(done.out)

    def damage(self, row):
        command, want = row
        subprocess.run(["sh", "-c", command], cwd=self.dir / "b", check=True, env=support.environment(HOME=str(self.dir)))
        report = self.findings("b", code=9 if want else 0)
        got = [(one["path"], one["rule"]) for one in report["findings"] if one["weight"] == "finding"]
        self.assertEqual(got, want)
        self.assertEqual(report["summary"]["status"], "failed" if want else "ok")

    def test_strict_takes_guests_for_findings(self):
        self.put("b/Chart.lock", "x")
        self.put("b/.git/HEAD", "ref")
        self.assertEqual([(f["path"], f["rule"], f["weight"]) for f in self.findings("b", code=0)["findings"]],
                         [(".git", "not-checked", "note"), ("Chart.lock", "added-by-helm", "note")])
        self.assertEqual({f["weight"] for f in self.findings("b", "--strict")["findings"]}, {"finding"})

    def test_the_root_reads_all_and_nobody_what_it_may(self):
        (self.dir / "b/values.yaml").chmod(0)
        done = self.eidos("verify", "b", **support.as_nobody())
        self.assertEqual(done.code, 9)
        self.assertRegex(done.out, r"values.yaml +unreadable +a file that can be read +.*Permission denied")

    def test_sha256sum_reads_the_list(self):
        subprocess.run(["sha256sum", "--quiet", "--strict", "-c", "checksums.txt"], cwd=self.dir / "b", check=True)

    def test_a_copy_and_a_clone_are_the_bundle(self):
        subprocess.run(["sh", "-c", "umask 077; cp -r b copy; cd b; git init -q .; git add -A; "
                        "git -c user.name=x -c user.email=x commit -qm x; git clone -q . ../clone"],
                       cwd=self.dir, check=True, env=support.environment(HOME=str(self.dir)))
        for name in ("copy", "clone"):
            self.good("verify", name)

    def test_a_directory_and_its_archives_hold_the_same(self):
        want = {name: content for name, content in self.tree(self.dir / "b").items() if content != "directory"}
        for name in ARCHIVES:
            told = self.good("bundle", "-r", "recipe.yaml", "-o", name, "-t", "json")
            self.good("verify", name, "--strict")
            content = (self.dir / name).read_bytes()
            self.assertEqual(json.loads(told.out)["output"],
                             {"path": name, "digest": "sha256:" + hashlib.sha256(content).hexdigest()})
        with zipfile.ZipFile(self.dir / "b.zip") as file:
            self.assertEqual({one.filename: file.read(one) for one in file.infolist()}, want)
        with tarfile.open(self.dir / "b.tgz") as file:
            self.assertEqual({one.name: file.extractfile(one).read() for one in file}, want)

    def test_what_every_deployer_gets_is_a_bundle(self):
        for deployer, more in {"helm": [], "argocd": [], "flux": [], "helmfile": []}.items():
            for name in (deployer, f"{deployer}.zip", f"{deployer}.tgz"):
                with self.subTest(name):
                    self.good("bundle", "-q", "-r", "recipe.yaml", "-d", deployer, *more, "-o", name)
                    self.good("verify", name, "--strict")

    def test_the_command_that_unpacks_does(self):
        for name in ("b.zip", "b.tgz", "it's $(mine).zip", "a b.tar.gz"):
            told = self.good("bundle", "-q", "-r", "recipe.yaml", "-o", name)
            self.assertEqual(told.out, f"{name}\n")
            told = self.good("bundle", "-r", "recipe.yaml", "-o", name)
            command = told.out.split("To unpack:\n  ", 1)[1].split("\n", 1)[0]
            subprocess.run(["sh", "-c", command.replace("DIR", "unpacked")], cwd=self.dir, check=True,
                           stdout=subprocess.DEVNULL)
            self.good("verify", "unpacked", "--strict")
            shutil.rmtree(self.dir / "unpacked")

    def test_the_examples_are_as_they_were_written(self):
        bundles = sorted(support.ROOT.glob("examples/*/bundle"))
        self.assertGreater(len(bundles), 1)
        for bundle in bundles:
            self.good("verify", bundle, "--strict")

    def test_archives_are_the_same_bytes_everywhere(self):
        def made(**how):
            out = {}
            for name in ARCHIVES:
                self.good("bundle", "-q", "-r", "recipe.yaml", "-o", name, **how)
                out[name] = (self.dir / name).read_bytes()
                self.assertEqual((self.dir / name).stat().st_mode & 0o777, 0o644)
                (self.dir / name).unlink()
            return out
        want = made()
        self.assertEqual(want["b.tgz"], want["b.tar.gz"])
        for name, how in {"another umask": {"umask": 0o077}, "no umask": {"umask": 0},
                          "another time zone": {"env": {"TZ": "Pacific/Kiritimati"}},
                          "another locale": {"env": {"LC_ALL": "tr_TR.UTF-8"}}}.items():
            with self.subTest(name):
                self.assertEqual(made(**how), want)
        self.assertNotEqual(made(env={"SOURCE_DATE_EPOCH": "1700000000"}), want)

    def test_archives_that_were_tampered_with(self):
        def repacked(change):
            """The zip again, entry by entry, as `change` lists them."""
            with zipfile.ZipFile(self.dir / "b.zip") as file:
                entries = [(one, file.read(one)) for one in file.infolist()]
            with zipfile.ZipFile(self.dir / "t.zip", "w") as file:
                for one, content in change(entries):
                    file.writestr(one, content)

        def entry(name, mode=0o100644):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, mode << 16
            return info

        warnings.simplefilter("ignore", UserWarning)  # that a name stands there twice is the point
        self.good("bundle", "-q", "-r", "recipe.yaml", "-o", "b.zip")
        changes = {
            "missing": (lambda all_: [e for e in all_ if e[0].filename != "values.yaml"], ("values.yaml", "missing")),
            "changed": (lambda all_: [(i, c + b"x" * (i.filename == "values.yaml")) for i, c in all_],
                        ("values.yaml", "changed")),
            "extra": (lambda all_: [*all_, (entry("x"), b"")], ("x", "extra")),
            "linked": (lambda all_: [*all_, (entry("x", 0o120777), b"/etc")], ("x", "linked")),
            "device": (lambda all_: [*all_, (entry("x", 0o020644), b"")], ("x", "special")),
            "moded": (lambda all_: [(entry(i.filename, 0o100755) if i.filename == "values.yaml" else i, c)
                                    for i, c in all_], ("values.yaml", "mode")),
            "twice": (lambda all_: [*all_, (entry("values.yaml"), b"other")], ("values.yaml", "duplicate")),
            "traversing": (lambda all_: [*all_, (entry("../../x"), b"")], ("../../x", "path")),
            "absolute": (lambda all_: [*all_, (entry("/etc/cron.d/x"), b"")], ("/etc/cron.d/x", "path")),
            "oversized": (lambda all_: [*all_, (entry("x"), bytes(65 << 20))], None),
        }
        for name, (change, want) in changes.items():
            with self.subTest(name):
                repacked(change)
                report = self.findings("t.zip")
                if want:
                    self.assertEqual([(f["path"], f["rule"]) for f in report["findings"]], [want])
                    self.assertNotEqual(self.eidos("bundle", "-r", "recipe.yaml", "-o", "t.zip").code, 0)
                else:
                    self.assertIn("x", [f["path"] for f in report["findings"]])

    def test_of_two_runs_one_wins_and_the_other_says_so(self):
        before = self.tree()
        folder = os.open(self.dir / "b", os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
        done = self.eidos("bundle", "-q", "-r", "recipe.yaml", "-o", "b")
        os.close(folder)
        self.assertEqual(done.code, 6)
        self.assertRegex(done.err, r"another run is writing 'b' at the same time; this run wrote nothing")
        self.assertEqual(self.tree(), before)
        running = [subprocess.Popen([support.EIDOS, "bundle", "-q", "-r", "recipe.yaml", "-o", "c"], cwd=self.dir,
                                    env=support.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                    text=True) for _ in range(4)]
        ended = [(one.communicate(timeout=support.SECONDS)[1], one.returncode) for one in running]
        self.assertIn(0, [code for _, code in ended])
        for told, code in ended:
            if code:
                self.assertRegex(told, "another run is writing 'c'")
        self.good("verify", "c", "--strict")

    def test_a_repository_keeps_its_git(self):
        shutil.rmtree(self.dir / "b")
        for git in (lambda: self.put("b/.git/HEAD", "ref"), lambda: self.put("b/.git", "gitdir: /elsewhere")):
            git()
            kept = self.tree(self.dir / "b")
            for value in ("1", "2"):
                self.good("bundle", "-q", "-r", "recipe.yaml", "-o", "b", "--set", f"cert-manager:x={value}")
            now = self.tree(self.dir / "b")
            self.assertEqual({name: now[name] for name in kept}, kept)
            self.good("verify", "b")
            shutil.rmtree(self.dir / "b")

    def test_archives_are_compared_as_directories_are(self):
        flags = ["--set", "cert-manager:replicaCount=3"]
        self.good("bundle", "-q", "-r", "recipe.yaml", "-o", "c", *flags)
        for name in ARCHIVES:
            self.good("bundle", "-q", "-r", "recipe.yaml", "-o", name)
            self.good("bundle", "-q", "-r", "recipe.yaml", "-o", f"c-{name}", *flags)
        want = json.loads(self.good("diff", "b", "c", "-t", "json").out)
        self.assertIn("replicaCount", json.dumps(want["changes"]))
        for name in ARCHIVES:
            for left, right in ((name, "c"), ("b", f"c-{name}"), (name, f"c-{name}")):
                got = json.loads(self.good("diff", left, right, "-t", "json").out)
                self.assertEqual((got["changes"], got["summary"]), (want["changes"], want["summary"]))
        self.put("x.zip", "mine")
        with zipfile.ZipFile(self.dir / "y.zip", "w") as file:
            file.writestr("a", "a")
        for name, code, words in (("x.zip", 2, "x.zip: it is neither a zip nor a tar.gz"), ("none.zip", 3, "none.zip"),
                                  ("y.zip", 2, "'y.zip' is an archive, but no bundle: it has no recipe.yaml")):
            done = self.eidos("diff", name, "b")
            self.assertEqual(done.code, code, done.err)
            self.assertIn(words, done.err)

    def test_the_bundles_own_recipe_makes_it_again(self):
        before = self.tree(self.dir / "b")
        self.good("bundle", "-q", "-r", "b/recipe.yaml", "-o", "b")
        self.assertEqual(self.tree(self.dir / "b"), before)

    def test_a_diff_says_what_would_change(self):
        self.good("bundle", "-q", "-r", "recipe.yaml", "-o", "b.tgz")
        before = self.tree()
        for place in ("b", "b.tgz"):
            done = self.good("bundle", "-q", "-r", "recipe.yaml", "--diff", place, "--set", "cert-manager:replicaCount=3")
            self.assertRegex(done.out, r"(?m)^changed  values.yaml  \d+ to \d+ bytes\n(  .*\n)*  \+.*replicaCount: 3$")
            self.assertRegex(done.out, r"0 added, 0 removed, \d changed; nothing was written\n\Z")
            self.assertEqual(self.good("bundle", "-q", "-r", "recipe.yaml", "--diff", place).out,
                             "no change; nothing was written\n")
        self.assertEqual(self.tree(), before)
        os.symlink("values.yaml", self.dir / "b/l")
        done = self.eidos("bundle", "-q", "-r", "recipe.yaml", "--diff", "b")
        self.assertEqual((done.code, done.err), (2, "eidos: error: b: 'l': is a link\n"))


support.rows(DAMAGE, "damage")(Seal)

if __name__ == "__main__":
    support.main()
