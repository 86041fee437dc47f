#include "recipe/resolve.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "model/document.h"
#include "recipe/coverage.h"
#include "recipe/criteria.h"
#include "recipe/merge.h"
#include "support/fake_files.h"

namespace eidos::recipe {
namespace {

using testing::FakeFiles;

std::string overlay(std::string_view name, std::string_view spec) {
  return cat("kind: RecipeMetadata\napiVersion: eidos.nvidia.com/v1alpha1\nmetadata: {name: ", name,
             "}\nspec:\n", spec);
}

catalog::Catalog small() {
  FakeFiles files{
      {"c/registry.yaml",
       "kind: ComponentRegistry\napiVersion: eidos.nvidia.com/v1alpha1\ncomponents:\n"
       "- name: a\n  helm: {defaultRepository: https://r, defaultChart: r/chart-a, defaultVersion: v1, "
       "defaultNamespace: ns-a}\n- name: b\n  manifest: {defaultNamespace: ns-b}\n"
       "- name: k\n  kustomize: {defaultSource: https://k, defaultPath: p, defaultTag: t}\n"
       "  manifest: {defaultNamespace: ns-k}\n"},
      {"c/overlays/base.yaml",
       overlay("base",
               "  constraints: [{name: K8s.server.version, value: '>= 1.25'}]\n"
               "  componentRefs: [{name: a, overrides: {x: {one: 1, two: 2}, keep: true}}]\n")},
      {"c/overlays/eks.yaml",
       overlay("eks",
               "  criteria: {service: eks}\n"
               "  constraints: [{name: K8s.server.version, value: '>= 1.30'}]\n"
               "  componentRefs: [{name: a, overrides: {x: {two: null, three: 3}}}]\n")},
      {"c/overlays/eks-training.yaml",
       overlay("eks-training",
               "  base: eks\n  criteria: {service: eks, intent: training}\n"
               "  componentRefs: [{name: b, dependencyRefs: [a]}, {name: k}]\n")},
      {"c/overlays/any.yaml", overlay("any", "  criteria: {}\n")},
      {"c/overlays/parent-only.yaml", overlay("parent-only", "  constraints: []\n")},
      {"c/overlays/nodes.yaml", overlay("nodes", "  criteria: {nodes: 8}\n")},
  };
  auto loaded = catalog::load(files, {.embedded = {}, .catalog_dir = "c"});
  EIDOS_ASSERT(loaded.has_value());
  return std::move(loaded->catalog);
}

model::Snapshot snapshot(std::string_view measurements) {
  data::Sources sources;
  auto root =
      data::parse(cat("kind: Snapshot\napiVersion: eidos.nvidia.com/v1alpha1\nmeasurements:\n", measurements),
                  sources, "s");
  data::Reading reading{sources};
  auto read = model::read_snapshot(*root, reading);
  EIDOS_ASSERT(read.has_value());
  return *std::move(read);
}

model::Snapshot cluster(std::string_view version) {
  return snapshot(cat("- {type: K8s, subtypes: [{subtype: server, data: {version: ", version, "}}]}\n"));
}

std::string applied(const Resolved& resolved) {
  return join(resolved.result.metadata.applied_overlays, " ");
}

TEST(Resolve, OverlaysApplyFromTheRootToTheMostSpecific) {
  catalog::Catalog catalog = small();
  struct Case {
    model::Criteria criteria;
    const char* want;
  };
  const Case cases[] = {
      {{}, "base any"},
      {{"eks", "", "", "", "", 0}, "base any eks"},
      {{"eks", "", "training", "", "", 0}, "base any eks eks-training"},
      {{"", "", "training", "", "", 0}, "base any"},
      {{"eks", "", "", "", "", 8}, "base any eks nodes"},
      {{"gke", "", "training", "", "", 4}, "base any"},
  };
  for (const Case& c : cases) EXPECT_EQ(applied(*resolve(catalog, c.criteria, nullptr)), c.want);
}

TEST(Resolve, OverridesMergeDeeplyAndNullStays) {
  auto got = resolve(small(), {"eks", "", "", "", "", 0}, nullptr);
  EXPECT_EQ(data::to_compact_json(data::Value(got->result.component_refs[0].overrides)),
            R"({"x":{"one":1,"two":null,"three":3},"keep":true})");
  EXPECT_EQ(got->result.constraints[0].value, ">= 1.30");
}

TEST(Resolve, EmptyFieldsAreFilledFromTheRegistry) {
  auto got = resolve(small(), {"eks", "", "training", "", "", 0}, nullptr);
  const auto& refs = got->result.component_refs;
  ASSERT_EQ(refs.size(), 3u);
  EXPECT_EQ(refs[0].type, "Helm");
  EXPECT_EQ(refs[0].chart, "chart-a");
  EXPECT_EQ(refs[0].name_space, "ns-a");
  EXPECT_EQ(refs[1].type, "Helm");
  EXPECT_EQ(refs[1].name_space, "ns-b");
  EXPECT_EQ(refs[1].source, "");
  EXPECT_EQ(refs[2].type, "Kustomize");
  EXPECT_EQ(refs[2].tag, "t");
  EXPECT_EQ(refs[2].name_space, "");
  EXPECT_EQ(join(got->result.deployment_order, " "), "a b k");
}

TEST(Resolve, ASnapshotKeepsOutWhatDoesNotHoldWithItsDescendants) {
  catalog::Catalog catalog = small();
  model::Criteria criteria{"eks", "", "training", "", "", 0};
  model::Snapshot old = cluster("v1.29.1");
  auto got = resolve(catalog, criteria, &old);
  ASSERT_TRUE(got);
  EXPECT_EQ(applied(*got), "base any");
  const auto& metadata = got->result.metadata;
  EXPECT_EQ(join(metadata.excluded_overlays, " "), "eks eks-training");
  ASSERT_EQ(metadata.constraint_warnings.size(), 2u);
  EXPECT_EQ(metadata.constraint_warnings[0].overlay, "eks");
  EXPECT_EQ(metadata.constraint_warnings[0].actual, "v1.29.1");
  EXPECT_EQ(metadata.constraint_warnings[1].overlay, "eks-training");
  EXPECT_TRUE(metadata.constraint_warnings[1].reason.starts_with("its ancestor eks does not hold"));
  model::Snapshot fresh = cluster("v1.30.2");
  EXPECT_EQ(applied(*resolve(catalog, criteria, &fresh)), "base any eks eks-training");
  model::Snapshot blind = snapshot("- {type: OS, subtypes: []}\n");
  EXPECT_EQ(applied(*resolve(catalog, criteria, &blind)), "base any");
}

TEST(Merge, FollowsTheRules) {
  Merged base;
  model::OverlaySpec one;
  one.component_refs = {{.name = "z", .name_space = "n", .dependency_refs = {"a"}, .manifest_files = {"m1"}},
                        {.name = "a"}};
  one.constraints = {{.name = "Z", .value = "1"}, {.name = "A", .value = "1"}, {.name = "A", .value = "2"}};
  apply(base, one);
  model::OverlaySpec two;
  two.component_refs = {
      {.name = "z", .dependency_refs = {}, .manifest_files = {"m1", "m2", "m2"}, .cleanup = true}};
  two.validation.deployment = model::ValidationPhase{.checks = {"c"}};
  apply(base, two);
  ASSERT_EQ(base.components.size(), 2u);
  EXPECT_EQ(base.components[0].name, "a");
  EXPECT_EQ(base.components[1].name_space, "n");
  EXPECT_EQ(join(base.components[1].dependency_refs, " "), "a");
  EXPECT_EQ(join(base.components[1].manifest_files, " "), "m1 m2");
  EXPECT_TRUE(base.components[1].cleanup);
  EXPECT_EQ(base.constraints[0].name, "A");
  EXPECT_EQ(base.constraints[0].value, "2");
  EXPECT_EQ(join(base.validation.deployment->checks, " "), "c");
}

TEST(Criteria, AreNormalised) {
  catalog::Catalog catalog = small();
  struct Case {
    const char* dimension;
    const char* text;
    const char* want;  // nullptr: refused
  };
  const Case cases[] = {{"service", " EKS ", "eks"},      {"service", "self-managed", ""},
                        {"service", "vanilla", ""},       {"os", "al2023", "amazonlinux"},
                        {"os", "AMZN", "amazonlinux"},    {"accelerator", "Any", ""},
                        {"accelerator", "h100 ", "h100"}, {"accelerator", "h-100", nullptr},
                        {"intent", "train", nullptr},     {"platform", "slurm", nullptr},
                        {"os", "self", nullptr}};
  for (const Case& c : cases) {
    auto got = normalize(catalog.registry(), c.dimension, c.text);
    ASSERT_EQ(got.has_value(), c.want != nullptr) << c.text;
    if (got) {
      EXPECT_EQ(*got, c.want);
    }
  }
  EXPECT_EQ(normalize(catalog.registry(), "intent", "trainig").error().message,
            "intent 'trainig' must be one of: training, inference, any; did you mean 'training'?");
  EXPECT_FALSE(normalize(catalog.registry(), {.nodes = -5}));
}

TEST(Hydrate, LaysOverridesOverTheFilesOfTheComponent) {
  FakeFiles files{
      {"c/registry.yaml",
       "kind: ComponentRegistry\napiVersion: eidos.nvidia.com/v1alpha1\ncomponents: [{name: a}, {name: "
       "b}]\n"},
      {"c/overlays/base.yaml", overlay("base", "  componentRefs: []\n")},
      {"c/components/a/values.yaml", "a: {b: 1, c: [1, 2, 3], d: {x: 1}, e: 5}\n"},
      {"c/components/a/values-v.yaml", "v: 0755\n"},
      {"c/components/b/values.yaml", "# only a comment\n"},
  };
  auto loaded = catalog::load(files, {.embedded = {}, .catalog_dir = "c"});
  ASSERT_TRUE(loaded);
  data::Sources sources;
  data::Value overrides = *data::parse_json(R"({"a":{"b":null,"c":[9],"d":7,"e":{"f":1}}})", sources, "");
  struct Case {
    const char* name;
    const char* values_file;
    bool with_overrides;
    const char* want;
  };
  const Case cases[] = {
      {"a", "components/a/values.yaml", true, R"({"a":{"b":null,"c":[9],"d":7,"e":{"f":1}}})"},
      {"a", "components/a/values-v.yaml", false, R"({"a":{"b":1,"c":[1,2,3],"d":{"x":1},"e":5},"v":493})"},
      {"a", "", false, "{}"},
      {"a", "", true, R"({"a":{"b":null,"c":[9],"d":7,"e":{"f":1}}})"},
      {"b", "components/b/values.yaml", false, "{}"},
  };
  for (const Case& c : cases) {
    model::ComponentRef ref;
    ref.name = c.name;
    ref.values_file = c.values_file;
    if (c.with_overrides) ref.overrides = overrides.map();
    auto got = hydrate(loaded->catalog, ref);
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(data::to_compact_json(*got), c.want);
  }
  model::ComponentRef missing;
  missing.name = "a";
  missing.values_file = "components/a/none.yaml";
  EXPECT_EQ(hydrate(loaded->catalog, missing).error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace eidos::recipe
