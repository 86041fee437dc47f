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
