#!/usr/bin/python3
"""recipe, validate and bundle on files open no socket, and read no OpenSSL configuration."""
import re
import shutil
import subprocess

import support

COMMANDS = {
    "version": ["version"],
    "help": ["help"],
    "recipe": ["recipe", "--service", "eks", "--accelerator", "h100", "-o", "recipe.yaml"],
    "recipe from a snapshot": ["recipe", "-s", "snapshot.yaml"],
    "validate": ["validate", "-r", "recipe.yaml", "-s", "snapshot.yaml"],
    "bundle": ["bundle", "-r", "recipe.yaml", "-o", "bundle"],
    "snapshot": ["snapshot", "--exclude", "gpu"],
}


class Sockets(support.Case):
    def setUp(self):
        super().setUp()
        if not shutil.which("strace"):
            self.fail("strace is missing: make setup")
        self.good("recipe", "-o", "recipe.yaml")
        self.good("snapshot", "-o", "snapshot.yaml")

    def none(self, arguments):
        log = self.dir / "strace.log"
        subprocess.run(["strace", "-f", "-qq", "-e", "trace=%network,openat,open", "-o", log, support.EIDOS, *arguments],
                       cwd=self.dir, env=support.environment(HOME=str(self.dir)), capture_output=True,
                       timeout=support.SECONDS, check=False)
        text = log.read_text()
        self.assertTrue(text, "strace saw nothing")
        self.assertEqual(re.findall(r"(?:socket|connect|bind|sendto)\(.*", text), [])
        self.assertNotIn("openssl.cnf", text)
        self.assertNotIn("/etc/ssl", text)


support.rows(COMMANDS, "none")(Sockets)

if __name__ == "__main__":
    support.main()
