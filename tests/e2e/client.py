#!/usr/bin/python3
"""eidos --server: recipes and bundles from the real eidosd, and what a service that misbehaves leads to."""
import email.utils
import hashlib
import http.server
import json
import pathlib
import ssl
import subprocess
import sys
import threading
import time

import support
from served import Served

CRITERIA = ("--service", "eks", "--accelerator", "h100", "--intent", "training", "--os", "ubuntu")
TOKEN = "a-token-that-nobody-guesses"
GIBIBYTE = 1 << 30


class StandIn:
    """Answers each request by `play(handler, number)`; remembers the header fields of all."""

    def __init__(self, play):
        stand_in = self
        self.seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                stand_in.seen.append(dict(self.headers))
                try:
                    play(self, len(stand_in.seen))
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            do_POST = do_GET

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def answer(handler, status, body=b"", kind="application/json", **fields):
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in fields.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


class Client(Served):
    def setUp(self):
        super().setUp()
        self.home = {"HOME": str(self.dir), "XDG_CACHE_HOME": str(self.dir / "cache")}
        (self.dir / "cache").mkdir()

    def remote(self, command, *args, env=None, server=None, **more):
        return self.eidos(command, "--server", server or f"http://127.0.0.1:{self.port}", *args,
                          env=self.home | (env or {}), **more)

    def both(self, command, *args):
        """What the command does here, which must be what it does there."""
        here = self.good(command, *args)
        there = self.remote(command, *args)
        self.assertEqual(there.code, 0, there.err)
        return here, there

    def faulty(self, play):
        stand_in = StandIn(play)
        self.addCleanup(stand_in.close)
        return stand_in

    def test_a_recipe_is_the_same_byte_for_byte(self):
        self.start()
        for more in ((), ("-t", "json"), ("-t", "table"), ("--context",), ("--settings",), ("--nodes", "8"),
                     ("--osv", "24.04")):
            with self.subTest(more):
                here, there = self.both("recipe", *CRITERIA, *more)
                self.assertEqual(there.out, here.out)

    def test_documents_are_sent(self):
        self.start()
        self.put("c.yaml", self.good("recipe", *CRITERIA).out)
        criteria = "kind: RecipeCriteria\napiVersion: eidos.nvidia.com/v1alpha1\nmetadata: {name: c}\nspec: {service: eks}\n"
        self.put("criteria.yaml", criteria)
        here, there = self.both("recipe", "--criteria", "criteria.yaml", "--intent", "training")
        self.assertEqual(there.out, here.out)
        snapshot = support.ROOT / "examples/gb200-eks-ubuntu-training/snapshot.yaml"
        here, there = self.both("recipe", "--snapshot", snapshot, "--intent", "training")
        self.assertEqual(there.out, here.out)

    def test_warnings_are_said(self):
        self.start()
        here, there = self.both("recipe", "--service", "eks", "--os", "rhel")
        self.assertIn("no applied overlay asks for os", here.err)
        self.assertIn("no applied overlay asks for os", there.err)
        self.assertEqual(there.out, here.out)
        again = self.remote("recipe", "--service", "eks", "--os", "rhel")  # from the cache
        self.assertIn("no applied overlay asks for os", again.err)

    def test_a_bundle_is_the_same_file_for_file(self):
        self.start()
        self.put("r.yaml", self.good("recipe", *CRITERIA).out)
        more = ("-r", "r.yaml", "--set", "gpu-operator:driver.version=570.86.16", "--deployer", "argocd", "--repo",
                "https://git.example.com/x", "--repo-path", "clusters/prod")
        here = self.good("bundle", *more, "-o", "here")
        there = self.remote("bundle", *more, "-o", "there")
        self.assertEqual((there.code, there.out), (0, "there\n"), there.err)
        self.assertEqual(self.tree(self.dir / "there"), self.tree(self.dir / "here"))
        self.assertEqual([line for line in there.err.splitlines() if "warning" in line],
                         [line for line in here.err.splitlines() if "warning" in line])
        self.good("verify", "there")
        self.good("bundle", "-r", "r.yaml", "-o", "here.tar.gz")
        self.assertEqual(self.remote("bundle", "-r", "r.yaml", "-o", "there.tar.gz").code, 0)
        self.assertEqual((self.dir / "there.tar.gz").read_bytes(), (self.dir / "here.tar.gz").read_bytes())

    def test_what_the_service_refuses_is_said_in_its_words(self):
        self.start()
        done = self.remote("recipe", "--service", "esk")
        self.assertEqual((done.code, done.out), (2, ""))
        self.assertIn("did you mean 'eks'?", done.err)
        self.put("r.yaml", "kind: Snapshot\n")
        done = self.remote("bundle", "-r", "r.yaml", "-o", "b")
        self.assertEqual(done.code, 2, done.err)
        self.assertFalse((self.dir / "b").exists())

    def test_flags_that_stay_here(self):
        self.start()
        for args in (("recipe", "--catalog", "x"), ("recipe", "--data", "x"), ("bundle", "-r", "r", "--diff", "x"),
                     ("bundle", "-r", "r", "-o", "b", "--values-file", "a=b"), ("bundle", "-r", "r", "--dry-run")):
            with self.subTest(args):
                done = self.remote(*args)
                self.assertEqual(done.code, 1, done.err)
                self.assertIn("--server cannot both be given", done.err)

    def test_an_answer_is_asked_for_by_its_etag(self):
        body = self.good("recipe", *CRITERIA, "-t", "json").out.encode()
        play = lambda handler, _: answer(handler, 304) if handler.headers.get("If-None-Match") == '"one"' else answer(
            handler, 200, body, ETag='"one"')
        server = self.faulty(play)
        first = self.remote("recipe", *CRITERIA, "-t", "json", server=server.url)
        second = self.remote("recipe", *CRITERIA, "-t", "json", server=server.url)
        self.assertEqual((first.code, first.out), (0, body.decode()), first.err)
        self.assertEqual((second.code, second.out), (0, body.decode()), second.err)
        self.assertEqual([one.get("If-None-Match") for one in server.seen], [None, '"one"'])
        # What was changed there is not believed.
        kept, = (self.dir / "cache/eidos").iterdir()
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)
        kept.write_text(kept.read_text().replace("RecipeResult", "RecipeRisult"))
        third = self.remote("recipe", *CRITERIA, "-t", "json", server=server.url)
        self.assertEqual((third.code, third.out), (0, body.decode()), third.err)
        self.assertIsNone(server.seen[2].get("If-None-Match"))

    def test_turned_away_it_waits_and_in_the_end_says_until_when(self):
        body = self.good("recipe", *CRITERIA, "-t", "json").out.encode()
        server = self.faulty(lambda handler, number: answer(handler, 429, Retry_After="1") if number < 2 else answer(
            handler, 200, body))
        done = self.remote("recipe", *CRITERIA, server=server.url)
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(len(server.seen), 2)
        server = self.faulty(lambda handler, _: answer(handler, 429, Retry_After="1"))
        done = self.remote("recipe", *CRITERIA, server=server.url)
        self.assertEqual((done.code, done.out), (7, ""), done.err)
        self.assertIn("turned away 5 times in a row", done.err)
        self.assertRegex(done.err, r"try again after \d{4}-\d\d-\d\dT")
        self.assertEqual(len(server.seen), 5)
        done = self.remote("recipe", *CRITERIA, "--timeout", "1s", server=server.url)
        self.assertEqual(done.code, 7, done.err)
        self.assertRegex(done.err, r"try again after \d{4}")
        server = self.faulty(lambda handler, _: answer(handler, 429, Retry_After="3600"))
        done = self.remote("recipe", *CRITERIA, server=server.url)
        self.assertEqual((done.code, len(server.seen)), (7, 1), done.err)
        self.assertRegex(done.err, r"try again after \d{4}")

    def test_a_service_that_is_about_to_end_is_asked_again_when_it_says_so(self):
        body = self.good("recipe", *CRITERIA, "-t", "json").out.encode()
        soon = email.utils.formatdate(time.time() + 2, usegmt=True)
        server = self.faulty(lambda handler, number: answer(handler, 503, Retry_After=soon) if number < 2 else answer(
            handler, 200, body))
        done = self.remote("recipe", *CRITERIA, server=server.url)
        self.assertEqual((done.code, len(server.seen)), (0, 2), done.err)
        for more, seen in (({"Retry_After": "3600"}, 1), ({}, 1)):
            server = self.faulty(lambda handler, _, more=more: answer(handler, 503, **more))
            done = self.remote("recipe", *CRITERIA, server=server.url)
            self.assertEqual((done.code, done.out, len(server.seen)), (6, "", seen), done.err)

    def test_the_configuration_file_may_name_the_service(self):
        body = self.good("recipe", *CRITERIA, "-t", "json").out.encode()
        server = self.faulty(lambda handler, _: answer(handler, 200, body))
        self.put("config.yaml", f"server: {{url: {server.url}}}\n")
        done = self.eidos("recipe", *CRITERIA, "-t", "json", "--config", "config.yaml")
        self.assertEqual((done.code, done.out, len(server.seen)), (0, body.decode(), 1), done.err)
        self.put("config.yaml", f"server: {{url: {server.url}, fingerprint: {64 * '0'}}}\n")
        done = self.eidos("recipe", *CRITERIA, "--config", "config.yaml")
        self.assertEqual(done.code, 2)
        self.assertIn("plain http has no certificate to pin", done.err)

    def test_a_rotated_token_is_seen_by_the_next_try(self):
        self.put("mine", "first\n")

        def play(handler, number):
            self.put("mine", "second\n")
            answer(handler, 429 if number == 1 else 500, Retry_After="1")
        server = self.faulty(play)
        self.remote("recipe", *CRITERIA, "--token-file", "mine", server=server.url)
        self.assertEqual([one["Authorization"] for one in server.seen], ["Bearer first", "Bearer second"])

    def test_a_service_that_hangs_costs_the_timeout(self):
        server = self.faulty(lambda handler, _: threading.Event().wait(30))
        for args in (("recipe", *CRITERIA), ("bundle", "-r", "r.yaml", "-o", "b")):
            self.put("r.yaml", "kind: RecipeResult\n")
            done = self.remote(*args, "--timeout", "1s", server=server.url)
            self.assertEqual((done.code, done.out), (5, ""), done.err)
        self.assertFalse((self.dir / "b").exists())

    def test_a_catalog_of_a_variable_is_no_less_refused(self):
        self.start()
        done = self.remote("recipe", *CRITERIA, env={"EIDOS_CATALOG": "x"})
        self.assertEqual(done.code, 1, done.err)

    def test_a_token_is_shown_and_never_told(self):
        self.put("tokens", TOKEN + "\n")
        self.put("mine", TOKEN + "\n")
        self.start("--token-file", str(self.dir / "tokens"))
        refused = self.remote("recipe", *CRITERIA)
        self.assertEqual(refused.code, 4, refused.err)
        self.assertIn("a token is needed", refused.err)
        for more, env in (((), {"EIDOS_API_TOKEN": TOKEN}), (("--token-file", "mine"), {})):
            done = self.remote("recipe", *CRITERIA, *more, "--debug", env=env)
            self.assertEqual(done.code, 0, done.err)
            self.assertNotIn(TOKEN, done.err)
        for path in (self.dir / "cache").rglob("*"):
            self.assertFalse(path.is_file() and TOKEN in path.read_text())
        self.put("mine", "two words\n")
        self.assertEqual(self.remote("recipe", "--token-file", "mine").code, 2)
        away = self.remote("recipe", server="http://eidos.example", env={"EIDOS_API_TOKEN": TOKEN})
        self.assertEqual(away.code, 2, away.err)
        self.assertIn("not sent over plain http", away.err)

    def test_only_the_pinned_certificate_is_believed(self):
        for name in ("one", "two"):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-keyout", f"{name}.key", "-out", f"{name}.crt", "-days", "2", "-subj", "/CN=localhost",
                            "-addext", "subjectAltName=IP:127.0.0.1"], cwd=self.dir, check=True, capture_output=True)
        self.start("--tls-cert", str(self.dir / "one.crt"), "--tls-key", str(self.dir / "one.key"))
        url = f"https://127.0.0.1:{self.port}"
        prints = {name: hashlib.sha256(ssl.PEM_cert_to_DER_cert((self.dir / f"{name}.crt").read_text())).hexdigest()
                  for name in ("one", "two")}
        good = self.remote("recipe", *CRITERIA, "--ca-file", "one.crt", server=url,
                           env={"EIDOS_API_CERT_FINGERPRINT": ":".join(
                               prints["one"].upper()[i:i + 2] for i in range(0, 64, 2))})
        self.assertEqual(good.code, 0, good.err)
        bad = self.remote("recipe", *CRITERIA, "--ca-file", "one.crt", "--server-fingerprint", prints["two"], server=url)
        self.assertEqual((bad.code, bad.out), (4, ""), bad.err)
        self.assertIn(f"not the one that is pinned: it is {prints['one']}", bad.err)
        unknown = self.remote("recipe", *CRITERIA, "--server-fingerprint", prints["one"], server=url)
        self.assertEqual(unknown.code, 4, "a pin is no reason to trust")
        self.assertEqual(self.remote("recipe", "--server-fingerprint", "abc", server=url).code, 2)

    def test_services_that_misbehave(self):
        def endless(handler, _):
            handler.send_response(200)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(10 * GIBIBYTE))
            handler.end_headers()
            while True:
                handler.wfile.write(b"[" * 65536)

        def cut(handler, _):
            handler.send_response(200)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(b"{")
            handler.close_connection = True

        cases = [(endless, (2,), "larger"), (cut, (6,), "the answer"), (lambda h, _: answer(h, 200, b"<html>", "text/html"), (6,), "'text/html'"),
                 (lambda h, _: answer(h, 200, b"{}"), (6,), "RecipeResult"), (lambda h, _: answer(h, 304), (6,), "304"),
                 (lambda h, _: answer(h, 302, Location="http://127.0.0.1:9/"), (6,), "302"),
                 (lambda h, _: answer(h, 500), (6,), "500"),
                 (lambda h, _: answer(h, 400, json.dumps({"details": {"problems": [
                     {"message": "a\x1b[31mb"}]}}).encode(), "application/problem+json"), (2,), "a")]
        for play, codes, said in cases:
            with self.subTest(said):
                done = self.remote("recipe", *CRITERIA, server=self.faulty(play).url)
                self.assertIn(done.code, codes, done.err)
                self.assertEqual(done.out, "")
                self.assertIn(said, done.err)
                self.assertNotIn("\x1b", done.err)
        nobody = self.remote("recipe", *CRITERIA, server="http://127.0.0.1:9")
        self.assertEqual(nobody.code, 6, nobody.err)
        for url in ("ftp://a", "http://", "http://u:p@127.0.0.1/", "http://127.0.0.1/?a=b"):
            self.assertEqual(self.remote("recipe", server=url).code, 2, url)


if __name__ == "__main__":
    support.EIDOSD = pathlib.Path(sys.argv.pop(2)).resolve()
    support.main()
