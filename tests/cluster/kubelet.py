"""A kubelet for tests: a Ready node that runs our own binary for its pods, with the rights of their account.

    with Kubelet(cluster, "n1", binary="build/dev/eidos"):
        ...                                   # pods of image …/eidos:… run the binary, their log can be read

Other images play faults: …/missing is not pulled, …/hungry is killed for memory, …/slow runs until it is stopped,
…/evicted is thrown out. It keeps no promise of a real one beyond these.
"""
import http.server
import json
import os
import pathlib
import signal
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.parse

LOOK = 0.1          # seconds between two looks at the pods
LEASE = 10          # seconds between two renewals; the node is unreachable after 40
GRACE = 5           # seconds a program has to end
FOLLOW = 0.05       # seconds between two looks at a growing log
TOKEN_SECONDS = 3600


class Kubelet:
    def __init__(self, cluster, name, binary, labels=None):
        self.cluster = cluster
        self.name = name
        self.binary = pathlib.Path(binary).resolve()
        self.labels = labels or {}
        self.running = {}  # uid of a pod: its process
        self.ended = threading.Event()

    def __enter__(self):
        self.dir = self.cluster.dir / f"kubelet-{self.name}"
        self.dir.mkdir()
        self.serve_logs()
        self.register()
        self.thread = threading.Thread(target=self.loop, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
        for process in self.running.values():
            process.kill()
            process.wait()
        self.server.shutdown()
        self.server.server_close()

    # ---- the node -----------------------------------------------------------------------------------

    def register(self):
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.cluster.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": self.name, "labels": {
            "kubernetes.io/hostname": self.name, **self.labels}}})
        room = {"cpu": "64", "memory": "256Gi", "pods": "500", "ephemeral-storage": "100Gi"}
        self.patch(f"/api/v1/nodes/{self.name}/status", {"status": {
            "capacity": room, "allocatable": room,
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": self.server.server_port}},
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "a test",
                            "lastHeartbeatTime": now, "lastTransitionTime": now}]}})
        self.renew()
        self.cluster.until(lambda: not any("not-ready" in taint["key"] for taint in self.cluster.api(
            f"/api/v1/nodes/{self.name}")["spec"].get("taints", [])), "the node stays not-ready")

    def renew(self):
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())
        self.cluster.apply({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                            "metadata": {"name": self.name, "namespace": "kube-node-lease"},
                            "spec": {"holderIdentity": self.name, "leaseDurationSeconds": 40, "renewTime": now}})
        self.renewed = time.monotonic()

    def patch(self, path, body):
        with self.cluster.open(self.cluster.url + path, body=json.dumps(body).encode(), method="PATCH",
                               headers={"Content-Type": "application/merge-patch+json"}) as answer:
            return json.load(answer)

    # ---- its pods -----------------------------------------------------------------------------------

    def loop(self):
        while not self.ended.wait(LOOK):
            try:
                if time.monotonic() - self.renewed > LEASE:
                    self.renew()
                for pod in self.cluster.api(f"/api/v1/pods?fieldSelector=spec.nodeName%3D{self.name}")["items"]:
                    self.tend(pod)
            except (OSError, urllib.error.URLError, RuntimeError) as error:
                if not self.ended.is_set():
                    print(f"kubelet {self.name}: {error}", flush=True)

    def tend(self, pod):
        uid = pod["metadata"]["uid"]
        if "deletionTimestamp" in pod["metadata"]:
            return self.end(pod)
        process = self.running.get(uid)
        if process is not None:
            if process.poll() is not None and pod["status"].get("phase") not in ("Succeeded", "Failed"):
                code = process.returncode if process.returncode >= 0 else 128 - process.returncode
                self.report(pod, "Failed" if code else "Succeeded",
                            {"terminated": {"exitCode": code, "reason": "Error" if code else "Completed"}})
            return None
        if pod["status"].get("phase") != "Pending":
            return None
        image = pod["spec"]["containers"][0]["image"].rpartition("/")[2].partition(":")[0]
        if image == "missing":
            return self.report(pod, "Pending", {"waiting": {"reason": "ErrImagePull", "message": "no such image"}})
        if image == "hungry":
            return self.report(pod, "Failed", {"terminated": {"exitCode": 137, "reason": "OOMKilled"}})
        if image == "evicted":
            return self.patch(self.path(pod) + "/status", {"status": {
                "phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."}})
        return self.start(pod, ["sleep", "1000"] if image == "slow" else None)

    def path(self, pod):
        return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"

    def report(self, pod, phase, state):
        old = pod["status"].get("containerStatuses", [{}])[0].get("state")
        if old == state and pod["status"].get("phase") == phase:
            return
        container = pod["spec"]["containers"][0]
        self.patch(self.path(pod) + "/status", {"status": {"phase": phase, "containerStatuses": [{
            "name": container["name"], "image": container["image"], "imageID": "", "ready": "running" in state,
            "restartCount": 0, "state": state}]}})

    def start(self, pod, command):
        container = pod["spec"]["containers"][0]
        environment = {"PATH": os.environ["PATH"], "KUBECONFIG": str(self.kubeconfig(pod))}
        for variable in container.get("env", []):
            field = variable.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath")
            environment[variable["name"]] = {"spec.nodeName": self.name}[field] if field else variable["value"]
        with open(self.log(pod["metadata"]["namespace"], pod["metadata"]["name"]), "ab") as log:
            self.running[pod["metadata"]["uid"]] = subprocess.Popen(
                command or [self.binary, *container.get("args", [])], cwd=self.dir, env=environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.report(pod, "Running", {"running": {"startedAt": now}})

    def end(self, pod):
        process = self.running.pop(pod["metadata"]["uid"], None)
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        body = {"gracePeriodSeconds": 0, "preconditions": {"uid": pod["metadata"]["uid"]}}
        try:
            self.cluster.api(self.path(pod), body, "DELETE")
        except urllib.error.HTTPError as error:
            if error.code not in (404, 409):
                raise

    def kubeconfig(self, pod):
        """With a token of the pod's account, and nothing else."""
        namespace, account = pod["metadata"]["namespace"], pod["spec"]["serviceAccountName"]
        token = self.cluster.api(f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token", {
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
            "spec": {"expirationSeconds": TOKEN_SECONDS}})["status"]["token"]
        config = self.cluster.config("admin")
        config["users"][0]["user"] = {"token": token}
        path = self.dir / f"{pod['metadata']['uid']}.kubeconfig"
        path.write_text(json.dumps(config))
        return path

    # ---- their logs, as the API server asks for them ----------------------------------------------

    def log(self, namespace, pod):
        return self.dir / f"{namespace}_{pod}.log"

    def serve_logs(self):
        kubelet = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                _, kind, namespace, pod, *_ = url.path.split("/")
                path = kubelet.log(namespace, pod)
                if kind != "containerLogs" or not path.exists():
                    return self.send_error(404)
                follow = urllib.parse.parse_qs(url.query).get("follow") == ["true"]
                self.send_response(200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                with path.open("rb") as log:
                    while True:
                        over = not follow or kubelet.ended.is_set() or not kubelet.is_running(pod)
                        piece = log.read()
                        if piece:
                            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                            self.wfile.flush()
                        if over:
                            break
                        time.sleep(FOLLOW)
                return self.wfile.write(b"0\r\n\r\n")

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.cluster.dir / "server.crt", self.cluster.dir / "server.key")
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def is_running(self, name):
        try:
            pods = self.cluster.api(f"/api/v1/pods?fieldSelector=metadata.name%3D{name}")["items"]
        except (OSError, urllib.error.URLError):
            return False
        process = self.running.get(pods[0]["metadata"]["uid"]) if pods else None
        return process is not None and process.poll() is None
