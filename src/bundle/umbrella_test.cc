// The tree of an umbrella: chart, values, templates, README, sizes.

#include "bundle/umbrella.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "bundle/manifests.h"
#include "bundle/markdown.h"
#include "bundle/size_guard.h"
#include "data/document.h"
#include "support/bundle_harness.h"

namespace eidos::bundle {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::load_catalog;
using ::testing::Not;
using testing::resolve_recipe;
using testing::small_catalog_files;

class Umbrellas : public testing::BundleHarness {};

TEST_F(Umbrellas, TheTreeIsAChart) {
  Bundle out = make();
  EXPECT_THAT(paths(out),
              ElementsAre(".helmignore", "Chart.yaml", "README.md", "checksums.txt", "deploy.sh",
                          "recipe.yaml", "templates/gamma/thing.yaml", "undeploy.sh", "values.yaml"));
  EXPECT_EQ(out.deployment.type, "helm-umbrella");
  EXPECT_THAT(out.deployment.steps, ElementsAre("./deploy.sh"));
  EXPECT_THAT(out.files.at("deploy.sh").bytes, HasSubstr("\ncomponents='\n"
                                                         "0 alpha alpha-system -\n"
                                                         "1 beta eidos-stack alpha\n"
                                                         "2 gamma gamma beta\n'\n"));
}

TEST_F(Umbrellas, ChartYamlNamesEveryChart) {
  EXPECT_EQ(make().files.at("Chart.yaml").bytes, R"(apiVersion: v2
name: eidos-eks-h100
description: GPU stack for service eks, accelerator h100
type: application
version: "0.0.0"
dependencies:
  - name: alpha
    version: v1.2.3
    repository: https://charts.example/alpha
    condition: enabled.alpha
  - name: beta-chart
    alias: beta
    version: "2.0.0"
    repository: oci://registry.example/charts
    condition: enabled.beta
)");
}

TEST_F(Umbrellas, ValuesYamlHoldsEachComponentUnderItsName) {
  Options options{.sets = {{SetKind::Auto, "alpha:driver.version=1.20"}}};
  data::Sources sources;
  auto values = data::parse(make(options).files.at("values.yaml").bytes, sources, "values.yaml");
  ASSERT_TRUE(values);
  EXPECT_EQ(data::to_compact_json(*values->find("enabled")), R"({"alpha":true,"beta":true,"gamma":true})");
  std::vector<std::string> warnings;
  auto want = component_values(catalog_, recipe_, options, warnings);
  ASSERT_TRUE(want);
  EXPECT_EQ(values->map().size(), want->size() + 1);
  for (const auto& [name, value] : *want) EXPECT_TRUE(*values->find(name) == value) << name;
  EXPECT_EQ(values->find("alpha")->find("driver")->find("version")->string(), "1.20");
}

TEST_F(Umbrellas, ASwitchedOffComponentLeavesNoTrace) {
  Bundle out = make({.sets = {{SetKind::Auto, "gamma:enabled=false"}}});
  EXPECT_FALSE(out.files.contains("templates/gamma/thing.yaml"));
  EXPECT_TRUE(out.files.contains("templates/NOTES.txt"));  // helm lint wants the folder
  for (const char* path : {"Chart.yaml", "values.yaml"})
    EXPECT_THAT(out.files.at(path).bytes, Not(HasSubstr("gamma"))) << path;
  EXPECT_THAT(out.files.at("README.md").bytes, HasSubstr("Switched off: `gamma`."));
}

TEST_F(Umbrellas, SameInputSameBytes) {
  Options options{.sets = {{SetKind::Auto, "alpha:driver.version=null"}}};
  std::ranges::reverse(recipe_.component_refs);
  FileTree reversed = make(options).files;
  std::ranges::reverse(recipe_.component_refs);
  EXPECT_EQ(make(options).files, reversed);
}

TEST_F(Umbrellas, TemplatesAreTheManifestsBehindASwitch) {
  EXPECT_EQ(make().files.at("templates/gamma/thing.yaml").bytes,
            "{{- if index .Values.enabled \"gamma\" }}\n"
            "# a thing\n---\nkind: ConfigMap\nmetadata: {name: {{ (index .Values \"gamma\").name | default "
            "\"x\" }}}\n"
            "data:\n  text: |\n    last line\n"
            "{{ end }}\n");
  EXPECT_EQ(*guarded("a", {"p", "x"}), "{{- if index .Values.enabled \"a\" }}\nx\n{{ end }}\n");
  EXPECT_EQ(
      *guarded("a", {"p", "helm.sh/hook: post-install\n"}),
      "{{- if and (index .Values.enabled \"a\") (not (has \"a\" (.Values.hooksDone | default list))) }}\n"
      "helm.sh/hook: post-install\n{{ end }}\n");
  EXPECT_TRUE(guarded("a", {"p", "{{/* define \"x\" */}} {{ .define }}"}));
  for (const char* text : {"{{ define \"x\" }}{{ end }}", "{{- define \"x\" -}}{{- end }}",
                           "{{define \"x\"}}{{end}}", "{{-\n  define\t\"x\"}}{{end}}"})
    EXPECT_FALSE(guarded("a", {"p", text})) << text;
}

TEST_F(Umbrellas, TemplatePathsNeverMeet) {
  EXPECT_EQ(template_path("a", "components/a/manifests/x.yaml"), "a/x.yaml");
  EXPECT_EQ(template_path("a", "components/a/manifests/sub/x.yaml"), "a/sub/x.yaml");
  EXPECT_EQ(template_path("a", "components/b/manifests/x.yaml"), "a/components/b/manifests/x.yaml");
  ref("gamma").manifest_files.push_back(ref("gamma").manifest_files.front());
  recipe_.metadata.catalog = {};
  EXPECT_EQ(refusal(), "component 'gamma': manifest 'components/gamma/manifests/thing.yaml' is listed twice");
}

TEST_F(Umbrellas, NullsAreSaidInThreePlaces) {
  EXPECT_THAT(make().files.at("README.md").bytes, Not(HasSubstr("null")));
  Bundle out = make({.sets = {{SetKind::Auto, "alpha:driver.version=null"}}});
  const std::string want = "values.yaml holds null for alpha: driver.version.";
  EXPECT_THAT(out.warnings, Contains(HasSubstr(want)));
  EXPECT_THAT(out.deployment.notes, Contains(HasSubstr(want)));
  EXPECT_THAT(out.files.at("README.md").bytes,
              HasSubstr("values.yaml holds null for alpha: driver.version."));
  EXPECT_THAT(out.files.at("values.yaml").bytes, HasSubstr("version: null"));
}

TEST_F(Umbrellas, OtherNamespacesAreNamed) {
  Bundle out = make();
  EXPECT_THAT(out.deployment.notes, Contains(AllOf(HasSubstr("everything goes to eidos-stack"),
                                                   HasSubstr("alpha (alpha-system), gamma (gamma)"))));
  EXPECT_THAT(make({.name_space = "gpu"}).files.at("README.md").bytes, HasSubstr("--namespace gpu "));
}

TEST_F(Umbrellas, WhatCannotBeInAnUmbrellaIsRefused) {
  recipe_.metadata.catalog = {};
  struct Case {
    void (*change)(model::RecipeResult&);
    const char* message;
  };
  const Case cases[] = {
      {[](model::RecipeResult& r) { r.component_refs[0].type = "Kustomize"; },
       "component 'alpha' is a Kustomize component; a bundle holds charts only"},
      {[](model::RecipeResult& r) { r.component_refs[0].type = "Flux"; },
       "component 'alpha': unknown type 'Flux'"},
      {[](model::RecipeResult& r) { r.component_refs[0].version = ""; },
       "component 'alpha': no chart version"},
      {[](model::RecipeResult& r) { r.component_refs[0].version = "1.0; touch x #"; },
       "component 'alpha': '1.0; touch x #' is no chart version"},
      {[](model::RecipeResult& r) { r.component_refs[0].version = ">=1"; },
       "component 'alpha': '>=1' is no chart version"},
      {[](model::RecipeResult& r) { r.component_refs[0].name_space = "$(x)"; },
       "component 'alpha': '$(x)' cannot be a namespace"},
      {[](model::RecipeResult& r) { r.component_refs[0].chart = "x/alpha"; },
       "component 'alpha': 'x/alpha' is no chart name"},
      {[](model::RecipeResult& r) { r.component_refs[0].source = "ftp://x"; },
       "component 'alpha': chart source 'ftp://x' has none of https://, http://, oci://"},
      {[](model::RecipeResult& r) { r.component_refs[0].source = ""; },
       "component 'alpha' has neither a chart nor manifests"},
      {[](model::RecipeResult& r) { r.component_refs[2].manifest_files = {"components/x.yaml"}; },
       "component 'gamma': the catalog has no file 'components/x.yaml'"},
      {[](model::RecipeResult& r) { r.component_refs[0].values_file = "components/x.yaml"; },
       "component 'alpha': the catalog has no file 'components/x.yaml'"},
      {[](model::RecipeResult& r) { r.criteria.service = "e k"; },
       "the criteria make 'eidos-e k-h100', which is no chart name"},
      {[](model::RecipeResult& r) {
         r.component_refs[0].name = r.deployment_order[0] = r.component_refs[1].dependency_refs[0] =
             "enabled";
       },
       "component name 'enabled' is a key of the umbrella's own values"},
  };
  for (const Case& row : cases) {
    model::RecipeResult kept = recipe_;
    row.change(recipe_);
    EXPECT_EQ(refusal(), row.message);
    recipe_ = kept;
  }
  EXPECT_EQ(refusal({.deployer = "hlem"}), "unknown deployer 'hlem'; did you mean 'helm'?");
  EXPECT_EQ(refusal({.name_space = "A"}), "--namespace: 'A' cannot be a namespace");
}

TEST_F(Umbrellas, ProblemsOfSeveralComponentsComeTogether) {
  ref("alpha").version = "x";
  ref("beta").version = "y";
  EXPECT_EQ(refusal(),
            "component 'alpha': 'x' is no chart version\ncomponent 'beta': 'y' is no chart version");
}

TEST_F(Umbrellas, AReadmeShowsRecipeTextAsItIs) {
  recipe_.constraints = {{.name = "a|b",
                          .value = ">= `1`\n",
                          .severity = "error",
                          .remediation = "<b>[x](y)|",
                          .unit = {},
                          .mark = {}}};
  EXPECT_THAT(make().files.at("README.md").bytes,
              HasSubstr("| `a\\|b` | ``>= `1` `` | error: \\<b\\>\\[x\\](y)\\| |\n"));
}

TEST(Markdown, CodeSpansHoldBackticks) {
  EXPECT_EQ(md_code(""), "");
  EXPECT_EQ(md_code("a"), "`a`");
  EXPECT_EQ(md_code("`"), "`` ` ``");
  EXPECT_EQ(md_code("a``b"), "```a``b```");
}

TEST(ChartVersion, IsSemverWhateverTheRecipeSays) {
  const std::pair<const char*, const char*> cases[] = {
      {"1.2.3", "1.2.3"},
      {"1.2.3-rc.1+b", "1.2.3-rc.1+b"},
      {"", "0.0.0"},
      {"dev", "0.0.0-dev"},
      {"v0.1.0", "0.0.0-v0.1.0"},
      {"2024.01.02", "0.0.0-2024.1.2"},
      {"1.2", "0.0.0-1.2"},
      {"a b/c", "0.0.0-a-b-c"},
      {"..", "0.0.0"},
      {"---", "0.0.0"},
      {"000", "0.0.0-0"},
      {"é", "0.0.0"},
      {"1.2.3 \n", "0.0.0-1.2.3"},
  };
  for (const auto& [given, want] : cases) EXPECT_EQ(stack_version(given), want) << given;
  EXPECT_EQ(stack_version(std::string(500, 'a')), cat("0.0.0-", std::string(60, 'a')));
}

TEST(SizeGuard, CountsAsGzipDoes) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("a"), "YQ==");
  EXPECT_EQ(to_base64("ab"), "YWI=");
  EXPECT_EQ(to_base64("abc"), "YWJj");
  EXPECT_EQ(gzip_bytes(""), 20);
  EXPECT_LT(gzip_bytes(std::string(1 << 20, 'x')), 2000);
}

// Text that does not compress below half: hex digits of a generator.
std::string noise(std::size_t bytes) {
  std::string out;
  std::uint32_t state = 1;
  while (out.size() < bytes) {
    state = state * 1664525U + 1013904223U;
    out += "0123456789abcdef"[state >> 28];
  }
  return out;
}

TEST_F(Umbrellas, AReleaseThatDoesNotFitIsSaidBefore) {
  auto with_manifest = [&](std::size_t bytes) {
    testing::FakeFiles files = small_catalog_files();
    files.put("c/components/gamma/manifests/thing.yaml", cat("# ", noise(bytes), "\n"));
    catalog_ = load_catalog(std::move(files));
    recipe_ = resolve_recipe(catalog_);
  };
  auto big = [](const std::string& warning) { return warning.starts_with("Helm would keep about"); };
  EXPECT_TRUE(std::ranges::none_of(make().warnings, big));
  with_manifest(500'000);
  EXPECT_THAT(make().warnings,
              Contains(AllOf(HasSubstr("a Secret holds 1024 KiB"), HasSubstr("(not counted: alpha, beta)"))));
  with_manifest(800'000);
  EXPECT_THAT(refusal(), HasSubstr("Helm would keep about"));
}

TEST_F(Umbrellas, RecordedChartSizesCount) {
  testing::FakeFiles files = small_catalog_files();
  std::string registry = files.files().at("c/registry.yaml");
  std::size_t at = registry.find("defaultVersion: v1.2.3");
  files.put("c/registry.yaml", registry.insert(at, "chartBytes: 900000, "));
  catalog_ = load_catalog(std::move(files));
  recipe_ = resolve_recipe(catalog_);
  Bundle out = make();
  EXPECT_THAT(out.warnings,
              Contains(AllOf(HasSubstr("Helm would keep about"), HasSubstr("(not counted: beta)"))));
  EXPECT_THAT(out.deployment.notes, Contains(HasSubstr("nothing warns of it: beta. If Helm says")));
  EXPECT_TRUE(contains(out, "README.md", "nothing warns of it: beta. If Helm says"));
}

TEST_F(Umbrellas, LargeCrdsAreNamed) {
  testing::FakeFiles files = small_catalog_files();
  files.put("c/components/gamma/manifests/thing.yaml",
            cat("kind: ConfigMap\n# ", std::string(300'000, 'x'), "\n---\nkind: CustomResourceDefinition\n# ",
                std::string(300'000, 'x'), "\n"));
  catalog_ = load_catalog(std::move(files));
  recipe_ = resolve_recipe(catalog_);
  EXPECT_THAT(
      make().warnings,
      Contains("component 'gamma': components/gamma/manifests/thing.yaml has a CRD of 293 KiB: apply it with "
               "kubectl apply --server-side"));
}

}  // namespace
}  // namespace eidos::bundle
