# Removes the releases of the components, those first that others do not need.

usage() {
  cat <<TEXT
usage: $program [OPTIONS]
Removes $bundle: the release of each component, and what their templates/ created as Helm hooks.

  --dry-run             show the commands that would remove something; run none of them
  --kube-context NAME   go on only if this is the current context
  --namespace NAME      the one namespace for all that deploy.sh was given
  --timeout DURATION    for each step of a component (20m)
  --only NAME           only this component; repeatable
  --yes                 do not ask
CRDs, persistent volume claims and namespaces stay, and no finalizer is touched.
TEXT
}

note() { summary="$summary$(printf '  level %-3s %-12s %s' "$@")"$'\n'; }

uninstall_one() {  # uninstall_one NAME
  set -- "$1" --yes --namespace "$(namespace_of "$1")" --timeout "$timeout"
  [ -z "$context" ] || set -- "$@" --kube-context "$context"
  if is_given --dry-run; then set -- "$@" --dry-run; fi
  bash "$here/$1/scripts/uninstall.sh" "${@:2}"
}

# A failure ends the run after its level: what is left needs the levels below.
run_level() {  # run_level N NAMES
  local name broken=no
  for name in $2; do
    if [ "$failed" = yes ]; then
      note "$1" "not reached" "$name"
      continue
    fi
    say "level $1: $name"
    if uninstall_one "$name"; then
      note "$1" "$good" "$name"
    else
      note "$1" "FAILED" "$name"
      broken=yes
    fi
  done
  [ "$broken" = no ] || failed=yes
}

main() {
  local at name chosen
  parse_options '--dry-run --kube-context --namespace --timeout --only --yes' "$@"
  check_selection
  check_cluster
  trap 'exit 130' INT
  summary=
  failed=no
  good=ok
  if is_given --dry-run; then good=planned; fi
  chosen=$(select_components "${only:-$(up_to_level 9999)}")
  say "to be removed from context ${context:-of this pod or machine}:"
  for name in $chosen; do say "  $name, namespace $(namespace_of "$name")"; done
  confirm "Remove them?"
  for ((at = $(last_level); at >= 0; at--)); do
    local names=
    for name in $(of_level "$at"); do
      if member "$name" "$chosen"; then names="$name $names"; fi
    done
    run_level "$at" "$names"
  done
  say
  printf '%s' "$summary"
  [ "$failed" = no ] || die "not everything was removed; the same command goes on from here"
}

main "$@"
