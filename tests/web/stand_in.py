#!/usr/bin/python3
"""Serves the page with answers that it has eidos give: for working on the page without eidosd.

usage: stand_in.py EIDOS [PORT]     (loopback; 0 or nothing: a free port, printed)
"""
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

PAGE = pathlib.Path(__file__).resolve().parents[2] / "src/page"
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
DIMENSIONS = ("service", "accelerator", "intent", "os", "platform")


class Handler(http.server.BaseHTTPRequestHandler):
    eidos = ""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, kind, body, **headers):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), "X-Content-Type-Options": "nosniff",
                            "Content-Security-Policy": POLICY, **headers}.items():
            self.send_header(name, value)
        try:
            self.end_headers()
            self.wfile.write(body)
        except BrokenPipeError:  # The page asks again before it has the last answer.
            self.close_connection = True

    def run(self, *args, stdin=b""):
        return subprocess.run([self.eidos, *args], input=stdin, capture_output=True, timeout=60, check=False)

    def refuse(self, done):
        lines = [line.removeprefix("eidos: error: ") for line in done.stderr.decode().splitlines()
                 if line.startswith("eidos: error: ")] or ["refused"]
        body = {"status": 400, "code": "INVALID_REQUEST", "message": lines[0], "requestId": "", "retryable": False,
                "details": {"problems": [{"message": line} for line in lines]}}
        self.answer(400, "application/problem+json", json.dumps(body).encode())

    def show(self, done, kind="application/json"):
        if done.returncode:
            self.refuse(done)
        else:
            self.answer(200, kind, done.stdout)

    def flags(self):
        query = urllib.parse.urlsplit(self.path).query
        return [f"--{name}={value}" for name, value in urllib.parse.parse_qsl(query) if name != "format"]

    def catalog(self):
        combinations = json.loads(self.run("catalog", "list", "-t", "json").stdout)
        values = {}
        for one in combinations["combinations"]:
            for name, value in one["criteria"].items():
                values.setdefault(name, set()).add(value)
        values["accelerator"] |= {"l40s", "b200"}
        body = {"criteria": {name: sorted(values[name]) for name in DIMENSIONS}, **combinations}
        self.answer(200, "application/json", json.dumps(body).encode())

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        file = PAGE / ("index.html" if path == "/" else path.removeprefix("/page/"))
        if path == "/v1/catalog":
            self.catalog()
        elif path == "/v1/recipe":
            form = "yaml" if "yaml" in self.headers.get("Accept", "") else "json"
            self.show(self.run("recipe", "-q", "-t", form, *(self.flags() or ["--service=any"])))
        elif path == "/v1/explain":
            self.show(self.run("explain", "-q", "--json", *(self.flags() or ["--service=any"])))
        elif file.parent == PAGE and file.is_file():
            self.answer(200, KINDS[file.suffix] + "; charset=utf-8", file.read_bytes())
        else:
            self.answer(404, "application/problem+json", b'{"message":"not here"}')

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with tempfile.TemporaryDirectory() as work:
            out = pathlib.Path(work) / "bundle.zip"
            done = self.run("bundle", "-q", "-r", "-", "-o", str(out), "--allow-outside", *self.flags(), stdin=body)
            if done.returncode:
                self.refuse(done)
            else:
                self.answer(200, "application/zip", out.read_bytes(), **{"X-Bundle-Warnings": "0"})


def main():
    Handler.eidos = str(pathlib.Path(sys.argv[1]).resolve())
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    print(f"http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
