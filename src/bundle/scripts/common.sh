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
