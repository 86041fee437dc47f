#!/usr/bin/python3
"""What eidosd bears: abuse of all sorts, and an end under load."""
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import sys
import time

import served
import support


class Abuse(served.Served):
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


class Ending(served.Served):
    def test_what_was_accepted_is_answered(self):
        recipe = None
        for _ in range(3):
            process = self.start()
            recipe = recipe or self.ask("GET", served.QUERY)[1]
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
        silent, known = self.connect(), self.connect()
        known.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertTrue(known.recv(65536).startswith(b"HTTP/1.1 200 "))
        self.end(process)
        self.assertEqual((self.rest(silent), self.rest(known)), (b"", b""))

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
