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
