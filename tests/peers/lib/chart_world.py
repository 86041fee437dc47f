"""Chart repositories and an OCI registry on loopback, with a stand-in for every chart that recipes name.

A stand-in has the name, the version and the shape of the default values of the real one, and prints the values it
was given. Real helm packages, indexes and pushes them; the registry is Debian's docker-registry.
"""
import http.server
import json
import pathlib
import re
import shutil
import socketserver
import ssl
import subprocess
import threading

import yaml

from lib.tools import ROOT, expect

VALUES_TEMPLATE = """apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Chart.Name }}
  namespace: {{ .Release.Namespace }}
  labels: {stand-in: "yes"}
data:
  release: {{ .Release.Name | quote }}
  version: {{ .Chart.Version | quote }}
  values: {{ .Values | toJson | quote }}
"""
SAMPLES = {"string": "of the chart", "array": ["of the chart"], "object": {}, "integer": 4711, "number": 4711.5,
           "boolean": False}


def default_values(shape):
    """Values of a chart as its recorded shape has them: a sample of each type; what has no type stays out."""
    out = {}
    for key, below in shape.get("properties", {}).items():
        kind = below.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object" and below.get("properties"):
            out[key] = default_values(below)
        elif kind in SAMPLES:
            out[key] = SAMPLES[kind]
    return out


def shape_of(component):
    path = ROOT / "catalog/components" / component / "values.schema.json"
    return json.loads(path.read_text()) if path.exists() else {}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class ChartWorld:
    """Serves until close(). `oci` and `http` are host:port; address() says where a source of the catalog is."""

    def __init__(self, tools):
        self.tools, self.folder = tools, tools.folder
        self.made = {}  # (source, chart, version) of the catalog → default values
        self.registry = None
        self.served = self.folder / "served"
        self.served.mkdir()
        self._certificate()
        self._serve_files()
        self._start_registry()

    def close(self):
        self.server.shutdown()
        if self.registry:
            self.registry.terminate()
            self.registry.wait(20)
            self.log.close()

    def _certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", self.folder / "key.pem", "-out", self.folder / "ca.pem", "-days", "2", "-subj",
                        "/CN=chart world", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)

    def _serve_files(self):
        folder = str(self.served)

        class Handler(Quiet):
            def __init__(self, *args):
                super().__init__(*args, directory=folder)

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "ca.pem", self.folder / "key.pem")
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.http = f"127.0.0.1:{self.server.server_address[1]}"

    def _start_registry(self):
        expect(shutil.which("docker-registry"), "docker-registry is not installed: tools/setup")
        config = {"version": "0.1", "log": {"level": "info", "formatter": "json"},
                  "storage": {"filesystem": {"rootdirectory": str(self.folder / "registry")}},
                  "http": {"addr": "127.0.0.1:0",
                           "tls": {"certificate": str(self.folder / "ca.pem"), "key": str(self.folder / "key.pem")}}}
        path = self.folder / "registry.yaml"
        path.write_text(yaml.safe_dump(config))
        self.log = open(self.folder / "registry.log", "w")
        self.registry = subprocess.Popen(["docker-registry", "serve", path], stdin=subprocess.DEVNULL,
                                         stdout=self.log, stderr=subprocess.PIPE, text=True,
                                         env=self.tools.environment)
        seen = []
        for line in self.registry.stderr:
            seen.append(line)
            if found := re.search(r"listening on (127\.0\.0\.1:\d+)", line):
                self.oci = found[1]
                break
        expect(hasattr(self, "oci"), "docker-registry did not start:\n" + "".join(seen))
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self):
        for line in self.registry.stderr:
            self.log.write(line)

    def address(self, source):
        """Where a source of the catalog is served."""
        scheme, rest = source.split("://", 1)
        return f"{scheme}://{self.oci if scheme == 'oci' else self.http}/{rest}"

    def add(self, component, source, chart, version, files=()):
        """A stand-in for the chart of a component; the same one twice is made once. `files`: path → text."""
        if (source, chart, version) in self.made:
            return
        folder = self.folder / "charts" / str(len(self.made)) / chart
        (folder / "templates").mkdir(parents=True)
        defaults = default_values(shape_of(component))
        (folder / "Chart.yaml").write_text(yaml.safe_dump({
            "apiVersion": "v2", "name": chart, "version": version, "description": f"Stands in for {chart}",
            "icon": "https://charts.example/icon.svg"}))
        (folder / "values.yaml").write_text(yaml.safe_dump(defaults))
        (folder / "templates/values.yaml").write_text(VALUES_TEMPLATE)
        for path, text in dict(files).items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text)
        self.made[source, chart, version] = defaults
        if source.startswith("oci://"):
            self.tools.run("helm", "package", folder, "-d", folder.parent)
            packed, = folder.parent.glob("*.tgz")
            self.tools.run("helm", "push", packed, self.address(source))
        else:
            self.tools.run("helm", "package", folder, "-d", self.served / source.split("://", 1)[1])

    def index(self):
        """To be called when the last chart is there."""
        for folder in {path.parent for path in self.served.rglob("*.tgz")}:
            self.tools.run("helm", "repo", "index", folder)

    def layer(self, folder):
        """Writes a layer that moves every source of the embedded catalog here; returns its path."""
        layer = pathlib.Path(folder)
        (layer / "overlays").mkdir(parents=True)
        registry = yaml.safe_load((ROOT / "catalog/registry.yaml").read_text())
        moved = [{"name": one["name"], "helm": {"defaultRepository": self.address(one["helm"]["defaultRepository"])}}
                 for one in registry["components"] if one.get("helm", {}).get("defaultRepository")]
        (layer / "registry.yaml").write_text(yaml.safe_dump({
            "apiVersion": registry["apiVersion"], "kind": registry["kind"], "components": moved}))
        for path in sorted((ROOT / "catalog/overlays").glob("*.yaml")):
            text = path.read_text()
            if "source: " in text:
                text = re.sub(r"source: (\S+)", lambda found: f"source: {self.address(found[1])}", text)
                text = re.sub(r"(?m)^(metadata:\n)", r"\1  replaces: true\n", text, count=1)
                (layer / "overlays" / path.name).write_text(text)
        return layer
