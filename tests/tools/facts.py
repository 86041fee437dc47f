#!/usr/bin/python3
"""tools/facts over our catalog and over broken ones; tools/shape over small charts. Usage: facts.py tools/facts"""
import json
import pathlib
import subprocess
import sys

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import support  # noqa: E402

SHAPE = support.ROOT / "tools/shape"
COMMIT = "0123456789abcdef" * 2 + "01234567"


def registry():
    return {"components": [{"name": "demo", "helm": {"defaultVersion": "v1"},
                            "nodeScheduling": {"system": {"nodeSelectorPaths": ["nodeSelector"]}}}]}


def overlay():
    return {"metadata": {"name": "base"}, "spec": {"componentRefs": [{"name": "demo", "overrides": {"replicas": 2}}]}}


def source():
    return {"repository": "https://forge.example/demo/chart", "tag": "v1", "commit": COMMIT, "path": "values.yaml"}


def image():
    return {"name": "app", "registry": "registry.example", "repository": "demo/app", "tag": "v1", "by": "chart",
            "from": ["values"], "values": {"tag": ["image.tag"]}, "when": [{"path": "image.on", "default": True}]}


def images():
    return {"apiVersion": "eidos.nvidia.com/v1alpha1", "kind": "ComponentImages", "component": "demo",
            "releases": [{"version": "v1", "complete": True, "sources": [{"name": "values", **source()}],
                          "images": [image()]}]}


def shape():
    closed = {"type": "object", "additionalProperties": False}
    return {"x-versions": ["v1"], "x-source": [source()], **closed, "properties": {
        "replicas": {"type": "integer"}, "nodeSelector": {"type": "object"},
        "image": {**closed, "properties": {"tag": {}, "on": {"type": "boolean"}}}}}


def documents():
    return {"registry": registry(), "overlay": overlay(), "images": images(), "shape": shape(),
            "values": {"replicas": 1, "nodeSelector": {"a": "b"}}}


PLACES = {"registry": "registry.yaml", "overlay": "overlays/base.yaml", "images": "components/demo/images.yaml",
          "shape": "components/demo/values.schema.json", "values": "components/demo/values.yaml"}
RELEASE = ["images", "releases", 0]
IMAGE = [*RELEASE, "images", 0]
SOURCE = [*RELEASE, "sources", 0]
DROP = object()

# What is changed (path, new value) and the finding that must follow.
FINDINGS = {
    "no commit": ([*SOURCE, "commit"], DROP, "source 1: no source: no full commit"),
    "short commit": ([*SOURCE, "commit"], "0123456", "source 1: no source: no full commit"),
    "no tag of the source": ([*SOURCE, "tag"], DROP, "source 1: no source: no tag"),
    "no path": ([*SOURCE, "path"], DROP, "source 1: no 'path'"),
    "no repository": ([*SOURCE, "repository"], DROP, "'values.yaml' is not in the catalog and no repository is named"),
    "repository is no URL": ([*SOURCE, "repository"], "demo", "repository 'demo' is not the URL of a repository"),
    "copy is no URL": ([*SOURCE, "readFrom"], "x y", "readFrom 'x y' is not the URL of a repository"),
    "image of no source": ([*IMAGE, "from"], ["memory"], "image 'app': no source: 'from' names 'memory'"),
    "image of nothing": ([*IMAGE, "from"], [], "image 'app': no source: 'from' is empty"),
    "source of nothing": ([*RELEASE, "sources"], [{"name": "values", **source()}, {"name": "other", **source()}],
                          "no image is from source 'other'"),
    "no sources": ([*RELEASE, "sources"], [], "v1: no source"),
    "unknown key": ([*IMAGE, "size"], 3, "image 'app': unknown key 'size'"),
    "tag is a number": ([*IMAGE, "tag"], 1.1, "image 'app': 'tag' is not str"),
    "empty tag": ([*IMAGE, "tag"], "", "image 'app': 'tag' is empty"),
    "tag with a blank": ([*IMAGE, "tag"], "v1 $(x)", "tag 'v1 $(x)' cannot stand in an image reference"),
    "by nobody": ([*IMAGE, "by"], "magic", "by 'magic' is none of chart, operator, manifest"),
    "short digest": ([*IMAGE, "digest"], "sha256:ab", "digest is not sha256:<64 hex digits>"),
    "unknown part": ([*IMAGE, "values"], {"port": ["image.tag"]}, "values: unknown part 'port'"),
    "part is a text": ([*IMAGE, "values"], {"tag": "image.tag"}, "'tag' is not a list of paths"),
    "condition without default": ([*IMAGE, "when"], [{"path": "image.on"}], "condition 1: no 'default'"),
    "image twice": ([*RELEASE, "images"], [image(), image()], "images: 'app' twice"),
    "not complete": ([*RELEASE, "complete"], False, "complete must be true"),
    "complete with a hole": ([*RELEASE, "missing"], [{"what": "x", "why": "y"}], "complete must be false"),
    "complete is a text": ([*RELEASE, "complete"], "yes", "'complete' is not bool"),
    "other component": (["images", "component"], "other", "apiVersion, kind or component is not as expected"),
    "images of another version": ([*RELEASE, "version"], "v0",
                                  "images.yaml: the catalog pins v1; these facts are of v0"),
    "nothing pins the version": ([*RELEASE, "version"], "v0", "images.yaml: nothing in the catalog pins v0"),
    "overlay pins another version": (["overlay", "spec", "componentRefs", 0, "version"], "v2",
                                     "values.schema.json: the catalog pins v2; these facts are of v1"),
    "shape of another version": (["shape", "x-versions"], ["v0"], "values.schema.json: the catalog pins v1"),
    "shape without source": (["shape", "x-source"], [], "values.schema.json: no source"),
    "shape of no commit": (["shape", "x-source", 0, "commit"], DROP, "values.schema.json: source 1: no source"),
    "shape with prose": (["shape", "properties", "replicas", "description"], "x",
                         "replicas: unknown key 'description'"),
    "shape half closed": (["shape", "properties", "image", "additionalProperties"], DROP, "a closed map lists"),
    "value the chart does not know": (["values", "replica"], 1, "values.yaml: demo has no value 'replica'"),
    "override the chart does not know": (["overlay", "spec", "componentRefs", 0, "overrides", "image"], {"tga": 1},
                                         "overrides of an overlay: demo has no value 'image.tga'"),
    "scheduling path the chart does not know": (
        ["registry", "components", 0, "nodeScheduling", "system", "nodeSelectorPaths"], ["selector"],
        "registry.yaml: scheduling: demo has no value 'selector'"),
    "image path the chart does not know": ([*IMAGE, "values"], {"tag": ["tag"]}, "app: demo has no value 'tag'"),
}

# Changes that are no finding.
FINE = {
    "nothing": None,
    "open map": (["values", "nodeSelector"], {"any.key/at-all": "x"}),
    "condition turned round": ([*IMAGE, "when", 0, "is"], False),
    "missing under a condition": ([*RELEASE, "missing"],
                                  [{"what": "x", "why": "y", "when": [{"path": "image.on", "default": False}]}]),
    "read from a copy": ([*SOURCE, "readFrom"], "https://forge.example/me/chart"),
    "source in the catalog": ([*RELEASE, "sources"], [{"name": "values", "path": "components/demo/values.yaml"}]),
}


def change(document, path, value):
    *way, last = path
    for key in way:
        document = document[key]
    if value is DROP:
        del document[last]
    else:
        document[last] = value


class Broken(support.Case):
    """A catalog of one component, with one thing changed."""

    def facts_of(self, *changed):
        catalog = documents()
        if changed:
            change(catalog, *changed)
        for name, place in PLACES.items():
            self.put(place, json.dumps(catalog[name]) if place.endswith("json") else yaml.safe_dump(catalog[name]))
        return self.eidos(self.dir)

    def finding(self, row):
        *changed, want = row
        done = self.facts_of(*changed)
        self.assertIn(want, done.out)
        self.assertEqual(done.code, 1)

    def fine(self, row):
        done = self.facts_of(*(row or ()))
        self.assertEqual((done.out, done.err, done.code), ("", "", 0))

    def test_what_is_absent_is_a_note(self):
        self.facts_of()
        (self.dir / PLACES["images"]).unlink()
        (self.dir / PLACES["shape"]).unlink()
        done = self.eidos(self.dir)
        self.assertEqual(done.out, f"note: {PLACES['images']} is absent\nnote: {PLACES['shape']} is absent\n")
        self.assertEqual(done.code, 0)

    def test_no_catalog_there(self):
        done = self.eidos(self.dir)
        self.assertIn("no registry.yaml", done.err)
        self.assertEqual(done.code, 2)


support.rows(FINDINGS, "finding")(Broken)
support.rows(FINE, "fine")(Broken)


class Ours(support.Case):
    def test_facts_of_this_catalog_are_fine(self):
        done = self.eidos()
        self.assertEqual((done.out, done.code), ("", 0), done.err)


CLOSED, OPEN = {"additionalProperties": False, "type": "object"}, {"type": "object"}


def closed(**properties):
    return {**CLOSED, "properties": properties}


STRING = {"type": "string"}
# values.yaml, a template (or None), the properties that must come out.
SHAPES = {
    "types": ("a: x\nb: 1\nc: 1.5\nd: true\ne: []\nf: {}\ng: null\n", None,
              {"a": STRING, "b": {"type": "integer"}, "c": {"type": "number"}, "d": {"type": "boolean"},
               "e": {"type": "array"}, "f": OPEN, "g": {}}),
    "maps": ("a: {b: {c: x}}\n", None, {"a": closed(b=closed(c=STRING))}),
    "maps of Kubernetes": ("nodeSelector: {os: linux}\npodLabels: {a: b}\nresources: {limits: {cpu: 1}}\n", None,
                           {"nodeSelector": OPEN, "podLabels": OPEN, "resources": OPEN}),
    "a path that only a template reads": ("a: {b: x}\n", "{{ .Values.a.c }}{{ .Values.d | quote }}",
                                          {"a": closed(b=STRING, c={}), "d": {}}),
    "with": ("a: {b: x}\n", "{{- with .Values.a }}{{ .c }}{{ else }}{{ .Values.e }}{{ end }}{{ .f }}",
             {"a": closed(b=STRING, c={}), "e": {}}),
    "variables": ("a: {b: x}\n", '{{ $v := .Values.a }}{{ $v.c }}{{ if $.Values.d }}{{ end }}',
                  {"a": closed(b=STRING, c={}), "d": {}}),
    "index": ("a: {b: x}\n", '{{ (index .Values "a" "c-d").e }}', {"a": closed(b=STRING, **{"c-d": closed(e={})})}),
    "handed on whole": ("a: {b: x}\nc: {d: x}\ne: {f: x}\ng: {h: x}\n",
                        "{{ toYaml .Values.a }}{{ with .Values.c }}{{ toYaml . | nindent 2 }}{{ end }}"
                        '{{ range $k, $v := .Values.e }}{{ end }}{{ include "x" .Values.g }}',
                        {"a": OPEN, "c": OPEN, "e": OPEN, "g": OPEN}),
    "a checksum opens nothing": ("a: {b: x}\n", "{{ toYaml .Values.a | sha256sum }}", {"a": closed(b=STRING)}),
    "comments and lists": ("a: {b: x}\n", "{{/* .Values.c */}}{{ range .Values.l }}{{ .x }}{{ end }}",
                           {"a": closed(b=STRING), "l": {}}),
    "nothing": ("", None, {}),
}


class Shape(support.Case):
    def properties(self, *more):
        done = subprocess.run([SHAPE, self.dir / "demo", *more], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def chart(self, values, template, where="demo", **meta):
        self.put(f"{where}/Chart.yaml", yaml.safe_dump({"name": where.rsplit("/", 1)[-1], **meta}))
        self.put(f"{where}/values.yaml", values)
        if template:
            self.put(f"{where}/templates/x.yaml", template)

    def shape(self, row):
        self.chart(*row[:2])
        self.assertEqual(self.properties()["properties"], row[2])

    def test_subcharts_stand_under_their_alias_and_share_global(self):
        self.chart("kid: {image: {tag: v2}}\n", None,
                   dependencies=[{"name": "sub", "alias": "kid", "condition": "kid.enabled"}, {"name": "far"}])
        self.chart("image: {tag: v1, name: x}\nglobal: {registry: x}\n", "{{ .Values.global.pool }}", "demo/charts/sub")
        self.assertEqual(self.properties()["properties"], {
            "far": OPEN, "global": closed(registry=STRING, pool={}),
            "kid": closed(image=closed(tag=STRING, name=STRING), enabled={}, **{"global": OPEN})})

    def test_the_chart_says_itself_what_it_knows(self):
        self.chart("image: {tag: x}\n", '{{ include "image" .Values.image }}')
        self.put("demo/values.schema.json", json.dumps(
            {"properties": {"image": {"$ref": "#/$defs/i"}}, "$defs": {"i": {"properties": {"digest": {}}}}}))
        self.assertEqual(self.properties()["properties"], {"image": closed(tag=STRING, digest={})})

    def test_manifests_of_a_component(self):
        self.put("demo/manifests/x.yaml", '{{ $v := index .Values "demo" }}{{ $v.a }}{{ with $v.b }}{{ .c }}{{ end }}')
        self.assertEqual(self.properties()["properties"], {"a": {}, "b": {}})

    def test_versions_and_sources_are_written_down(self):
        self.chart("", None)
        document = self.properties("--version", "v1", "--source", "path=a commit=b")
        self.assertEqual((document["x-versions"], document["x-source"]), (["v1"], [{"path": "a", "commit": "b"}]))

    def test_no_chart_there(self):
        done = subprocess.run([SHAPE, self.dir], capture_output=True, text=True, check=False)
        self.assertIn("no Chart.yaml", done.stderr)
        self.assertEqual(done.returncode, 1)


support.rows(SHAPES, "shape")(Shape)

if __name__ == "__main__":
    support.main()
