"""JSON schemas for kubeconform, all of them strict: what a kind does not name is refused.

Three sources: Kubernetes' own kinds from the OpenAPI document of peer `openapi`; Argo CD's and Flux' from crds/ here;
and those whose CRDs the catalog itself brings.
"""
import copy
import json
import pathlib

import yaml

from lib.tools import HERE, ROOT

LOCATION = "{{.Group}}_{{.ResourceAPIVersion}}_{{.ResourceKind}}.json"
# What has no schema that could be had from a published module; kubeconform is told to leave them out.
WITHOUT_SCHEMA = ("ClusterPolicy", "ClusterTrainingRuntime", "GatewayParameters", "Skyhook")
METADATA = {
    "type": "object", "required": ["name"], "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "maxLength": 253, "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"},
        "namespace": {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"},
        "labels": {"type": "object", "additionalProperties": {
            "type": "string", "pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$"}},
        "annotations": {"type": "object", "additionalProperties": {"type": "string"}}}}


BY_NAME = ("properties", "definitions")  # what they hold are names, not words of a schema
UNUSED = ("description", "default", "format", "nullable")


def strict(schema):
    """Closes every object that names its properties, and translates what OpenAPI says in its own way."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
        return {"type": ["string", "integer"]}
    out = {key: {name: strict(below) for name, below in value.items()} if key in BY_NAME else strict(value)
           for key, value in schema.items() if not key.startswith("x-kubernetes-") and key not in UNUSED}
    closed = isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema
    if closed and not schema.get("x-kubernetes-preserve-unknown-fields"):
        out["additionalProperties"] = False
    if schema.get("nullable") and isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]
    return out


def references(schema, found):
    """Names of the definitions that a schema uses, added to `found`."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            found.add(schema["$ref"].rsplit("/", 1)[1])
        schema = list(schema.values())
    for below in schema if isinstance(schema, list) else ():
        references(below, found)
    return found


class Schemas:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)

    def write(self, group, version, kind, schema):
        name = f"{group or version}_{version}_{kind.lower()}.json"  # kubeconform's words for the core group
        (self.folder / name).write_text(json.dumps(schema))

    def location(self):
        return str(self.folder / LOCATION)

    def add_kubernetes(self, openapi):
        definitions = json.loads(pathlib.Path(openapi).read_text())["definitions"]
        # Types of free content say nothing in this document but their names.
        closed = {name: strict(schema) for name, schema in definitions.items()}
        used = {name: references(schema, set()) for name, schema in closed.items()}
        for name, schema in definitions.items():
            for kind in schema.get("x-kubernetes-group-version-kind", ()) if "apiVersion" in schema.get(
                    "properties", {}) else ():
                needed, todo = set(), [name]
                while todo:
                    for other in used[todo.pop()] - needed:
                        needed.add(other)
                        todo.append(other)
                whole = copy.copy(closed[name])
                whole["required"] = sorted({*whole.get("required", ()), "apiVersion", "kind"})
                whole["definitions"] = {other: closed[other] for other in needed}
                self.write(kind["group"], kind["version"], kind["kind"], whole)

    def add_crds(self, crds):
        """CustomResourceDefinitions, as dictionaries."""
        for crd in crds:
            for version in crd["spec"]["versions"]:
                schema = copy.deepcopy(version["schema"]["openAPIV3Schema"])
                schema["properties"] = schema["properties"] | {"metadata": METADATA}
                self.write(crd["spec"]["group"], version["name"], crd["spec"]["names"]["kind"], strict(schema))

    def add_written(self):
        """Those of crds/."""
        for path in sorted((HERE / "crds").glob("*.yaml")):
            for one in yaml.safe_load_all(path.read_text()):
                group, version = one["apiVersion"].split("/")
                schema = {"type": "object", "required": ["apiVersion", "kind", "metadata", "spec"],
                          "properties": {"apiVersion": {"enum": [one["apiVersion"]]}, "kind": {"enum": [one["kind"]]},
                                         "spec": one["spec"]},
                          "definitions": one.get("definitions", {})}
                schema = strict(schema)
                schema["properties"]["metadata"] = METADATA
                self.write(group, version, one["kind"], schema)

    def add_catalog(self):
        for path in sorted((ROOT / "catalog/components").glob("*/manifests/*crds.yaml")):
            self.add_crds(one for one in yaml.load_all(path.read_text(), yaml.CSafeLoader) if one)
