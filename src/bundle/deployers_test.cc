// The trees of the GitOps deployers and of helmfile, and what all deployers have in common.

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bundle/deployer.h"
#include "support/bundle_harness.h"

namespace eidos::bundle {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kRepo = "https://git.example/org/gpu.git";

class Deployers : public testing::BundleHarness {};

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
    EXPECT_EQ(at(make({.deployer = "argocd", .repo = repo}), "app-of-apps.yaml", 0, "spec.source.repoURL"),
              repo);
}

TEST_F(Deployers, ArgoCdApplications) {
  Options options{.deployer = "argocd", .repo = std::string(kRepo), .repo_path = "clusters/a"};
  Bundle out = make(options);
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
  Bundle out = make({.deployer = "argocd", .sets = {{SetKind::Auto, "gamma:enabled=false"}}});
  EXPECT_FALSE(out.files.contains("app-of-apps.yaml"));
  EXPECT_EQ(at(out, "applications.yaml", 0, "items[1].metadata.name"), "beta");
  EXPECT_THAT(out.warnings, Contains(HasSubstr("applications.yaml has no order")));
  EXPECT_THAT(out.files.at("README.md").bytes, HasSubstr("applications.yaml has no order"));
}

TEST_F(Deployers, ANullReachesTheChartAsText) {
  std::vector<SetFlag> sets = {{SetKind::Auto, "alpha:driver.enabled=null"}};
  Bundle argo = make({.deployer = "argocd", .sets = sets, .repo = std::string(kRepo)});
  EXPECT_EQ(at(argo, "alpha/application.yaml", 0, "spec.source.helm.valuesObject"), "absent");
  EXPECT_THAT(at(argo, "alpha/application.yaml", 0, "spec.source.helm.values"), HasSubstr("enabled: null\n"));
  Bundle flux = make({.deployer = "flux", .sets = sets, .repo = std::string(kRepo), .repo_revision = "main"});
  EXPECT_THAT(at(flux, "alpha/release.yaml", 1, "data.\"values.yaml\""), HasSubstr("enabled: null\n"));
  EXPECT_EQ(at(flux, "alpha/release.yaml", 2, "spec.valuesFrom"),
            R"([{"kind":"ConfigMap","name":"alpha-values"}])");
  EXPECT_EQ(at(flux, "alpha/release.yaml", 2, "spec.values"), "absent");
}

TEST_F(Deployers, AComponentWithChartAndManifestsIsOneApplicationAndTwoReleases) {
  for (model::ComponentRef& ref : recipe_.component_refs)
    if (ref.name == "alpha") ref.manifest_files = {"components/gamma/manifests/thing.yaml"};
  recipe_.metadata.catalog.components.clear();  // another recipe than the catalog made
  Bundle argo = make({.deployer = "argocd", .repo = std::string(kRepo)});
  EXPECT_EQ(at(argo, "alpha/application.yaml", 0, "spec.source"), "absent");
  EXPECT_EQ(at(argo, "alpha/application.yaml", 0, "spec.sources[0].chart"), "alpha");
  EXPECT_EQ(at(argo, "alpha/application.yaml", 0, "spec.sources[1].helm.releaseName"), "alpha-manifests");
  Bundle flux = make({.deployer = "flux", .repo = std::string(kRepo), .repo_revision = "main"});
  EXPECT_EQ(at(flux, "alpha/release.yaml", 2, "spec.dependsOn[0].name"), "alpha");
  EXPECT_EQ(at(flux, "beta/release.yaml", 1, "spec.dependsOn[0].name"), "alpha-manifests");
  Bundle file = make({.deployer = "helmfile"});
  EXPECT_EQ(at(file, "helmfile.yaml", 0, "releases[1].needs"), R"(["alpha-system/alpha"])");
  EXPECT_EQ(at(file, "helmfile.yaml", 0, "releases[2].needs"), R"(["alpha-system/alpha-manifests"])");
}

TEST_F(Deployers, WhatWasWarnedOfIsInTheReadme) {
  for (const Deployer& deployer : deployers()) {
    Options options = fitting(deployer);
    options.sets = {{SetKind::Auto, "alpha:drivr=1"}};
    Bundle out = make(options);
    EXPECT_TRUE(contains(out, "README.md", "\nWhoever made it was warned:\n\n- ")) << deployer.name;
    EXPECT_TRUE(contains(out, "README.md", "have no 'drivr'; did you mean 'driver'?")) << deployer.name;
  }
}

TEST_F(Deployers, TwoThingsOfOneNameAreRefused) {
  auto rename = [&](const std::string& name) {
    for (model::ComponentRef& one : recipe_.component_refs) {
      if (one.name == "beta") one.name = name;
      for (std::string& other : one.dependency_refs)
        if (other == "beta") other = name;
    }
    std::ranges::replace(recipe_.deployment_order, std::string("beta"), name);
  };
  recipe_.metadata.catalog.components.clear();
  ref("alpha").manifest_files = {"components/gamma/manifests/thing.yaml"};
  rename("alpha-manifests");
  for (const char* deployer : {"argocd", "flux", "helmfile"}) {
    Options options{.deployer = deployer};
    if (options.deployer != "helmfile") {
      options.repo = kRepo;
      options.repo_revision = "main";
    }
    EXPECT_EQ(refusal(options),
              "component 'alpha-manifests' has the name that the manifests of 'alpha' are released under")
        << deployer;
  }
  recipe_ = testing::resolve_recipe(catalog_);
  recipe_.metadata.catalog.components.clear();
  rename("nvidia-stack");
  EXPECT_EQ(refusal({.deployer = "argocd", .repo = std::string(kRepo)}),
            "component 'nvidia-stack' has the name of the Application above all");
}

TEST_F(Deployers, FluxReleases) {
  Bundle out =
      make({.deployer = "flux", .repo = std::string(kRepo), .repo_revision = "v1.2.3", .repo_path = "a/b"});
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
      {"flux-system.yaml", 1, "spec.path", "./a/b"},
      {"kustomization.yaml", 0, "resources",
       R"(["alpha/release.yaml","beta/release.yaml","gamma/release.yaml"])"},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(at(out, row.file, row.document, row.path), row.want) << row.file << " " << row.path;
}

TEST_F(Deployers, HelmfileReleases) {
  Bundle out = make({.deployer = "helmfile"});
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
      at(make({.deployer = "helmfile", .name_space = "gpu"}), "helmfile.yaml", 0, "releases[1].namespace"),
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
