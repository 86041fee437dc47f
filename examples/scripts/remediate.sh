#!/bin/sh
# Writes the node settings of a recipe (eidos recipe --settings) into the files that keep them over a reboot.
#
#   remediate.sh RECIPE [ROOT]
#
# ROOT is put in front of every path: a directory to look at first, a mounted image. Without it the files of this host are
# written, which takes root. Nothing is loaded, set or rebooted: what to run then is printed.
#
#   etc/sysctl.d/90-eidos.conf         OS.sysctl
#   etc/default/grub.d/90-eidos.cfg    OS.grub (Debian, Ubuntu; elsewhere the line for grubby is printed)
#   etc/modules-load.d/90-eidos.conf   OS.kmod
#   etc/systemd/system/UNIT.d/90-eidos.conf   SystemD limits
#
# Needs yq: Debian's package, the one over jq. Each file is written beside its place and moved there, whole.
set -eu
recipe=${1:?usage: remediate.sh RECIPE [ROOT]}
root=${2:-}

# settings TYPE SUBTYPE: lines "key=value".
settings() {
  yq -r ".measurements[] | select(.type == \"$1\") | .subtypes[] | select(.subtype == \"$2\") | .data | to_entries[] |
    .key + \"=\" + (.value | tostring)" "$recipe"
}

# put FILE: standard input becomes FILE below ROOT; nothing when it is empty.
put() {
  target=$root/$1
  mkdir -p "$(dirname "$target")"
  cat >"$target.new"
  if [ -s "$target.new" ]; then
    chmod 0644 "$target.new"
    mv "$target.new" "$target"
    echo "wrote $target"
  else
    rm -f "$target.new"
  fi
}

[ "$(yq -r '.measurements | length' "$recipe")" -gt 0 ] || {
  echo "remediate: $recipe has no settings; make it with 'eidos recipe --settings'" >&2
  exit 2
}

# /proc/sys/net/ipv4/conf/eth0.1/x is net.ipv4.conf.eth0/1.x to sysctl.
settings OS sysctl | awk '{ at = index($0, "="); key = substr($0, 1, at - 1); sub("^/proc/sys/", "", key)
  out = ""
  for (i = 1; i <= length(key); i++) { c = substr(key, i, 1); out = out (c == "/" ? "." : c == "." ? "/" : c) }
  print out " = " substr($0, at + 1) }' | put etc/sysctl.d/90-eidos.conf

# The size of huge pages stands in front of their number.
boot=$(settings OS grub | awk '{ sub("=$", "") } /^hugepagesz=/ { size = $0; next }
  /^hugepages=/ { number = $0; next } { print } END { if (size) print size; if (number) print number }' | paste -sd ' ' -)
if [ -n "$boot" ]; then
  # shellcheck disable=SC2016  # GRUB expands it
  printf 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX %s"\n' "$boot" | put etc/default/grub.d/90-eidos.cfg
fi

settings OS kmod | awk -F= '$2 == "true" { print $1 }' | put etc/modules-load.d/90-eidos.conf

yq -r '.measurements[] | select(.type == "SystemD") | .subtypes[] | .subtype' "$recipe" | while read -r unit; do
  { echo '[Service]'; settings SystemD "$unit" | sed 's/=18446744073709551615$/=infinity/'; } |
    put "etc/systemd/system/$unit.d/90-eidos.conf"
done

echo 'now: sysctl --system; systemctl daemon-reload; systemctl restart systemd-modules-load'
if [ -n "$boot" ]; then
  echo 'then, for the boot parameters: update-grub and a reboot; without Debian'\''s GRUB:'
  echo "  grubby --update-kernel=ALL --args=\"$boot\""
fi
