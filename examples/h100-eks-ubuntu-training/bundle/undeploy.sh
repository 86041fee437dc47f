#!/usr/bin/env bash
# Made by eidos; --help says what it does. Below the data it is the same in every bundle.
set -euo pipefail
LC_ALL=C
export LC_ALL

bundle='eidos-eks-h100 0.1.0'
release='eidos-stack'
default_namespace='eidos-stack'

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

# Objects that templates/ creates as Helm hooks are part of no release, and `helm uninstall` leaves them. Rendered
# without the dependencies they need no network: the chart's own templates are all that matters here.
hook_objects() {  # writes hook-1.yaml, hook-2.yaml, ... into $work
  local values=$work/chart/values.yaml
  [ -d "$work/chart/templates" ] || return 0
  awk '/^dependencies:/ { exit } { print }' "$work/chart/Chart.yaml" >"$work/Chart.yaml" &&
    mv -- "$work/Chart.yaml" "$work/chart/Chart.yaml" &&
    helm template "$release" "$work/chart" --namespace "$namespace" -f "$values" >"$work/own.yaml" || return
  awk -v prefix="$work/hook-" '
    function finish() {
      if (text ~ /\n *"?helm\.sh\/hook"?:/) {
        count++
        printf "%s\n", text > (prefix count ".yaml")
      }
      text = ""
    }
    /^---/ { finish(); next }
    { text = text "\n" $0 }
    END { finish() }' "$work/own.yaml"
}

in_namespace() {  # in_namespace COMMAND...: names the namespace, unless the object does
  if grep -q '^  namespace:' "$object"; then "$@"; else "$@" --namespace "$namespace"; fi
}

# The ones that are there, the last first. What cannot be looked up, its kind being unknown by now, is not there.
list_hook_objects() {
  local object number=1
  objects=()
  names=()
  while [ -f "$work/hook-$number.yaml" ]; do number=$((number + 1)); done
  while [ "$number" -gt 1 ]; do
    number=$((number - 1))
    object=$work/hook-$number.yaml
    if name=$(in_namespace look kubectl get -f "$object" --output name 2>/dev/null) && [ -n "$name" ]; then
      objects+=("$object")
      names+=("$name")
    fi
  done
}

remove_hook_objects() {
  local object at
  for ((at = 0; at < ${#objects[@]}; at++)); do
    object=${objects[at]}
    in_namespace change kubectl delete -f "$object" --ignore-not-found --wait --timeout "$timeout" || return
  done
}

remove_release() {
  local there=no at failed=no
  has_release "$release" "$namespace" --deployed --failed --pending --uninstalling && there=yes
  hook_objects || die "the templates of $release cannot be rendered"
  list_hook_objects
  if [ "$there" = no ] && [ ${#objects[@]} -eq 0 ]; then
    say "$release is not installed in namespace $namespace"
    return 0
  fi
  say "to be removed, context ${context:-of this pod or machine}, namespace $namespace:"
  for ((at = 0; at < ${#names[@]}; at++)); do say "  ${names[at]}"; done
  [ "$there" = no ] || say "  release $release"
  confirm "Remove that?"
  # Their operators go with the release, so these go first.
  remove_hook_objects || die "not everything was removed; release $release was left as it is"
  [ "$there" = no ] || change helm uninstall "$release" --namespace "$namespace" --wait --timeout "$timeout" || failed=yes
  [ "$failed" = no ] || die "release $release was not removed"
  say "CRDs, persistent volume claims and namespaces were left"
}

# The release goes as one: the hooks that its charts run at the end, such as taking labels off nodes, are run by
# `helm uninstall` only, and not when an upgrade switches a component off.

usage() {
  cat <<TEXT
usage: $program [OPTIONS]
Removes $bundle: its release, and what its templates/ created as Helm hooks.

  --dry-run             show the commands that would remove something; run none of them
  --kube-context NAME   go on only if this is the current context
  --namespace NAME      namespace of the release ($default_namespace)
  --timeout DURATION    for each step (20m)
  --yes                 do not ask
CRDs, persistent volume claims and namespaces stay, and no finalizer is touched.
TEXT
}

main() {
  parse_options '--dry-run --kube-context --namespace --timeout --yes' "$@"
  check_cluster
  namespace=${namespace:-$default_namespace}
  make_copy "$here"
  remove_release
}

main "$@"
