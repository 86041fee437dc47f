#!/usr/bin/python3 -SE
"""Stands in for helm and kubectl in tests of scripts: records each call and keeps a small cluster of its own.

Linked into a directory of PATH under both names. The directory in $CLUSTER holds state.json:
  context   what `kubectl config current-context` says; "" for none
  releases  "namespace/name" -> {"status", "values"}: values is the text of the last file given with -f
  objects   of kubectl: what is there, "Kind/name"
  fail      patterns; a call whose words match one exits 1 after it was recorded, and upgrades leave a failed release
and calls.log, a JSON list of words per call, in which the script's temporary directory is called WORK.
"""
import json
import os
import pathlib
import re
import sys

HERE = pathlib.Path(os.environ["CLUSTER"])
TOOL = pathlib.Path(sys.argv[0]).name
WORDS = sys.argv[1:]
STATE = json.loads((HERE / "state.json").read_text())


def save():
    (HERE / "state.json").write_text(json.dumps(STATE))


def flag(*names):
    """The values given with a flag."""
    return [WORDS[at + 1] for at, word in enumerate(WORDS[:-1]) if word in names]


def record():
    words = [re.sub(r"/\S*/eidos\.\w{6}", "WORK", word) for word in [TOOL, *WORDS]]
    with open(HERE / "calls.log", "a") as log:
        log.write(json.dumps(words) + "\n")
    line = " ".join(words)
    for pattern in STATE["fail"]:
        if re.search(pattern, line):
            return True
    return False


def release():
    return f"{flag('--namespace')[0]}/{WORDS[2]}"


def objects_in(text):
    """Kind/name of each document that has both."""
    for document in re.split(r"(?m)^---.*$", text):
        kind = re.search(r"(?m)^kind: *(\S+)", document)
        name = re.search(r"(?m)^  name: *(\S+)", document)
        if kind and name:
            yield f"{kind[1]}/{name[1]}"


def helm_list():
    wanted = {word[2:] for word in WORDS if word.startswith("--")}
    name = flag("--filter")[0].strip("^$")
    there = STATE["releases"].get(f"{flag('--namespace')[0]}/{name}")
    if there and there["status"].split("-")[0] in wanted:
        print(name)


def helm_upgrade(failed):
    values = flag("-f")
    STATE["releases"][f"{flag('--namespace')[0]}/{WORDS[2]}"] = {
        "status": "failed" if failed else "deployed", "values": pathlib.Path(values[-1]).read_text()}
    for value in values:
        assert pathlib.Path(value).is_file(), value
    save()


def helm_template():
    """The templates as they are: what a test looks for in them is no action of a template."""
    chart = pathlib.Path(WORDS[2])
    assert "dependencies" not in (chart / "Chart.yaml").read_text(), "a chart without its dependencies was promised"
    for path in sorted((chart / "templates").rglob("*.yaml")):
        print(f"---\n# Source: {path}\n{path.read_text()}")


def helm(failed):
    if WORDS[:2] == ["upgrade", "--install"]:
        helm_upgrade(failed)
    if failed:
        return
    if WORDS[0] == "list":
        helm_list()
    elif WORDS[:2] == ["get", "values"]:
        # As Helm prints them: all keys, sorted, subcharts' values among them.
        print("alpha:\n  enabled: true\n  text: |\n    enabled:\n      no-component: true")
        print(STATE["releases"][release()]["values"])
    elif WORDS[:2] == ["dependency", "build"]:
        (pathlib.Path(WORDS[2]) / "charts").mkdir()
        (pathlib.Path(WORDS[2]) / "charts" / "some.tgz").write_text("x")
    elif WORDS[:2] == ["show", "crds"]:
        assert (pathlib.Path(WORDS[2]) / "charts" / "some.tgz").is_file(), "charts come first"
        print(STATE.get("crds", "---\nkind: CustomResourceDefinition\nmetadata:\n  name: things.example\n"))
    elif WORDS[0] == "template":
        helm_template()
    elif WORDS[0] == "uninstall":
        del STATE["releases"][f"{flag('--namespace')[0]}/{WORDS[1]}"]
        save()


def kubectl():
    if WORDS[:2] == ["config", "current-context"]:
        print(STATE["context"])
        sys.exit(0 if STATE["context"] else 1)
    if WORDS[0] == "apply" and flag("-f") == ["-"]:
        sys.stdin.read()
    if WORDS[0] == "get":
        there = [name for name in objects_in(pathlib.Path(flag("-f")[0]).read_text()) if name in STATE["objects"]]
        print("\n".join(there))
        sys.exit(0 if there else 1)
    if WORDS[0] == "delete" and flag("-f"):
        gone = list(objects_in(pathlib.Path(flag("-f")[0]).read_text()))
        STATE["objects"] = [name for name in STATE["objects"] if name not in gone]
        save()
    if WORDS[:2] == ["delete", "secret"]:
        for one in STATE["releases"].values():
            if one["status"].startswith("pending"):
                one["status"] = "failed"
        save()


def main():
    failed = record()
    if TOOL == "helm":
        helm(failed)
    elif not failed:
        kubectl()
    if failed:
        print(f"Error: {TOOL} was made to fail here", file=sys.stderr)
        sys.exit(1)


main()
