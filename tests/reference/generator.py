"""Random catalogs, criteria and snapshots: the same seed gives the same ones."""
import random

from catalog import DEFAULTS, DIMENSIONS

API = "eidos.nvidia.com/v1alpha1"
PATHS = ("K8s.server.version", "OS.release.VERSION_ID", "GPU.smi.driver", "SystemD.containerd.service.LimitNOFILE",
         "OS.sysctl./proc/sys/kernel/osrelease", "GPU.smi.gpu.0.power-limit")
EXPRESSIONS = (">= 1.30", ">= 1.32.4", "> 1.31", "< 1.40", ">= 1.30, < 1.33", "== 1.32", "!= 1.31.0", "24.04",
               "== 24.04", ">= 6.8", "<= 6.8", ">= 550.90.07", ">= 450 W", "== 1048576", "> 1024")
READINGS = {"K8s": {"server": {"version": ("v1.29.1", "v1.31.0", "v1.32.4-rc.1", "v1.32.4", "v1.33.0", "1", "new")}},
            "OS": {"release": {"VERSION_ID": ("22.04", "24.04", "24.04.3", "")},
                   "sysctl": {"/proc/sys/kernel/osrelease": ("6.8.0-1028-aws", "6.1.0-13-amd64", "5.15.0")}},
            "GPU": {"smi": {"driver": ("550.90.7", "535.10.01", "570.133.20"),
                            "gpu.0.power-limit": ("700 W", "300 W", "700 kW")}},
            "SystemD": {"containerd": {"service.LimitNOFILE": ("1",)},
                        "containerd.service": {"LimitNOFILE": ("1048576", "1024", "infinity")}}}
SCALARS = (None, True, False, 0, 7, -1, "", "text", "1.10", "0755", "yes", "a: b", "äöü")
KEYS = ("driver", "enabled", "version", "operator", "tolerations", "nested", "a.b")
ANY = ("any", "", "Any")


class Generator(random.Random):
    def catalog(self):
        """{path: document}; a document of None is a file of nothing but a comment."""
        self.words = self.make_words()
        self.components = self.make_components()
        self.files = {"registry.yaml": self.make_registry()}
        for component in self.components:
            self.make_files(component)
        self.overlays = {"base": {}}  # name → the criteria its descendants have to keep
        self.files["overlays/base.yaml"] = self.overlay("base", {"componentRefs": self.refs(0.7, root=True),
                                                                 "constraints": self.constraints(0.7)})
        for number in range(self.randint(2, 18)):
            self.add_overlay(f"o{number}")
        return self.files

    def some(self, chance):
        return self.random() < chance

    # Registry

    def make_words(self):
        if self.some(0.5):
            return DEFAULTS
        words = {d: ([f"{d[:3]}{n}" for n in range(self.randint(1, 4))], {}, []) for d in DIMENSIONS}
        for dimension, (values, aliases, any_words) in words.items():
            if self.some(0.5):
                aliases[f"{dimension}-alias"] = self.choice(values)
            if self.some(0.3):
                any_words.append("whatever")
        return words

    def make_components(self):
        return [f"c{number}" for number in range(self.randint(2, 9))]

    def make_registry(self):
        document = {"kind": "ComponentRegistry", "apiVersion": API,
                    "components": [self.entry(name) for name in self.components]}
        if self.words is not DEFAULTS:
            document["criteria"] = {d: {"values": v, "aliases": a, "any": w} for d, (v, a, w) in self.words.items()}
        return document

    def entry(self, name):
        entry = {"name": name}
        kind = self.choice(("helm", "helm", "helm", "kustomize", "manifest", "bare"))
        if kind == "helm":
            entry["helm"] = {key: value for key, value in {
                "defaultRepository": self.choice(("https://charts.example/x", "oci://registry.example/y")),
                "defaultChart": self.choice((name, f"repo/{name}", f"a/b/{name}")),
                "defaultVersion": self.choice(("1.2.3", "v2", "1.10")),
                "defaultNamespace": f"{name}-system"}.items() if self.some(0.8)}
        if kind == "kustomize":
            entry["kustomize"] = {"defaultSource": "https://git.example/k", "defaultPath": "deploy", "defaultTag": "v1"}
        if kind == "manifest" or self.some(0.1):
            entry["manifest"] = {"defaultNamespace": "kube-system"}
        return entry

    def make_files(self, component):
        if self.some(0.7):
            self.files[f"components/{component}/values.yaml"] = self.values(3) if self.some(0.9) else None
        for variant in range(self.randint(0, 2)):
            self.files[f"components/{component}/values-v{variant}.yaml"] = self.values(2)
        for manifest in range(self.randint(0, 3)):
            self.files[f"components/{component}/manifests/m{manifest}.yaml"] = {"kind": "ConfigMap"}

    def values(self, depth):
        return {key: self.value(depth) for key in self.sample(KEYS, self.randint(0, 4))}

    def value(self, depth):
        if depth and self.some(0.5):
            return self.values(depth - 1)
        if depth and self.some(0.2):
            return [self.value(depth - 1) for _ in range(self.randint(0, 2))]
        return self.choice(SCALARS)

    # Overlays

    def overlay(self, name, spec):
        return {"kind": "RecipeMetadata", "apiVersion": API, "metadata": {"name": name}, "spec": spec}

    def add_overlay(self, name):
        parent = self.choice(list(self.overlays))
        asks = dict(self.overlays[parent])
        for dimension in self.sample(DIMENSIONS, self.choice((0, 1, 1, 1, 2))):
            asks.setdefault(dimension, self.choice(self.words[dimension][0]))
        if self.some(0.05):
            asks.setdefault("nodes", self.randint(1, 3))
        spec = {"componentRefs": self.refs(0.4), "constraints": self.constraints(0.3)}
        if parent != "base" or self.some(0.3):
            spec["base"] = parent
        if self.some(0.9):
            spec["criteria"] = {d: self.spelling(d, v) for d, v in asks.items()}
            for dimension in DIMENSIONS:
                if dimension not in asks and self.some(0.1):
                    spec["criteria"][dimension] = self.choice(ANY)
        if self.some(0.3):
            spec["validation"] = {phase: self.phase() for phase in
                                  self.sample(("readiness", "deployment", "performance", "conformance"), 2)}
        self.overlays[name] = asks
        self.files[f"overlays/{name}.yaml"] = self.overlay(name, spec)

    def spelling(self, dimension, value):
        if dimension == "nodes":
            return value
        aliases = [alias for alias, meant in self.words[dimension][1].items() if meant == value]
        return self.choice((value, value, value.upper(), f" {value} ", *aliases))

    def phase(self):
        phase = {"checks": self.sample(("one", "two", "three"), self.randint(1, 3))}
        if self.some(0.3):
            phase["timeout"] = "10m"
        return phase

    def constraints(self, chance):
        return [{"name": path, "value": self.choice(EXPRESSIONS)} for path in PATHS if self.some(chance / 3)]

    def refs(self, chance, root=False):
        """Component references; those of the root depend on one another only."""
        names = [name for name in self.components if self.some(chance)]
        self.shuffle(names)
        return [self.ref(name, names, self.components if not root and self.some(0.05) else None) for name in names]

    def ref(self, name, names, instead):
        ref = {"name": name}
        optional = {
            "namespace": lambda: self.choice(("ns", "other")), "chart": lambda: f"{name}-chart",
            "version": lambda: self.choice(("9.9.9", "v1.0.0", "2.10")), "source": lambda: "https://mine.example/z",
            "type": lambda: self.choice(("Helm", "Helm", "Kustomize")), "tag": lambda: "t", "path": lambda: "p",
            "cleanup": lambda: True, "healthCheckAsserts": lambda: "kind: Test\n",
            "expectedResources": lambda: [{"kind": "Deployment", "name": self.choice("xy")}],
            "patches": lambda: [{"target": self.choice("xy")}],
        }
        for key, make in optional.items():
            if self.some(0.12):
                ref[key] = make()
        if self.some(0.4):
            ref["overrides"] = self.values(3)
        # Upwards in the names: no cycle. Rarely anything: nobody has it, or round in a circle.
        needs = instead or [other for other in names if other < name]
        if needs and self.some(0.3):
            ref["dependencyRefs"] = self.sample(needs, self.randint(1, min(2, len(needs))))
        self.name_files(ref)
        return ref

    def name_files(self, ref):
        below = [path for path in self.files if path.startswith(f"components/{ref['name']}/")]
        manifests = [path for path in below if "/manifests/" in path]
        values = [path for path in below if path not in manifests]
        if values and self.some(0.6):
            ref["valuesFile"] = self.choice(values)
        if manifests and self.some(0.4):
            ref["manifestFiles"] = self.sample(manifests, self.randint(1, len(manifests)))

    # A layer over it

    def layer(self):
        """{path: document} of a directory to lay over the catalog."""
        below = self.files
        self.files = {}
        fresh = f"d{len(self.components)}"
        registry = {"kind": "ComponentRegistry", "apiVersion": API, "components": [self.entry(fresh)]}
        charts = [entry["name"] for entry in below["registry.yaml"]["components"] if "helm" in entry]
        if charts:
            registry["components"].append({"name": self.choice(charts), "helm": {"defaultVersion": "7.7.7"}})
        if self.some(0.5):
            registry["criteria"] = {"platform": {"values": ["extra"], "aliases": {"more": "extra"}}}
            self.words = self.words | {"platform": (self.words["platform"][0] + ["extra"],
                                                    self.words["platform"][1] | {"more": "extra"}, [])}
        self.files["registry.yaml"] = registry
        self.components.append(fresh)
        self.make_files(fresh)
        replaced = self.choice([name for name in self.overlays if name != "base"])
        document = below[f"overlays/{replaced}.yaml"]
        spec = document["spec"] | {"componentRefs": self.refs(0.4), "constraints": self.constraints(0.5)}
        self.files[f"overlays/{replaced}.yaml"] = self.overlay(replaced, spec)
        self.files[f"overlays/{replaced}.yaml"]["metadata"]["replaces"] = True
        self.add_overlay(f"p{len(self.overlays)}")
        values = [path for path in below if "/values" in path]
        if values:
            self.files[self.choice(values)] = self.values(2)
        own, self.files = self.files, below | self.files
        self.files["registry.yaml"] = {"components": below["registry.yaml"]["components"] + registry["components"]}
        return own

    # Questions

    def criteria(self):
        """What somebody types: mostly what an overlay asks for, with something added or left out."""
        stated = dict(self.choice(list(self.overlays.values())))
        for dimension in DIMENSIONS:
            if self.some(0.15):
                stated[dimension] = self.choice(self.words[dimension][0])
            elif self.some(0.1):
                stated.pop(dimension, None)
            elif self.some(0.05):
                stated[dimension] = self.choice(ANY)
        if self.some(0.1):
            stated["nodes"] = self.randint(0, 3)
        return {d: self.spelling(d, v) for d, v in stated.items()}

    def snapshot(self):
        return {"kind": "Snapshot", "apiVersion": API, "measurements": [
            {"type": kind, "subtypes": [
                {"subtype": subtype, "data": {key: self.choice(values) for key, values in data.items()
                                              if self.some(0.9)}}
                for subtype, data in groups.items() if self.some(0.95)]}
            for kind, groups in READINGS.items() if self.some(0.95)]}

    # Faults

    def spoil(self):
        """Breaks self.files in one way."""
        fault = self.choice((self.lose_parent, self.make_cycle, self.unknown_component, self.unknown_value,
                             self.change_dimension, self.lose_file, self.bad_expression, self.bad_path,
                             self.unknown_key, self.wrong_kind, self.same_name, self.same_component,
                             self.lose_dependency, self.circular_dependency, self.lose_root))
        fault()

    def victim(self):
        """The document of an overlay that is not the root."""
        return self.files[f"overlays/{self.choice([n for n in self.overlays if n != 'base'])}.yaml"]

    def victim_ref(self):
        spec = self.victim()["spec"]
        if not spec["componentRefs"]:
            spec["componentRefs"].append({"name": self.components[0]})
        return self.choice(spec["componentRefs"])

    def lose_parent(self):
        self.victim()["spec"]["base"] = f"nobody{self.randint(0, 9)}"

    def make_cycle(self):
        names = self.sample([n for n in self.overlays if n != "base"], self.randint(1, min(3, len(self.overlays) - 1)))
        for name, base in zip(names, names[1:] + names[:1]):
            self.files[f"overlays/{name}.yaml"]["spec"]["base"] = base

    def unknown_component(self):
        self.victim_ref()["name"] = f"stranger{self.randint(0, 9)}"

    def unknown_value(self):
        self.victim()["spec"].setdefault("criteria", {})[self.choice(DIMENSIONS)] = f"odd{self.randint(0, 9)}"

    def change_dimension(self):
        asks = self.victim()["spec"].setdefault("criteria", {})
        dimension = self.choice(DIMENSIONS)
        if self.some(0.5):
            asks.pop(dimension, None)
        else:
            asks[dimension] = self.choice(self.words[dimension][0])

    def lose_file(self):
        ref, gone = self.victim_ref(), f"gone{self.randint(0, 9)}.yaml"
        if self.some(0.5):
            ref["valuesFile"] = f"components/{ref['name']}/values-{gone}"
        else:
            ref.setdefault("manifestFiles", []).append(f"components/{ref['name']}/manifests/{gone}")

    def bad_expression(self):
        self.add_constraint("K8s.server.version", self.choice(("=> 1.3", "~> 1.2", "^1", ">=", "= 2", "1 || 2")))

    def bad_path(self):
        self.add_constraint(self.choice(("k8s.server.version", "K8s.server", "Disk.a.b", "version")), ">= 1.30")

    def add_constraint(self, name, value):
        self.victim()["spec"]["constraints"] = [{"name": name, "value": value}]

    def unknown_key(self):
        document = self.victim()
        self.choice((document, document["metadata"], document["spec"]))[f"strange{self.randint(0, 9)}"] = 1

    def wrong_kind(self):
        self.victim()["kind"] = "Recipe"

    def same_name(self):
        document = self.victim()
        self.files[f"overlays/copy{self.randint(0, 9)}.yaml"] = {**document, "metadata": dict(document["metadata"])}

    def same_component(self):
        entries = self.files["registry.yaml"]["components"]
        entries.append({"name": entries[0]["name"]})

    def root_refs(self):
        return self.files.get("overlays/base.yaml", {"spec": {"componentRefs": []}})["spec"]["componentRefs"]

    def lose_dependency(self):
        for ref in self.root_refs()[:1]:
            ref["dependencyRefs"] = [f"gone{self.randint(0, 9)}"]

    def circular_dependency(self):
        refs = self.sample(self.root_refs(), min(len(self.root_refs()), self.randint(1, 3)))
        for ref, need in zip(refs, refs[1:] + refs[:1]):
            ref["dependencyRefs"] = [need["name"]]

    def lose_root(self):
        if self.some(0.3):
            self.files.pop("overlays/base.yaml", None)
