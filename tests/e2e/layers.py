#!/usr/bin/python3
"""Layers of a catalog as people bring them: directories with everything wrong, archives of tar, locks."""
import hashlib
import os
import subprocess

import support

HEAD = "kind: RecipeMetadata\napiVersion: eidos.nvidia.com/v1alpha1\n"
MINE = HEAD + "metadata: {name: mine}\nspec: {criteria: {service: oke}}\n"
TEN = {  # file → what is wrong with it; the findings come in this order
    "components/cert-manager/values.yaml": ("- a list\n", r":1:1: values must be a map"),
    "overlays/a.yaml": (HEAD + "metadata: {name: a}\nspec: {base: eks, criteria: {service: gke}}\n",
                        r":4:\d+: overlay 'a' changes service of its ancestor 'eks'"),
    "overlays/b.yaml": (HEAD + "metadata: {name: b}\nspec: {base: ekss}\n",
                        r":4:\d+: overlay 'b' has base 'ekss', .*did you mean 'eks'"),
    "overlays/c.yaml": (HEAD + "metadata: {name: c}\nspec: {base: c}\n", r":4:\d+: inheritance cycle: c → c"),
    "overlays/d.yaml": (HEAD + "metadata: {name: d}\nsepc: {}\nspec: {}\n", r":4:1: unknown key 'sepc'"),
    "overlays/e.yaml": (HEAD + "metadata: {name: e}\nspec:\n\t- x\n", r":5:1: not valid YAML"),
    "overlays/f.yaml": (HEAD + "metadata: {name: eks}\nspec: {}\n", r":1:1: overlay 'eks' is already in a lower layer"),
    "overlays/g.yaml": (HEAD + "metadata: {name: g}\nspec: {componentRefs: [{name: cert-manger}]}\n",
                        r":4:\d+: component 'cert-manger' is not in the registry; did you mean 'cert-manager'"),
    "overlays/h.yaml": (HEAD + "metadata: {name: h}\nspec: {constraints: [{name: K8s.server.version, value: '~> 1'}]}\n",
                        r":4:\d+: constraint 'K8s.server.version'"),
    "overlays/i.yaml": (HEAD + "metadata: {name: i}\nspec: {criteria: {accelerator: h10}}\n",
                        r":4:\d+: accelerator 'h10' must be one of: .*did you mean 'h100'"),
}


class Layers(support.Case):
    def test_ten_mistakes_are_ten_findings(self):
        for path, (text, _) in TEN.items():
            self.put(f"layer/{path}", text)
        done = self.eidos("recipe", "--data", "layer")
        self.assertEqual(done.code, 2)
        lines = done.err.splitlines()
        self.assertEqual(len(lines), len(TEN), done.err)
        for line, (path, (_, words)) in zip(lines, TEN.items()):
            self.assertRegex(line, f"^eidos: error: layer/{path}{words}")

    def test_what_is_no_file_is_named_with_the_other_problems(self):
        self.put("layer/overlays/b.yaml", "a: [\n")
        os.mkfifo(self.dir / "layer/overlays/a.yaml")
        (self.dir / "layer/overlays/c.yaml").symlink_to("/etc/passwd")
        (self.dir / "layer/components").symlink_to("/etc")
        self.put("layer/.idea/workspace.yaml", "kind: [\n")
        self.put("layer/overlays/.hidden/x.yaml", "kind: [\n")
        done = self.eidos("recipe", "--data", "layer")
        self.assertEqual(done.code, 2)
        places = [line.split(": ")[2] for line in done.err.splitlines()]
        self.assertEqual(places, ["layer/components", "layer/overlays/a.yaml", "layer/overlays/b.yaml:2:1",
                                  "layer/overlays/c.yaml"])

    def test_bom_and_crlf_are_read(self):
        self.put("layer/overlays/mine.yaml", b"\xef\xbb\xbf" + MINE.replace("\n", "\r\n").encode())
        self.assertIn("- mine\n", self.good("recipe", "--data", "layer", "--service", "oke").out)

    def test_what_tar_packs_is_the_layer_it_packed(self):
        self.put("layer/overlays/mine.yaml", MINE)
        self.put(f"layer/components/{'long-name-' * 9}/values.yaml", "a: 1\n")
        want = self.good("recipe", "--data", "layer", "--service", "oke").out
        for form in ("ustar", "pax", "gnu"):
            with self.subTest(form):
                subprocess.run(["tar", f"--format={form}", "-czf", f"{form}.tar.gz", "-C", "layer", "."],
                               cwd=self.dir, check=True)
                got = self.good("recipe", "--data", f"{form}.tar.gz", "--service", "oke").out
                self.assertEqual(got.replace(f"name: {form}.tar.gz", "name: layer"), want)
        subprocess.run(["tar", "-czf", "deep.tgz", "layer"], cwd=self.dir, check=True)
        done = self.eidos("recipe", "--data", "deep.tgz")
        self.assertEqual(done.code, 2)
        self.assertRegex(done.err, "deep.tgz: holds no catalog file")

    def test_an_archive_cut_at_any_byte_is_refused(self):
        self.put("layer/overlays/mine.yaml", MINE)
        subprocess.run(["tar", "-czf", "l.tgz", "-C", "layer", "."], cwd=self.dir, check=True)
        whole = (self.dir / "l.tgz").read_bytes()
        for length in range(0, len(whole), max(1, len(whole) // 40)):
            self.put("cut.tgz", whole[:length])
            done = self.eidos("recipe", "--data", "cut.tgz")
            self.assertEqual(done.code, 2, length)
            self.assertRegex(done.err, r"\Aeidos: error: cut.tgz: [^\n]+\n\Z")

    def test_a_lock_holds_and_is_renewed(self):
        self.put("layer/overlays/mine.yaml", MINE)
        self.assertRegex(self.good("catalog", "lock", "--data", "layer").out, r"^locked 2 layers, \d+ files: eidos.lock\n")
        first = (self.dir / "eidos.lock").read_bytes()
        self.good("catalog", "lock", "--data", "layer")
        self.assertEqual((self.dir / "eidos.lock").read_bytes(), first)
        self.good("recipe", "--data", "layer", "-o", "r.yaml")
        self.good("bundle", "-r", "r.yaml", "--data", "layer", "-o", "b")
        self.put("layer/overlays/mine.yaml", MINE + "# later\n")
        for arguments in (["recipe"], ["bundle", "-r", "r.yaml", "-o", "b"], ["catalog", "show", "mine"]):
            done = self.eidos(*arguments, "--data", "layer")
            self.assertEqual(done.code, 2, arguments)
            self.assertRegex(done.err, r"\Aeidos: error: eidos.lock: catalog layer 'layer' is not what was locked: "
                                       r"overlays/mine.yaml changed; [^\n]+\n\Z")
        self.good("recipe", "--data", "layer", env={"EIDOS_LOCK": "none"})
        self.good("catalog", "lock", "--data", "layer")
        self.good("recipe", "--data", "layer")

    def test_an_archive_by_digest(self):
        self.put("layer/overlays/mine.yaml", MINE)
        subprocess.run(["tar", "-czf", "l.tgz", "-C", "layer", "."], cwd=self.dir, check=True)
        digest = hashlib.sha256((self.dir / "l.tgz").read_bytes()).hexdigest()
        self.good("recipe", "--data", f"l.tgz#sha256:{digest}")
        done = self.eidos("recipe", "--data", f"l.tgz#sha256:{'0' * 64}")
        self.assertEqual(done.code, 2)
        self.assertRegex(done.err, f"l.tgz: is not the archive asked for: its digest is sha256:{digest}")


if __name__ == "__main__":
    support.main()
