"""The slow reference: criteria × catalog × snapshot → recipe. Written from the design page, step by step."""
import copy

import catalog as catalogs
import constraints

SCALARS = ("namespace", "chart", "type", "source", "version", "tag", "valuesFile", "path", "cleanup",
           "healthCheckAsserts")
LISTS = ("patches", "dependencyRefs", "expectedResources")
PHASES = ("readiness", "deployment", "performance", "conformance")


class Refused(Exception):
    """No recipe: words() that a message about it has to hold."""

    def __init__(self, *words):
        super().__init__(", ".join(words))
        self.words = words


def normalize(catalog, stated):
    """What was typed → {dimension: value}, only what is specific."""
    out = {}
    for dimension, text in stated.items():
        if dimension == "nodes":
            value = int(text)
        else:
            value = catalog.word(dimension, text)
            if value is None:
                raise Refused(dimension, str(text))
        if value:
            out[dimension] = value
    return out


def resolve(catalog, stated, snapshot=None):
    criteria = normalize(catalog, stated)
    selected = [name for name in catalog.overlays if name != "base" and matches(catalog.criteria(name), criteria)]
    selected.sort(key=lambda name: (len(catalog.criteria(name)), name.encode()))
    excluded, warnings = filter_by(catalog, selected, snapshot)
    applied = []
    for name in ["base", *(n for n in selected if n not in excluded)]:
        applied += [member for member in catalog.chain(name) if member not in applied]
    spec = {"constraints": {}, "componentRefs": {}, "validation": {}}
    for name in applied:
        merge_spec(spec, copy.deepcopy(catalog.spec(name)))
    for ref in spec["componentRefs"].values():
        fill(ref, catalog.registry[ref["name"]])
    asked = {dimension for name in applied for dimension in catalog.criteria(name) or {}}
    return {
        "appliedOverlays": applied,
        "excludedOverlays": sorted(excluded),
        "constraintWarnings": sorted(warnings),
        "unusedCriteria": [d for d in (*catalogs.DIMENSIONS, "nodes") if d in criteria and d not in asked],
        "criteria": {d: criteria.get(d, "any") for d in catalogs.DIMENSIONS} |
                    ({"nodes": criteria["nodes"]} if "nodes" in criteria else {}),
        "constraints": [spec["constraints"][n] for n in sorted(spec["constraints"])],
        "componentRefs": [spec["componentRefs"][n] for n in sorted(spec["componentRefs"])],
        "deploymentOrder": deployment_order(spec["componentRefs"]),
        "validation": spec["validation"],
    }


def matches(wants, criteria):
    return wants is not None and all(criteria.get(dimension) == value for dimension, value in wants.items())


def filter_by(catalog, selected, snapshot):
    """(excluded, [(overlay, constraint, expected, actual)]); an overlay stands or falls with its whole chain."""
    excluded, warnings = [], []
    for name in selected if snapshot else []:
        for member in catalog.chain(name)[1:]:
            for constraint in catalog.spec(member).get("constraints") or []:
                result, actual = constraints.verdict(snapshot, constraint)
                if result != "passed":
                    excluded += [name] if name not in excluded else []
                    warnings.append((name, constraint["name"], constraint["value"], actual or ""))
    return excluded, warnings


def merge_spec(into, spec):
    for constraint in spec.get("constraints") or []:
        into["constraints"][constraint["name"]] = constraint
    for ref in spec.get("componentRefs") or []:
        merge_ref(into["componentRefs"].setdefault(ref["name"], {"name": ref["name"]}), ref)
    for phase in PHASES:
        if (given := (spec.get("validation") or {}).get(phase)) is not None:
            into["validation"][phase] = given


def merge_ref(into, ref):
    for key in (*SCALARS, *LISTS):
        if ref.get(key):
            into[key] = ref[key]
    if ref.get("overrides"):
        into["overrides"] = merge_values(into.get("overrides", {}), ref["overrides"])
    for path in ref.get("manifestFiles") or []:
        if path not in into.setdefault("manifestFiles", []):
            into["manifestFiles"].append(path)


def merge_values(old, new):
    """Maps merge key by key; anything else, null too, takes the place of what was there."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{key: merge_values(old[key], new[key]) if key in old else new[key] for key in new}}


def fill(ref, entry):
    kustomize, helm = entry.get("kustomize") or {}, entry.get("helm") or {}
    defaults = {"type": "Kustomize" if kustomize.get("defaultSource") else "Helm"}
    if (ref.get("type") or defaults["type"]) == "Kustomize":
        defaults |= {"source": kustomize.get("defaultSource"), "path": kustomize.get("defaultPath"),
                     "tag": kustomize.get("defaultTag")}
    else:
        defaults |= {"source": helm.get("defaultRepository"), "version": helm.get("defaultVersion"),
                     "namespace": helm.get("defaultNamespace") or
                     (entry.get("manifest") or {}).get("defaultNamespace"),
                     "chart": (helm.get("defaultChart") or "").rpartition("/")[2]}
    for key, value in defaults.items():
        if value and not ref.get(key):
            ref[key] = value
    ref.setdefault("source", "")  # name, type and source always stand in the document


def deployment_order(refs):
    needs = {name: set(ref.get("dependencyRefs") or []) for name, ref in refs.items()}
    for name in sorted(needs):
        for need in sorted(needs[name] - set(needs)):
            raise Refused(name, need)
    order = []
    while needs:
        ready = sorted(name for name, left in needs.items() if not left - set(order))
        if not ready:
            raise Refused("cycle")
        order.append(ready[0])
        del needs[ready[0]]
    return order


def hydrate(catalog, ref):
    """The values a component is installed with."""
    values = {}
    if ref.get("valuesFile"):
        for path in (f"components/{ref['name']}/values.yaml", ref["valuesFile"]):
            if path in catalog.files:
                values = merge_values(values, catalogs.read(catalog.files[path]) or {})
    return merge_values(values, ref.get("overrides") or {})
