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
