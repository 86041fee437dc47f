#!/usr/bin/python3
"""Completion as the shells do it; man pages as man reads them."""
import pathlib
import shutil
import subprocess

import support

# What stands on the line → what must be offered, and what must not.
LINES = {
    "commands": (["eidos", ""], ["snapshot", "recipe", "validate", "bundle", "help"], ["man"]),
    "part of a command": (["eidos", "rec"], ["recipe"], ["bundle"]),
    "global flags": (["eidos", "--d"], ["--debug"], ["--dry-run"]),
    "flags of a command": (["eidos", "recipe", "--s"], ["--service", "--snapshot", "--strict"], ["--set"]),
    "behind a global flag": (["eidos", "--color", "never", "bundle", "--dry"], ["--dry-run"], []),
    "criteria values": (["eidos", "recipe", "--service", ""], ["eks", "gke", "any"], ["h100"]),
    "values of an alias": (["eidos", "recipe", "--gpu", "gb"], ["gb200", "gb300"], ["h100"]),
    "values of a letter": (["eidos", "recipe", "-i", ""], ["training", "inference"], []),
    "values behind =": (["eidos", "recipe", "--os", "=", "u"], ["ubuntu"], ["rhel"]),
    "formats": (["eidos", "validate", "-t", ""], ["yaml", "json", "table"], []),
    "collectors": (["eidos", "snapshot", "--filter", "g"], ["gpu"], []),
    "kinds": (["eidos", "schema", "Rec"], ["RecipeResult", "RecipeCriteria"], ["Snapshot"]),
    "shells": (["eidos", "completion", ""], ["bash", "zsh", "fish"], []),
    "sub-commands": (["eidos", "catalog", ""], ["show"], ["recipe"]),
    "flags of a sub-command": (["eidos", "catalog", "show", "--da"], ["--data"], ["--dry-run"]),
    "files of a sub-command": (["eidos", "recipe", "lint", "rec"], ["recipe.yaml"], []),
    "sub-commands of a command with flags": (["eidos", "recipe", ""], ["lint", "upgrade", "lock"], []),
    "schemas": (["eidos", "validate", "--schema", ""], ["v1alpha1"], []),
    "documents": (["eidos", "validate", "--schema", "v1alpha1", "rec"], ["recipe.yaml"], []),
    "topics": (["eidos", "help", "b"], ["bundle"], ["recipe"]),
    "files of diff": (["eidos", "diff", "x.yaml", "rec"], ["recipe.yaml"], []),
    "classes": (["eidos", "diff", "--fail-on", ""], ["breaking", "performance", "cosmetic"], []),
    "paths of a selector": (["eidos", "query", "--selector", "comp"], ["components.", "componentRefs"], ["criteria."]),
    "components of a selector": (["eidos", "query", "--service", "eks", "--selector", "components.aws"],
                                 ["components.aws-efa."], ["components.cert-manager."]),
    "values of a component": (["eidos", "query", "--selector", "components.gpu-operator.values.driver.v"],
                              ["components.gpu-operator.values.driver.version"], ["components.gpu-operator.values.cdi"]),
    "values of a recipe file": (["eidos", "query", "-r", "made.yaml", "--selector", "components.aws"],
                                ["components.aws-efa."], []),
    "a path to explain": (["eidos", "explain", "crit"], ["criteria."], ["components."]),
    "files": (["eidos", "bundle", "-r", "rec"], ["recipe.yaml"], []),
}


class Completion(support.Case):
    scripts = {}  # shell → script, written once

    def setUp(self):
        super().setUp()
        self.put("recipe.yaml", "")
        self.good("recipe", "--service", "eks", "-o", "made.yaml")
        for shell in ("bash", "zsh", "fish"):
            if shell not in self.scripts:
                self.scripts[shell] = self.good("completion", shell).out
            self.put(f"eidos.{shell}", self.scripts[shell])

    def path(self):
        return f"{pathlib.Path(support.EIDOS).parent}:{support.environment()['PATH']}"

    def shell(self, *command):
        name = command[0]
        if not shutil.which(name):
            self.fail(f"{name} is missing: make setup")
        done = subprocess.run(command, cwd=self.dir, capture_output=True, text=True, check=False,
                              env=support.environment(HOME=str(self.dir), PATH=self.path()), timeout=support.SECONDS)
        self.assertEqual((done.returncode, done.stderr), (0, ""), command)
        return done.stdout.split("\n")

    def offered(self, got, row):
        for word in row[1]:
            self.assertIn(word, got)
        for word in row[2]:
            self.assertNotIn(word, got)

    def bash(self, row):
        words = " ".join(f"'{word}'" for word in row[0])
        script = (f"source ./eidos.bash; COMP_WORDS=({words}); COMP_CWORD={len(row[0]) - 1}; compopt() {{ :; }}; "
                  "_eidos; printf '%s\\n' \"${COMPREPLY[@]}\"")
        self.offered(self.shell("bash", "--norc", "-u", "-c", script), row)

    def fish(self, row):
        line = " ".join(row[0]).replace(" = ", "=")
        got = [word.split("\t")[0].split("=")[-1] for word in
               self.shell("fish", "--no-config", "-c", f"source ./eidos.fish; complete -C '{line}'")]
        self.offered(got, row)

    def test_zsh_reads_it(self):
        # Whole completion in zsh needs a terminal; here it is parsed, and the function defined.
        self.shell("zsh", "-f", "-n", "eidos.zsh")
        text = (self.dir / "eidos.zsh").read_text()
        self.assertTrue(text.startswith("#compdef eidos\n"))
        self.assertEqual(self.shell("zsh", "-f", "-c", "autoload -U compinit && compinit -u -D -d dump; "
                                    "source ./eidos.zsh && echo $_comps[eidos]")[0], "_eidos")
        self.assertIn("(eks gke aks oke kind any)", text)

    def test_every_man_page_is_clean_roff(self):
        pages = [[]] + [[line] for line in self.good("man", "--list").out.splitlines()]
        self.assertGreater(len(pages), 5)
        for page in pages:
            text = self.good("man", *page).out
            for line in text.splitlines():
                if line.startswith((".", "'")):
                    self.assertRegex(line, r"^\.(TH|SH|TP|B|BR|I|nf|fi)\b")
                self.assertNotRegex(line, r"(?<!\\)-", page)


support.rows(LINES, "bash")(Completion)
support.rows(LINES, "fish")(Completion)

if __name__ == "__main__":
    support.main()
