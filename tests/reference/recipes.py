#!/usr/bin/python3
"""The engine against the slow reference, on random catalogs: the same recipes, the same values, the same
refusals. EIDOS_REFERENCE=N runs N times as many catalogs; a failure names the seed that makes it again."""
import json
import os
import pathlib
import re
import shutil
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path[1:1] = [str(HERE), str(HERE.parent / "e2e")]

import catalog as catalogs  # noqa: E402
import resolver  # noqa: E402
import support  # noqa: E402
from generator import Generator  # noqa: E402

TIMES = int(os.environ.get("EIDOS_REFERENCE", "1"))
QUERIES = 30  # of each catalog

# What a message about a problem says, besides the words of the problem itself.
RULES = {
    "key": "unknown key", "kind": "kind", "duplicate": "twice|already belongs", "replaces": "replaces",
    "value": "must be one of", "parent": "has base", "cycle": "inheritance cycle",
    "dimension": "drops|changes", "constraint": "operator|path|value|empty", "component": "is not in the registry",
    "file": "is not in the catalog", "dependency": "depends on", "dependency cycle": "dependency cycle",
    "no root": "base",
}
ERROR = re.compile(r"^eidos: error: ", re.MULTILINE)


class Reference(support.Case):
    def lay_down(self, name, files):
        """Writes {path: document} as a directory; a document of None is a comment."""
        top = self.dir / name
        shutil.rmtree(top, ignore_errors=True)
        for path, document in files.items():
            text = "# nothing but a comment\n" if document is None else \
                yaml.dump(document, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
            self.put(f"{name}/{path}", text)
        return top

    def ask(self, command, stated, directories, snapshot=None):
        arguments = [command, "--catalog", directories[0], "-t", "json"]
        for directory in directories[1:]:
            arguments += ["--data", directory]
        for dimension, value in stated.items():
            arguments += [f"--{dimension}", str(value)]
        if snapshot:
            self.put("snapshot.yaml", json.dumps(snapshot))
            arguments += ["--snapshot", "snapshot.yaml"]
        return self.eidos(*arguments)

    def compare(self, generator, directories, snapshots):
        """QUERIES questions about one catalog; returns how many were answered with a recipe."""
        catalog = catalogs.Catalog(directories)
        self.assertEqual(catalog.problems, set())
        answered = 0
        for number in range(QUERIES):
            stated = generator.criteria()
            snapshot = generator.snapshot() if snapshots else None
            done = self.ask("recipe", stated, directories, snapshot)
            try:
                want = resolver.resolve(catalog, stated, snapshot)
            except resolver.Refused as refused:
                self.assertEqual(done.code, 2, f"{stated}\n{done.err}")
                for word in refused.words:
                    self.assertIn(word, done.err)
                continue
            self.assertEqual(done.code, 0, f"{stated}\n{done.err}")
            self.assertEqual(self.parts(json.loads(done.out)), want, stated)
            answered += 1
            if number % 3 == 0:
                self.compare_values(catalog, stated, directories, snapshot, want)
        return answered

    def parts(self, recipe):
        """What the reference has an opinion on."""
        metadata = recipe["metadata"]
        return {"appliedOverlays": metadata["appliedOverlays"],
                "excludedOverlays": metadata.get("excludedOverlays", []),
                "constraintWarnings": [(w["overlay"], w["constraint"], w["expected"], w.get("actual", ""))
                                       for w in metadata.get("constraintWarnings", [])],
                "unusedCriteria": [one["dimension"] for one in metadata.get("unusedCriteria", [])],
                **{key: recipe.get(key, empty) for key, empty in
                   {"criteria": {}, "constraints": [], "componentRefs": [], "deploymentOrder": [],
                    "validation": {}}.items()}}

    def compare_values(self, catalog, stated, directories, snapshot, want):
        done = self.ask("query", stated, directories, snapshot)
        self.assertEqual(done.code, 0, f"{stated}\n{done.err}")
        components = json.loads(done.out).get("components", {})
        for ref in want["componentRefs"]:
            self.assertEqual(components[ref["name"]].get("values", {}), resolver.hydrate(catalog, ref),
                             f"{stated} {ref['name']}")

    def run_seeds(self, count, snapshots=False, layers=0):
        answered = 0
        for seed in range(count * TIMES):
            generator = Generator(f"{seed} {snapshots} {layers}")
            with self.subTest(seed=seed):
                directories = [self.lay_down("catalog", generator.catalog())]
                for number in range(layers):
                    directories.append(self.lay_down(f"layer{number}", generator.layer()))
                answered += self.compare(generator, directories, snapshots)
        self.assertGreater(answered, count * TIMES * QUERIES // 2, "most questions have an answer")

    def test_criteria(self):
        self.run_seeds(30)

    def test_snapshots(self):
        self.run_seeds(20, snapshots=True)

    def test_layers(self):
        self.run_seeds(12, layers=1)
        self.run_seeds(6, layers=2)

    def test_faults(self):
        kinds = set()
        for seed in range(250 * TIMES):
            generator = Generator(f"faults {seed}")
            files = generator.catalog()
            for _ in range(generator.randint(1, 4)):
                generator.spoil()
            with self.subTest(seed=seed):
                directory = self.lay_down("catalog", files)
                problems = catalogs.Catalog([directory]).problems
                kinds |= {rule for _, rule, *_ in problems}
                self.compare_problems(problems, self.ask("recipe", {}, [directory]))
        self.assertEqual(kinds, set(RULES) - {"replaces"})

    def compare_problems(self, problems, done):
        """Each problem has its line, and no line is about anything else."""
        lines = ERROR.split(done.err)[1:]
        self.assertEqual((done.code, done.out), (2, "") if problems else (0, done.out), done.err)
        for problem in problems:
            self.assertTrue(any(self.is_about(line, problem) for line in lines), f"no line: {problem}\n{done.err}")
        for line in lines:
            self.assertTrue(any(self.is_about(line, problem) for problem in problems), f"{line}\n{problems}")

    def is_about(self, line, problem):
        file, rule, *words = problem
        return file in line and re.search(RULES[rule], line) and all(word in line for word in words)


if __name__ == "__main__":
    support.main()
