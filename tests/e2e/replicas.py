#!/usr/bin/python3
"""Three replicas of eidosd behind a real nginx, with the configuration that we ship: deploy/nginx/eidos.conf."""
import http.client
import pathlib
import re
import signal
import subprocess
import sys
import threading

import support
from served import QUERY, Served

CLIENTS = 4
AROUND = 40  # requests between two steps of a restart
MAIN = """daemon off; worker_processes 1; pid %(dir)s/nginx.pid; error_log %(dir)s/nginx.log;
events { worker_connections 512; }
http {
  access_log off; client_body_temp_path %(dir)s/t1; proxy_temp_path %(dir)s/t2; fastcgi_temp_path %(dir)s/t3;
  uwsgi_temp_path %(dir)s/t4; scgi_temp_path %(dir)s/t5;
  include %(dir)s/eidos.conf;
}
"""


class Replica:
    def __init__(self, case, number, *flags):
        self.case, self.number, self.flags, self.port = case, number, flags, 0
        self.runs = 0
        self.start()

    def start(self):
        """On the port it had before, once there was one."""
        self.runs += 1
        self.log = self.case.dir / f"replica-{self.number}-{self.runs}.log"
        self.process = subprocess.Popen(
            [support.EIDOSD, "--listen", f"127.0.0.1:{self.port}", "--rate", "0", *self.flags], cwd=self.case.dir,
            env=support.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(self.log, "wb"))
        self.case.addCleanup(self.process.wait)
        self.case.addCleanup(self.process.kill)
        self.port = self.case.port_of(self.process, self.log)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.case.assertEqual(self.process.wait(support.SECONDS), 0, self.log.read_text())

    def answered(self, run):
        """How many requests for documents that run answered, by its access log."""
        text = (self.case.dir / f"replica-{self.number}-{run}.log").read_text()
        return len(re.findall(r"route=/v1/(?:recipe|bundle) status=200", text))


class Replicas(Served):
    def set_up(self, *flags):
        self.replicas = [Replica(self, number, *flags) for number in range(3)]
        self.nginx = support.free_port()
        conf = (support.ROOT / "deploy/nginx/eidos.conf").read_text()
        for replica in self.replicas:
            conf = conf.replace(f"eidos-{replica.number + 1}.internal:8080", f"127.0.0.1:{replica.port}")
        conf = conf.replace("listen 8080;", f"listen 127.0.0.1:{self.nginx};")
        self.assertNotIn("8080;", conf)
        self.assertNotIn(".internal", conf)
        (self.dir / "eidos.conf").write_text(conf)
        (self.dir / "nginx.conf").write_text(MAIN % {"dir": self.dir})
        process = subprocess.Popen(["/usr/sbin/nginx", "-p", self.dir, "-c", self.dir / "nginx.conf"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=open(self.dir / "nginx.err", "wb"))
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)  # its worker ends with it
        self.until_listening(process, self.nginx, self.dir / "nginx.err")

    def ports(self):
        return [replica.port for replica in self.replicas] + [self.nginx]

    def ask_at(self, port, method, target, body=None, headers=None, source=None):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=support.SECONDS, source_address=source)
        self.addCleanup(client.close)
        client.request(method, target, body=body, headers=headers or {})
        answer = client.getresponse()
        return answer, answer.read()

    def test_each_gives_the_same_bytes_and_the_same_etag(self):
        self.set_up()
        answers = [self.ask_at(port, "GET", QUERY) for port in self.ports()]
        self.assertEqual({answer.status for answer, _ in answers}, {200})
        self.assertEqual(len({body for _, body in answers}), 1)
        tags = {answer.headers["ETag"] for answer, _ in answers}
        self.assertEqual(len(tags), 1)
        for port in self.ports():
            answer, body = self.ask_at(port, "GET", QUERY, headers={"If-None-Match": min(tags)})
            self.assertEqual((answer.status, body), (304, b""))
        recipe = answers[0][1]
        bundles = [self.ask_at(port, "POST", "/v1/bundle", recipe) for port in self.ports()]
        self.assertEqual({answer.status for answer, _ in bundles}, {200})
        self.assertEqual(len({body for _, body in bundles}), 1)

    def test_a_rolling_restart_loses_no_request(self):
        self.set_up("--client-rate", "0", "--drain-delay", "300ms")
        _, recipe = self.ask_at(self.nginx, "GET", QUERY)
        stop, lock = threading.Event(), threading.Lock()
        done, failed = [0], []

        def client(number):
            connection = http.client.HTTPConnection("127.0.0.1", self.nginx, timeout=support.SECONDS)
            while not stop.is_set():
                try:
                    if number % 2:
                        connection.request("POST", "/v1/bundle", body=recipe)
                    else:
                        connection.request("GET", QUERY)
                    answer = connection.getresponse()
                    answer.read()
                    said = answer.status
                except (OSError, http.client.HTTPException) as error:
                    said = repr(error)
                    connection.close()
                with lock:
                    done[0] += 1
                    if said != 200:
                        failed.append(said)
            connection.close()

        threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            for replica in self.replicas:
                self.more(done)
                replica.end()
                self.more(done)
                replica.start()
                self.until(lambda: replica.answered(replica.runs), lambda: "nginx does not ask it again")
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(failed, [], (self.dir / "nginx.log").read_text()[-2000:])
        for replica in self.replicas:
            replica.end()
            for run in (1, 2):
                self.assertGreater(replica.answered(run), 0, f"run {run} of replica {replica.number}")

    def more(self, done):
        """Until so many more requests are through."""
        before = done[0]
        self.until(lambda: done[0] >= before + AROUND)

    def test_the_rate_is_each_clients_own(self):
        """By the address that nginx saw; there is one bucket a replica and client, of one request a second."""
        self.set_up("--client-rate", "1", "--trust-forwarded")
        statuses = {"127.0.0.1": [], "127.0.0.2": []}
        for _ in range(30):
            statuses["127.0.0.1"].append(self.ask_at(self.nginx, "GET", QUERY, source=("127.0.0.1", 0))[0].status)
        statuses["127.0.0.2"].append(self.ask_at(self.nginx, "GET", QUERY, source=("127.0.0.2", 0))[0].status)
        self.assertIn(429, statuses["127.0.0.1"])
        self.assertEqual(statuses["127.0.0.2"], [200])


if __name__ == "__main__":
    support.EIDOSD = pathlib.Path(sys.argv.pop(2)).resolve()
    support.main()
