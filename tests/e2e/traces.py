#!/usr/bin/python3
"""Traces of both programs: received by a real OpenTelemetry collector, and what collectors that fail lead to."""
import http.server
import json
import pathlib
import re
import subprocess
import sys
import threading
import unittest

import support
from served import QUERY, Served

PARENT = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "00f067aa0ba902b7"
CONFIG = """receivers:
  otlp: {protocols: {http: {endpoint: "127.0.0.1:%d"}}}
exporters:
  debug: {verbosity: detailed, use_internal_logger: false}
service:
  telemetry: {metrics: {level: none}}
  pipelines: {traces: {receivers: [otlp], exporters: [debug]}}
"""
FIELD = re.compile(r"^ +(Trace ID|Parent ID|ID|Name|Kind|Status code) +: *(.*)$")
ATTRIBUTE = re.compile(r"^ +-> ([a-z_.]+): [A-Za-z]+\((.*)\)$")


def spans_in(text):
    """The spans that the debug exporter wrote down, each a dict of its fields and attributes."""
    out, span = [], {}
    for line in text.splitlines():
        if line.startswith("Span #"):
            out.append(span := {})
        elif line.startswith("ResourceSpans #"):
            span = {}
        elif found := FIELD.match(line) or ATTRIBUTE.match(line):
            span[found[1]] = found[2]
    return out


class Traces(Served):
    def spans(self, names):
        """All spans, by name, as soon as those of these names are there."""
        def collected():
            return spans_in((self.dir / "collected").read_text())

        def all_there():
            found = collected()
            by_name = {span["Name"]: span for span in found if "Kind" in span}
            return (by_name, found) if set(names) <= set(by_name) else None
        return self.until(all_there, lambda: f"{[span.get('Name') for span in collected()]} instead of {names}")

    def settled_log(self, process):
        """All that it says until it ends, which it does well."""
        self.end(process)
        return self.log()

    def recipe(self):
        done = self.eidos("recipe", "--service", "eks", "--accelerator", "h100", "--intent", "training", "--os", "ubuntu",
                          "-t", "json")
        self.assertEqual(done.code, 0, done.err)
        return done.out


class RealCollector(Traces):
    @classmethod
    def setUpClass(cls):
        done = subprocess.run([support.ROOT / "tests/peers/build", "otelcol"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, check=False)
        last = (done.stdout.strip().splitlines() or ["peer otelcol: is not built"])[-1]
        if done.returncode != 0:
            raise unittest.SkipTest(last)
        cls.program = last

    def setUp(self):
        super().setUp()
        self.collector = support.free_port()
        (self.dir / "otelcol.yaml").write_text(CONFIG % self.collector)
        process = subprocess.Popen([self.program, "--config", self.dir / "otelcol.yaml"], stdin=subprocess.DEVNULL,
                                   stdout=open(self.dir / "collected", "wb"), stderr=open(self.dir / "otelcol.log", "wb"))
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.until_listening(process, self.collector, self.dir / "otelcol.log")

    def test_a_request_and_its_stages_are_one_trace_below_its_caller(self):
        process = self.start("--trace-endpoint", f"127.0.0.1:{self.collector}", "--trace-sample", "0")
        answer, _ = self.ask("GET", QUERY, headers={"traceparent": f"00-{PARENT}-{CALLER}-01"})
        self.assertEqual(answer.status, 200)
        answer, _ = self.ask("POST", "/v1/bundle", self.recipe(),
                             {"traceparent": f"00-{PARENT}-{CALLER}-01", "Content-Type": "application/json"})
        self.assertEqual(answer.status, 200)
        named, _ = self.spans(["GET /v1/recipe", "recipe.resolve", "POST /v1/bundle", "bundle.render", "bundle.pack"])
        get, post = named["GET /v1/recipe"], named["POST /v1/bundle"]
        for root in (get, post):
            self.assertEqual((root["Trace ID"], root["Parent ID"], root["Kind"]), (PARENT, CALLER, "Server"))
            self.assertEqual(root["http.response.status_code"], "200")
            self.assertEqual(root["Status code"], "Unset")
        self.assertEqual(get["http.route"], "/v1/recipe")
        self.assertEqual(named["recipe.resolve"]["Parent ID"], get["ID"])
        for name in ("bundle.render", "bundle.pack"):
            self.assertEqual((named[name]["Trace ID"], named[name]["Parent ID"]), (PARENT, post["ID"]))
        self.assertIn(f"trace={PARENT}", self.settled_log(process))

    def test_the_caller_decides_and_else_the_sample(self):
        process = self.start("--trace-endpoint", f"127.0.0.1:{self.collector}", "--trace-sample", "1")
        self.ask("GET", QUERY, headers={"traceparent": f"00-{PARENT}-{CALLER}-00"})
        self.ask("GET", "/v1/nothing")
        self.end(process)
        named, found = self.spans(["GET other"])
        self.assertNotIn("GET /v1/recipe", named)
        self.assertNotIn(PARENT, {span.get("Trace ID") for span in found})
        self.assertEqual(named["GET other"]["Parent ID"], "")
        self.assertEqual(named["GET other"]["http.response.status_code"], "404")

    def test_what_waits_is_sent_before_it_ends(self):
        process = self.start("--trace-endpoint", f"http://127.0.0.1:{self.collector}", "--trace-sample", "1")
        for _ in range(20):
            self.ask("GET", "/health")
        self.end(process)
        _, found = self.spans(["GET /health"])
        self.assertEqual(sum(span.get("Name") == "GET /health" for span in found), 20)

    def test_a_command_its_stages_and_collectors_are_one_trace(self):
        done = self.eidos("snapshot", "--filter", "os.release,os.cpu", "--trace", f"127.0.0.1:{self.collector}",
                          env={"TRACEPARENT": f"00-{PARENT}-{CALLER}-01"})
        self.assertEqual((done.code, done.err), (0, ""))
        named, found = self.spans(["eidos snapshot", "collect", "collect.os.release", "collect.os.cpu"])
        self.assertEqual({span["Trace ID"] for span in found if "Kind" in span}, {PARENT})
        self.assertEqual(named["eidos snapshot"]["Parent ID"], CALLER)
        self.assertEqual(named["collect"]["Parent ID"], named["eidos snapshot"]["ID"])
        self.assertEqual(named["collect.os.cpu"]["Parent ID"], named["collect"]["ID"])

    def test_a_command_that_fails_is_a_span_that_failed(self):
        done = self.eidos("recipe", "--service", "no-such", "--trace", f"127.0.0.1:{self.collector}")
        self.assertEqual(done.code, 2)
        named, _ = self.spans(["eidos recipe", "catalog.load"])
        self.assertEqual(named["eidos recipe"]["Status code"], "Error")
        self.assertEqual(named["catalog.load"]["Status code"], "Unset")
        self.assertNotIn("no-such", (self.dir / "collected").read_text())

    def test_a_command_and_the_service_it_asks_are_one_trace(self):
        self.start("--trace-endpoint", f"127.0.0.1:{self.collector}", "--trace-sample", "0")
        done = self.eidos("recipe", "--server", f"http://127.0.0.1:{self.port}", "--service", "eks", "--trace",
                          f"127.0.0.1:{self.collector}")
        self.assertEqual((done.code, done.err), (0, ""))
        named, _ = self.spans(["eidos recipe", "GET --server", "GET /v1/recipe", "recipe.resolve"])
        self.assertEqual(named["GET --server"]["Kind"], "Client")
        self.assertEqual(named["GET /v1/recipe"]["Parent ID"], named["GET --server"]["ID"])
        self.assertEqual(named["GET /v1/recipe"]["Trace ID"], named["eidos recipe"]["Trace ID"])


class StandIn:
    """A collector that gives these statuses, then 200; it keeps the spans that it took."""

    def __init__(self, statuses, answer=b"{}"):
        stand_in = self
        self.names, self.asked, left = [], 0, list(statuses)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = left.pop(0) if left else 200
                if status == 200:
                    for scope in body["resourceSpans"][0]["scopeSpans"]:
                        stand_in.names += [span["name"] for span in scope["spans"]]
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
                stand_in.asked += 1

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Failing(Traces):
    def collector(self, statuses, answer=b"{}"):
        out = StandIn(statuses, answer)
        self.addCleanup(out.close)
        return out

    def metric(self, name):
        _, body = self.ask("GET", "/metrics")
        return int(re.search(rf"^{name} ([0-9]+)$", body.decode(), re.M)[1])

    def wait_for(self, name, count):
        self.until(lambda: self.metric(name) >= count, lambda: f"{name} is {self.metric(name)}")

    def traced(self, collector):
        return self.start("--trace-endpoint", f"127.0.0.1:{collector.port}", "--trace-sample", "1")

    def test_spans_are_sent_again_when_the_collector_was_busy(self):
        collector = self.collector([503, 429])
        process = self.traced(collector)
        self.ask("GET", QUERY)
        self.wait_for("eidos_trace_spans_sent_total", 2)
        self.assertEqual(collector.names.count("GET /v1/recipe"), 1)
        self.assertEqual(self.metric("eidos_trace_spans_lost_total"), 0)
        self.assertEqual(self.settled_log(process).count("traces are not taken"), 1, "it is said once")

    def test_spans_that_are_refused_are_lost_and_counted(self):
        collector = self.collector([400])
        process = self.traced(collector)
        self.ask("GET", QUERY)
        self.wait_for("eidos_trace_spans_lost_total", 2)
        self.assertIn("the collector answers 400", self.settled_log(process))

    def test_a_collector_that_is_away_holds_up_nothing(self):
        process = self.start("--trace-endpoint", f"127.0.0.1:{support.free_port()}", "--trace-sample", "1")
        for _ in range(5):
            answer, _ = self.ask("GET", QUERY)
            self.assertEqual(answer.status, 200)
        self.assertIn("traces are not taken", self.settled_log(process))

    def test_a_command_whose_trace_is_not_taken_warns_and_goes_on(self):
        for port, what in ((support.free_port(), "is not sent"),
                           (self.collector([500]).port, "the collector answers 500"),
                           (self.collector([], b'{"partialSuccess":{"rejectedSpans":"2"}}').port, "2 spans are missing")):
            done = self.eidos("recipe", "--service", "eks", "--trace", f"127.0.0.1:{port}")
            self.assertEqual(done.code, 0)
            self.assertIn(what, done.err)
            self.assertIn("kind: RecipeResult", done.out)

    def test_who_is_not_to_be_traced_sends_nothing(self):
        collector = self.collector([])
        done = self.eidos("recipe", "--service", "eks", "--trace", f"127.0.0.1:{collector.port}",
                          env={"TRACEPARENT": f"00-{PARENT}-{CALLER}-00"})
        self.assertEqual((done.code, done.err, collector.asked), (0, "", 0))

    def test_addresses_that_cannot_be_are_refused_before_anything_is_done(self):
        for address, what in (("127.0.0.1:4317", "4318"), ("http://h:4317/v1/traces", "4318"), ("ftp://h", "ftp"),
                              ("http://user:pass@h", "password"), ("host/path", "HOST:PORT")):
            done = self.eidos("recipe", "--service", "eks", "--trace", address)
            self.assertEqual((done.code, done.out), (2, ""), address)
            self.assertIn(what, done.err)
            self.assertNotIn("user:pass", done.err)
            served = subprocess.run([support.EIDOSD, "--trace-endpoint", address], env=support.environment(),
                                    stderr=subprocess.PIPE, text=True, timeout=support.SECONDS, check=False)
            self.assertEqual(served.returncode, 2, served.stderr)
            self.assertIn(what, served.stderr)
        for part in ("1.1", "-0.1", "nan", "0.5x", ""):
            served = subprocess.run([support.EIDOSD, f"--trace-sample={part}"], env=support.environment(),
                                    stderr=subprocess.PIPE, text=True, timeout=support.SECONDS, check=False)
            self.assertEqual(served.returncode, 2, part)

    def test_what_callers_pass_on_goes_on_to_the_service(self):
        seen = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                seen.update({name.lower(): value for name, value in self.headers.items()})
                self.send_error(404)

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.handle_request, daemon=True).start()
        parent = f"00-{PARENT}-{CALLER}-00"
        done = self.eidos("recipe", "--server", f"http://127.0.0.1:{server.server_address[1]}", "--service", "eks",
                          env={"TRACEPARENT": parent, "TRACESTATE": "vendor=x", "BAGGAGE": "team=night"})
        self.assertEqual(done.code, 3)
        self.assertEqual((seen["traceparent"], seen["tracestate"], seen["baggage"]), (parent, "vendor=x", "team=night"))


if __name__ == "__main__":
    support.EIDOSD = pathlib.Path(sys.argv.pop(2)).resolve()
    support.main()
