"""docs/deployers.md: which tool took which bundle."""

from lib.deployer_checks import ROWS
from lib.kube_schemas import WITHOUT_SCHEMA
from lib.tools import version

TITLES = {"helm": "Helm", "helm3": "Helm 3", "helmfile": "helmfile", "kustomize": "kustomize",
          "kubeconform": "kubeconform"}
DOES = {
    "helm": "`dependency build`, `lint --strict`, `template`: every chart gets its values, its version, its namespace",
    "helm3": "`template` of the umbrella, the same",
    "helmfile": "`template` and `list`",
    "kustomize": "`build`, for Argo CD with a kustomization as people write one",
    "kubeconform": "`-strict`, with the schemas of Kubernetes, Argo CD and Flux",
}
HEAD = """# What takes our bundles

Written by `tests/peers/deployers`, which `make test` runs; a table that is no longer true fails there.

A bundle of every complete combination of the catalog (`eidos catalog list`) goes through the tools it is for. The
charts that it depends on are stood in for by ones of the same name, version and shape of default values, from a
repository and an OCI registry on loopback, which print the values they get; these are compared with `eidos query`,
value by value.

"""
TAIL = """
The kinds {skipped} have no schema that a published module brings; of those only the form is checked.
Whether the charts of the vendors work with these values on a cluster is not said here: see `validations` in the
registry, and the checks of each recipe.
"""


def row_name(deployer, layout):
    return f"{deployer}, {layout}" if layout else deployer


def table(rows):
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def page(combinations, cases):
    tools = [["Tool", "Version", "What it does here"], ["---"] * 3]
    tools += [[TITLES[name], version(name), DOES[name]] for name in TITLES]
    head = [["Combination", *(row_name(*row) for row in ROWS)], ["---"] * (len(ROWS) + 1)]
    by = [["taken by", *(", ".join(TITLES[tool] for tool in names) for _, names in ROWS.values())]]
    body = []
    for name in sorted(combinations):
        cells = ["refused" if cases[name, *row][0] else "yes" for row in ROWS]
        body.append([name, *cells])
    text = ", ".join(WITHOUT_SCHEMA[:-1]) + " and " + WITHOUT_SCHEMA[-1]
    return HEAD + table(tools) + "\n" + table(head + by + body) + TAIL.format(skipped=text)
