#!/usr/bin/env bash
# Made by eidos; --help says what it does. Below the data it is the same in every bundle.
set -euo pipefail
LC_ALL=C
export LC_ALL

bundle='eidos-eks-h100 0.1.0'
release='eidos-stack'
default_namespace='eidos-stack'
components='
0 aws-ebs-csi-driver kube-system -
0 aws-efa kube-system -
0 cert-manager cert-manager -
0 kube-prometheus-stack monitoring -
1 k8s-ephemeral-storage-metrics monitoring kube-prometheus-stack
1 prometheus-adapter monitoring kube-prometheus-stack
0 skyhook-operator skyhook -
1 skyhook-customizations skyhook skyhook-operator
2 gpu-operator gpu-operator cert-manager,kube-prometheus-stack,skyhook-customizations
3 kai-scheduler kai-scheduler gpu-operator
3 nvidia-dra-driver-gpu nvidia-dra-driver gpu-operator
3 nvsentinel nvsentinel cert-manager,gpu-operator
'

# What every script of a bundle shares: options, the tools, the cluster.

here=$(cd -- "$(dirname -- "$0")" && pwd)
program=${0##*/}
given=
kube_context=
namespace=
timeout=20m
level=
only=

say() { printf '%s\n' "$*"; }
die() {  # die MESSAGE [EXIT-CODE]
  printf '%s: %s\n' "$program" "$1" >&2
  exit "${2:-1}"
}
member() { case " $2 " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }  # member WORD WORDS

is_given() { member "$1" "$given"; }  # is_given OPTION

# parse_options 'OPTIONS THIS SCRIPT TAKES' ARGUMENTS...
parse_options() {
  local takes=$1 option
  shift
  while [ $# -gt 0 ]; do
    option=$1
    shift
    case $option in
      -h | --help) usage; exit 0 ;;
      --*=*) set -- "${option#*=}" "$@"; option=${option%%=*} ;;
    esac
    member "$option" "$takes" || die "unknown option '$option'; options are: $takes" 2
    case $option in
      --kube-context | --namespace | --timeout | --level | --only)
        if [ $# -eq 0 ] || [ -z "$1" ]; then die "$option needs a value" 2; fi
        ;;
    esac
    case $option in
      --kube-context) kube_context=$1; shift ;;
      --namespace) namespace=$1; shift ;;
      --timeout) timeout=$1; shift ;;
      --level) level=$1; shift ;;
      --only) only="$only ${1//,/ }"; shift ;;
      *) given="$given $option" ;;
    esac
  done
  [[ $timeout =~ ^([0-9]{1,6}[hms])+$ ]] || die "--timeout '$timeout' is no duration; give one as in 20m or 1h30m" 2
  if [ -n "$namespace" ] && { [ ${#namespace} -gt 63 ] || ! [[ $namespace =~ ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$ ]]; }; then
    die "--namespace '$namespace' cannot be a namespace; use at most 63 of a-z, 0-9 and '-'" 2
  fi
  if [ -n "$level" ]; then
    [[ $level =~ ^[0-9]{1,4}$ ]] || die "--level '$level' is no number" 2
    level=$((10#$level))
  fi
}

# The tools are there and look at the cluster that is meant. From here on that one is named in every call, so that
# switching contexts in another terminal changes nothing.
check_cluster() {
  local tool
  for tool in helm kubectl; do
    command -v "$tool" >/dev/null 2>&1 || die "$tool is not installed, or not in PATH"
  done
  context=$(kubectl config current-context 2>/dev/null) || context=
  if [ -n "$kube_context" ] && [ "$kube_context" != "$context" ]; then
    die "the current context is '$context', not '$kube_context'; to switch: kubectl config use-context '$kube_context'"
  fi
}

with_context() {  # with_context HOW TOOL ARGUMENTS...
  if [ -n "$context" ]; then
    case $2 in
      helm) set -- "$@" --kube-context "$context" ;;
      kubectl) set -- "$@" --context "$context" ;;
    esac
  fi
  "$@"
}
show() {
  printf 'would run:'
  printf ' %q' "$@"
  printf '\n'
}
look() { with_context command "$@"; }  # a call that changes nothing
change() { if is_given --dry-run; then with_context show "$@"; else with_context command "$@"; fi; }

confirm() {  # confirm QUESTION
  local answer=
  if is_given --yes || is_given --dry-run; then return 0; fi
  printf '%s [y/N] ' "$1"
  read -r answer || say
  case $answer in y | Y | yes | YES) ;; *) die "nothing was removed; answer y, or give --yes" ;; esac
}

# Everything is done on a copy: the bundle stays as its checksums.txt says.
make_copy() {  # make_copy DIRECTORY
  work=$(mktemp -d "${TMPDIR:-/tmp}/eidos.XXXXXX") || die "no temporary directory can be made"
  trap 'rm -rf -- "$work"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  cp -R -- "$1/." "$work/chart" || die "'$1' cannot be copied"
  chmod -R u+w "$work/chart"
  rm -rf -- "$work/chart/charts" "$work/chart/Chart.lock"
}

has_release() {  # has_release NAME NAMESPACE STATUS-FLAG...
  local found
  found=$(look helm list --short --filter "^$1\$" --namespace "$2" "${@:3}") ||
    die "helm cannot list the releases of namespace '$2'"
  [ "$found" = "$1" ]
}

# A run that was cut by force leaves its release locked.
check_lock() {  # check_lock RELEASE NAMESPACE
  if has_release "$1" "$2" --uninstalling; then
    die "release '$1' is half uninstalled; finish that with undeploy.sh or uninstall.sh first"
  fi
  has_release "$1" "$2" --pending || return 0
  if ! is_given --unlock; then
    die "another operation on release '$1' is in progress; if there is none, a run was cut: add --unlock"
  fi
  # What that run has put into the cluster stays, and the next upgrade takes it over.
  change kubectl delete secret --namespace "$2" \
    --selector "owner=helm,name=$1,status in (pending-install,pending-upgrade,pending-rollback)"
}

# Helm creates the CRDs of a chart once and never changes them; and what is of their kinds has to find them.
apply_crds() {
  if is_given --dry-run; then
    say "would run: helm show crds CHART | kubectl apply --server-side --force-conflicts -f -"
    return
  fi
  helm show crds "$work/chart" >"$work/crds.yaml" || return
  grep -q '[^[:space:]-]' "$work/crds.yaml" || return 0
  look kubectl apply --server-side --force-conflicts -f - <"$work/crds.yaml" || return
  look kubectl wait --for=condition=Established --timeout=60s -f - <"$work/crds.yaml"
}

# The table of components: level, name, namespace, needs (comma separated, or -).

last_level() {
  local at last=0
  while read -r at _; do [ -z "$at" ] || [ "$at" -le "$last" ] || last=$at; done <<<"$components"
  say "$last"
}

# select_components WORDS: of these, those of the bundle, in its order.
select_components() {
  local name selected=
  while read -r _ name _; do
    [ -z "$name" ] || ! member "$name" "$1" || selected="$selected $name"
  done <<<"$components"
  say "${selected# }"
}

up_to_level() {  # up_to_level N: names
  local at name selected=
  while read -r at name _; do
    [ -z "$at" ] || [ "$at" -gt "$1" ] || selected="$selected $name"
  done <<<"$components"
  say "${selected# }"
}

of_level() {  # of_level N: names
  local at name selected=
  while read -r at name _; do
    [ -z "$at" ] || [ "$at" -ne "$1" ] || selected="$selected $name"
  done <<<"$components"
  say "${selected# }"
}

needs_of() {  # needs_of NAME: names
  local name needs
  while read -r _ name _ needs; do
    [ "$name" != "$1" ] || [ "$needs" = - ] || say "${needs//,/ }"
  done <<<"$components"
}

namespace_of() {  # namespace_of NAME
  local name wanted
  while read -r _ name wanted _; do [ "$name" != "$1" ] || say "${namespace:-$wanted}"; done <<<"$components"
}

check_selection() {
  local name all
  all=$(up_to_level 9999)
  if [ -n "$level" ] && [ "$level" -gt "$(last_level)" ]; then
    die "--level $level: the levels of this bundle are 0 to $(last_level)" 2
  fi
  [ -z "$level" ] || [ -z "$only" ] || die "--level and --only cannot be given together" 2
  for name in $only; do
    member "$name" "$all" || die "--only: no component '$name' in this bundle; components are: $all" 2
  done
}

# One release, installed by levels: what other components need comes first and is waited for.

usage() {
  cat <<TEXT
usage: $program [OPTIONS]
Installs or upgrades $bundle: $(up_to_level 9999)

  --dry-run             show the commands that would change something; run none of them
  --kube-context NAME   go on only if this is the current context
  --namespace NAME      namespace of the release ($default_namespace)
  --timeout DURATION    for each level (20m)
  --level N             stop after level N of 0 to $(last_level)
  --only NAME           switch on this component and no other; repeatable. What is deployed stays
  --allow-removal       go on although the release has components that this bundle lacks: Helm removes those
  --unlock              go on after a run that was killed
A second run is an upgrade of what is there: no component is ever switched off.
TEXT
}

# What the release has switched on, in this bundle or not.
switched_on() {
  look helm get values "$release" --all --output yaml --namespace "$namespace" | awk '
    /^[^ ]/ { inside = ($1 == "enabled:"); next }
    inside && $2 == "true" { gsub(/[":\047]/, "", $1); print $1 }' | tr '\n' ' '
}

check_deployed() {
  local name here_all missing='' above=''
  here_all=$(up_to_level 9999)
  for name in $deployed; do
    if ! member "$name" "$here_all"; then
      missing="$missing $name"
    elif [ -n "$level" ] && ! member "$name" "$(up_to_level "$level")"; then
      above="$above $name"
    fi
  done
  [ -z "$above" ] || die "--level $level is below what is deployed:$above"
  [ -z "$missing" ] || is_given --allow-removal ||
    die "deployed, but not in this bundle:$missing; Helm would remove that: give --allow-removal to have it so"
}

check_needs() {  # check_needs NAMES: each finds what it needs among them
  local name needed
  for name in $only; do
    for needed in $(needs_of "$name"); do
      member "$needed" "$1" || die "'$name' needs '$needed', which is not deployed: add --only $needed"
    done
  done
}

write_switches() {  # write_switches ON
  local name
  say "enabled:"
  for name in $(up_to_level 9999); do
    if member "$name" "$1"; then say "  \"$name\": true"; else say "  \"$name\": false"; fi
  done
  # Helm makes hook objects anew in each upgrade. Once in a run is enough.
  say "hooksDone:"
  for name in $finished; do say "  - \"$name\""; done
}

switch_on() {  # switch_on NAMES: one upgrade
  write_switches "$1" >"$work/level.yaml" || return
  change helm upgrade --install "$release" "$work/chart" --namespace "$namespace" --create-namespace \
    -f "$work/chart/values.yaml" -f "$work/level.yaml" --wait --timeout "$timeout"
}

note() { summary="$summary$(printf '  %-9s %-12s %s' "$@")"$'\n'; }

run_level() {  # run_level NAME-OF-STEP COMPONENTS-OF-IT ON
  if [ "$failed" = yes ]; then
    note "$1" "not reached" "$2"
  elif [ "$3" = "$finished" ]; then
    note "$1" "with those before" "$2"
  else
    say "$1: $2"
    if switch_on "$3"; then
      note "$1" "$good" "$2"
      finished=$3
    else
      note "$1" "FAILED" "$2"
      failed=yes
    fi
  fi
}

prepare() {  # prepare WHAT COMMAND...: a step before the first level
  [ "$failed" = no ] || return 0
  say "$1"
  if "${@:2}"; then return 0; fi
  note "$1" "FAILED" ""
  failed=yes
}

main() {
  local at stop deployed=''
  parse_options '--dry-run --kube-context --namespace --timeout --level --only --allow-removal --unlock' "$@"
  check_selection
  check_cluster
  namespace=${namespace:-$default_namespace}
  summary=
  finished=
  failed=no
  good=ok
  if is_given --dry-run; then good=planned; fi
  check_lock "$release" "$namespace"
  if has_release "$release" "$namespace" --deployed --failed; then
    deployed=$(switched_on) || die "helm cannot read the values of release '$release'"
  fi
  check_deployed
  make_copy "$here"
  prepare "charts" change helm dependency build "$work/chart"
  prepare "CRDs" apply_crds
  if [ -n "$only" ]; then
    check_needs "$deployed $only"
    run_level "only" "$(select_components "$only")" "$(select_components "$deployed $only")"
  else
    stop=${level:-$(last_level)}
    for ((at = 0; at <= stop; at++)); do
      run_level "level $at" "$(of_level "$at")" "$(select_components "$deployed $(up_to_level "$at")")"
    done
  fi
  say
  say "release $release, namespace $namespace, context ${context:-of this pod or machine}"
  printf '%s' "$summary"
  [ "$failed" = no ] || die "not everything was installed; the same command goes on from here"
}

main "$@"
