// The component layout: a chart for each component, the ClusterPolicy, the scripts on top.

#include "bundle/component_charts.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bundle/cluster_policy.h"
#include "bundle/scripts.h"
#include "data/document.h"
#include "data/path.h"
#include "support/bundle_harness.h"

namespace eidos::bundle {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::load_catalog;
using ::testing::Not;
using testing::resolve_recipe;
using testing::small_catalog_files;

class ComponentCharts : public testing::BundleHarness {
 protected:
  Bundle bundle(Options options = {}) {
    options.layout = "component";
    return make(std::move(options));
  }
};

TEST_F(ComponentCharts, EachComponentHasAFolder) {
  Bundle out = bundle();
  EXPECT_THAT(
      paths(out),
      ElementsAre("README.md", "alpha/.helmignore", "alpha/Chart.yaml", "alpha/README.md",
                  "alpha/checksums.txt", "alpha/scripts/install.sh", "alpha/scripts/uninstall.sh",
                  "alpha/templates/NOTES.txt", "alpha/values.yaml", "beta/.helmignore", "beta/Chart.yaml",
                  "beta/README.md", "beta/checksums.txt", "beta/scripts/install.sh",
                  "beta/scripts/uninstall.sh", "beta/templates/NOTES.txt", "beta/values.yaml",
                  "checksums.txt", "deploy.sh", "gamma/.helmignore", "gamma/Chart.yaml", "gamma/README.md",
                  "gamma/checksums.txt", "gamma/scripts/install.sh", "gamma/scripts/uninstall.sh",
                  "gamma/templates/gamma/thing.yaml", "gamma/values.yaml", "recipe.yaml", "undeploy.sh"));
  EXPECT_EQ(out.deployment.type, "helm-components");
  EXPECT_THAT(out.deployment.steps, ElementsAre("./deploy.sh"));
}

TEST_F(ComponentCharts, AFolderIsAWholeBundleOfItsOwn) {
  Bundle out = bundle();
  FileTree alpha;
  for (const auto& [path, file] : out.files)
    if (path.starts_with("alpha/")) alpha.emplace(path.substr(6), file);
  EXPECT_EQ(alpha.at("checksums.txt").bytes, checksum_lines(alpha));
}

TEST_F(ComponentCharts, ChartAndValues) {
  Bundle out = bundle();
  EXPECT_EQ(out.files.at("beta/Chart.yaml").bytes, R"(apiVersion: v2
name: beta
description: beta of eidos-eks-h100
type: application
version: "0.0.0"
dependencies:
  - name: beta-chart
    alias: beta
    version: "2.0.0"
    repository: oci://registry.example/charts
)");
  EXPECT_EQ(out.files.at("beta/values.yaml").bytes, "beta:\n  size: 1\n");
  EXPECT_THAT(out.files.at("gamma/Chart.yaml").bytes, Not(HasSubstr("dependencies")));
  EXPECT_EQ(out.files.at("gamma/values.yaml").bytes, "gamma: {}\n");
  EXPECT_THAT(out.files.at("gamma/templates/gamma/thing.yaml").bytes, HasSubstr("# a thing\n---\n"));
}

TEST_F(ComponentCharts, NamespacesAreThoseAskedFor) {
  EXPECT_THAT(bundle().files.at("deploy.sh").bytes,
              HasSubstr("\n0 alpha alpha-system -\n1 beta eidos-stack alpha\n2 gamma gamma beta\n"));
  EXPECT_THAT(bundle({.name_space = "gpu"}).files.at("deploy.sh").bytes,
              HasSubstr("\n0 alpha alpha-system -\n1 beta gpu alpha\n"));
  EXPECT_THAT(
      bundle().files.at("alpha/scripts/install.sh").bytes,
      HasSubstr("\nrelease='alpha'\ndefault_namespace='alpha-system'\nhas_chart='yes'\nhas_policy='no'\n"));
}

TEST_F(ComponentCharts, ANullIsSaidAtTheRootAndInItsFolder) {
  Bundle out = bundle({.sets = {{SetKind::Auto, "alpha:driver.version=null"}}});
  EXPECT_THAT(out.warnings, Contains(HasSubstr("values.yaml holds null for alpha: driver.version.")));
  for (const char* path : {"README.md", "alpha/README.md"})
    EXPECT_THAT(out.files.at(path).bytes, HasSubstr("values.yaml holds null for alpha: driver.version."))
        << path;
  EXPECT_THAT(out.files.at("beta/README.md").bytes, Not(HasSubstr("null")));
}

TEST_F(ComponentCharts, SplitIsTheOlderNameOfTheLayout) {
  EXPECT_EQ(make({.layout = "split"}).files, bundle().files);
}

TEST_F(ComponentCharts, AReleaseThatDoesNotFitNamesItsComponent) {
  testing::FakeFiles files = small_catalog_files();
  std::string registry = files.files().at("c/registry.yaml");
  files.put("c/registry.yaml",
            registry.insert(registry.find("defaultVersion: v1.2.3"), "chartBytes: 2000000, "));
  catalog_ = load_catalog(std::move(files));
  recipe_ = resolve_recipe(catalog_);
  std::string told = refusal({.layout = "component"});
  EXPECT_THAT(told, HasSubstr("Helm would keep about"));
  EXPECT_THAT(told, HasSubstr("component 'alpha'"));
}

// The policy that these values, in YAML, amount to: the scalar or compact JSON at `path`.
std::string policy(const std::string& yaml, std::string_view path) {
  data::Sources sources;
  model::ComponentRef ref;
  ref.name = "gpu-operator";
  ref.source = "https://charts.example";
  Piece piece;
  piece.part.ref = &ref;
  piece.part.values = *data::parse_yaml(yaml, sources, "values.yaml");
  Stack stack;
  stack.name = "eidos-any-any";
  auto root = data::parse_yaml(cluster_policy(stack, piece), sources, "policy");
  const data::Value* value = data::find(*root, *data::parse_path(path));
  if (value == nullptr) return "absent";
  return value->is_scalar() ? value->scalar_text() : data::to_compact_json(*value);
}

TEST(ClusterPolicy, HoldsWhatTheChartTakesOver) {
  struct Row {
    const char* values;
    const char* path;
    const char* want;
  };
  const Row kRows[] = {
      {"{}", "spec",
       R"({"operator":{},"daemonsets":{},"driver":{},"toolkit":{},"devicePlugin":{},"dcgm":{},"dcgmExporter":{},"gfd":{},"nodeStatusExporter":{}})"},
      {"driver: {version: '570.1', enabled: false}", "spec.driver", R"({"enabled":false,"version":"570.1"})"},
      {"driver: {useOpenKernelModules: true, maxParallelUpgrades: 5}", "spec.driver", "{}"},
      {"driver: {nvidiaDriverCRD: {enabled: true}}", "spec.driver", R"({"useNvidiaDriverCRD":true})"},
      {"driver: {upgradePolicy: {gpuPodDeletion: {force: true}, autoUpgrade: true}}",
       "spec.driver.upgradePolicy", R"({"autoUpgrade":true,"podDeletion":{"force":true}})"},
      {"operator: {upgradeCRD: true, resources: {limits: {cpu: 1}}}", "spec.operator", "{}"},
      {"node-feature-discovery: {worker: {}}", "spec.node-feature-discovery", "absent"},
      {"dcgmExporter: {config: {name: x, create: true}}", "spec.dcgmExporter.config", R"({"name":"x"})"},
      {"toolkit: {env: [], image: '', repository: null}", "spec.toolkit", "{}"},
      {"toolkit: nonsense", "spec.toolkit", "{}"},
      {"{}", "metadata.name", "cluster-policy"},
  };
  for (const Row& row : kRows) EXPECT_EQ(policy(row.values, row.path), row.want) << row.values;
}

TEST(Scripts, ShellQuotingHoldsAnything) {
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("$(x)`y`\"\\\n"), "'$(x)`y`\"\\\n'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
}

}  // namespace
}  // namespace eidos::bundle
