#!/usr/bin/python3
"""`eidos snapshot --watch`, --on-change, --serve, --cache, --retain and --template, as they are run."""
import json
import os
import signal
import subprocess
import urllib.error
import urllib.request

import support

RELEASE = "os.release"


def pointer(document, path):
    """The container and last step of an RFC 6901 pointer."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
    for step in steps[:-1]:
        document = document[int(step) if isinstance(document, list) else step]
    return document, steps[-1] if steps else None


def applied(document, patch):
    """RFC 6902 as far as eidos writes it: add, remove, replace, move."""
    for operation in patch:
        value = operation.get("value")
        if operation["op"] == "move":
            where, step = pointer(document, operation["from"])
            value = where.pop(int(step) if isinstance(where, list) else step)
        where, step = pointer(document, operation["path"])
        if step is None:
            document = value
        elif operation["op"] == "remove":
            where.pop(int(step) if isinstance(where, list) else step)
        elif isinstance(where, list):
            if operation["op"] in ("add", "move"):
                where.insert(len(where) if step == "-" else int(step), value)
            else:
                where[int(step)] = value
        else:
            where[step] = value
    return document


class Watching(support.Case):
    """What the tests of a process that goes on share."""

    def setUp(self):
        super().setUp()
        self.root = self.dir / "root"
        self.release("one")

    def release(self, name):
        path = self.put("root/etc/os-release.new", f"ID={name}\n")
        path.rename(self.root / "etc/os-release")

    def start(self, *more, out=subprocess.PIPE, env=None):
        process = subprocess.Popen(
            [support.EIDOS, "snapshot", "--root", self.root, "--filter", RELEASE, "--interval", "100ms", *more],
            cwd=self.dir, env=support.environment(**(env or {})), stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        self.addCleanup(process.stderr.close)
        if out == subprocess.PIPE:
            self.addCleanup(process.stdout.close)
        return process

    def end(self, process, number=signal.SIGTERM):
        process.send_signal(number)
        process.wait(support.SECONDS)
        self.assertEqual(process.returncode, 130)
        return process.stderr.read().decode()

    def identity(self, document):
        return document["measurements"][0]["subtypes"][0]["data"]["ID"]

    def wait_for(self, true, process):
        """Until `true()`; there is nothing to read that would say so."""
        while not true():
            self.assertIsNone(process.poll(), "ended before its time")
            os.sched_yield()

    def program(self, body, name="program"):
        path = self.put(name, f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path


class Watch(Watching):
    def test_each_change_is_one_line_and_the_first_is_the_whole(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            self.release("one")
            process = self.start("--watch")
            document = None
            for name in ("one", "two", "three"):
                if name != "one":
                    self.release(name)
                document = applied(document, json.loads(process.stdout.readline()))
                self.assertEqual(self.identity(document), name)
            self.assertEqual(document["kind"], "Snapshot")
            self.assertEqual(self.end(process, number), "")
            self.assertEqual(process.stdout.read(), b"")

    def test_a_collector_that_ends_otherwise_is_a_change(self):
        process = self.start("--watch")
        document = applied(None, json.loads(process.stdout.readline()))
        (self.root / "etc/os-release").unlink()
        document = applied(document, json.loads(process.stdout.readline()))
        self.assertEqual(document["collectors"][0]["status"], "absent")
        self.end(process)

    def test_lines_go_behind_a_file(self):
        out = self.put("changes.ndjson", '{"earlier":"line"}\n{"cut sho')
        process = self.start("--watch", "-o", "changes.ndjson", "--on-change", self.program("cat >> told"))
        self.wait_for(lambda: out.read_text().count("\n") == 3, process)
        self.release("two")
        self.wait_for(lambda: (self.dir / "told").exists() and "two" in (self.dir / "told").read_text(), process)
        self.end(process)
        lines = out.read_text().splitlines()
        self.assertEqual(lines[:2], ['{"earlier":"line"}', '{"cut sho'])
        self.assertEqual(self.identity(applied(applied(None, json.loads(lines[2])), json.loads(lines[3]))), "two")
        self.assertEqual((self.dir / "told").read_text().strip(), lines[3])

    def test_a_name_per_snapshot_begins_with_the_whole(self):
        process = self.start("--watch", "-o", "{node}-{date}.ndjson", env={"NODE_NAME": "n1"})
        self.wait_for(lambda: list(self.dir.glob("n1-2*.ndjson")), process)
        self.end(process)
        lines = next(self.dir.glob("n1-2*.ndjson")).read_text().splitlines()
        self.assertEqual(self.identity(applied(None, json.loads(lines[0]))), "one")

    def test_a_program_that_will_not_do_ends_nothing(self):
        hanging = self.program("trap '' TERM; echo started >> hung; while :; do sleep 1; done", "hanging")
        for program, warning in ((self.program("echo first >&2; echo sorry >&2; exit 3", "failing"),
                                  r"--on-change: '.*failing' ended with 3: sorry"),
                                 (self.dir / "nowhere", r"--on-change: no program '.*nowhere'"),
                                 (self.put("plain", "text"), r"--on-change: .*plain'")):
            self.release("one")
            process = self.start("--watch", "--on-change", program)
            process.stdout.readline()
            for name in ("two", "three"):
                self.release(name)
                self.assertIn(name, process.stdout.readline().decode())
            told = self.end(process)
            self.assertRegex(told, warning)
            self.assertTrue(all(line.startswith("eidos: warning: --on-change: ") for line in told.splitlines()), told)
        self.release("one")
        process = self.start("--watch", "--on-change", hanging)
        process.stdout.readline()
        self.release("two")
        process.stdout.readline()
        self.wait_for((self.dir / "hung").exists, process)
        self.end(process)  # both it and its program, which does not listen to SIGTERM
        self.assertEqual(subprocess.run(["pgrep", "-f", str(hanging)], stdout=subprocess.PIPE, check=False).stdout, b"")

    def test_a_full_disk_is_one_error(self):
        done = self.eidos("snapshot", "--root", self.root, "--filter", RELEASE, "--watch", "-o", "/dev/full")
        self.assertEqual(done.code, 8)
        self.assertRegex(done.err, r"\Aeidos: error: writing '/dev/full': No space left on device[^\n]*\n\Z")

    def test_a_reader_that_has_gone_ends_it(self):
        process = self.start("--watch")
        process.stdout.readline()
        process.stdout.close()
        process.wait(support.SECONDS)
        self.assertEqual((process.returncode, process.stderr.read()), (141, b""))

    def test_what_does_not_go_together(self):
        for arguments, code, words in (
                (["--interval", "5s"], 1, "--interval means nothing without --watch or --serve"),
                (["--on-change", "x"], 1, "--on-change means nothing without --watch"),
                (["--watch", "--interval", "0"], 2, "not a duration"),
                (["--watch", "--interval", "0s"], 2, "not a duration"),
                (["--watch", "--interval", "1ms"], 2, "--interval is too short"),
                (["--watch", "-t", "yaml"], 1, "--format and --watch"),
                (["--watch", "--fail-fast"], 1, "--fail-fast and --watch"),
                (["--serve", ":0", "-o", "x"], 1, "--output means nothing with --serve alone"),
                (["--serve", "localhost:0"], 2, "is not an address"),
                (["--serve", "::1:9090"], 2, "is not an address and port"),
                (["--serve", ":99999"], 2, "is not an address and port"),
                (["-r", "x"], 1, "--recipe means nothing without"),
                (["--retain", "3"], 2, "--retain needs outputs that differ by date"),
                (["--retain", "0", "-o", "{date}"], 2, "--retain 0 would keep nothing"),
                (["-o", "{host}"], 2, "unknown part '{host}'"),
                (["-o", "../{date}"], 2, "output path escapes current directory"),
                (["--template", "x", "-t", "json"], 1, "--template and --format"),
                (["--watch", "--require", "gpu", "--filter", "os"], 6, "required, but absent here: gpu")):
            done = self.eidos("snapshot", "--root", self.root, *arguments)
            self.assertEqual(done.code, code, f"{arguments}: {done.err}")
            self.assertIn(words, done.err)
            self.assertEqual(len(done.err.splitlines()), 1, done.err)
        self.assertEqual(sorted(os.listdir(self.dir)), ["root"])


class Serve(Watching):
    """The page that Prometheus fetches."""

    def serve(self, *more):
        process = self.start("--serve", ":0", *more)
        line = process.stderr.readline().decode()
        self.assertRegex(line, r"\Aeidos: serving http://127\.0\.0\.1:\d+/metrics\n\Z")
        return process, line.split()[2]

    def get(self, url):
        try:
            with urllib.request.urlopen(url, timeout=support.SECONDS) as got:
                return got.status, got.headers["Content-Type"], got.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Content-Type"], error.read().decode()

    def metrics(self, url):
        while True:
            status, kind, text = self.get(url)
            if status != 503:  # the first snapshot is being taken
                self.assertEqual((status, kind), (200, "text/plain; version=0.0.4; charset=utf-8"))
                return text

    def test_metrics_follow_the_machine(self):
        process, url = self.serve()
        runs = 'eidos_collector_runs_total{collector="os.release",status="ok"} '
        first = self.metrics(url)
        self.assertIn(runs, first)
        while int(self.metrics(url).split(runs)[1].split("\n")[0]) < 3:
            os.sched_yield()
        self.assertEqual(self.get(url.replace("/metrics", "/"))[0], 404)
        self.assertEqual(self.end(process), "")

    def test_constraints_of_a_recipe(self):
        self.put("recipe.yaml", "kind: RecipeResult\napiVersion: eidos.nvidia.com/v1alpha1\nmetadata: {}\n"
                 "constraints:\n- {name: OS.release.ID, value: one}\n- {name: OS.release.VERSION, value: '2'}\n"
                 "componentRefs: []\ndeploymentOrder: []\n")
        process, url = self.serve("-r", "recipe.yaml", "--watch")
        passed = 'constraint="OS.release.ID",expected="one"} '
        self.assertIn(passed + "1\n", self.metrics(url))
        process.stdout.readline()
        self.release("two")
        process.stdout.readline()
        self.assertIn(passed + "0\n", self.metrics(url))
        self.end(process)
        once = self.good("snapshot", "--root", self.root, "--filter", RELEASE, "-t", "prometheus", "-r", "recipe.yaml")
        self.assertIn(passed + "0\n", once.out)

    def test_a_port_that_is_taken(self):
        process, url = self.serve()
        done = self.eidos("snapshot", "--filter", RELEASE, "--serve", url.split("/")[2])
        self.assertEqual(done.code, 6, done.err)
        self.assertIn("cannot listen on 127.0.0.1 port", done.err)
        self.end(process)


class Outputs(support.Case):
    def snapshot(self, *more, **env):
        return self.good("snapshot", "--root", self.dir / "root", "--filter", RELEASE, *more, env=env)

    def setUp(self):
        super().setUp()
        self.put("root/etc/os-release", "ID=one\n")

    def test_names_and_how_many_are_kept(self):
        for stamp in ("2020-01-01", "2020-01-02", "2020-01-03"):
            self.put(f"out/n1-{stamp}.yaml", "kind: Snapshot\n")
            self.put(f"out/n2-{stamp}.yaml", "kind: Snapshot\n")
        self.snapshot("-o", "out/{node}-{date}.yaml", "--retain", "2", NODE_NAME="n1")
        left = sorted(os.listdir(self.dir / "out"))
        self.assertEqual(left[:1] + left[2:], ["n1-2020-01-03.yaml", "n2-2020-01-01.yaml", "n2-2020-01-02.yaml",
                                               "n2-2020-01-03.yaml"])
        self.assertIn("ID: one", (self.dir / "out" / left[1]).read_text())

    def test_the_cache_is_for_its_owner_and_only_when_asked(self):
        run = self.dir / "run"
        run.mkdir(mode=0o700)
        self.snapshot("-o", "a.yaml", XDG_RUNTIME_DIR=str(run))
        self.assertEqual(list(run.iterdir()), [])
        self.snapshot("-o", "a.yaml", "--cache", "1h", XDG_RUNTIME_DIR=str(run))
        self.assertEqual((run / "eidos").stat().st_mode & 0o777, 0o700)
        self.put("root/etc/os-release", "ID=two\n")
        self.assertIn("ID: one", self.snapshot("--cache", "1h", XDG_RUNTIME_DIR=str(run)).out)
        self.assertIn("ID: two", self.snapshot("--cache", "1ms", XDG_RUNTIME_DIR=str(run)).out)
        self.assertIn("ID: two", self.snapshot(XDG_RUNTIME_DIR=str(run)).out)
        (run / "eidos/os.release.json").write_text("{ not json")
        done = self.snapshot("--cache", "1h", "--debug", XDG_RUNTIME_DIR=str(run))
        self.assertIn("ID: two", done.out)
        self.assertRegex(done.err, 'cache entry passed over.*collector=os.release')
        self.assertIn("XDG_RUNTIME_DIR names no directory", self.snapshot("--cache", "1h").err)

    def test_a_template(self):
        self.put("t/report.mustache", "{{> head}}{{OS.release.ID}}\n{{#GPU.smi}}gpu{{/GPU.smi}}{{^GPU.smi}}no gpu{{/GPU.smi}}\n")
        self.put("t/head.mustache", "eidos {{metadata.version}}: ")
        version = json.loads(self.good("version", "-t", "json").out)["version"]
        self.assertEqual(self.snapshot("--template", "t/report.mustache").out, f"eidos {version}: one\nno gpu\n")
        for text, words in (("{{OS.release.IDD}}", "bad.mustache:1:1: nothing is called 'OS.release.IDD' here"),
                            ("{{> bad}}", "bad:1:1: partial 'bad' includes itself"),
                            ("{{> ../head}}", "bad.mustache:1:1: partial '../head'"),
                            ("{{#x}}", "section 'x' is not closed")):
            self.put("t/bad.mustache", text)
            done = self.eidos("snapshot", "--root", self.dir / "root", "--filter", RELEASE, "--template",
                              "t/bad.mustache", "-o", "never")
            self.assertEqual(done.code, 2, done.err)
            self.assertIn(words.split(": ", 1)[-1], done.err)
            self.assertIn(words.split(": ")[0] if ": " in words else "bad.mustache:1:1", done.err)
            self.assertEqual(len(done.err.splitlines()), 1, done.err)
        self.assertFalse((self.dir / "never").exists())

    def test_settings_come_from_the_file_and_the_environment(self):
        config = self.put("config.yaml", "defaults: {format: prometheus, cache: 1s, interval: 50ms}\n")
        self.assertIn("# TYPE eidos_collector_runs_total counter", self.snapshot("--config", config, "-q").out)
        self.assertIn('"kind": "Snapshot"', self.snapshot("--config", config, "-q", EIDOS_FORMAT="json").out)
        self.assertIn("kind: Snapshot", self.snapshot("--config", config, "-q", "-t", "yaml", EIDOS_FORMAT="json").out)
        done = self.eidos("snapshot", "--watch", "--config", config)
        self.assertEqual((done.code, "--interval is too short" in done.err), (2, True), done.err)


if __name__ == "__main__":
    support.main()
