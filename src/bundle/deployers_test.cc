// The trees of the GitOps deployers and of helmfile, and what all deployers have in common.

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bundle/deployer.h"
#include "data/document.h"
#include "data/path.h"
#include "support/small_catalog.h"

namespace eidos::bundle {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::load_catalog;
using testing::messages;
using testing::resolve_recipe;
using testing::small_catalog_files;

constexpr std::string_view kRepo = "https://git.example/org/gpu.git";

class Deployers : public ::testing::Test {
 protected:
  Bundle bundle(Options options) {
    auto out = render(catalog_, recipe_, "kind: RecipeResult\n", options);
    EXPECT_TRUE(out) << options.deployer << ": " << messages(out.error());
    return out ? *std::move(out) : Bundle{};
  }
  std::string refusal(const Options& options) {
    auto out = render(catalog_, recipe_, "kind: RecipeResult\n", options);
    return out ? "accepted" : messages(out.error());
  }
  /// Options with which the deployer renders the small recipe.
  static Options fitting(const Deployer& deployer) {
    Options options{.deployer = std::string(deployer.name), .layout = std::string(deployer.layout)};
    if (deployer.takes_repo) {
      options.repo = kRepo;
      options.repo_revision = "main";
    }
    return options;
  }
  /// The scalar or compact JSON at `path` of the document number `index` in a file.
  static std::string at(const Bundle& bundle, const std::string& file, std::size_t index,
                        std::string_view path) {
    auto found = bundle.files.find(file);
    if (found == bundle.files.end()) return "no such file";
    std::string text = found->second.bytes;
    for (; index > 0; --index) {
      std::size_t next = text.find("\n---\n");
      if (next == std::string::npos) return "no such document";
      text.erase(0, next + 5);
    }
    text.resize(std::min(text.size(), text.find("\n---\n")));
    data::Sources sources;
    auto root = data::parse_yaml(text, sources, file);
    if (!root) return root.error().message;
    auto steps = data::parse_path(path);
    if (!steps) return steps.error().message;
    const data::Value* value = data::find(*root, *steps);
    if (value == nullptr) return "absent";
    return value->is_scalar() ? value->scalar_text() : data::to_compact_json(*value);
  }

  catalog::Catalog catalog_ = load_catalog(small_catalog_files());
  model::RecipeResult recipe_ = resolve_recipe(catalog_, {.service = "eks", .accelerator = "h100"});
};

std::vector<std::string> paths(const Bundle& bundle) {
  std::vector<std::string> out;
  for (const auto& [path, file] : bundle.files) out.push_back(path);
  return out;
}

TEST_F(Deployers, EveryTreeIsWholeReadableAndTheSameTwice) {
  for (const Deployer& deployer : deployers()) {
    Options options = fitting(deployer);
    Bundle out = bundle(options);
    EXPECT_EQ(out.files, bundle(options).files) << deployer.name;
    EXPECT_THAT(paths(out), Contains("README.md")) << deployer.name;
    EXPECT_EQ(out.files.at("recipe.yaml").bytes, "kind: RecipeResult\n");
    FileTree others = out.files;
    others.erase(std::string(kChecksumsFile));
    EXPECT_EQ(out.files.at(std::string(kChecksumsFile)).bytes, checksum_lines(others)) << deployer.name;
    EXPECT_FALSE(out.deployment.type.empty());
    EXPECT_FALSE(out.deployment.steps.empty());
    for (const std::string& step : out.deployment.steps)
      EXPECT_THAT(out.files.at("README.md").bytes, HasSubstr(step)) << deployer.name;
    for (const auto& [path, file] : out.files) {
      EXPECT_TRUE(check_tree_path(path)) << path;
      EXPECT_TRUE(file.bytes.ends_with('\n')) << path;
    }
  }
}

TEST_F(Deployers, ADeployerThatIsNotThereIsRefused) {
  struct Case {
    Options options;
    std::string want;
  };
  const Case kCases[] = {
      {{.deployer = "argo-cd"}, "unknown deployer 'argo-cd'; did you mean 'argocd'?"},
      {{.deployer = "terraform"}, "unknown deployer 'terraform'"},
      {{.deployer = "helm", .layout = "umbrela"},
       "unknown layout 'umbrela' of deployer 'helm'; did you mean 'umbrella'?"},
      {{.deployer = "flux", .layout = "umbrella"}, "deployer 'flux' has one layout, and no --layout"},
      {{.deployer = "helm", .repo = std::string(kRepo)},
       "--repo, --repo-revision and --repo-path mean nothing to deployer 'helm'"},
      {{.deployer = "argocd", .repo_revision = "main"}, "--repo-revision and --repo-path need --repo"},
      {{.deployer = "argocd"}, "component has manifests, which Argo CD has to read from Git: gamma"},
      {{.deployer = "flux"}, "component has manifests, which Flux has to read from Git: gamma"},
      {{.deployer = "flux", .repo = std::string(kRepo)}, "Flux cannot follow HEAD of a repository"},
      {{.deployer = "argocd", .repo = "no url"}, "--repo 'no url' has none of https://, http://, oci://"},
      {{.deployer = "argocd", .repo = "oci://registry.example/x"},
       "--repo 'oci://registry.example/x' is no Git repository"},
      {{.deployer = "argocd", .repo = "https://user:secret@git.example/x"}, "holds a user name"},
      {{.deployer = "argocd", .repo = std::string(kRepo), .repo_revision = "--upload-pack=x"},
       "is no revision of Git"},
      {{.deployer = "argocd", .repo = std::string(kRepo), .repo_path = "../other"}, "--repo-path: "},
      {{.deployer = "helm", .name_space = "Not_A_Label"}, "--namespace"},
  };
  for (const Case& row : kCases)
    EXPECT_THAT(refusal(row.options), HasSubstr(row.want)) << row.options.deployer;
}

TEST_F(Deployers, GitAddressesOfEveryFormAreTaken) {
  for (const char* repo : {"https://git.example/x.git", "http://git.example:8080/x",
                           "ssh://git@git.example/x", "git@git.example:org/x.git"})
    EXPECT_EQ(at(bundle({.deployer = "argocd", .repo = repo}), "app-of-apps.yaml", 0, "spec.source.repoURL"),
              repo);
}

TEST_F(Deployers, ArgoCdApplications) {
  Options options{.deployer = "argocd", .repo = std::string(kRepo), .repo_path = "clusters/a"};
  Bundle out = bundle(options);
  EXPECT_THAT(paths(out),
              ElementsAre("README.md", "alpha/application.yaml", "app-of-apps.yaml", "argocd-cm.patch.yaml",
                          "beta/application.yaml", "checksums.txt", "gamma/application.yaml",
                          "gamma/manifests/Chart.yaml", "gamma/manifests/templates/gamma/thing.yaml",
                          "gamma/manifests/values.yaml", "recipe.yaml"));
  struct Row {
    const char* file;
    const char* path;
    const char* want;
  };
  const Row kRows[] = {
      {"alpha/application.yaml", "metadata.annotations", R"({"argocd.argoproj.io/sync-wave":"0"})"},
      {"beta/application.yaml", "metadata.annotations", R"({"argocd.argoproj.io/sync-wave":"1"})"},
      {"gamma/application.yaml", "metadata.annotations", R"({"argocd.argoproj.io/sync-wave":"2"})"},
      {"alpha/application.yaml", "spec.source.repoURL", "https://charts.example/alpha"},
      {"alpha/application.yaml", "spec.source.targetRevision", "v1.2.3"},
      {"alpha/application.yaml", "spec.source.helm.valuesObject.driver.version", "1.10"},
      {"alpha/application.yaml", "spec.destination.namespace", "alpha-system"},
      {"alpha/application.yaml", "spec.syncPolicy.syncOptions",
       R"(["CreateNamespace=true","ServerSideApply=true"])"},
      {"beta/application.yaml", "spec.source.repoURL", "registry.example/charts"},
      {"beta/application.yaml", "spec.source.chart", "beta-chart"},
      {"beta/application.yaml", "spec.destination.namespace", "eidos-stack"},
      {"gamma/application.yaml", "spec.source.path", "clusters/a/gamma/manifests"},
      {"gamma/application.yaml", "spec.source.chart", "absent"},
      {"app-of-apps.yaml", "spec.source.path", "clusters/a"},
      {"app-of-apps.yaml", "spec.source.targetRevision", "HEAD"},
      {"gamma/manifests/Chart.yaml", "name", "gamma-manifests"},
      {"gamma/manifests/values.yaml", "gamma", "{}"},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(at(out, row.file, 0, row.path), row.want) << row.file << " " << row.path;
}

TEST_F(Deployers, ArgoCdWithoutARepositorySaysThatNothingIsOrdered) {
  Bundle out = bundle({.deployer = "argocd", .sets = {{SetKind::Auto, "gamma:enabled=false"}}});
  EXPECT_FALSE(out.files.contains("app-of-apps.yaml"));
  EXPECT_EQ(at(out, "applications.yaml", 0, "items[1].metadata.name"), "beta");
  EXPECT_THAT(out.warnings, Contains(HasSubstr("applications.yaml has no order")));
  EXPECT_THAT(out.files.at("README.md").bytes, HasSubstr("applications.yaml has no order"));
}

TEST_F(Deployers, ANullReachesTheChartAsText) {
  std::vector<SetFlag> sets = {{SetKind::Auto, "alpha:driver.enabled=null"}};
  Bundle argo = bundle({.deployer = "argocd", .sets = sets, .repo = std::string(kRepo)});
  EXPECT_EQ(at(argo, "alpha/application.yaml", 0, "spec.source.helm.valuesObject"), "absent");
  EXPECT_THAT(at(argo, "alpha/application.yaml", 0, "spec.source.helm.values"), HasSubstr("enabled: null\n"));
  Bundle flux =
      bundle({.deployer = "flux", .sets = sets, .repo = std::string(kRepo), .repo_revision = "main"});
  EXPECT_THAT(at(flux, "alpha/release.yaml", 1, "data.\"values.yaml\""), HasSubstr("enabled: null\n"));
  EXPECT_EQ(at(flux, "alpha/release.yaml", 2, "spec.valuesFrom"),
            R"([{"kind":"ConfigMap","name":"alpha-values"}])");
  EXPECT_EQ(at(flux, "alpha/release.yaml", 2, "spec.values"), "absent");
}

TEST_F(Deployers, AComponentWithChartAndManifestsIsOneApplicationAndTwoReleases) {
  for (model::ComponentRef& ref : recipe_.component_refs)
    if (ref.name == "alpha") ref.manifest_files = {"components/gamma/manifests/thing.yaml"};
  recipe_.metadata.catalog.components.clear();  // another recipe than the catalog made
  Bundle argo = bundle({.deployer = "argocd", .repo = std::string(kRepo)});
  EXPECT_EQ(at(argo, "alpha/application.yaml", 0, "spec.source"), "absent");
  EXPECT_EQ(at(argo, "alpha/application.yaml", 0, "spec.sources[0].chart"), "alpha");
  EXPECT_EQ(at(argo, "alpha/application.yaml", 0, "spec.sources[1].helm.releaseName"), "alpha-manifests");
  Bundle flux = bundle({.deployer = "flux", .repo = std::string(kRepo), .repo_revision = "main"});
  EXPECT_EQ(at(flux, "alpha/release.yaml", 2, "spec.dependsOn[0].name"), "alpha");
  EXPECT_EQ(at(flux, "beta/release.yaml", 1, "spec.dependsOn[0].name"), "alpha-manifests");
  Bundle file = bundle({.deployer = "helmfile"});
  EXPECT_EQ(at(file, "helmfile.yaml", 0, "releases[1].needs"), R"(["alpha-system/alpha"])");
  EXPECT_EQ(at(file, "helmfile.yaml", 0, "releases[2].needs"), R"(["alpha-system/alpha-manifests"])");
}

TEST_F(Deployers, FluxReleases) {
  Bundle out =
      bundle({.deployer = "flux", .repo = std::string(kRepo), .repo_revision = "v1.2.3", .repo_path = "a/b"});
  struct Row {
    const char* file;
    std::size_t document;
    const char* path;
    const char* want;
  };
  const Row kRows[] = {
      {"alpha/release.yaml", 0, "kind", "HelmRepository"},
      {"alpha/release.yaml", 1, "spec.chart.spec.version", "v1.2.3"},
      {"alpha/release.yaml", 1, "spec.targetNamespace", "alpha-system"},
      {"alpha/release.yaml", 1, "spec.dependsOn", "absent"},
      {"alpha/release.yaml", 1, "spec.upgrade.crds", "CreateReplace"},
      {"alpha/release.yaml", 1, "spec.values.driver.version", "1.10"},
      {"beta/release.yaml", 0, "kind", "OCIRepository"},
      {"beta/release.yaml", 0, "spec.url", "oci://registry.example/charts/beta-chart"},
      {"beta/release.yaml", 0, "spec.ref.tag", "2.0.0"},
      {"beta/release.yaml", 1, "spec.chartRef.kind", "OCIRepository"},
      {"beta/release.yaml", 1, "spec.chart", "absent"},
      {"beta/release.yaml", 1, "spec.dependsOn", R"([{"name":"alpha","namespace":"flux-system"}])"},
      {"gamma/release.yaml", 0, "spec.chart.spec.chart", "./a/b/gamma/manifests"},
      {"gamma/release.yaml", 0, "spec.chart.spec.sourceRef.kind", "GitRepository"},
      {"flux-system.yaml", 0, "spec.ref", R"({"tag":"v1.2.3"})"},
      {"flux-system.yaml", 1, "spec.path", "./a/b/"},
      {"kustomization.yaml", 0, "resources",
       R"(["alpha/release.yaml","beta/release.yaml","gamma/release.yaml"])"},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(at(out, row.file, row.document, row.path), row.want) << row.file << " " << row.path;
}

TEST_F(Deployers, HelmfileReleases) {
  Bundle out = bundle({.deployer = "helmfile"});
  struct Row {
    const char* path;
    const char* want;
  };
  const Row kRows[] = {
      {"repositories", R"([{"name":"alpha","url":"https://charts.example/alpha"},)"
                       R"({"name":"beta","url":"registry.example/charts","oci":true}])"},
      {"releases[0].chart", "alpha/alpha"},
      {"releases[0].values", R"(["alpha/values.yaml"])"},
      {"releases[1].chart", "beta/beta-chart"},
      {"releases[1].needs", R"(["alpha-system/alpha"])"},
      {"releases[1].namespace", "eidos-stack"},
      {"releases[2].chart", "./gamma/manifests"},
      {"releases[2].disableValidationOnInstall", "true"},
      {"helmDefaults.wait", "true"},
  };
  for (const Row& row : kRows) EXPECT_EQ(at(out, "helmfile.yaml", 0, row.path), row.want) << row.path;
  EXPECT_EQ(
      at(bundle({.deployer = "helmfile", .name_space = "gpu"}), "helmfile.yaml", 0, "releases[1].namespace"),
      "gpu");
}

TEST_F(Deployers, ANameTooLongForAReleaseIsRefused) {
  std::string name(54, 'a');
  for (model::ComponentRef& ref : recipe_.component_refs)
    if (ref.name == "alpha") ref.name = name;
  for (std::string& step : recipe_.deployment_order)
    if (step == "alpha") step = name;
  for (model::ComponentRef& ref : recipe_.component_refs)
    for (std::string& other : ref.dependency_refs)
      if (other == "alpha") other = name;
  EXPECT_THAT(refusal({.deployer = "helmfile"}), HasSubstr("is too long for a Helm release"));
}

}  // namespace
}  // namespace eidos::bundle
