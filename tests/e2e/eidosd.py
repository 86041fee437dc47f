#!/usr/bin/python3
"""eidosd as it is run: its flags, and what it answers over a socket, in the clear and over TLS."""
import http.client
import io
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import time
import zipfile

import served
import support


class Program(served.Served):
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


class Answers(served.Served):
    def test_a_recipe_becomes_a_bundle_on_one_connection(self):
        self.start()
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=support.SECONDS)
        self.addCleanup(client.close)
        client.request("GET", served.QUERY, headers={"Accept": "application/yaml", "X-Request-Id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8"})
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
        answer, body = self.ask("HEAD", served.QUERY)
        self.assertEqual((answer.status, body), (200, b""))
        self.assertGreater(int(answer.getheader("Content-Length")), 1000)
        answer, body = self.ask("GET", served.QUERY, headers={"If-None-Match": answer.getheader("ETag")})
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
        for target in (served.QUERY, "/nothing", "/v1/schema/Snapshot"):
            self.ask("GET", target)
        self.ask("POST", "/v1/bundle", body=self.ask("GET", served.QUERY)[1])
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


class Secure(served.Served):
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
        client.request("GET", served.QUERY)
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


if __name__ == "__main__":
    support.EIDOSD = pathlib.Path(sys.argv.pop(2)).resolve()
    support.main()
