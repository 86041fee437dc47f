"""What the tools of each deployer have to accept, and what has to come out: every component's values in its chart."""
import concurrent.futures
import hashlib
import json
import pathlib
import shutil
import threading

import yaml

from lib.kube_schemas import WITHOUT_SCHEMA
from lib.tools import expect

STACK = "eidos-stack"  # release and namespace of an umbrella; where components go that ask for no namespace


def documents(text):
    return [one for one in yaml.load_all(text, yaml.CSafeLoader) if one]


def read(path):
    return documents(pathlib.Path(path).read_text())


def merged(defaults, values):
    """As Helm does it: map into map, everything else replaced, null deletes."""
    out = dict(defaults)
    for key, value in values.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, dict):
            below = out.get(key)
            out[key] = merged(below if isinstance(below, dict) else {}, value)
        else:
            out[key] = value
    return out


def same(a, b):
    """Equal, with true and 1 kept apart, which Python does not."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def differences(want, got, path=""):
    """Each place where the two are not the same."""
    if not isinstance(want, dict) or not isinstance(got, dict):
        return [] if same(want, got) else [f"{path}: wanted {json.dumps(want)}, got {json.dumps(got)}"]
    return [line for key in sorted({*want, *got})
            for line in differences(want.get(key, "nothing"), got.get(key, "nothing"), f"{path}.{key}")]


class Once:
    """Runs a thing once for a key, whoever asks first; a failure is the same for all."""

    def __init__(self):
        self.lock, self.futures = threading.Lock(), {}

    def __call__(self, key, make):
        key = hashlib.sha256(json.dumps(key, sort_keys=True, default=str).encode()).hexdigest()
        with self.lock:
            mine = key not in self.futures
            future = self.futures.setdefault(key, concurrent.futures.Future())
        if mine:
            try:
                future.set_result(make(key))
            except BaseException as error:
                future.set_exception(error)
        return future.result()


class Checker:
    """Holds bundles of any combination against the tools; what was looked at once is not looked at again."""

    def __init__(self, tools, world, schemas):
        self.tools, self.world, self.schemas = tools, world, schemas
        self.charts, self.given, self.folders = Once(), Once(), Once()

    # What all deployers share.

    def conform(self, text):
        """kubeconform takes each object, and sees as many as there are."""
        said = self.tools.run("kubeconform", "-strict", "-summary", "-output", "json", "-skip",
                              ",".join(WITHOUT_SCHEMA), "-schema-location", self.schemas.location(), "-", stdin=text)
        summary = json.loads(said)["summary"]
        expect(summary["valid"] + summary["skipped"] == len(documents(text)), f"kubeconform: {summary}")

    def compare(self, case, rendered, where):
        """`rendered`: what the tools made. Every chart got exactly its values, its version and its namespace:
        `where`, that of the one release of all, or the component's own, and then the release is named after it."""
        found = {one["metadata"]["name"] if where else one["data"]["release"]: one for one in rendered
                 if one["metadata"].get("labels", {}).get("stand-in") == "yes"}
        for name in case.with_chart:
            expect(name in found, f"no chart of {name} is rendered")
            self.compare_one(case, name, json.loads(found[name]["data"]["values"]))
            version, place = found[name]["data"]["version"], found[name]["metadata"]["namespace"]
            expect(version == case.refs[name]["version"], f"{name}: chart {version}, not {case.refs[name]['version']}")
            wanted = where or case.namespace(name)
            expect(place == wanted, f"{name}: goes to {place}, not to {wanted}")
        expect(found.keys() == set(case.with_chart), f"rendered {sorted(found)}")

    def compare_one(self, case, name, values):
        want = merged(self.defaults(case, name), case.values[name])
        if "global" not in want and not values.get("global"):
            values.pop("global", None)  # Helm's own, empty
        values = merged({}, values)  # a null that deletes nothing may come through; a template sees nothing in it
        expect(same(want, values), f"{name}: " + "; ".join(differences(want, values)))

    def defaults(self, case, name):
        ref = case.refs[name]
        return self.world.made[case.source(name), ref.get("chart") or name, ref["version"]]

    def template(self, *args, stdin=None, tool="helm"):
        return self.tools.run(tool, "template", *args, stdin=stdin, warnings=False)

    def build_dependencies(self, folder):
        """`helm dependency build`, once for each list of dependencies: what it fetched is copied to the others."""
        wanted = read(folder / "Chart.yaml")[0].get("dependencies", [])

        def fetch(key):
            first = self.tools.folder / "fetched" / key
            shutil.copytree(folder, first)
            self.tools.run("helm", "dependency", "build", first)
            return first

        first = self.charts(wanted, fetch)
        if wanted:
            shutil.copytree(first / "charts", folder / "charts")
            shutil.copy(first / "Chart.lock", folder / "Chart.lock")

    def manifest_chart(self, folder, release, name_space):
        """A chart of manifests, as a GitOps tool reads it from the repository."""
        self.tools.run("helm", "lint", "--strict", folder)
        self.conform(self.template(release, folder, "--namespace", name_space))

    def fetched_chart(self, case, name, release, repository, chart, version, name_space, values):
        """What Argo CD and Flux do: a chart from where the object says, with the values that the object says."""
        def render(_):
            place = [f"{repository}/{chart}"] if repository.startswith("oci://") else [chart, "--repo", repository]
            return self.template(release, *place, "--version", version, "--namespace", name_space, "-f", "-",
                                 stdin=values)

        rendered = documents(self.given([release, repository, chart, version, name_space, values], render))
        expect(len(rendered) == 1, f"{name}: {len(rendered)} documents of one stand-in")
        data = rendered[0]["data"]
        self.compare_one(case, name, json.loads(data["values"]))
        expect(data["version"] == case.refs[name]["version"], f"{name}: chart {data['version']}")
        expect(name_space == case.namespace(name), f"{name}: goes to {name_space}")

    # One for each row of the table of deployers.

    def umbrella(self, case, folder):
        self.build_dependencies(folder)
        self.tools.run("helm", "lint", "--strict", folder, "--namespace", STACK)
        for tool in ("helm", "helm3"):
            text = self.template(STACK, folder, "--namespace", STACK, "-f", folder / "values.yaml", tool=tool)
            self.compare(case, documents(text), STACK)
        self.conform(text)

    def components(self, case, folder):
        for name in case.refs:
            self.component(case, name, folder / name)

    def component(self, case, name, folder):
        name_space = case.namespace(name)
        # The description names the stack, and nothing reads it.
        content = {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*.yaml"))}
        content["Chart.yaml"] = {key: value for key, value in read(folder / "Chart.yaml")[0].items()
                                 if key != "description"}

        def render(_):
            self.build_dependencies(folder)
            self.tools.run("helm", "lint", "--strict", folder, "--namespace", name_space)
            text = self.template(name, folder, "--namespace", name_space, "-f", folder / "values.yaml")
            self.conform(text)
            return text

        rendered = [one for one in documents(self.folders([content, name_space], render))
                    if one["metadata"].get("labels", {}).get("stand-in") == "yes"]
        expect(len(rendered) == (name in case.with_chart), f"{name}: {len(rendered)} charts are rendered")
        for one in rendered:
            self.compare_one(case, name, json.loads(one["data"]["values"]))

    def argocd(self, case, folder):
        applications = {name: read(folder / name / "application.yaml")[0] for name in case.refs}
        found = sorted(str(path.relative_to(folder)) for path in folder.glob("*/application.yaml"))
        expect(found == sorted(f"{name}/application.yaml" for name in case.refs), f"Argo CD would read {found}")
        start = "app-of-apps.yaml" if case.repo else "applications.yaml"
        # As people put such files into a kustomization of their own.
        resources = [start, "argocd-cm.yaml", *(found if case.repo else [])]
        (folder / "argocd-cm.yaml").write_text(yaml.safe_dump({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-cm", "namespace": "argocd"},
            "data": {"url": "https://argocd.example"}}))
        (folder / "kustomization.yaml").write_text(yaml.safe_dump({
            "resources": resources, "patches": [{"path": "argocd-cm.patch.yaml"}]}))
        text = self.tools.run("kustomize", "build", folder, warnings=False)
        self.conform(text)
        built = documents(text)
        config, = [one for one in built if one["kind"] == "ConfigMap"]
        expect(sorted(config["data"]) == ["resource.customizations.health.argoproj.io_Application", "url"],
               f"argocd-cm has {sorted(config['data'])}")
        expect(sum(one["kind"] == "Application" for one in built) == len(case.refs) + bool(case.repo),
               "an Application is missing")
        for name, one in applications.items():
            self.application(case, name, one, folder)

    def application(self, case, name, one, folder):
        spec = one["spec"]
        wave = int(one["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])
        expect(wave == case.level(name), f"{name}: wave {wave}, not {case.level(name)}")
        name_space = spec["destination"]["namespace"]
        sources = spec.get("sources") or [spec["source"]]
        for source in sources:
            if "chart" in source:
                helm = source["helm"]
                values = helm["values"] if "values" in helm else yaml.safe_dump(helm["valuesObject"])
                scheme = "oci://" if case.refs[name]["source"].startswith("oci://") else ""
                self.fetched_chart(case, name, helm["releaseName"], scheme + source["repoURL"], source["chart"],
                                   source["targetRevision"], name_space, values)
            else:
                expect(source["repoURL"] == case.repo, f"{name}: manifests from {source['repoURL']}")
                self.manifest_chart(folder / case.inside(source["path"]), source["helm"]["releaseName"], name_space)
        charts = sum("chart" in source for source in sources)
        expect(charts == (name in case.with_chart) and len(sources) - charts == (name in case.with_manifests),
               f"{name}: sources are {sources}")

    def flux(self, case, folder):
        text = self.tools.run("kustomize", "build", folder, warnings=False)
        self.conform(text)
        objects = {(one["kind"], one["metadata"]["name"]): one for one in documents(text)}
        if case.repo:
            start = (folder / "flux-system.yaml").read_text()
            self.conform(start)
            objects |= {(one["kind"], one["metadata"]["name"]): one for one in documents(start)}
            kustomization, = [one for (kind, _), one in objects.items() if kind == "Kustomization"]
            expect(case.inside(kustomization["spec"]["path"]) == ".", f"Flux reads {kustomization['spec']['path']}")
        releases = {name: one["spec"] for (kind, name), one in objects.items() if kind == "HelmRelease"}
        done = [self.helm_release(case, release, spec, objects, folder) for release, spec in releases.items()]
        expect(sorted(done) == sorted(case.with_chart + case.with_manifests), f"releases of {sorted(done)}")
        for spec in releases.values():
            for other in spec.get("dependsOn", ()):
                expect(other["name"] in releases, f"waits for {other}, which is not there")

    def helm_release(self, case, release, spec, objects, folder):
        """Checks one release and returns the component it is of."""
        name_space = spec["targetNamespace"]
        reference = spec.get("chartRef") or spec["chart"]["spec"]["sourceRef"]
        source = objects.get((reference["kind"], reference["name"]))
        expect(source, f"{release}: no {reference['kind']} {reference['name']}")
        if reference["kind"] == "GitRepository":
            self.manifest_chart(folder / case.inside(spec["chart"]["spec"]["chart"]), spec["releaseName"], name_space)
            return case.of_manifests(release)
        values = yaml.safe_dump(spec["values"]) if "values" in spec else "".join(
            objects["ConfigMap", one["name"]]["data"]["values.yaml"] for one in spec["valuesFrom"])
        if reference["kind"] == "OCIRepository":
            repository, chart = source["spec"]["url"].rsplit("/", 1)
            version = source["spec"]["ref"]["tag"]
        else:
            repository = source["spec"]["url"]
            chart, version = spec["chart"]["spec"]["chart"], spec["chart"]["spec"]["version"]
        self.fetched_chart(case, release, spec["releaseName"], repository, chart, version, name_space, values)
        return release

    def helmfile(self, case, folder):
        home = self.tools.folder / "helmfile" / case.name
        environment = {f"HELM_{what}_HOME": str(home / what.lower()) for what in ("CONFIG", "DATA", "CACHE")}
        environment["HELMFILE_CACHE_HOME"] = str(home / "helmfile")
        text = self.tools.run("helmfile", "--file", folder / "helmfile.yaml", "--quiet", "template", cwd=folder,
                              env=environment)
        rendered = documents(text)
        self.compare(case, rendered, None)
        self.conform(text)
        listed = json.loads(self.tools.run("helmfile", "--file", folder / "helmfile.yaml", "--quiet", "list",
                                           "--output", "json", cwd=folder, env=environment))
        expect(len(listed) == len(case.with_chart) + len(case.with_manifests), f"helmfile lists {len(listed)} releases")


# Deployer and layout → the check, and the tools that took the tree when it passes.
ROWS = {
    ("helm", "umbrella"): (Checker.umbrella, ("helm", "helm3", "kubeconform")),
    ("helm", "component"): (Checker.components, ("helm", "kubeconform")),
    ("argocd", ""): (Checker.argocd, ("kustomize", "kubeconform", "helm")),
    ("flux", ""): (Checker.flux, ("kustomize", "kubeconform", "helm")),
    ("helmfile", ""): (Checker.helmfile, ("helmfile", "helm", "kubeconform")),
}
