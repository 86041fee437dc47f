"""The slow reference: a catalog read from directories, with every problem in it. Written from the design page."""
import pathlib

import yaml

import constraints

DIMENSIONS = ("service", "accelerator", "intent", "os", "platform")
DEFAULTS = {
    "service": (["eks", "gke", "aks", "oke", "kind"], {}, ["self-managed", "self", "vanilla"]),
    "accelerator": (["h100", "h200", "gb200", "gb300", "b200", "b300", "a100", "l40", "l40s", "l4"], {}, []),
    "intent": (["training", "inference"], {}, []),
    "os": (["ubuntu", "rhel", "cos", "amazonlinux"],
           {"al2": "amazonlinux", "al2023": "amazonlinux", "amzn": "amazonlinux"}, []),
    "platform": (["dynamo", "kubeflow"], {}, []),
}
CONSTRAINT_KEYS = {"name", "value", "severity", "remediation", "unit"}
REF_KEYS = {"name", "namespace", "chart", "type", "source", "version", "tag", "valuesFile", "overrides", "patches",
            "dependencyRefs", "manifestFiles", "path", "cleanup", "expectedResources", "healthCheckAsserts"}


class Loader(yaml.CSafeLoader):
    """Only what YAML 1.2 makes of plain scalars; numbers with a dot keep their text, as the catalog's do."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules
            if tag in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:null")]
    for first, rules in yaml.CSafeLoader.yaml_implicit_resolvers.items()}


def read(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader)


class Catalog:
    """overlays: name → document; registry: name → entry; values: known words; files: path → where it is;
    problems: {(file, rule, words)}."""

    def __init__(self, directories):
        self.files, self.problems = {}, set()
        self.registry, self.words = {}, dict(DEFAULTS)
        self.overlays, self.paths = {}, {}
        self.unread = set()  # overlays that are there but say nothing; nobody is blamed for naming them
        for directory in map(pathlib.Path, directories):
            self.lay(directory)
        if "base" not in self.overlays:
            self.problem("overlays/base.yaml", "no root")
            self.unread.add("base")
        self.check()

    def problem(self, file, rule, *words):
        self.problems.add((file, rule, *words))

    # Reading

    def lay(self, directory):
        """One layer: registry entries merge, other files replace those of the same path."""
        found = {str(p.relative_to(directory)): p for p in sorted(directory.rglob("*.yaml"))}
        before = dict(self.paths)  # name → file, of the layers below
        for name in [n for n, file in self.paths.items() if file in found]:
            del self.overlays[name], self.paths[name]
        self.files.update(found)
        if "registry.yaml" in found:
            self.lay_registry(read(found["registry.yaml"]))
        here = set()
        for file, path in found.items():
            if file.startswith("overlays/"):
                self.lay_overlay(file, read(path), before, here)

    def lay_registry(self, document):
        if document.get("kind") != "ComponentRegistry":
            self.problem("registry.yaml", "kind", str(document.get("kind")))
            return
        for dimension, given in (document.get("criteria") or {}).items():
            # The first layer says what there is; those above add to it.
            values, aliases, any_words = self.words[dimension] if self.registry else ([], {}, [])
            self.words[dimension] = (values + given.get("values", []), {**aliases, **given.get("aliases", {})},
                                     any_words + given.get("any", []))
        here = set()
        for entry in document.get("components") or []:
            if entry["name"] in here:
                self.problem("registry.yaml", "duplicate", entry["name"])
            here.add(entry["name"])
            self.registry[entry["name"]] = merge_fields(self.registry.get(entry["name"], {}), entry)

    def lay_overlay(self, file, document, before, here):
        name = document["metadata"]["name"]
        if document.get("kind") != "RecipeMetadata":
            self.problem(file, "kind", str(document.get("kind")))
            self.unread.add(name)
            return
        if self.check_keys(file, document):
            self.unread.add(name)
        if name in here:
            self.problem(file, "duplicate", name)
            return
        here.add(name)
        if name in before and not document["metadata"].get("replaces"):
            self.problem(file, "replaces", name)
        self.overlays[name], self.paths[name] = document, file

    def check_keys(self, file, document):
        spec = document.get("spec") or {}
        allowed = [(document, {"kind", "apiVersion", "metadata", "spec"}),
                   (document["metadata"], {"name", "replaces"}),
                   (spec, {"base", "criteria", "constraints", "componentRefs", "validation"}),
                   (spec.get("criteria") or {}, {*DIMENSIONS, "nodes"})]
        allowed += [(c, CONSTRAINT_KEYS) for c in spec.get("constraints") or []]
        allowed += [(c, REF_KEYS) for c in spec.get("componentRefs") or []]
        unknown = [key for given, known in allowed for key in given if key not in known]
        for key in unknown:
            self.problem(file, "key", key)
        return unknown

    # Checking

    def spec(self, name):
        return self.overlays[name].get("spec") or {}

    def parent(self, name):
        """None for the root."""
        return None if name == "base" else self.spec(name).get("base") or "base"

    def criteria(self, name):
        """Normalised {dimension: value}, only what is specific; None where there is none."""
        given = self.spec(name).get("criteria")
        if given is None:
            return None
        stated = {d: self.word(d, given[d]) for d in DIMENSIONS if given.get(d) is not None}
        stated = {d: value for d, value in stated.items() if value}
        if given.get("nodes"):
            stated["nodes"] = given["nodes"]
        return stated

    def word(self, dimension, text):
        """The known value; "" for any; None where nobody knows it."""
        values, aliases, any_words = self.words[dimension]
        text = str(text).strip().lower()
        if text in ("", "any") or text in any_words:
            return ""
        text = aliases.get(text, text)
        return text if text in values else None

    def chain(self, name):
        """Ancestors, oldest first, the overlay last."""
        out = [name]
        while (parent := self.parent(out[0])) in self.overlays:
            out.insert(0, parent)
        return out

    def check(self):
        endless = self.check_parents()
        for name, file in self.paths.items():
            self.check_criteria(name, file, name not in endless)
            for constraint in self.spec(name).get("constraints") or []:
                self.check_constraint(file, constraint)
            for ref in self.spec(name).get("componentRefs") or []:
                self.check_ref(file, ref)
        if "base" in self.overlays:
            self.check_dependencies()

    def check_parents(self):
        """Missing parents and cycles; returns the overlays whose chain has no end."""
        endless, cycles = set(), set()
        for start, file in self.paths.items():
            seen, name = [start], self.parent(start)
            while name is not None and name in self.overlays and name not in seen:
                seen.append(name)
                name = self.parent(name)
            if name is None:
                continue
            if name in self.overlays:
                endless.add(start)
                cycles.add(frozenset(seen[seen.index(name):]))
            elif len(seen) == 1 and not {start, name} & self.unread:
                self.problem(file, "parent", name)
        for cycle in cycles:
            self.problem("", "cycle", *sorted(cycle))
        return endless

    def check_criteria(self, name, file, ends):
        given = self.spec(name).get("criteria")
        unknown = [d for d in DIMENSIONS if (given or {}).get(d) is not None and self.word(d, given[d]) is None]
        for dimension in unknown:
            self.problem(file, "value", dimension, str(given[dimension]).strip())
        if not ends or given is None or name in self.unread:
            return
        mine = self.criteria(name)
        for ancestor in self.chain(name)[:-1]:
            for dimension, value in (self.criteria(ancestor) or {}).items():
                if ancestor not in self.unread and dimension not in unknown and mine.get(dimension) != value:
                    self.problem(file, "dimension", dimension)

    def check_constraint(self, file, constraint):
        try:
            constraints.check_path(constraint["name"])
            constraints.parse(constraint["value"])
        except constraints.Invalid as invalid:
            self.problem(file, "constraint", str(invalid))

    def check_ref(self, file, ref):
        if ref["name"] not in self.registry:
            self.problem(file, "component", ref["name"])
        for path in [ref.get("valuesFile"), *(ref.get("manifestFiles") or [])]:
            if path and path not in self.files:
                self.problem(file, "file", path)

    def check_dependencies(self):
        """Of the root alone; what other overlays ask for depends on what else applies."""
        refs = {r["name"]: set(r.get("dependencyRefs") or []) for r in self.spec("base").get("componentRefs") or []}
        unknown = [(name, need) for name, needs in refs.items() for need in needs if need not in refs]
        for name, need in unknown:
            self.problem(self.paths["base"], "dependency", name, need)
        while not unknown and (ready := [name for name, needs in refs.items() if not needs & set(refs)]):
            refs = {name: needs for name, needs in refs.items() if name not in ready}
        if refs and not unknown:
            self.problem(self.paths["base"], "dependency cycle")


def merge_fields(old, new):
    """Fields given replace, section by section; fields not given stay."""
    out = dict(old)
    for key, value in new.items():
        both = isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = merge_fields(out[key], value) if both else value
    return out
