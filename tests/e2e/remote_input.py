#!/usr/bin/python3
"""Documents from http:// and https:// sources, and what a server may do wrong."""
import http.server
import re
import socket
import ssl
import subprocess
import threading

import support

CRITERIA = b"kind: RecipeCriteria\nspec: {service: eks}\n"
ONE_LINE = re.compile(r"\Aeidos: error: [^\n]+\n\Z")


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.server.seen.append((self.path, self.headers.get("User-Agent", "")))
        name, _, rest = self.path.lstrip("/").partition("/")
        if name.isdigit():
            return self.answer(int(name), b"kind: Wrong\n")
        return getattr(self, f"do_{name}")(rest)

    def do_criteria(self, _):
        self.answer(200, CRITERIA, Content_Type="text/html")

    def do_hop(self, rest):
        count = int(rest)
        self.answer(302, Location="/criteria" if count == 0 else f"/hop/{count - 1}")

    def do_loop(self, _):
        self.answer(302, Location="/loop")

    def do_away(self, _):
        self.answer(302, Location="file:///etc/passwd")

    def do_huge(self, _):
        self.answer(200, Content_Length=str(17 << 20))

    def do_endless(self, _):
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"#" * 65536)
        except OSError:
            pass

    def do_cut(self, _):
        self.answer(200, b"kind: ", Content_Length="1000")
        self.close_connection = True

    def do_slow(self, _):
        self.answer(200, b"k", Content_Length="1000")
        self.server.released.wait(support.SECONDS)

    def do_garbage(self, _):
        self.wfile.write(b"\0\1\2 not HTTP at all\r\n\r\n")
        self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen, self.released, self.scheme = [], threading.Event(), "http"
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.scheme = "https"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path, host="127.0.0.1"):
        return f"{self.scheme}://{host}:{self.server_address[1]}/{path}"

    def stop(self):
        self.released.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):  # clients that hang up are what these tests are about
        pass


# Path → exit code, words.
ANSWERS = {
    "not found": ("404", 3, r"404"),
    "gone": ("410", 3, r"410"),
    "forbidden": ("403", 4, r"403"),
    "log in first": ("401", 4, r"401"),
    "too many requests": ("429", 7, r"429"),
    "broken": ("500", 6, r"500"),
    "overloaded": ("503", 6, r"503"),
    "gateway timeout": ("504", 5, r"504"),
    "six redirects": ("hop/5", 2, r"redirect"),
    "redirect loop": ("loop", 2, r"redirect"),
    "redirect to a file": ("away", 2, r"redirect|file"),
    "17 MiB announced": ("huge", 2, r"larger than|16777216"),
    "no end": ("endless", 2, r"larger than|16777216"),
    "cut off": ("cut", 6, r"127\.0\.0\.1"),
    "no HTTP": ("garbage", 2, r"HTTP"),
}


class Http(support.Case):
    def setUp(self):
        super().setUp()
        self.server = Server()
        self.addCleanup(self.server.stop)

    def refused(self, url, code, words, *more):
        self.put("out.yaml", "before\n")
        before = self.tree()
        done = self.eidos("recipe", "-c", url, "-o", "out.yaml", *more)
        self.assertEqual(done.code, code, done.err)
        self.assertRegex(done.err, ONE_LINE)
        self.assertRegex(done.err, words)
        self.assertEqual(self.tree(), before)

    def answer(self, row):
        path, code, words = row
        self.refused(self.server.url(path), code, words)

    def test_a_document_is_read_whatever_it_is_called(self):
        for path in ("criteria", "criteria/x.json", "hop/4"):
            self.assertIn("service: eks", self.good("recipe", "-c", self.server.url(path)).out)
        self.assertRegex(self.server.seen[0][1], r"^eidos/\d")

    def test_a_slow_body_ends_with_the_deadline(self):
        self.refused(self.server.url("slow"), 5, r"timed out|time|deadline", "--timeout", "300ms")

    def test_nobody_listens(self):
        self.refused(f"http://127.0.0.1:{support.free_port()}/x", 6, r"127\.0\.0\.1.*refused")

    def test_no_such_host(self):
        self.refused("http://no-such-host.invalid/x", 6, r"no-such-host\.invalid")

    def test_an_url_that_is_none(self):
        self.refused("http://", 2, r"http://")

    def test_a_password_is_never_shown(self):
        url = self.server.url("404").replace("://", "://user:hunter2@")
        done = self.eidos("recipe", "-c", url, "--debug")
        self.assertEqual(done.code, 3)
        self.assertNotIn("hunter2", done.err)
        broken = self.eidos("recipe", "-c", self.server.url("cut").replace("://", "://user:hunter2@"))
        self.assertNotIn("hunter2", broken.err)


class Https(support.Case):
    @classmethod
    def setUpClass(cls):
        cls.keys = support.pathlib.Path(support.tempfile.mkdtemp(prefix="eidos-e2e-"))
        cls.addClassCleanup(support.shutil.rmtree, cls.keys)
        for name, subject in (("good", "IP:127.0.0.1"), ("other", "DNS:elsewhere.invalid")):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x",
                            "-addext", f"subjectAltName={subject}", "-keyout", cls.keys / f"{name}.key",
                            "-out", cls.keys / f"{name}.pem"], check=True, capture_output=True)

    def server(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.keys / f"{name}.pem", self.keys / f"{name}.key")
        server = Server(context)
        self.addCleanup(server.stop)
        return server

    def refused(self, *arguments):
        done = self.eidos("recipe", *arguments)
        self.assertEqual(done.code, 4, done.err)
        self.assertRegex(done.err, ONE_LINE)
        self.assertRegex(done.err, "certificate")
        self.assertEqual(done.out, "")

    def test_a_certificate_that_is_trusted(self):
        url = self.server("good").url("criteria")
        done = self.good("recipe", "-c", url, "--ca-file", self.keys / "good.pem")
        self.assertIn("service: eks", done.out)

    def test_a_certificate_nobody_vouches_for(self):
        self.refused("-c", self.server("good").url("criteria"))

    def test_a_certificate_for_another_host(self):
        self.refused("-c", self.server("other").url("criteria"), "--ca-file", self.keys / "other.pem")

    def test_a_ca_file_that_is_missing(self):
        done = self.eidos("recipe", "-c", self.server("good").url("criteria"), "--ca-file", "none.pem")
        self.assertEqual(done.code, 3, done.err)
        self.assertRegex(done.err, ONE_LINE)


support.rows(ANSWERS, "answer")(Http)

if __name__ == "__main__":
    support.main()
