#!/usr/bin/python3
"""A real Kubernetes control plane for tests: etcd and kube-apiserver on loopback, RBAC on, ready in seconds.

    with Cluster() as cluster:
        cluster.kubectl("get", "namespaces")          # as admin
        cluster.kubeconfig("reader")                  # a kubeconfig of a user without rights, until one is granted

As a program it runs a command with KUBECONFIG set, and ends everything with it:

    tests/cluster/cluster.py [--controllers] [--kubelet EIDOS] -- COMMAND ...    exit 77 when the programs are not here

--kubelet: with a node that runs this binary for its pods (kubelet.py), and the controllers.

Nothing outlives the process: the servers ask the kernel to end them with their parent. Data goes to /dev/shm.
"""
import base64
import contextlib
import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 90  # seconds until a server must be ready, on a machine that does much else
ATTEMPTS = 5   # a free port may be gone when the server binds it


class NotHere(Exception):
    """The programs are not on this machine; the text is the reason a test gives for its skip."""


def programs():
    """The folder with kube-apiserver and the others."""
    done = subprocess.run([ROOT / "tests/cluster/build", "--cached"], stdout=subprocess.PIPE, text=True, check=False)
    last = (done.stdout.strip().splitlines() or ["cluster: tests/cluster/build failed"])[-1]
    if done.returncode:
        raise NotHere(last)
    if not shutil.which("etcd"):
        raise NotHere("cluster: no etcd; run tools/setup --cluster")
    return pathlib.Path(last)


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Identities:
    """An authority, the server's certificate, a client's, and the key that signs service account tokens."""

    def __init__(self, folder):
        self.folder = folder
        self.make("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "ca.key")
        self.make("req", "-x509", "-new", "-key", "ca.key", "-days", "30", "-subj", "/CN=cluster authority",
                  "-addext", "keyUsage=critical,keyCertSign", "-out", "ca.crt")
        self.issue("server", "/CN=kube-apiserver", "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes")
        self.issue("admin", "/O=system:masters/CN=certificate-admin", "extendedKeyUsage=clientAuth")
        self.make("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "sa.key")
        self.make("pkey", "-in", "sa.key", "-pubout", "-out", "sa.pub")

    def make(self, *args):
        subprocess.run(["openssl", *args], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       check=True)

    def issue(self, name, subject, extension):
        self.make("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", f"{name}.key")
        self.make("req", "-new", "-key", f"{name}.key", "-subj", subject, "-out", f"{name}.csr")
        (self.folder / f"{name}.ext").write_text(extension + "\n")
        self.make("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                  "-days", "30", "-extfile", f"{name}.ext", "-out", f"{name}.crt")

    def text(self, name):
        return (self.folder / name).read_text()


class Cluster:
    """Starts on `with`. `controllers` adds the controller manager and the scheduler (Jobs, service accounts)."""

    def __init__(self, controllers=False, more=()):
        self.controllers = controllers
        self.more = list(more)  # further flags of kube-apiserver
        self.servers = []
        self.bin = programs()

    def __enter__(self):
        shm = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="eidos-cluster-", dir=shm))
        try:
            self.identities = Identities(self.dir)
            self.tokens = {"admin": "token-of-admin"}
            self.write_tokens()
            self.start_etcd()
            self.start_apiserver()
            if self.controllers:
                self.start_controllers()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in reversed(self.servers):
            server.kill()
        for server in self.servers:
            server.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def write_tokens(self):
        users = ["reader", "writer", "nobody", "agent"]
        self.tokens.update({user: f"token-of-{user}" for user in users})
        lines = [f'{token},{user},{user},"{"system:masters" if user == "admin" else ""}"'
                 for user, token in self.tokens.items()]
        (self.dir / "tokens.csv").write_text("\n".join(lines) + "\n")

    def spawn(self, name, *args):
        log = open(self.dir / f"{name}.log", "ab")
        path = self.bin / name if (self.bin / name).exists() else name
        server = subprocess.Popen([path, *args], cwd=self.dir, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  preexec_fn=die_with_parent)
        log.close()
        self.servers.append(server)
        return server

    def log_of(self, name):
        return "\n".join((self.dir / f"{name}.log").read_text(errors="replace").splitlines()[-30:])

    def start_etcd(self):
        for _ in range(ATTEMPTS):
            self.etcd = f"http://127.0.0.1:{free_port()}"
            peers = f"http://127.0.0.1:{free_port()}"
            server = self.spawn("etcd", "--name", "only", "--data-dir", str(self.dir / "etcd"),
                                "--listen-client-urls", self.etcd, "--advertise-client-urls", self.etcd,
                                "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers,
                                "--initial-cluster", f"only={peers}", "--quota-backend-bytes", str(4 << 30),
                                "--log-level", "warn")
            if self.ready(server, self.etcd + "/health"):
                return
            shutil.rmtree(self.dir / "etcd", ignore_errors=True)
        raise RuntimeError("etcd does not start:\n" + self.log_of("etcd"))

    def start_apiserver(self):
        for _ in range(ATTEMPTS):
            port = free_port()
            self.url = f"https://127.0.0.1:{port}"
            admission = [] if self.controllers else ["--disable-admission-plugins", "ServiceAccount"]
            server = self.spawn(
                "kube-apiserver", "--etcd-servers", self.etcd, "--bind-address", "127.0.0.1", "--secure-port", str(port),
                "--tls-cert-file", "server.crt", "--tls-private-key-file", "server.key", "--client-ca-file", "ca.crt",
                "--token-auth-file", "tokens.csv", "--authorization-mode", "RBAC",
                "--service-account-issuer", "https://kubernetes.default.svc", "--service-account-key-file", "sa.pub",
                "--service-account-signing-key-file", "sa.key", "--service-cluster-ip-range", "10.0.0.0/24",
                "--endpoint-reconciler-type", "none", "--profiling=false", *admission, *self.more)
            if self.ready(server, self.url + "/readyz"):
                return
        raise RuntimeError("kube-apiserver does not start:\n" + self.log_of("kube-apiserver"))

    def start_controllers(self):
        config = str(self.kubeconfig("admin"))
        common = ["--kubeconfig", config, "--leader-elect=false", "--bind-address", "127.0.0.1", "--profiling=false"]
        self.spawn("kube-controller-manager", *common, "--secure-port", "0", "--use-service-account-credentials=false",
                   "--service-account-private-key-file", "sa.key", "--root-ca-file", "ca.crt")
        self.spawn("kube-scheduler", *common, "--secure-port", "0")
        self.make_namespace("default")

    def ready(self, server, url):
        """False when the server ended, as it does when its port was taken."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if server.poll() is not None:
                return False
            try:
                with self.open(url) as answer:
                    if answer.status == 200:
                        return True
            except (OSError, urllib.error.URLError):
                pass
            time.sleep(0.05)
        raise RuntimeError(f"not ready after {PATIENCE} s: {url}")

    def until(self, true, otherwise):
        deadline = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > deadline:
                raise RuntimeError(otherwise)
            time.sleep(0.05)

    def open(self, url, user="admin", body=None, method=None, headers=None):
        """An HTTP answer; HTTPError for a refusal."""
        trust = ssl.create_default_context(cafile=str(self.dir / "ca.crt")) if url.startswith("https") else None
        request = urllib.request.Request(url, data=body, method=method, headers={
            "Authorization": "Bearer " + self.tokens[user], **(headers or {})})
        return urllib.request.urlopen(request, timeout=30, context=trust)

    def api(self, path, body=None, method=None, user="admin"):
        """The JSON answer to a JSON request."""
        data = None if body is None else json.dumps(body).encode()
        with self.open(self.url + path, user, data, method, {"Content-Type": "application/json"}) as answer:
            return json.load(answer)

    def define(self, group, version, plural, kind):
        """A custom kind with a spec and a status that may hold anything; waits until it is known."""
        anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        self.apply({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{group}"},
            "spec": {"group": group, "scope": "Cluster", "names": {"plural": plural, "kind": kind},
                     "versions": [{"name": version, "served": True, "storage": True,
                                   "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                                       "spec": anything, "status": anything}}}}]}})
        self.kubectl("wait", "--for=condition=Established", f"crd/{plural}.{group}", "--timeout=60s")

    def make_namespace(self, name, labels=None):
        """One that pods can be made in: with its service account, which a controller makes."""
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels or {}}})
        self.until(lambda: self.kubectl("-n", name, "get", "serviceaccount", "default", check=False).returncode == 0,
                   f"no service account in {name}")

    def kubectl(self, *args, user="admin", stdin=None, check=True):
        done = subprocess.run([self.bin / "kubectl", "--kubeconfig", self.kubeconfig(user), *args], input=stdin,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                              env={"PATH": os.environ["PATH"], "HOME": str(self.dir)})
        if check and done.returncode:
            raise RuntimeError(f"kubectl {' '.join(args)}: {done.stderr}")
        return done

    def apply(self, *objects):
        """Creates objects, or brings them to this state."""
        self.kubectl("apply", "--server-side", "-f", "-", stdin=json.dumps(
            {"apiVersion": "v1", "kind": "List", "items": list(objects)}))

    def grant(self, user, rules, name=None):
        """A ClusterRole of these rules for a user."""
        name = name or f"{user}-rules"
        self.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name},
                    "rules": rules},
                   {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
                    "metadata": {"name": name},
                    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
                    "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}]})

    def config(self, user):
        """The document of a kubeconfig. User "certificate" has the client certificate of an admin."""
        if user == "certificate":
            who = {name: base64.b64encode(self.identities.text(file).encode()).decode() for name, file in (
                ("client-certificate-data", "admin.crt"), ("client-key-data", "admin.key"))}
        else:
            who = {"token": self.tokens[user]}
        return {"apiVersion": "v1", "kind": "Config", "current-context": "test",
                "contexts": [{"name": "test", "context": {"cluster": "test", "user": user}}],
                "clusters": [{"name": "test", "cluster": {
                    "server": self.url, "certificate-authority": str(self.dir / "ca.crt")}}],
                "users": [{"name": user, "user": who}]}

    def kubeconfig(self, user="admin"):
        path = self.dir / f"kubeconfig-{user}.yaml"
        if not path.exists():
            path.write_text(json.dumps(self.config(user), indent=2))
        return path


def for_tests(start):
    """What start() makes, entered for a test module; the test is skipped where its programs are not here."""
    try:
        cluster = start()
    except NotHere as reason:
        print(reason)
        sys.exit(77)
    return unittest.enterModuleContext(cluster)


def main():
    arguments = sys.argv[1:]
    controllers = kubelet = None
    while arguments[:1] and arguments[0] in ("--controllers", "--kubelet"):
        controllers = True
        if arguments.pop(0) == "--kubelet":
            kubelet = arguments.pop(0)
    command = arguments
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        sys.exit(__doc__)
    try:
        with Cluster(controllers=bool(controllers)) as cluster, contextlib.ExitStack() as more:
            if kubelet:
                from kubelet import Kubelet
                more.enter_context(Kubelet(cluster, "n1", kubelet))
            done = subprocess.run(command, env={**os.environ, "KUBECONFIG": str(cluster.kubeconfig()),
                                                "EIDOS_CLUSTER": str(cluster.dir)}, check=False)
            sys.exit(done.returncode)
    except NotHere as reason:
        print(reason)
        sys.exit(77)


if __name__ == "__main__":
    main()
