# One release per component, level by level: what other components need comes first and is waited for.

usage() {
  cat <<TEXT
usage: $program [OPTIONS]
Installs or upgrades $bundle: $(up_to_level 9999)

  --dry-run             show the commands that would change something; run none of them
  --kube-context NAME   go on only if this is the current context
  --namespace NAME      one namespace for all, instead of the one each component asks for
  --timeout DURATION    for each component (20m)
  --level N             stop after level N of 0 to $(last_level)
  --only NAME           only this component; repeatable
  --unlock              go on after a run that was killed
TEXT
}

note() { summary="$summary$(printf '  level %-3s %-12s %s' "$@")"$'\n'; }

# check_needs NAME: with --only, what a component needs is given too or there already.
check_needs() {
  local needed
  for needed in $(needs_of "$1"); do
    member "$needed" "$only" || has_release "$needed" "$(namespace_of "$needed")" --deployed ||
      die "'$1' needs '$needed', which is not deployed: add --only $needed"
  done
}

install_one() {  # install_one NAME
  set -- "$1" --namespace "$(namespace_of "$1")" --timeout "$timeout"
  [ -z "$context" ] || set -- "$@" --kube-context "$context"
  if is_given --dry-run; then set -- "$@" --dry-run; fi
  if is_given --unlock; then set -- "$@" --unlock; fi
  bash "$here/$1/scripts/install.sh" "${@:2}"
}

# A failure ends the run after its level: the next one builds on it.
run_level() {  # run_level N NAMES
  local name broken=no
  for name in $2; do
    if [ "$failed" = yes ]; then
      note "$1" "not reached" "$name"
      continue
    fi
    say "level $1: $name"
    if install_one "$name"; then
      note "$1" "$good" "$name"
    else
      note "$1" "FAILED" "$name"
      broken=yes
    fi
  done
  [ "$broken" = no ] || failed=yes
}

main() {
  local at name stop chosen
  parse_options '--dry-run --kube-context --namespace --timeout --level --only --unlock' "$@"
  check_selection
  check_cluster
  trap 'exit 130' INT
  summary=
  failed=no
  good=ok
  if is_given --dry-run; then good=planned; fi
  for name in $only; do check_needs "$name"; done
  chosen=${only:-$(up_to_level 9999)}
  stop=${level:-$(last_level)}
  for ((at = 0; at <= stop; at++)); do
    local names=
    for name in $(of_level "$at"); do
      if member "$name" "$chosen"; then names="$names $name"; fi
    done
    run_level "$at" "$names"
  done
  say
  say "$bundle, context ${context:-of this pod or machine}"
  printf '%s' "$summary"
  [ "$failed" = no ] || die "not everything was installed; the same command goes on from here"
}

main "$@"
