#!/usr/bin/python3
"""Ctrl-C, SIGTERM and a reader that goes away."""
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

import support


class Signals(support.Case):
    def start(self, *arguments, **more):
        process = subprocess.Popen([support.EIDOS, *arguments], cwd=self.dir, env=support.environment(),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        self.addCleanup(process.kill)
        return process

    def stopped(self, process, number):
        process.send_signal(number)
        process.wait(support.SECONDS)  # not communicate(): that would end its standard input first
        self.assertEqual(process.stdout.read(), b"")
        self.assertRegex(process.stderr.read().decode(), r"\Aeidos: error: [^\n]+\n\Z")
        self.assertEqual(process.returncode, 130)

    def wait_until_it_watches(self, process):
        """Until the process has taken SIGINT and SIGTERM for itself: it blocks them in every thread."""
        both = 1 << (signal.SIGINT - 1) | 1 << (signal.SIGTERM - 1)
        while True:
            with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
                blocked = next(line for line in status if line.startswith("SigBlk:")).split()[1]
            if int(blocked, 16) & both == both:
                return
            self.assertIsNone(process.poll())
            os.sched_yield()

    def test_while_reading_standard_input(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.start("bundle", "-r", "-", "-o", "bundle")
            self.wait_until_it_watches(process)
            self.stopped(process, number)
            self.assertEqual(self.tree(), {})

    def test_at_any_moment_of_a_bundle(self):
        """Whenever it comes, the bundle is there whole or not at all, and nothing else is."""
        self.good("recipe", "-o", "recipe.yaml")
        self.good("bundle", "-r", "recipe.yaml", "-o", "whole")
        whole = self.tree(self.dir / "whole")
        for step in range(60):
            process = self.start("bundle", "-r", "recipe.yaml", "-o", "bundle")
            time.sleep(step * 0.0005)  # spread over its run; every outcome is allowed at every moment
            process.send_signal(signal.SIGTERM)
            process.wait(support.SECONDS)
            self.assertIn(process.returncode, (0, 130, -signal.SIGTERM))
            self.assertEqual([name for name in os.listdir(self.dir) if name not in ("recipe.yaml", "whole", "bundle")], [])
            if (self.dir / "bundle").exists():
                self.assertEqual(self.tree(self.dir / "bundle"), whole)
                shutil.rmtree(self.dir / "bundle")
            process.stdin.close(), process.stdout.close(), process.stderr.close()

    def test_while_waiting_for_a_server(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = f"http://127.0.0.1:{server.getsockname()[1]}/recipe.yaml"
            process = self.start("bundle", "-r", url, "-o", "bundle")
            connection, _ = server.accept()
            with connection:
                self.assertTrue(connection.recv(4096).startswith(b"GET /recipe.yaml"))
                self.stopped(process, signal.SIGINT)
        self.assertEqual(self.tree(), {})

    def test_a_deadline_is_exit_five(self):
        process = self.start("bundle", "-r", "-", "-o", "bundle", "--timeout", "50ms")
        waiter = threading.Thread(target=process.wait, daemon=True)
        waiter.start()
        waiter.join(support.SECONDS)
        self.assertEqual(process.returncode, 5)
        self.assertRegex(process.stderr.read().decode(), r"\Aeidos: error: [^\n]+\n\Z")

    def test_a_collector_that_hangs_costs_the_deadline_and_not_the_snapshot(self):
        hanging = self.dir / "nvidia-smi"
        hanging.write_text("#!/usr/bin/python3\nimport time\ntime.sleep(3600)\n")
        hanging.chmod(0o755)
        done = self.eidos("snapshot", "--smi-path", hanging, "--filter", "os.release,gpu", "--timeout", "500ms",
                          "-o", "out.yaml")
        self.assertEqual(done.code, 5, done.err)
        written = (self.dir / "out.yaml").read_text()
        self.assertIn("status: timed-out", written)
        self.assertIn("subtype: release", written)

    def test_a_reader_that_goes_away_is_no_reason_to_shout(self):
        reader, writer = os.pipe()
        os.close(reader)
        for arguments in (["recipe"], ["help"], ["schema", "Snapshot"], ["version"]):
            done = self.eidos(*arguments, stdout=writer)
            self.assertEqual((done.code, done.err), (141, ""), arguments)
        os.close(writer)


if __name__ == "__main__":
    support.main()
