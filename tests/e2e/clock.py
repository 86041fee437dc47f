#!/usr/bin/python3
"""eidosd on a machine whose clock jumps, as libfaketime plays it: the time of day goes a day ahead and two back, the
steady clock goes on. Usage: clock.py EIDOS EIDOSD"""
import datetime
import json
import pathlib
import re
import sys
import unittest

import served
import support

LIBRARY = sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
JUMPS = ("+0", "+86400", "-86400", "+0")  # seconds from the real time


class Clock(served.Served):
    def setUp(self):
        super().setUp()
        if not LIBRARY:
            raise unittest.SkipTest("no libfaketime here: tools/setup installs it")
        self.jump("+0")

    def jump(self, seconds):
        new = self.dir / "clock.new"
        new.write_text(seconds)
        new.rename(self.dir / "clock")

    def start(self, *more):
        return super().start("--log-json", *more, env={
            "LD_PRELOAD": str(LIBRARY[0]), "FAKETIME_TIMESTAMP_FILE": str(self.dir / "clock"), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"})

    def test_the_time_of_day_is_that_of_the_machine(self):
        """Else this file would show nothing."""
        self.start()
        for jump in JUMPS:
            self.jump(jump)
            answer, body = self.ask("GET", "/v1/recipe?service=nowhere")
            self.assertEqual(answer.status, 400)
            wanted = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=int(jump))
            told = datetime.datetime.fromisoformat(json.loads(body)["timestamp"])
            self.assertLess(abs((told - wanted).total_seconds()), 3600)

    def test_a_jump_fills_no_bucket_and_empties_none(self):
        self.start("--client-rate", "1")
        self.until(lambda: self.ask("GET", served.QUERY)[0].status == 429)
        for jump in JUMPS:
            self.jump(jump)
            answers = [self.ask("GET", served.QUERY)[0] for _ in range(30)]
            refused = [answer for answer in answers if answer.status == 429]
            self.assertGreater(len(refused), 15, "a day's worth of requests came with the jump")
            self.assertLessEqual({int(answer.getheader("Retry-After")) for answer in refused}, {1, 2})
            self.until(lambda: self.ask("GET", served.QUERY)[0].status == 200)

    def test_a_jump_ends_no_connection_and_no_request(self):
        process = self.start()
        idle, half = self.connect(), self.connect()
        head = b"GET /health HTTP/1.1\r\nHost: x\r\n"
        for jump in JUMPS:
            idle.sendall(head + b"\r\n")
            self.assertIn(b"HTTP/1.1 200 ", self.one_answer(idle))
            half.sendall(head)
            self.jump(jump)
            half.sendall(b"\r\n")
            self.assertIn(b"HTTP/1.1 200 ", self.one_answer(half))
        self.end(process)

    def one_answer(self, raw):
        got = b""
        while b"\r\n\r\n" not in got:
            piece = raw.recv(65536)
            self.assertTrue(piece, got)
            got += piece
        head, _, body = got.partition(b"\r\n\r\n")
        length = int(re.search(rb"Content-Length: (\d+)", head)[1])
        while len(body) < length:
            body += raw.recv(65536)
        return got

    def test_nothing_is_measured_with_the_time_of_day(self):
        process = self.start()
        for jump in JUMPS * 5:
            self.jump(jump)
            self.assertEqual(self.ask("GET", served.QUERY)[0].status, 200)
        metrics = self.ask("GET", "/metrics")[1].decode()
        sums = [float(value) for value in re.findall(r"_seconds_sum(?:\{[^}]*\})? (\S+)", metrics)]
        self.assertTrue(sums)
        for value in sums:
            self.assertTrue(0 <= value < support.SECONDS, value)
        self.end(process)
        lines = [json.loads(line) for line in self.log().splitlines()]
        took = [int(re.fullmatch(r"(\d+)us", line["took"])[1]) for line in lines if "took" in line]
        self.assertEqual(len(took), len(JUMPS) * 5 + 1)
        self.assertLess(max(took), 1_000_000 * support.SECONDS)


if __name__ == "__main__":
    support.EIDOSD = str(pathlib.Path(sys.argv.pop(2)).resolve())
    support.main()
