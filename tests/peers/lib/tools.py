"""The peers as programs: where they are, an environment of their own, and running them."""
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]
SECONDS = 120  # no call may take longer; a hang is a failure


class Refused(Exception):
    """What a tool said, or what was found wrong with what it made."""


def expect(condition, message):
    if not condition:
        raise Refused(message)


def built(name):
    """The path of a peer, built if need be. Ends the test as skipped when it cannot be had."""
    done = subprocess.run([HERE / "build", name], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print(done.stdout, end="")
        sys.exit(done.returncode)
    return done.stdout.strip()


def version(name):
    """The version of a peer, as pinned by its go.mod."""
    text = (HERE / name / "go.mod").read_text()
    package = re.search(r"(?m)^tool (\S+)$", text)[1]
    pins = re.findall(r"(?m)^(?:\trequire |\t|require )(\S+) (v\S+)", text)
    return max((module, pin) for module, pin in pins if package.startswith(module))[1]


class Tools:
    """Peers by name, in an environment that holds nothing of the user's and knows one certificate authority."""

    def __init__(self, folder, names):
        self.programs = {name: built(name) for name in names}
        self.folder = pathlib.Path(folder)
        bin_ = self.folder / "bin"
        bin_.mkdir(parents=True)
        for name, program in self.programs.items():
            (bin_ / name).symlink_to(program)
        home = self.folder / "home"
        home.mkdir()
        self.environment = {
            "PATH": f"{bin_}:/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(home),
            "NO_PROXY": "127.0.0.1", "SSL_CERT_FILE": str(self.folder / "ca.pem"),
            "HELM_CONFIG_HOME": str(home / "config"), "HELM_DATA_HOME": str(home / "data"),
            "HELM_CACHE_HOME": str(home / "cache"), "TMPDIR": str(self.folder),
            # Where there is no cluster, none is asked.
            "KUBECONFIG": "/dev/null", "HELMFILE_UPGRADE_NOTICE_DISABLED": "true"}

    def run(self, *command, stdin=None, warnings=True, cwd=None, env=None):
        """Runs a peer to its end and returns what it printed. Refused when it failed, or, with warnings=False,
        when it had something to say besides."""
        done = subprocess.run([self.programs.get(command[0], command[0]), *map(str, command[1:])],
                              env=self.environment | (env or {}), input=stdin, capture_output=True, text=True,
                              timeout=SECONDS, cwd=cwd, check=False)
        if done.returncode:
            raise Refused(f"{' '.join(map(str, command[:3]))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        said = [line for line in done.stderr.splitlines() if re.search(r"(?i)warn|cannot overwrite|coalesc", line)]
        if said and not warnings:
            raise Refused(f"{' '.join(map(str, command[:3]))} warns: {said[0]}")
        return done.stdout
