#!/usr/bin/python3
"""eidosd as it is run: what it answers over a socket, what abuse it bears, and how it ends."""
import concurrent.futures
import http.client
import io
import json
import os
import pathlib
import re
import resource
import select
import signal
import socket
import ssl
import subprocess
import sys
import time
import zipfile

import support

QUERY = "/v1/recipe?service=eks&accelerator=h100&intent=training&os=ubuntu"
PATTERN = re.compile(r"listening on (https?)://127\.0\.0\.1:([0-9]+)/")


class Served(support.Case):
    def start(self, *more, env=None, limit=None, log=None):
        """`limit`: of descriptors, soft and hard. `log`: a pipe for standard error, instead of the file that log() reads."""
        def bounded():
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, limit)
        process = subprocess.Popen(
            [support.EIDOSD, "--listen", "127.0.0.1:0", "--rate", "0", "--client-rate", "0", *more], cwd=self.dir,
            env=support.environment(**(env or {})), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=log or open(self.dir / "log", "wb"), preexec_fn=bounded)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        if log:
            self.port = int(PATTERN.search(process.stderr.readline().decode())[2])
            self.addCleanup(process.stderr.close)
            return process
        until = time.monotonic() + support.SECONDS
        while (found := PATTERN.search(self.log())) is None:
            self.assertIsNone(process.poll(), self.log())
            self.assertLess(time.monotonic(), until)
            os.sched_yield()
        self.port = int(found[2])
        return process

    def log(self):
        return (self.dir / "log").read_text(errors="replace")

    def connect(self):
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=support.SECONDS)
        self.addCleanup(raw.close)
        return raw

    def send(self, data):
        """Everything the service answers to some bytes, until it closes."""
        raw = self.connect()
        try:
            raw.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # It has seen enough of it.
        return self.rest(raw)

    def rest(self, raw):
        got = b""
        try:
            while piece := raw.recv(65536):
                got += piece
        except ConnectionResetError:
            pass
        return got

    def ask(self, method, target, body=None, headers=None):
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=support.SECONDS)
        self.addCleanup(client.close)
        client.request(method, target, body=body, headers=headers or {})
        answer = client.getresponse()
        return answer, answer.read()

    def alive(self):
        answer, _ = self.ask("GET", "/health")
        self.assertEqual(answer.status, 200)

    def end(self, process, number=signal.SIGTERM):
        process.send_signal(number)
        self.assertEqual(process.wait(support.SECONDS), 0, self.log())


class Program(Served):
    def run_it(self, *arguments, **env):
        return subprocess.run([support.EIDOSD, *arguments], cwd=self.dir, env=support.environment(**env), timeout=60,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

    def test_help_and_version_are_printed(self):
        done = self.run_it("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("--token-file FILE", done.stdout)
        self.assertRegex(self.run_it("--version").stdout, r"\Aeidosd [0-9]+\.[0-9]+\.[0-9]+.*\n\Z")

    def test_what_is_wrong_is_one_line(self):
        busy = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(busy.close)
        self.put("tokens", "short\n")
        self.put("config.yaml", "rate: many\n")
        cases = {("--nothing",): (1, "unknown flag '--nothing'"), ("--listen", "here:80"): (2, "'here' is no address"),
                 ("--listen", f"127.0.0.1:{busy.getsockname()[1]}"): (6, "listening on 127.0.0.1:"),
                 ("--token-file", "tokens"): (2, "tokens:1: the token is shorter"),
                 ("--token-file", "nowhere"): (3, "nowhere"),
                 ("--config", "config.yaml"): (2, "config.yaml:1:"),
                 ("--allowed-services", "eks,ekz"): (2, "'ekz'"),
                 ("--data", "nowhere"): (3, "nowhere"),
                 ("--tls-cert", "tokens", "--tls-key", "tokens"): (2, "certificate")}
        for arguments, (code, words) in cases.items():
            done = self.run_it(*arguments)
            self.assertEqual(done.returncode, code, (arguments, done.stderr))
            self.assertRegex(done.stderr, r"\Aeidosd: error: [^\n]+\n(hint: [^\n]+\n)?\Z")
            self.assertIn(words, done.stderr)

    def test_both_signals_end_it_in_order(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            self.end(self.start(), number)

    def test_the_port_of_a_platform(self):
        spare = socket.create_server(("127.0.0.1", 0))
        port = spare.getsockname()[1]
        spare.close()
        process = subprocess.Popen([support.EIDOSD], cwd=self.dir, env=support.environment(PORT=str(port)),
                                   stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertIn(f"http://0.0.0.0:{port}/".encode(), process.stderr.readline())


class Answers(Served):
    def test_a_recipe_becomes_a_bundle_on_one_connection(self):
        self.start()
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=support.SECONDS)
        self.addCleanup(client.close)
        client.request("GET", QUERY, headers={"Accept": "application/yaml", "X-Request-Id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8"})
        answer = client.getresponse()
        recipe = answer.read()
        self.assertEqual(answer.getheader("X-Request-Id"), "6ba7b810-9dad-11d1-80b4-00c04fd430c8")
        done = self.eidos("recipe", "--service", "eks", "--accelerator", "h100", "--intent", "training", "--os", "ubuntu")
        self.assertEqual(recipe.decode(), done.out, "the same bytes as the tool's")
        client.request("POST", "/v1/bundle", body=recipe)
        answer = client.getresponse()
        self.assertEqual((answer.status, answer.getheader("Content-Type")), (200, "application/zip"))
        archive = answer.read()
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            self.assertEqual(opened.read("recipe.yaml"), recipe)
            self.assertIsNone(opened.testzip())
        self.put("bundle.zip", archive)
        self.assertEqual(self.eidos("verify", "bundle.zip").code, 0)

    def test_a_head_has_no_body_and_a_tag_spares_it(self):
        self.start()
        answer, body = self.ask("HEAD", QUERY)
        self.assertEqual((answer.status, body), (200, b""))
        self.assertGreater(int(answer.getheader("Content-Length")), 1000)
        answer, body = self.ask("GET", QUERY, headers={"If-None-Match": answer.getheader("ETag")})
        self.assertEqual((answer.status, body), (304, b""))

    def test_the_committed_description_is_the_one_that_is_served(self):
        self.start()
        for name in ("openapi.json", "openapi.yaml"):
            committed = support.ROOT / "api" / name
            served = self.ask("GET", "/" + name)[1]
            if os.environ.get("EIDOS_GOLDEN") == "write":
                committed.write_bytes(served)
            self.assertEqual(committed.read_bytes(), served, "EIDOS_GOLDEN=write rewrites it")

    def test_metrics_are_what_prometheus_takes(self):
        self.start()
        for target in (QUERY, "/nothing", "/v1/schema/Snapshot"):
            self.ask("GET", target)
        self.ask("POST", "/v1/bundle", body=self.ask("GET", QUERY)[1])
        answer, metrics = self.ask("GET", "/metrics")
        self.assertEqual(answer.status, 200)
        checked = subprocess.run(["promtool", "check", "metrics"], input=metrics, capture_output=True, check=False)
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, b""))
        self.assertRegex(metrics[metrics.find(b"\neidos_http_connections"):][:80], rb"\neidos_http_connections [1-9][0-9]*\n", "one is open")

    def test_logs_have_names_and_no_bodies(self):
        self.put("tokens", "alice=0123456789abcdef0123\n")
        process = self.start("--log-json", "--token-file", "tokens")
        trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        self.ask("POST", "/v1/recipe?intent=training", body="kind: RecipeCriteria\nspec: {service: eks}\n# Canary4711",
                 headers={"Authorization": "Bearer 0123456789abcdef0123", "traceparent": trace})
        self.assertEqual(self.ask("GET", "/v1/catalog")[0].status, 401)
        asked = self.ask("GET", "/v1/catalog", headers={"Authorization": "Bearer 0123456789abcdef0123"})[0]
        self.assertEqual(asked.getheader("Cache-Control"), "private, max-age=600")
        self.end(process)
        lines = [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]
        asked = next(line for line in lines if line.get("method") == "POST")
        self.assertEqual((asked["user"], asked["trace"], asked["route"], str(asked["status"])),
                         ("alice", trace.split("-")[1], "/v1/recipe", "200"))
        for secret in ("0123456789abcdef0123", "Canary4711", "intent=training"):
            self.assertNotIn(secret, self.log())

    def test_it_serves_no_file(self):
        self.start()
        self.put("secret.yaml", "kind: RecipeCriteria\nspec: {service: Canary4711}\n")
        for target in ("/v1/recipe?criteria=secret.yaml", "/v1/recipe?snapshot=secret.yaml", "/v1/bundle?values-file=a=secret.yaml",
                       "/page/..%2fsecret.yaml", "/../secret.yaml", "/v1/schema/..%2f..%2fsecret.yaml"):
            answer, body = self.ask("GET", target)
            self.assertIn(answer.status, (400, 404, 405), target)
            self.assertNotIn(b"Canary4711", body)
            self.assertNotIn(str(self.dir).encode(), body)


class Secure(Served):
    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.dir, check=True, capture_output=True, timeout=60)

    def certificates(self):
        """An authority, a server and a client of it, and a stranger."""
        for name in ("ca", "stranger"):
            self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                         "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
        self.put("ext", "subjectAltName=IP:127.0.0.1\n")
        for name in ("server", "client"):
            self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                         "-keyout", f"{name}.key", "-out", f"{name}.csr")
            self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2",
                         "-extfile", "ext", "-out", f"{name}.pem")

    def over_tls(self, certificate=None, least=ssl.TLSVersion.TLSv1_2, most=ssl.TLSVersion.MAXIMUM_SUPPORTED):
        context = ssl.create_default_context(cafile=self.dir / "ca.pem")
        context.minimum_version, context.maximum_version = least, most
        if certificate:
            context.load_cert_chain(self.dir / f"{certificate}.pem", self.dir / f"{certificate}.key")
        client = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=support.SECONDS, context=context)
        self.addCleanup(client.close)
        client.request("GET", QUERY)
        answer = client.getresponse()
        self.assertEqual(answer.getheader("Cache-Control"), ("private" if certificate else "public") + ", max-age=600")
        return answer.status, answer.read()

    def test_a_client_shows_who_it_is(self):
        self.certificates()
        process = self.start("--tls-cert", "server.pem", "--tls-key", "server.key", "--client-ca", "ca.pem", "--log-json")
        status, body = self.over_tls("client")
        self.assertEqual((status, json.loads(body)["kind"]), (200, "RecipeResult"))
        for certificate in (None, "stranger"):
            with self.assertRaises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
                self.over_tls(certificate)
        self.assertNotIn(b"HTTP/1.1 200", self.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"), "no plain HTTP there")
        self.end(process)
        self.assertIn('"user":"client"', self.log().replace(" ", ""))

    def common_name(self):
        context = ssl.create_default_context(cafile=self.dir / "ca.pem")
        with context.wrap_socket(self.connect(), server_hostname="127.0.0.1") as secure:
            return dict(pair for parts in secure.getpeercert()["subject"] for pair in parts)["commonName"]

    def test_certificates_that_change_are_read_again(self):
        self.certificates()
        for end in ("pem", "key"):
            (self.dir / f"used.{end}").write_bytes((self.dir / f"server.{end}").read_bytes())
        process = self.start("--tls-cert", "used.pem", "--tls-key", "used.key")
        self.assertEqual(self.common_name(), "server")
        for end in ("pem", "key"):  # one behind the other, with callers in between
            (self.dir / f"used.{end}").write_bytes((self.dir / f"client.{end}").read_bytes())
            self.assertIn(self.common_name(), ("server", "client"))
        until = time.monotonic() + support.SECONDS
        while self.common_name() == "server":
            self.assertLess(time.monotonic(), until)
        (self.dir / "used.key").unlink()
        while "certificates stay as they were" not in self.log():
            self.assertEqual(self.common_name(), "client")
            self.assertLess(time.monotonic(), until)
        self.end(process)

    def test_a_session_goes_on_with_its_certificate(self):
        self.certificates()
        process = self.start("--tls-cert", "server.pem", "--tls-key", "server.key", "--client-ca", "ca.pem", "--log-json")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = ssl.create_default_context(cafile=self.dir / "ca.pem")
            context.minimum_version = context.maximum_version = version
            context.load_cert_chain(self.dir / "client.pem", self.dir / "client.key")
            session = None
            for _ in range(2):
                with context.wrap_socket(self.connect(), server_hostname="127.0.0.1", session=session) as secure:
                    self.assertEqual(secure.session_reused, session is not None)
                    secure.sendall(b"GET /v1/catalog HTTP/1.1\r\nHost: x\r\n\r\n")
                    self.assertTrue(secure.recv(65536).startswith(b"HTTP/1.1 200 "))
                    session = secure.session
        self.end(process)
        self.assertEqual(self.log().replace(" ", "").count('"user":"client"'), 4)

    def test_old_tls_is_refused(self):
        self.certificates()
        self.start("--tls-cert", "server.pem", "--tls-key", "server.key")
        self.assertEqual(self.over_tls()[0], 200)
        self.assertEqual(self.over_tls(most=ssl.TLSVersion.TLSv1_2)[0], 200)
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        self.assertNotEqual(done.returncode, 0)

    def test_a_key_of_another_certificate_is_refused(self):
        self.certificates()
        done = subprocess.run([support.EIDOSD, "--listen", "127.0.0.1:0", "--tls-cert", "server.pem", "--tls-key", "client.key"],
                              cwd=self.dir, env=support.environment(), capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"\Aeidosd: error: client\.key: the key cannot be read, or is not that of the certificate\nhint: [^\n]+\n\Z")


class Abuse(Served):
    def test_what_is_no_request_is_refused(self):
        self.start("--header-timeout", "500ms")
        host = b"Host: x\r\n"
        cases = {b"\x00\x01\x02\r\n\r\n": 400, b"GET\r\n\r\n": 400, b"GET / HTTP/2.0\r\n\r\n": 505,
                 b"GET / HTTP/1.1\r\nBad Header: x\r\n\r\n": 400,
                 b"GET / HTTP/1.1\r\n\r\n": 400,
                 b"GET / HTTP/1.1\r\n" + host + host + b"\r\n": 400,
                 b"GET / HTTP/1.0\r\n" + host + b"host: y\r\n\r\n": 400,
                 b"GET / HTTP/1.1\r\nHost: x/y\r\n\r\n": 400,
                 b"POST /v1/recipe HTTP/1.1\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n": 400,
                 b"GET / HTTP/1.1\r\n" + host + b"X: " + b"a" * 70_000 + b"\r\n\r\n": 431,
                 b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n" + host + b"\r\n": 431,
                 b"POST /v1/recipe HTTP/1.1\r\n" + host + b"Content-Length: 9000000\r\n\r\n": 413,
                 b"POST /v1/recipe HTTP/1.1\r\n" + host + b"Content-Length: x\r\n\r\n": 400,
                 b"POST /v1/recipe HTTP/1.1\r\n" + host + b"Content-Length: -1\r\n\r\n": 400,
                 b"POST /v1/recipe HTTP/1.1\r\n" + host + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab": 400,
                 b"POST /v1/recipe HTTP/1.1\r\n" + host + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": 400,
                 b"POST /v1/recipe HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n": 400,
                 b"POST /v1/recipe HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n": 400,
                 b"POST /v1/recipe HTTP/1.1\r\n" + host + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n": 400,
                 b"POST /v1/recipe HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n": 400,
                 b"GET / HTTP/1.1\n" + b"Host: x\n\n": 505}
        for data, status in cases.items():
            got = self.send(data)
            self.assertTrue(got.startswith(f"HTTP/1.1 {status} ".encode()), (data[:80], got[:200]))
            self.assertIn(b"\r\nConnection: close\r\n", got)
            self.assertIn(b"application/problem+json", got)
        self.alive()
        metrics = self.ask("GET", "/metrics")[1].decode()
        counted = {int(status): 0 for status in cases.values()}
        for status, count in re.findall(r'\neidos_http_requests_total\{method="[A-Za-z]+",route="other",status="([0-9]+)"\} ([0-9]+)', metrics):
            counted[int(status)] += int(count)
        self.assertEqual(counted, {status: list(cases.values()).count(status) for status in counted})

    def test_what_is_no_request_has_a_rate_too(self):
        self.start("--client-rate", "1")
        until = time.monotonic() + support.SECONDS
        while (status := self.send(b"GET\r\n\r\n").split()[1]) == b"400":
            self.assertLess(time.monotonic(), until)
        self.assertEqual(status, b"429")

    def test_hosts_and_targets_as_the_standard_has_them(self):
        self.start()
        end = b"Connection: close\r\n\r\n"
        for data in (b"GET /health HTTP/1.1\r\nHost: \r\n", b"GET /health HTTP/1.0\r\n", b"GET http://y/health HTTP/1.1\r\nHost: x\r\n",
                     b"GET HTTP://127.0.0.1:1/v1/recipe?service=eks HTTP/1.1\r\nHost: x\r\n"):
            got = self.send(data + end)
            self.assertTrue(got.startswith(b"HTTP/1.1 200 "), (data, got[:300]))

    def test_a_folded_header_starts_no_request_of_its_own(self):
        self.start("--header-timeout", "500ms")
        got = self.send(b"GET /health HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\nConnection: close\r\n\r\n")
        self.assertEqual(got.count(b"HTTP/1.1 "), 1)

    def test_pipelined_requests_are_answered_in_order(self):
        self.start()
        one = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
        last = b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        got = self.send(one * 50 + last)
        self.assertEqual(re.findall(rb"HTTP/1\.1 ([0-9]{3}) ", got), [b"200"] * 50 + [b"404"])

    def test_a_slow_caller_costs_a_timer(self):
        self.start("--header-timeout", "300ms", "--body-timeout", "300ms", "--idle-timeout", "600ms")
        slow = [b"", b"GET / HTTP/1.1\r\nX: ", b"POST /v1/recipe HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab"]
        raws = [self.connect() for _ in slow * 20]
        for raw, data in zip(raws, slow * 20):
            try:
                raw.sendall(data)
            except (BrokenPipeError, ConnectionResetError):
                pass  # This test is slower than the service's patience.
        self.alive()
        for raw in raws:
            self.rest(raw)  # each ends by itself
            raw.close()
        self.alive()

    def test_who_never_reads_is_left(self):
        process = self.start("--write-timeout", "500ms")
        raw = socket.socket()
        self.addCleanup(raw.close)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.connect(("127.0.0.1", self.port))
        raw.settimeout(support.SECONDS)
        try:
            for _ in range(3000):
                raw.sendall(b"GET /v1/catalog HTTP/1.1\r\nHost: x\r\n\r\n" * 20)
        except OSError:
            pass  # it was closed on us
        self.alive()
        self.end(process)

    def test_half_closed_callers_get_their_answer(self):
        self.start()
        raw = self.connect()
        raw.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        raw.shutdown(socket.SHUT_WR)
        self.assertTrue(self.rest(raw).startswith(b"HTTP/1.1 200 "))

    def test_bodies_that_explode_do_not(self):
        self.start()
        aliases = "a: &a [x, x]\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(24))
        for body in ("[" * 100_000, '{"a":' * 5_000 + "1" + "}" * 5_000, aliases, "a: " + "x" * 1_000_000, "\x00", "kind: Snapshot\n" * 2,
                     b"\xff\xfe\xfd", "- " * 200_000):
            answer, _ = self.ask("POST", "/v1/recipe", body=body)
            self.assertEqual(answer.status, 400)
        self.alive()

    def test_parameters_of_all_sorts(self):
        self.start()
        for value in ("%00", "%ff", "%0d%0aX-Evil:%201", "%", "a" * 5_000, "%F0%9F%92%A9", "..%2f..%2fetc%2fpasswd", "$(id)"):
            for name in ("service", "nodes", "strict", "nothing"):
                answer, body = self.ask("GET", f"/v1/recipe?{name}={value}")
                self.assertEqual(answer.status, 400, (name, value))
                self.assertIsNone(answer.getheader("X-Evil"))
                self.assertEqual(json.loads(body)["status"], 400)
        self.alive()

    def test_more_connections_than_allowed_close_the_oldest_idle(self):
        self.start("--max-connections", "50")
        raws = []
        for _ in range(120):
            raws.append(self.connect())
        self.alive()
        # Which of them go depends on when each was seen to be idle; that so many go does not.
        waiting = select.poll()
        for raw in raws:
            waiting.register(raw, select.POLLIN | select.POLLHUP)
        until = time.monotonic() + support.SECONDS
        while len(waiting.poll(100)) < 65:
            self.assertLess(time.monotonic(), until)
        answer, metrics = self.ask("GET", "/metrics")
        self.assertLessEqual(int(re.search(rb"\neidos_http_connections ([0-9]+)", metrics)[1]), 60)

    def test_it_takes_the_descriptors_that_it_may_have(self):
        process = self.start(limit=(40, 200))
        limits = pathlib.Path(f"/proc/{process.pid}/limits").read_text()
        self.assertRegex(limits, r"\nMax open files +200 +200 ")
        raws = [self.connect() for _ in range(100)]
        for _ in range(2):
            for raw in raws:
                raw.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            for raw in raws:
                self.assertTrue(raw.recv(65536).startswith(b"HTTP/1.1 200 "), "none had to go")

    def test_a_large_header_leaves_nothing_behind(self):
        process = self.start()
        def resident():
            return int(re.search(r"VmRSS:\s+([0-9]+) kB", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1])
        request = b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 60_000 + b"\r\n\r\n"
        def ask():
            raw = self.connect()
            raw.sendall(request)
            self.assertTrue(raw.recv(65536).startswith(b"HTTP/1.1 200 "))
        ask()
        before = resident()
        for _ in range(400):
            ask()
        self.assertLess(resident() - before, 400 * 30, "all of them are still connected")

    def test_who_stops_reading_the_log_is_counted_and_holds_up_nobody(self):
        tokens = self.put("tokens", "0123456789abcdef0123\n")
        process = self.start("--log-json", "--token-file", "tokens", log=subprocess.PIPE)
        until = time.monotonic() + support.SECONDS
        lost = 0
        while lost == 0:
            self.assertLess(time.monotonic(), until)
            self.assertIn(b"HTTP/1.1 200 ", self.send(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 200 + b"GET /health HTTP/1.0\r\n\r\n"))
            lost = int(re.search(rb"\neidos_access_log_lost_lines_total ([0-9]+)\n", self.ask("GET", "/metrics")[1])[1])
        tokens.unlink()  # a warning, then, to the same pipe
        asked = time.monotonic()
        while time.monotonic() < asked + 2:
            self.assertEqual(self.ask("GET", "/v1/catalog", headers={"Authorization": "Bearer 0123456789abcdef0123"})[0].status, 200)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(support.SECONDS), 0)

    def test_without_descriptors_it_recovers(self):
        self.start(limit=(40, 40))
        raws = [self.connect() for _ in range(80)]
        self.alive()
        for raw in raws:
            raw.close()
        self.alive()


class Ending(Served):
    def test_what_was_accepted_is_answered(self):
        recipe = None
        for _ in range(3):
            process = self.start()
            recipe = recipe or self.ask("GET", QUERY)[1]
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                def work():
                    answered = 0
                    while True:
                        try:
                            client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=support.SECONDS)
                            client.connect()
                        except ConnectionRefusedError:
                            return answered
                        except ConnectionResetError:
                            continue  # The listener went while this one stood in its queue.
                        with client.sock:
                            try:
                                client.request("POST", "/v1/bundle", body=recipe)
                                answer = client.getresponse()
                            except (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
                                continue  # connected, but never accepted
                            self.assertEqual(answer.status, 200)
                            self.assertEqual(len(answer.read()), int(answer.getheader("Content-Length")))
                            answered += 1
                workers = [pool.submit(work) for _ in range(8)]
                while self.log().count("/v1/bundle") < 8:
                    os.sched_yield()
                self.end(process)
                self.assertGreater(sum(worker.result() for worker in workers), 7)

    def test_who_stands_in_the_queue_is_served(self):
        process = self.start()
        request = b"GET /v1/catalog HTTP/1.1\r\nHost: x\r\n\r\n"
        kept = [self.connect() for _ in range(50)]
        for raw in kept:
            raw.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertTrue(raw.recv(65536).endswith(b"}\n"))
        process.send_signal(signal.SIGSTOP)  # so that nobody is taken from the queue before it is told to end
        early, late = ([self.connect() for _ in range(100)] for _ in range(2))
        for raw in kept + early:
            raw.sendall(request)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGCONT)
        while "ending" not in self.log():
            os.sched_yield()
        for raw in late:
            raw.sendall(request)
        for raw in kept + early + late:
            got = self.rest(raw)
            self.assertTrue(got.startswith(b"HTTP/1.1 200 "), got[:200])
            if raw in late:  # asked when the end had begun
                self.assertIn(b"\r\nConnection: close\r\n", got)
        self.assertEqual(process.wait(support.SECONDS), 0, self.log())

    def test_who_never_asks_does_not_hold_up_the_end(self):
        process = self.start("--header-timeout", "300ms", "--drain-timeout", "10m")
        silent, served = self.connect(), self.connect()
        served.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertTrue(served.recv(65536).startswith(b"HTTP/1.1 200 "))
        self.end(process)
        self.assertEqual((self.rest(silent), self.rest(served)), (b"", b""))

    def test_it_is_not_ready_before_it_stops_listening(self):
        process = self.start("--drain-delay", "2s")
        process.send_signal(signal.SIGTERM)
        until = time.monotonic() + support.SECONDS
        while self.ask("GET", "/ready")[0].status == 200:
            self.assertLess(time.monotonic(), until)
        self.assertEqual(self.ask("GET", "/health")[0].status, 200)
        self.assertEqual(process.wait(support.SECONDS), 0)

    def test_a_second_signal_ends_it_at_once(self):
        process = self.start("--drain-delay", "10m")
        process.send_signal(signal.SIGTERM)
        while "ending" not in self.log():
            os.sched_yield()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(support.SECONDS), 0)


if __name__ == "__main__":
    support.EIDOSD = pathlib.Path(sys.argv.pop(2)).resolve()
    support.main()
