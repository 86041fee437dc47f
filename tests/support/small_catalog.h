#pragma once
// A small catalog and a recipe over it, for tests of what is made from them.

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/text.h"
#include "catalog/catalog.h"
#include "recipe/resolve.h"
#include "support/fake_files.h"

namespace eidos::testing {

/// alpha: a chart; beta: a chart of another name, needs alpha; gamma: manifests only, needs beta; delta: an
/// OCI chart that the recipe does not have.
inline FakeFiles small_catalog_files() {
  constexpr std::string_view head = "apiVersion: eidos.nvidia.com/v1alpha1\n";
  return {
      {"c/registry.yaml", cat("kind: ComponentRegistry\n", head, R"(components:
- name: alpha
  displayName: Alpha
  valueOverrideKeys: [alphaop, shared]
  helm: {defaultRepository: "https://charts.example/alpha", defaultChart: x/alpha, defaultVersion: v1.2.3,
         defaultNamespace: alpha-system}
  nodeScheduling:
    system: {nodeSelectorPaths: [operator.nodeSelector], tolerationPaths: [operator.tolerations]}
    nodeCountPaths: [count]
- name: beta
  displayName: shared
  valueOverrideKeys: [betaop]
  helm: {defaultRepository: "oci://registry.example/charts", defaultChart: beta-chart, defaultVersion: 2.0.0}
- name: gamma
  helm: {defaultRepository: "", defaultNamespace: gamma}
  podScheduling: {workload: {workloadSelectorPaths: [workloadSelector]}}
  validations:
  - {function: CheckWorkloadSelectorMissing, severity: warning, conditions: {intent: [training]}, message: Pods go.}
- name: delta
  valueOverrideKeys: [deltaop]
  helm: {defaultRepository: "oci://registry.example/charts", defaultChart: delta, defaultVersion: 3.0.0}
)")},
      {"c/overlays/base.yaml", cat("kind: RecipeMetadata\n", head, R"(metadata: {name: base}
spec:
  constraints:
  - {name: K8s.server.version, value: ">= 1.32"}
  componentRefs:
  - name: alpha
    valuesFile: components/alpha/values.yaml
    overrides: {driver: {version: "1.10"}}
  - {name: beta, dependencyRefs: [alpha], overrides: {size: 1}}
  - name: gamma
    dependencyRefs: [beta]
    manifestFiles: [components/gamma/manifests/thing.yaml]
)")},
      {"c/overlays/eks.yaml",
       cat("kind: RecipeMetadata\n", head, "metadata: {name: eks}\nspec: {criteria: {service: eks}}\n")},
      {"c/components/alpha/values.yaml",
       "driver: {version: 1.0.0, enabled: true}\noperator: {tolerations: [{operator: Exists}], nodeSelector: "
       "{}}\n"
       "list: [{a: 1}, {b: 2}]\n"},
      {"c/components/gamma/manifests/thing.yaml",
       "# a thing\n---\nkind: ConfigMap\nmetadata: {name: {{ (index .Values \"gamma\").name | default \"x\" "
       "}}}\n"
       "data:\n  text: |\n    last line\n"},
  };
}

inline catalog::Catalog load_catalog(FakeFiles&& files) {
  auto loaded = catalog::load(files, {.embedded = {}, .catalog_dir = "c"});
  if (loaded) return std::move(loaded->catalog);
  ADD_FAILURE() << loaded.error().where << ": " << loaded.error().message;
  return {};
}

inline model::RecipeResult resolve_recipe(const catalog::Catalog& catalog,
                                          const model::Criteria& criteria = {}) {
  auto resolved = recipe::resolve(catalog, criteria, nullptr);
  if (resolved) return std::move(resolved->result);
  ADD_FAILURE() << resolved.error().message;
  return {};
}

/// The first message, then those of `others`, one a line.
inline std::string messages(const Error& error) {
  std::string out = error.message;
  for (const Error& other : error.others) out += cat("\n", other.message);
  return out;
}

}  // namespace eidos::testing
