#!/usr/bin/python3 -SE
"""Stands in for kubectl, and for what helm does with a cluster; the rest real helm does, $REAL_HELM.

Linked into a directory of PATH as helm and as kubectl. The directory in $CLUSTER holds state.json:
  objects   "Kind/namespace/name" -> UID; a CustomResourceDefinition's name is that of its kind, too: see `kinds`
  kinds     kinds that CustomResourceDefinitions there have brought
  releases  "namespace/name" -> {"status", "values", "objects"}
  fail      pattern of the calls that fail, and of these only number `at` (from 1); how: "before" anything is done,
            or "half" way through the objects of an upgrade, which leaves what a broken run of Helm leaves
and events.log, a JSON list a line: what was called, created, changed, deleted.

As Helm does: an installation creates the CRDs of crds/ that are missing, an upgrade none; objects of a kind that the
cluster does not know end it before anything is done; what a release has no more is deleted; hooks are made anew.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(os.environ["CLUSTER"])
TOOL = pathlib.Path(sys.argv[0]).name
WORDS = sys.argv[1:]
STATE = json.loads((HERE / "state.json").read_text())
BUILT_IN = ("ConfigMap", "CustomResourceDefinition", "DaemonSet", "ResourceQuota")


def save():
    (HERE / "state.json").write_text(json.dumps(STATE))


def event(*words):
    with open(HERE / "events.log", "a") as log:
        log.write(json.dumps(words) + "\n")


def fail(message):
    print(f"Error: {message}", file=sys.stderr)
    save()
    sys.exit(1)


def flag(*names):
    return [WORDS[at + 1] for at, word in enumerate(WORDS[:-1]) if word in names]


def injected():
    """How this call is to fail, or None."""
    if not STATE.get("fail") or not re.search(STATE["fail"], " ".join([TOOL, *WORDS])):
        return None
    STATE["at"] -= 1
    save()
    return STATE["how"] if STATE["at"] == 0 else None


class Object:
    """One document of what helm rendered. Written by templates of a known form, so no YAML reader is needed."""

    def __init__(self, text, name_space):
        self.text = text
        self.kind = re.search(r'(?m)^ ?"?kind"?: *"?(\w+)', text)[1]
        self.name = re.search(r'(?m)^  "?name"?: *"?([\w.-]+)', text)[1]
        found = re.search(r'(?m)^  "?namespace"?: *"?([\w-]+)', text)
        crd = self.kind == "CustomResourceDefinition"
        self.key = f"{self.kind}/{'' if crd else found[1] if found else name_space}/{self.name}"
        self.hook = "helm.sh/hook" in text
        self.brings = re.search(r'(?m)^ {3,4}"?kind"?: *"?(\w+)', text)[1] if crd else None

    def put(self, anew=False):
        if anew and self.key in STATE["objects"]:
            delete(self.key)
        if self.key not in STATE["objects"]:
            STATE["uids"] = STATE.get("uids", 0) + 1
            STATE["objects"][self.key] = STATE["uids"]
            event("created", self.key)
        else:
            event("changed", self.key)
        if self.brings and self.brings not in STATE["kinds"]:
            STATE["kinds"].append(self.brings)


def delete(key):
    del STATE["objects"][key]
    event("deleted", key)


def objects_in(text, name_space=""):
    documents = (part for part in re.split(r"(?m)^---.*$", text) if re.search(r'(?m)^ ?"?kind"?:', part))
    return [Object(part, name_space) for part in documents]


def real(*words):
    done = subprocess.run([os.environ["REAL_HELM"], *words], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
        sys.exit(done.returncode)
    return done.stdout


def upgrade(how):
    name, chart, name_space = WORDS[2], WORDS[3], flag("--namespace")[0]
    key = f"{name_space}/{name}"
    old = STATE["releases"].get(key)
    values = [word for path in flag("-f") for word in ("-f", path)]
    text = real("template", name, chart, "--namespace", name_space, *values, *([] if old else ["--include-crds"]))
    made = objects_in(text, name_space)
    own = [one for one in made if not old and one.kind == "CustomResourceDefinition" and "/crds/" in one.text]
    for one in own:
        if one.key not in STATE["objects"]:
            one.put()
    made = [one for one in made if one not in own]
    known = {*BUILT_IN, *STATE["kinds"]}
    for one in made:
        if one.kind not in known and not one.hook:
            fail(f'no matches for kind "{one.kind}": ensure CRDs are installed first')
    plain = [one for one in made if not one.hook]
    hooks = [one for one in made if one.hook]
    STATE["releases"][key] = {"status": "failed", "values": pathlib.Path(flag("-f")[-1]).read_text(),
                              "objects": sorted({one.key for one in plain} | set(old["objects"] if old else ()))}
    for one in plain[:len(plain) // 2] if how == "half" else plain:
        one.put()
    if how == "half":
        fail("timed out waiting for the condition")
    for gone in set(old["objects"] if old else ()) - {one.key for one in plain}:
        if gone in STATE["objects"]:
            delete(gone)
    for one in hooks:
        if one.kind not in known:
            fail(f'no matches for kind "{one.kind}": ensure CRDs are installed first')
        one.put(anew=True)
    STATE["releases"][key] |= {"status": "deployed", "objects": sorted(one.key for one in plain)}
    save()


def helm(how):
    if WORDS[:2] == ["upgrade", "--install"]:
        if how == "before":
            fail("helm was made to fail here")
        upgrade(how)
    elif how:
        fail("helm was made to fail here")
    elif WORDS[0] == "list":
        name = flag("--filter")[0].strip("^$")
        there = STATE["releases"].get(f"{flag('--namespace')[0]}/{name}")
        if there and f"--{there['status'].split('-')[0]}" in WORDS:
            print(name)
    elif WORDS[:2] == ["get", "values"]:
        print(STATE["releases"][f"{flag('--namespace')[0]}/{WORDS[2]}"]["values"])
    elif WORDS[0] in ("dependency", "show", "template"):
        context = WORDS.index("--kube-context") if "--kube-context" in WORDS else len(WORDS)
        sys.stdout.write(real(*WORDS[:context], *WORDS[context + 2:]))
    else:
        fail(f"no such command here: {WORDS}")


def kubectl(how):
    if how:
        fail("kubectl was made to fail here")
    if WORDS[:2] == ["config", "current-context"]:
        print("prod")
    elif WORDS[0] == "apply" and flag("-f") == ["-"]:
        for one in objects_in(sys.stdin.read()):
            one.put()
        save()
    elif WORDS[0] == "wait":
        for one in objects_in(sys.stdin.read()):
            if one.key not in STATE["objects"]:
                fail(f"{one.key} not found")
    else:
        fail(f"no such command here: {WORDS}")


event("called", TOOL, *WORDS[:2])
(helm if TOOL == "helm" else kubectl)(injected())
