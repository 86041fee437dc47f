#!/bin/sh
# beside_systemd.sh EIDOS ONE TWO: starts a systemd --user in the namespaces it is run in, its private socket at
# ./run/systemd/private, and takes two snapshots and their difference (diff.json). Exit 77 where systemd cannot run.
set -eu
eidos=$1 one=$2 two=$3
cannot() { echo "no systemd can be started here: $1" >&2; exit 77; }

{ umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup; } 2>/dev/null || cannot "no cgroups to mount"
{ mount -t tmpfs none /run && mkdir -p /run/systemd/system; } 2>/dev/null || cannot "no file system to mount"
mkdir -p run
chmod 700 run
# READY=1 comes as a datagram; python3 waits for it, so that nothing sleeps.
/usr/bin/python3 - "$PWD" <<'PY' || cannot "it did not become ready"
import os, socket, subprocess, sys
top = sys.argv[1]
ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ready.settimeout(30)
os.chdir(top)
ready.bind("ready")
subprocess.Popen(["/lib/systemd/systemd", "--user", "--unit=basic.target"], start_new_session=True,
                 env={"PATH": os.environ["PATH"], "HOME": top, "XDG_RUNTIME_DIR": top + "/run",
                      "NOTIFY_SOCKET": top + "/ready", "SYSTEMD_UNIT_PATH": "/usr/lib/systemd/user"},
                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while b"READY=1" not in ready.recv(4096):
    pass
PY
mkdir -p run/systemd/system
for out in "$one" "$two"; do
  "$eidos" snapshot --filter systemd --root "$PWD" --unit basic.target -o "$out"
done
"$eidos" diff "$one" "$two" -t json -o diff.json
