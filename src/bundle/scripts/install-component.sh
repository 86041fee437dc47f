# Installs the one chart beside this script.

usage() {
  cat <<TEXT
usage: $program [OPTIONS]
Installs or upgrades $release of $bundle.

  --dry-run             show the commands that would change something; run none of them
  --kube-context NAME   go on only if this is the current context
  --namespace NAME      namespace of the release ($default_namespace)
  --timeout DURATION    until everything is ready (20m)
  --unlock              go on after a run that was killed
TEXT
  [ "$has_policy" = no ] || say "  --apply-policy        apply manifests/clusterpolicy.yaml at the end"
}

main() {
  local chart=${here%/*} takes='--dry-run --kube-context --namespace --timeout --unlock'
  [ "$has_policy" = no ] || takes="$takes --apply-policy"
  parse_options "$takes" "$@"
  check_cluster
  namespace=${namespace:-$default_namespace}
  check_lock "$release" "$namespace"
  make_copy "$chart"
  if [ "$has_chart" = yes ]; then
    change helm dependency build "$work/chart" || die "the chart of $release cannot be fetched"
    apply_crds || die "the CRDs of $release were not applied"
  fi
  change helm upgrade --install "$release" "$work/chart" --namespace "$namespace" --create-namespace \
    -f "$work/chart/values.yaml" --wait --timeout "$timeout" || die "$release was not installed"
  if is_given --apply-policy; then
    change kubectl apply --server-side -f "$chart/manifests/clusterpolicy.yaml" || die "the ClusterPolicy was not applied"
  fi
}

main "$@"
