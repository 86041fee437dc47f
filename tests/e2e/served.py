"""What the tests of eidosd share: starting it, asking it, ending it."""
import http.client
import os
import re
import resource
import signal
import socket
import subprocess
import time

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
        self.port = self.port_of(process, self.dir / "log")
        return process

    def port_of(self, process, log):
        """Where a service says in its log that it listens."""
        def said():
            found = PATTERN.search(log.read_text(errors="replace"))
            if not found:
                self.assertIsNone(process.poll(), log.read_text(errors="replace"))
            return found
        return int(self.until(said)[2])

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
