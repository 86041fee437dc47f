#!/bin/sh
# Compares the readings of a snapshot with the settings that a recipe recommends (eidos recipe --settings).
#
#   drift-check.sh SNAPSHOT RECIPE [PREFIX]
#
# PREFIX says which readings count: OS. (the default), OS.sysctl., GPU.smi., K8s. and so on. Prints a diff, the recipe being
# what is wanted. Exit 0: nothing differs; 1: something does; 2: a file cannot be read.
#
# Needs yq: Debian's package, the one over jq. A bound stands in a recipe as the value at the bound, so here a
# higher value than '>= 65535' differs: 'eidos recommend' knows better.
set -eu
snapshot=${1:?usage: drift-check.sh SNAPSHOT RECIPE [PREFIX]}
recipe=${2:?usage: drift-check.sh SNAPSHOT RECIPE [PREFIX]}
prefix=${3:-OS.}

# shellcheck disable=SC2016  # yq expands them
readings='.measurements[] | .type as $type | .subtypes[] | .subtype as $subtype | .data | to_entries[] |
  $type + "." + $subtype + "." + .key + "=" + (.value | tostring)'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
list() {
  yq -r "$readings" "$1" >"$work/all" || { echo "drift-check: $1: no readings" >&2; exit 2; }
  P="$prefix" awk 'substr($0, 1, length(ENVIRON["P"])) == ENVIRON["P"]' "$work/all" | LC_ALL=C sort >"$2"
}
list "$recipe" "$work/wanted"
[ -s "$work/wanted" ] || { echo "drift-check: $recipe has no settings of $prefix; made with --settings?" >&2; exit 2; }
list "$snapshot" "$work/there"
# Of the snapshot only what the recipe speaks of.
awk '{ key = substr($0, 1, index($0, "=") - 1) }
     NR == FNR { wanted[key]; next }
     key in wanted' "$work/wanted" "$work/there" >"$work/found"
diff -u --label snapshot --label recipe "$work/found" "$work/wanted"
