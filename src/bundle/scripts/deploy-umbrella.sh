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
