#!/usr/bin/python3
"""Whatever is wrong: one clear line, the right exit code, no output touched, no hang."""
import hashlib
import os
import re
import subprocess

import support

SNAPSHOT = """\
kind: Snapshot
apiVersion: eidos.nvidia.com/v1alpha1
measurements:
  - type: K8s
    subtypes:
      - subtype: server
        data: {version: v1.33.5}
"""
RECIPE = """\
kind: RecipeResult
apiVersion: eidos.nvidia.com/v1alpha1
metadata: {}
constraints:
  - {name: K8s.server.version, value: ">= 1.32"}
componentRefs:
  - name: cert-manager
    type: Helm
    namespace: cert-manager
    chart: cert-manager
    source: https://charts.jetstack.io
    version: v1.17.2
deploymentOrder: [cert-manager]
"""
CRITERIA = "kind: RecipeCriteria\nspec: {service: eks}\n"

ONE_LINE = re.compile(r"eidos: error: [^\n]+\n\Z")
FORBIDDEN = re.compile(r"std::|terminate|Traceback|Assertion|\bwhat\(\)|\.cc:\d")

# Who reads what: the arguments that make a command read `bad`, everything else being right.
READERS = {
    "recipe --snapshot": ["recipe", "-s", "bad", "-o", "out.yaml"],
    "recipe --criteria": ["recipe", "-c", "bad", "-o", "out.yaml"],
    "validate --recipe": ["validate", "-r", "bad", "-s", "snapshot.yaml", "-o", "out.yaml"],
    "validate --snapshot": ["validate", "-r", "recipe.yaml", "-s", "bad", "-o", "out.yaml"],
    "bundle --recipe": ["bundle", "-r", "bad", "-o", "outdir"],
    "diff A": ["diff", "bad", "snapshot.yaml", "-o", "out.yaml"],
    "diff B": ["diff", "snapshot.yaml", "bad", "-o", "out.yaml"],
    "bundle --values-file": ["bundle", "-r", "recipe.yaml", "-o", "outdir", "--values-file", "cert-manager=bad"],
    "query --recipe": ["query", "-r", "bad", "-o", "out.yaml"],
    "explain --recipe": ["explain", "-r", "bad", "-o", "out.yaml"],
    "explain --values-file": ["explain", "--values-file", "cert-manager=bad", "-o", "out.yaml"],
    "--config": ["recipe", "--config", "bad", "-o", "out.yaml"],
}

# What is wrong with `bad` whoever reads it: content (None: it is not there), exit code, words.
CONTENTS = {
    "missing file": (None, 3, r"bad"),
    "truncated YAML": ('kind: "Snap', 2, r"bad:1:\d+: "),
    "truncated JSON": ('{"kind": "Snapshot", ', 2, r"bad:1:\d+: "),
    "tab as indentation": ("kind:\n\tSnapshot\n", 2, r"bad:\d:\d+: "),
    "NUL bytes": (b"kind: Snap\0shot\n", 2, r"bad:1:11: .*NUL"),
    "invalid UTF-8": (b"kind: Snap\xffshot\n", 2, r"bad:1:11: .*UTF-8"),
    "17 MiB": (b"a: " + b"x" * (17 << 20), 2, r"larger than"),
    "alias bomb": ("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)), 2, r"bad:\d+:\d+: .*alias|values"),
    "200,000 deep YAML": ("[" * 200_000, 2, r"bad:1:\d+: .*dee?p"),
    "200,000 deep JSON": ('{"a":' * 200_000, 2, r"bad:1:\d+: .*dee?p"),
    "duplicate key": ("kind: a\nkind: b\n", 2, r"bad:2:1: .*kind"),
    "two documents": ("kind: a\n---\nkind: b\n", 2, r"bad:\d:\d+: "),
    "a list": ("- a\n", 2, r"bad:1:1: expected .*, got a list"),
    "a scalar": ("text\n", 2, r"bad:1:1: expected .*, got a string"),
}
# Not for --values-file and --config, which take any map and may be empty.
DOCUMENTS = {
    "empty file": ("", 2, r"empty"),
    "only comments": ("# nothing\n\n# here\n", 2, r"empty"),
    "unknown key": ("kind: {kind}\napiVersion: eidos.nvidia.com/v1alpha1\nmetadatta: {{}}\n{required}", 2,
                    r"bad:3:1: unknown key 'metadatta'; did you mean 'metadata'\?"),
    "wrong kind": ("kind: Pod\napiVersion: eidos.nvidia.com/v1alpha1\n", 2, r"bad:1:\d+: .*'Pod'.*{kind}"),
    "wrong apiVersion": ("kind: {kind}\napiVersion: eidos.nvidia.com/v9\n{required}", 2,
                         r"bad:2:\d+: .*'eidos.nvidia.com/v9'.*eidos.nvidia.com/v1alpha1"),
}
KINDS = {
    "recipe --snapshot": ("Snapshot", "measurements: []\n"),
    "recipe --criteria": ("RecipeCriteria", "spec: {}\n"),
    "validate --recipe": ("RecipeResult", "componentRefs: []\n"),
    "validate --snapshot": ("Snapshot", "measurements: []\n"),
    "bundle --recipe": ("RecipeResult", "componentRefs: []\n"),
    "query --recipe": ("RecipeResult", "componentRefs: []\n"),
    "explain --recipe": ("RecipeResult", "componentRefs: []\n"),
}

# The rest: arguments, exit code, words.
LINES = {
    "unknown flag": (["recipe", "--sevice", "eks"], 1, r"unknown flag '--sevice'; did you mean '--service'\?"),
    "unknown letter": (["recipe", "-z"], 1, r"unknown flag '-z'"),
    "unknown command": (["recpie"], 1, r"unknown command 'recpie'; did you mean 'recipe'\?"),
    "no command": ([], 1, r"no command given; see 'eidos help'"),
    "extra argument": (["recipe", "eks"], 1, r"unexpected argument 'eks'"),
    "a value twice": (["recipe", "--os", "rhel", "--os", "cos"], 1, r"--os is given twice"),
    "a value missing": (["recipe", "--os"], 1, r"--os needs a value"),
    "unknown criteria value": (["recipe", "--service", "ekz"], 2,
                               r"service 'ekz' must be one of: eks, gke, .*did you mean 'eks'\?"),
    "negative version": (["recipe", "--osv", "-1.0"], 2, r"--osv: .*cannot contain negative numbers"),
    "version that is none": (["recipe", "--k8s", "new"], 2, r"--k8s: .*'new'"),
    "negative nodes": (["recipe", "--nodes", "-5"], 2, r"--nodes must be a whole number, 0 or more; got '-5'"),
    "unknown format": (["recipe", "--format", "xml"], 2, r"--format must be one of: yaml, json, table; got 'xml'"),
    "bad duration": (["recipe", "--timeout", "soon"], 2, r"'soon' is not a duration; .*10s"),
    "fact that contradicts": (["recipe", "--service", "eks", "--accelerator", "h100", "--intent", "training",
                               "--os", "ubuntu", "--k8s", "1.20"], 2, r"--k8s '1.20' contradicts"),
    "criteria nobody uses, strictly": (["recipe", "--service", "oke", "--strict"], 2, r"service.*nearest"),
    "fact nobody checks, strictly": (["recipe", "--osv", "24.04", "--strict"], 2, r"--osv '24.04' is not checked"),
    "two documents of criteria": (["recipe", "-c", "criteria.yaml", "-s", "snapshot.yaml"], 1,
                                  r"--criteria and --snapshot cannot both"),
    "standard input twice": (["validate", "-r", "-", "-s", "-"], 1, r"cannot both be '-'"),
    "output up and out": (["recipe", "--output", "../../etc/passwd"], 2,
                          r"output path escapes current directory.*/etc/passwd"),
    "output through a link": (["recipe", "-o", "out-link/x.yaml"], 2, r"output path escapes current directory"),
    "bundle up and out": (["bundle", "-r", "recipe.yaml", "-o", "../bundle"], 2, r"escapes current directory"),
    "bundle through a link": (["bundle", "-r", "recipe.yaml", "-o", "out-link/b"], 2, r"escapes current directory"),
    "output into a missing folder": (["recipe", "-o", "no/such/x.yaml"], 3, r"no/such"),
    "output is a directory": (["recipe", "-o", "folder"], 2, r"'folder' is a directory"),
    "output to a name that is none": (["recipe", "-o", "cm://a/B"], 2, r"'cm://a/B' names no ConfigMap"),
    "table into a ConfigMap": (["recipe", "-o", "cm://a/b", "-t", "table"], 2, r"a table does not go into"),
    "bundle into a ConfigMap": (["bundle", "-r", "recipe.yaml", "-o", "cm://a/b"], 2, r"does not fit into a ConfigMap"),
    "input from cm without a cluster": (["validate", "-r", "cm://a/b", "-s", "snapshot.yaml"], 6,
                                        r"no cluster: there is no kubeconfig.*\n?.*--kubeconfig"),
    "kubeconfig that is not there": (["snapshot", "-k", "no-such-file"], 3, r"'no-such-file'"),
    "kubeconfig that is none": (["snapshot", "-k", "recipe.yaml"], 2, r"no kubeconfig: its kind is not Config"),
    "kubeconfig without a context": (["recipe", "-s", "cm://a/b", "-k", "/dev/null"], 2, r"null"),
    "input from an unknown scheme": (["validate", "-r", "ftp://a/b", "-s", "snapshot.yaml"], 2, r"'ftp'"),
    "full device": (["recipe", "-o", "/dev/full"], 8, r"/dev/full.*No space left"),
    "recipe is a directory": (["bundle", "-r", "folder", "-o", "b"], 2, r"'folder' is a directory"),
    "recipe is a FIFO": (["bundle", "-r", "fifo", "-o", "b"], 2, r"'fifo' is a FIFO|named pipe"),
    "recipe is a device": (["bundle", "-r", "/dev/zero", "-o", "b"], 2, r"'/dev/zero' is a character device"),
    "snapshot is a FIFO": (["recipe", "-s", "fifo"], 2, r"'fifo'"),
    "a name that is nearly there": (["validate", "-r", "recipe.yml", "-s", "snapshot.yaml"], 3,
                                    r"recipe.yml.*did you mean 'recipe.yaml'\?"),
    "catalog is a file": (["recipe", "--catalog", "recipe.yaml"], 2, r"recipe.yaml: it is neither a zip nor a tar.gz"),
    "layer without a digest": (["recipe", "--data", "https://localhost:1/l.tgz"], 2, r"l.tgz: .*needs its digest"),
    "layer of a scheme nobody reads": (["recipe", "--data", "oci://localhost:1/l"], 2, r"'oci'"),
    "lock that is not there": (["recipe", "--lock", "nolock"], 3, r"nolock"),
    "lock that is no lock": (["recipe", "--lock", "recipe.yaml"], 2, r"recipe.yaml:1:7: .*RecipeResult.*CatalogLock"),
    "catalog is not there": (["recipe", "--catalog", "none"], 3, r"none"),
    "catalog with a FIFO": (["recipe", "--data", "fifo-catalog"], 2, r"fifo-catalog/registry.yaml"),
    "catalog with a link": (["recipe", "--data", "link-catalog"], 2, r"link-catalog/registry.yaml"),
    "recipe where a snapshot belongs": (["validate", "-r", "recipe.yaml", "-s", "recipe.yaml"], 2,
                                        r"recipe.yaml:1:\d+: .*RecipeResult.*Snapshot"),
    "snapshot where a recipe belongs": (["bundle", "-r", "snapshot.yaml", "-o", "b"], 2,
                                        r"snapshot.yaml:1:\d+: .*Snapshot.*RecipeResult"),
    "null entry in a recipe": (["bundle", "-r", "null.yaml", "-o", "b"], 2, r"null.yaml:3:\d+: .*componentRefs\[0\].*null"),
    "null entry in a snapshot": (["recipe", "-s", "null-snapshot.yaml"], 2, r"null-snapshot.yaml:3:\d+: .*null"),
    "unknown operator": (["validate", "-r", "operator.yaml", "-s", "snapshot.yaml"], 2, r"~>.*>=, <=, "),
    "unknown component in --set": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", "cert-manger:a=b"], 2,
                                   r"cert-manger.*cert-manager"),
    "--set with nothing": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", ""], 2,
                           r"--set '': no component in front of a ':'"),
    "--set without a value": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set"], 1, r"--set needs a value"),
    "--set without a component": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", "a.b=c"], 2,
                                  r"--set 'a.b': no component in front of a ':'"),
    "--set with an empty component": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", ":a=b"], 2,
                                      r"--set ':a': the component is empty"),
    "--set without '='": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", "cert-manager:a"], 2,
                          r"--set 'cert-manager:a': no '=' behind the path"),
    "--set with an empty path": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", "cert-manager:=a"], 2,
                                 r"--set 'cert-manager:': path '': it is empty"),
    "--set with two dots": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", "cert-manager:a..b=1"], 2,
                            r"a part between dots is empty"),
    "--set with a dot at the end": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", "cert-manager:a.=1"], 2,
                                    r"path 'a\.': "),
    "--set with an open bracket": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", "cert-manager:a[0=1"], 2,
                                   r"path 'a\[0': a '\[' is not closed"),
    "--set with a word as index": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", "cert-manager:a[x]=1"], 2,
                                   r"a list index must be a whole number from 0"),
    "--set far behind a list's end": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set",
                                       "cert-manager:a[99999999999]=1"], 2, r"--set 'cert-manager:a\[99999999999\]'"),
    "--set with an open quote": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", 'cert-manager:"a=1'], 2,
                                 r"no '=' behind the path"),
    "--set with an escape": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", "cert-manager:a=\x1b[31m"], 2,
                             r"--set 'cert-manager:a': it holds a control character"),
    "--set through a scalar": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", "cert-manager:a=1", "--set",
                                "cert-manager:a.b=2"], 2, r"--set 'cert-manager:a.b': .*'a' is a number, not a map"),
    "--set of a switch that is none": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", "cert-manager:enabled=on"], 2,
                                       r"--set 'cert-manager:enabled': the value must be true or false"),
    "--set that leaves nothing": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set", "cert-manager:enabled=false"], 2,
                                  r"every component of the recipe is switched off"),
    "--set nobody knows, strictly": (["bundle", "-r", "recipe.yaml", "-o", "b", "--strict-values", "--set",
                                      "cert-manager:replicaCout=2"], 2, r"'replicaCout'; did you mean 'replicaCount'\?"),
    "--set-json that is none": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set-json", "cert-manager:a={b}"], 2,
                                r"--set-json 'cert-manager:a': "),
    "--set-string for nobody": (["bundle", "-r", "recipe.yaml", "-o", "b", "--set-string", "cm:a=b"], 2, r"'cm'"),
    "--repo that is no URL": (["bundle", "-r", "recipe.yaml", "-o", "b", "-d", "argocd", "--repo", "my repo"], 2,
                              r"--repo 'my repo' has none of https://, http://, oci://.*git@host:path"),
    "--repo with a password": (["bundle", "-r", "recipe.yaml", "-o", "b", "-d", "flux", "--repo", "https://a:b@h/x"], 2,
                               r"holds a user name"),
    "--repo of another kind": (["bundle", "-r", "recipe.yaml", "-o", "b", "-d", "argocd", "--repo", "file:///x"], 2,
                               r"--repo 'file:///x'"),
    "--repo that HEAD does not do for": (["bundle", "-r", "recipe.yaml", "-o", "b", "-d", "flux", "--repo",
                                          "https://git.example/x"], 2, r"--repo-revision main"),
    "--namespace that is none": (["bundle", "-r", "recipe.yaml", "-o", "b", "-n", "My_NS"], 2, r"--namespace: 'My_NS' cannot be a namespace"),
    "selector that is none": (["bundle", "-r", "recipe.yaml", "-o", "b", "--system-node-selector", "gpu"], 2,
                              r"--system-node-selector 'gpu'.*not key=value"),
    "toleration that is none": (["bundle", "-r", "recipe.yaml", "-o", "b", "--accelerated-node-toleration", "a=b:Never"],
                                2, r"'Never'.*NoSchedule"),
    "negative number of nodes": (["bundle", "-r", "recipe.yaml", "-o", "b", "--nodes", "-1"], 2,
                                 r"--nodes must be a whole number"),
    "archives without a known ending": (["bundle", "-r", "recipe.yaml", "-o", "b.tar"], 2,
                                        r"b.tar: .tar archives are not written; .*one of: .zip, .tar.gz, .tgz"),
    "an ending with nothing before it": (["bundle", "-r", "recipe.yaml", "-o", "folder/.7z"], 2, r".7z archives"),
    "unknown component in --component": (["bundle", "-r", "recipe.yaml", "-o", "b", "--component", "x"], 3,
                                         r"'x' component not found in recipe"),
    "unknown component in a recipe": (["bundle", "-r", "unknown.yaml", "-o", "b"], 2, r"no-such-thing"),
    "values file without a component": (["bundle", "-r", "recipe.yaml", "-o", "b", "--values-file", "x.yaml"], 2,
                                        r"is not COMPONENT=FILE"),
    "images of an unknown component": (["images", "-r", "recipe.yaml", "--component", "x"], 3,
                                       r"'x' component not found in recipe"),
    "images in an unknown form": (["images", "-r", "recipe.yaml", "-t", "haulr"], 2, r"haulr.*hauler"),
    "why in a form that is no table": (["images", "-r", "recipe.yaml", "--why", "-t", "json"], 1, r"--why is a table"),
    "system that is none": (["images", "-r", "recipe.yaml", "--node-os", "Ubuntu 24.04"], 2, r"is no system of a node"),
    "repository nobody reads": (["bundle", "-r", "recipe.yaml", "-o", "b", "--repo", "https://git.example/x"], 2,
                                r"mean nothing to deployer 'helm'"),
    "bundle to standard output": (["bundle", "-r", "recipe.yaml", "-o", "-"], 2, r"--dry-run"),
    "bundle for an unknown deployer": (["bundle", "-r", "recipe.yaml", "-o", "b", "-d", "argo"], 2, r"unknown deployer .argo.; did you mean .argocd."),
    "bundle to an unknown archive": (["bundle", "-r", "recipe.yaml", "-o", "b.7z"], 2,
                                     r"b.7z: .7z archives are not written; .*one of: .zip, .tar.gz, .tgz"),
    "bundle over somebody's archive": (["bundle", "-r", "recipe.yaml", "-o", "mine.zip"], 2,
                                       r"'mine.zip' is there and is no bundle that eidos wrote.*--force"),
    "archive over its own input": (["bundle", "-r", "recipe.zip", "-o", "./recipe.zip", "--force"], 2,
                                   r"'./recipe.zip' is an input of this run"),
    "archive that is a folder": (["bundle", "-r", "recipe.yaml", "-o", "folder.zip"], 2, r"'folder.zip' is a directory"),
    "archive into a missing folder": (["bundle", "-r", "recipe.yaml", "-o", "no/b.zip"], 3, r"no/b.zip.*'no'"),
    "archive with --fsync": (["bundle", "-r", "recipe.yaml", "-o", "b.zip", "--fsync"], 1, r"--fsync is for directories"),
    "diff and output": (["bundle", "-r", "recipe.yaml", "-o", "b", "--diff", "folder"], 1, r"cannot both be given"),
    "diff against what is no bundle": (["bundle", "-r", "recipe.yaml", "--diff", "folder"], 2, r"'folder' is no bundle"),
    "diff against nothing": (["bundle", "-r", "recipe.yaml", "--diff", "none"], 3, r"'none' does not exist"),
    "verify without a place": (["verify"], 1, r"needs a DIR or FILE"),
    "verify of two": (["verify", "a", "b"], 1, r"no more than one argument"),
    "verify of nothing": (["verify", "none"], 3, r"'none' does not exist"),
    "verify of a folder": (["verify", "folder"], 2, r"'folder' is no bundle: it has no checksums.txt"),
    "verify above a bundle": (["verify", "."], 2, r"'badlist/checksums.txt', not at the top; verify that directory"),
    "verify of a file": (["verify", "recipe.yaml"], 2, r"recipe.yaml: it is neither a zip nor a tar.gz archive"),
    "verify of a FIFO": (["verify", "fifo"], 2, r"'fifo' is a FIFO|named pipe"),
    "verify of a device": (["verify", "/dev/zero"], 2, r"'/dev/zero' is a character device"),
    "verify of an empty file": (["verify", "empty.zip"], 2, r"empty.zip: the file is empty"),
    "verify of an interrupted write": (["verify", "cut"], 2, r"'cut' is incomplete: writing it was interrupted"),
    "verify of a bad list": (["verify", "badlist"], 2, r"badlist: checksums.txt:1: "),
    "verify of standard input": (["verify", "-"], 2, r"not standard input"),
    "verify of a URL": (["verify", "https://host/b.zip"], 2, r"download it first"),
    "bundle for nobody": (["bundle", "-r", "recipe.yaml", "-o", "b", "-d", "hlem"], 2, r"did you mean 'helm'\?"),
    "bundle without a place": (["bundle", "-r", "recipe.yaml"], 1, r"needs --output DIR"),
    "folder with foreign files": (["bundle", "-r", "recipe.yaml", "-o", "folder"], 2, r"mine.txt.*--force"),
    "bundle over its own input": (["bundle", "-r", "own/r.yaml", "-o", "own", "--force"], 2,
                                  r"'own/r.yaml' is an input of this run and stands in 'own'"),
    "bundle over its catalog data": (["bundle", "-r", "recipe.yaml", "--data", "own/data", "-o", "own", "--force"], 2,
                                     r"'own/data' is an input of this run"),
    "folder with checksums of another program": (["bundle", "-r", "recipe.yaml", "-o", "release"], 2,
                                                 r"does not list 'recipe.yaml'.*--force"),
    "bundle over a file": (["bundle", "-r", "recipe.yaml", "-o", "recipe.yaml"], 2, r"recipe.yaml.* not a directory"),
    "bundle over everything": (["bundle", "-r", "recipe.yaml", "-o", "/", "--force"], 2, r"'/'"),
    "bundle over where we are": (["bundle", "-r", "recipe.yaml", "-o", ".", "--force", "--allow-outside", "--dry-run=maybe"], 2,
                                 r"--dry-run must be one of"),
    "selector that leads nowhere": (["query", "--selector", "components.gpu-operator.values.driver.verson"], 3,
                                    r"nothing at 'components.gpu-operator.values.driver.verson'; did you mean "
                                    r"'version'\?.* has: .*rdma"),
    "selector below a scalar": (["query", "--selector", "kind.x"], 3, r"'kind' is a string"),
    "selector past the end": (["query", "--selector", "deploymentOrder[99]"], 3, r"has \d+ items"),
    "selector with a star for nothing": (["query", "--selector", "kind.*"], 3, r"'kind' is a string"),
    "selector of an unknown component": (["query", "--selector", "components.cert-manger"], 3,
                                         r"did you mean 'cert-manager'\?"),
    "selector that is no path": (["query", "--selector", "components..x"], 2, r"part between dots is empty"),
    "selector with half a star": (["query", "--selector", "components.gpu-*"], 2, r"'\*' stands for a whole part"),
    "query of a recipe and criteria": (["query", "-r", "recipe.yaml", "--service", "eks"], 1,
                                       r"--recipe and --service cannot both"),
    "query of a recipe and a snapshot": (["query", "-r", "recipe.yaml", "-s", "snapshot.yaml"], 1,
                                         r"--recipe and --snapshot cannot both"),
    "query of a snapshot": (["query", "-r", "snapshot.yaml"], 2, r"snapshot.yaml:1:\d+: .*Snapshot.*RecipeResult"),
    "query of a recipe from another catalog": (["query", "-r", "other.yaml"], 2,
                                               r"'cert-manager' is made from other catalog files"),
    "query in an unknown format": (["query", "-t", "xml"], 2, r"-t must be one of: text, yaml, json, table"),
    "query where two selectors miss": (["query", "--selector", "kind", "--selector", "knd"], 3, r"'knd'"),
    "redact of nothing": (["redact"], 1, r"name the document.*eidos redact snapshot.yaml"),
    "redact of a missing file": (["redact", "none.yaml"], 3, r"'none.yaml' does not exist"),
    "redact of two": (["redact", "snapshot.yaml", "recipe.yaml"], 1, r"unexpected argument 'recipe.yaml'"),
    "redact into nowhere": (["redact", "snapshot.yaml", "-o", "no/where.yaml"], 3, r"there is no directory 'no'"),
    "diff of nothing": (["diff"], 1, r"two documents to compare are missing.*eidos diff A B"),
    "diff of one": (["diff", "snapshot.yaml"], 1, r"the second document is missing.*eidos diff A B"),
    "diff of three": (["diff", "a", "b", "c"], 1, r"unexpected argument 'c'"),
    "diff of standard input twice": (["diff", "-", "-"], 1, r"both documents cannot be '-'"),
    "diff of a missing file": (["diff", "snapshot.yaml", "none.yaml"], 3, r"'none.yaml'"),
    "diff of no name": (["diff", "", "snapshot.yaml"], 2, r"the path is empty"),
    "diff of two kinds": (["diff", "recipe.yaml", "snapshot.yaml"], 2,
                          r"'recipe.yaml' is a RecipeResult, 'snapshot.yaml' is a Snapshot: only two of one kind .*"
                          r"eidos validate -r recipe.yaml -s snapshot.yaml"),
    "diff of no kind to compare": (["diff", "criteria.yaml", "criteria.yaml"], 2,
                                   r"criteria.yaml:1:7: kind 'RecipeCriteria' cannot be compared; .*Snapshot or RecipeResult"),
    "diff of a directory that is no bundle": (["diff", "folder", "recipe.yaml"], 2,
                                              r"'folder' is a directory, but no bundle: it has no recipe.yaml"),
    "diff of half a bundle": (["diff", "half", "recipe.yaml"], 2, r"'half' .*no bundle: it has no values.yaml"),
    "diff of a bundle and a snapshot": (["diff", "stack", "snapshot.yaml"], 2,
                                        r"'stack' is a Bundle, .*-r stack/recipe.yaml -s snapshot.yaml"),
    "diff of a bundle with bad values": (["diff", "stack-list", "stack"], 2,
                                         r"stack-list/values.yaml:1:1: expected values, a map, got a list"),
    "diff of a FIFO": (["diff", "fifo", "snapshot.yaml"], 2, r"'fifo'"),
    "diff that ignores no path": (["diff", "snapshot.yaml", "snapshot.yaml", "--ignore", "a..b"], 2,
                                  r"--ignore: path 'a..b': a part between dots is empty"),
    "diff that ignores everything": (["diff", "snapshot.yaml", "snapshot.yaml", "--ignore", "*"], 2,
                                     r"--ignore '\*' would leave nothing"),
    "diff with an unknown class": (["diff", "a", "b", "--fail-on", "braking"], 2,
                                   r"--fail-on must be one of: breaking, performance, cosmetic.*did you mean 'breaking'"),
    "patch that ignores": (["diff", "snapshot.yaml", "snapshot.yaml", "--ignore", "OS", "-t", "patch"], 1,
                           r"--ignore and --format patch cannot both"),
    "patch of bundles": (["diff", "stack", "stack", "-q", "-t", "patch"], 2,
                         r"'stack' is a directory.*stack/recipe.yaml"),
    "explain a path that leads nowhere": (["explain", "components.gpu-operator.values.drivr"], 3,
                                          r"nothing at 'components.gpu-operator.values.drivr'; did you mean 'driver'\?"
                                          r".* left to the chart"),
    "explain an unknown component": (["explain", "components.cert-manger"], 3, r"did you mean 'cert-manager'\?"),
    "explain what is no path": (["explain", "components["], 2, r"a '\[' is not closed"),
    "explain two paths": (["explain", "kind", "metadata"], 1, r"unexpected argument 'metadata'"),
    "explain a recipe and criteria": (["explain", "-r", "recipe.yaml", "--gpu", "h100"], 1,
                                      r"--recipe and --accelerator cannot both"),
    "explain a snapshot": (["explain", "-r", "snapshot.yaml"], 2, r"snapshot.yaml:1:\d+: .*Snapshot.*RecipeResult"),
    "explain as JSON and YAML": (["explain", "--json", "-t", "yaml"], 1, r"--json and -t yaml cannot both"),
    "explain in an unknown format": (["explain", "-t", "table"], 2, r"-t must be one of: text, yaml, json"),
    "explain a recipe from another catalog": (["explain", "-r", "other.yaml", "components.cert-manager.values"], 2,
                                              r"'cert-manager' is made from other catalog files"),
    "explain --set for nobody": (["explain", "--set", "cert-manger:a=b"], 2, r"cert-manger.*cert-manager"),
    "explain --set through a scalar": (["explain", "--set", "gpu-operator:driver.version.x=1"], 2,
                                       r"'driver.version' is a string, not a map"),
    "explain a bad scheduling flag": (["explain", "--accelerated-node-selector", "gpu"], 2, r"not key=value"),
    "explain with standard input twice": (["explain", "-r", "-", "--values-file", "cert-manager=-"], 1,
                                          r"cannot both be '-'"),
    "unknown collector": (["snapshot", "--filter", "gpuu"], 2, r"--filter: 'gpuu' is no collector; did you mean 'gpu'\?"),
    "unknown collector required": (["snapshot", "--require", "gpuu"], 2, r"--require must be one of: .*did you mean 'gpu'"),
    "snapshot of nowhere": (["snapshot", "--fail-fast", "--best-effort"], 1, r"cannot both"),
    "schema that is not there": (["validate", "--schema", "v9", "recipe.yaml"], 3, r"'v9'.*v1alpha1"),
    "schema that is none": (["validate", "--schema", "pod.yaml", "recipe.yaml"], 2, r"pod.yaml:1:1: .*'kind'"),
    "documents without --schema": (["validate", "-r", "recipe.yaml", "-s", "snapshot.yaml", "x"], 1, r"unexpected argument 'x'"),
    "recipe lint of nothing": (["recipe", "lint"], 1, r"name the file"),
    "recipe upgrade of another's document": (["recipe", "upgrade", "pod.yaml"], 2, r"pod.yaml:1:7: unknown kind 'Pod'"),
    "recipe lock with no index": (["recipe", "lock", "recipe.yaml", "--index", "snapshot.yaml"], 2, r"snapshot.yaml: is no index"),
    "unknown kind": (["schema", "Snapshoot"], 2, r"did you mean 'Snapshot'\?"),
    "unknown shell": (["completion", "powershell"], 2, r"must be one of: bash, zsh, fish"),
}


class BadInput(support.Case):
    def setUp(self):
        super().setUp()
        self.put("recipe.yaml", RECIPE)
        self.put("snapshot.yaml", SNAPSHOT)
        self.put("criteria.yaml", CRITERIA)
        self.put("pod.yaml", "kind: Pod\n")
        self.put("out.yaml", "before\n")
        self.put("folder/mine.txt", "mine\n")
        self.put("own/r.yaml", RECIPE)
        self.put("mine.zip", "mine\n")
        self.put("recipe.zip", RECIPE)
        self.put("empty.zip", "")
        self.put("folder.zip/x", "x\n")
        self.put("cut/.eidos-new-0123456789ab-0/known", "")
        self.put("cut/Chart.yaml", "name: a\n")
        self.put("badlist/checksums.txt", "hello\n")
        self.put("own/data/components/cert-manager/values.yaml", "a: 1\n")
        self.put("release/app", "x")
        self.put("release/checksums.txt", hashlib.sha256(b"x").hexdigest() + "  app\n")
        self.put("null.yaml", RECIPE.split("metadata")[0] + "componentRefs: [null]\n")
        self.put("null-snapshot.yaml", SNAPSHOT.split("measurements")[0] + "measurements: [~]\n")
        self.put("operator.yaml", RECIPE.replace(">= 1.32", "~> 1.32"))
        self.put("unknown.yaml", RECIPE.split("componentRefs")[0] + "componentRefs: [{name: no-such-thing}]\n")
        self.put("other.yaml", RECIPE.replace("metadata: {}", "metadata: {catalog: {components: {cert-manager: x}}}"))
        self.put("half/recipe.yaml", RECIPE)
        for name, values in {"stack": "cert-manager: {}\n", "stack-list": "- a\n"}.items():
            self.put(f"{name}/recipe.yaml", RECIPE)
            self.put(f"{name}/values.yaml", values)
        for name in ("fifo-catalog", "link-catalog"):
            (self.dir / name).mkdir()
        os.mkfifo(self.dir / "fifo")
        os.mkfifo(self.dir / "fifo-catalog/registry.yaml")
        os.symlink(self.dir / "recipe.yaml", self.dir / "link-catalog/registry.yaml")
        os.symlink("/tmp", self.dir / "out-link")

    def refused(self, arguments, code, words, **more):
        before = self.tree()
        done = self.eidos(*arguments, **more)
        told = f"eidos {' '.join(map(str, arguments))}\n{done.err}"
        self.assertEqual(done.code, code, told)
        self.assertRegex(done.err, ONE_LINE, told)
        self.assertEqual(done.err.count("eidos: error: "), 1, told)
        self.assertRegex(done.err, words, told)
        self.assertNotRegex(done.err, FORBIDDEN, told)
        self.assertEqual(done.out, "", told)
        self.assertEqual(self.tree(), before, told)

    def line(self, row):
        self.refused(*row)

    def content(self, row):
        arguments, content, code, words = row
        if content is not None:
            self.put("bad", content)
        self.refused(arguments, code, words)

    def test_missing_flags_are_two_lines(self):
        done = self.eidos("validate")
        self.assertEqual(done.code, 1)
        self.assertEqual(done.out, "")
        self.assertEqual(done.err, "eidos: error: eidos validate needs --recipe FILE and --snapshot FILE\n"
                                   "usage: eidos validate --recipe FILE --snapshot FILE [flags], or --schema VERSION|FILE "
                                   "[DOCUMENT...]; "
                                   "see 'eidos validate --help'\n")

    def test_several_problems_are_a_line_each(self):
        self.put("bad", RECIPE + "extra: 1\nmore: 2\n")
        done = self.eidos("bundle", "-r", "bad", "-o", "b")
        self.assertEqual(done.code, 2)
        self.assertRegex(done.err, r"bad:\d+:1: unknown key 'extra'.*\neidos: error: bad:\d+:1: unknown key 'more'")

    def test_only_the_first_problem_if_asked(self):
        flags = ["--set", "nobody:a=1", "--set", "nobody-else:a=1", "--set", "a"]
        done = self.eidos("bundle", "-r", "recipe.yaml", "-o", "b", *flags)
        self.assertEqual((done.code, done.err.count("eidos: error: ")), (2, 3), done.err)
        first = done.err.splitlines()[0]
        done = self.eidos("bundle", "-r", "recipe.yaml", "-o", "b", *flags, "--fail-fast")
        self.assertEqual((done.code, done.err), (2, first + "\n"))

    def test_unreadable_file(self):
        (self.dir / "recipe.yaml").chmod(0)
        self.dir.chmod(0o777)
        self.refused(["bundle", "-r", "recipe.yaml", "-o", "b"], 4, r"'recipe.yaml'.*Permission denied",
                     **support.as_nobody())

    def test_unwritable_folder(self):
        (self.dir / "closed").mkdir(mode=0o555)
        for arguments in (["recipe", "-o", "closed/x.yaml"], ["bundle", "-r", "recipe.yaml", "-o", "closed/b"]):
            self.refused(arguments, 4, r"closed.*Permission denied", **support.as_nobody())

    def test_full_standard_output(self):
        with open("/dev/full", "wb") as full:
            done = self.eidos("recipe", stdout=full)
        self.assertEqual(done.code, 8)
        self.assertRegex(done.err, r"eidos: error: writing standard output: No space left on device\n\Z")

    def test_closed_standard_output(self):
        done = subprocess.run(["sh", "-c", '"$0" recipe >&-', support.EIDOS], capture_output=True, text=True,
                              env=support.environment(), cwd=self.dir, check=False, timeout=support.SECONDS)
        self.assertEqual((done.returncode, done.stderr),
                         (2, "eidos: error: standard output is not open for writing\n"))

    def test_full_disk(self):
        """A real one, of 1 MiB: full before, or too small for what is written. What was there is still there."""
        prepare = 'mount -t tmpfs -o size=1m none full && cd full && "$0" bundle -q -r ../recipe.yaml -o b >/dev/null && ' \
                  '"$0" bundle -q -r ../recipe.yaml -o b.zip >/dev/null && sha256sum b.zip >../before && '
        fill = "{ head -c 2m /dev/zero >filler 2>/dev/null; true; } && "
        check = '"$0" "$@"; code=$?; "$0" verify --strict b >/dev/null && sha256sum --quiet -c ../before && ls -A; exit $code'
        command = ["unshare", "-m", *([] if os.geteuid() == 0 else ["-r"]), "sh", "-c"]
        (self.dir / "full").mkdir()
        noise = "".join(f"# {hashlib.sha256(str(i).encode()).hexdigest()}\n" for i in range(40_000))
        noisy = self.put("noisy.yaml", RECIPE + noise)  # 2.7 MB, more than half of that as an archive
        probe = subprocess.run([*command, "mount -t tmpfs none full"], cwd=self.dir, capture_output=True, text=True,
                               check=False)
        if probe.returncode != 0:
            self.skipTest("this user may not mount (needs root or CAP_SYS_ADMIN)")
        rows = [(fill, "recipe", "--service", "eks", "-o", "x.yaml"), (fill, "bundle", "-r", "../recipe.yaml", "-o", "c"),
                (fill, "bundle", "-r", "../recipe.yaml", "-o", "c.tgz"), (fill, "bundle", "-r", "../recipe.yaml", "-o", "b",
                                                                      "--set", "cert-manager:x=1")]
        rows += [("", "bundle", "-r", str(noisy), "-o", target) for target in ("b", "c", "b.zip", "c.zip", "c.tar.gz")]
        for before, *arguments in rows:
            with self.subTest(arguments=arguments, full=bool(before)):
                done = subprocess.run([*command, prepare + before + check, support.EIDOS, *arguments], cwd=self.dir,
                                      capture_output=True, text=True, env=support.environment(),
                                      timeout=support.SECONDS, check=False)
                self.assertEqual(done.returncode, 8, done.stderr)
                self.assertRegex(done.stderr, r"(?s)eidos: error: [^\n]+No space left on device[^\n]*\n\Z")
                self.assertEqual(done.stdout.split(), ["b", "b.zip", *(["filler"] if before else [])])

    def test_bom_and_crlf_are_fine(self):
        for name, change in {"bom": lambda t: b"\xef\xbb\xbf" + t.encode(),
                             "crlf": lambda t: t.replace("\n", "\r\n").encode()}.items():
            self.put("recipe.yaml", change(RECIPE))
            self.put("snapshot.yaml", change(SNAPSHOT))
            self.put("criteria.yaml", change(CRITERIA))
            with self.subTest(name):
                self.good("validate", "-r", "recipe.yaml", "-s", "snapshot.yaml")
                self.good("bundle", "-r", "recipe.yaml", "--dry-run")
                self.good("recipe", "-c", "criteria.yaml")
                self.good("recipe", "-s", "snapshot.yaml")


def document_rows():
    table = {}
    for reader, arguments in READERS.items():
        for name, (content, code, words) in CONTENTS.items():
            table[f"{reader}: {name}"] = (arguments, content, code, words)
        for name, (content, code, words) in DOCUMENTS.items():
            if reader not in KINDS:
                continue
            kind, required = KINDS[reader]
            if "{" in content:
                content = content.format(kind=kind, required=required)
            table[f"{reader}: {name}"] = (arguments, content, code, words.replace("{kind}", kind))
    return table


support.rows(LINES, "line")(BadInput)
support.rows(document_rows(), "content")(BadInput)

if __name__ == "__main__":
    support.main()
