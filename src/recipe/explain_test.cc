#include "recipe/explain.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "support/small_catalog.h"

namespace eidos::recipe {
namespace {

TEST(CommentAbove, IsWhatStandsDirectlyAboveAndNoDeeper) {
  struct Case {
    const char* text;
    std::uint32_t line;
    std::uint32_t column;
    const char* want;
  };
  const Case kCases[] = {
      {"# one\na: 1\n", 2, 1, "one"},
      {"# one\n# two\na: 1\n", 3, 1, "one\ntwo"},
      {"# far\n\na: 1\n", 3, 1, ""},
      {"a:\n  # in\n  b: 1\n", 3, 3, "in"},
      {"a:\n# out\n  b: 1\n", 3, 3, "out"},
      {"a: |\n  # text\nb: 1\n", 3, 1, ""},
      {"# SPDX-License-Identifier: X\na: 1\n", 2, 1, ""},
      {"# SPDX-License-Identifier: X\n# why\na: 1\n", 3, 1, "why"},
      {"#\n# why\n#\na: 1\n", 4, 1, "why"},
      {"a: 1 # beside\nb: 2\n", 2, 1, ""},
      {"a: 1\n", 1, 1, ""},
      {"", 1, 1, ""},
      {"a: 1\n", 99, 1, ""},
  };
  for (const Case& c : kCases) EXPECT_EQ(comment_above(c.text, c.line, c.column), c.want) << c.text;
}

// What is written at "v", one a row: overlay-like maps that merge, or sets.
data::Value value_of(const char* json) {
  data::Sources sources;
  return *data::parse_json(json, sources, "");
}

struct Say {
  const char* at;
  const char* json;
  bool merges;
};

std::string told(const std::vector<Say>& says, const char* path) {
  catalog::Catalog none;
  std::vector<Write> writes;
  for (const Say& say : says)
    writes.push_back({.name = cat(writes.size()),
                      .at = *data::parse_path(say.at),
                      .value = value_of(say.json),
                      .merges = say.merges});
  std::vector<std::string> lines;
  for (const Event& event : Provenance(none, writes).history(*data::parse_path(path)))
    lines.push_back(cat(event.name, event.part.empty() ? "" : cat("@", event.part), "=",
                        event.value ? data::to_compact_json(*event.value) : "gone",
                        event.replaced ? cat(" was ", data::to_compact_json(*event.replaced)) : ""));
  return join(lines, ", ");
}

TEST(History, FollowsMergeAndReplacement) {
  struct Case {
    std::vector<Say> says;
    const char* path;
    const char* want;
  };
  const Case kCases[] = {
      {{{"v", "{\"a\":1}", true}, {"v", "{\"a\":2}", true}}, "v.a", "0=1, 1=2 was 1"},
      {{{"v", "{\"a\":1}", true}, {"v", "{\"b\":2}", true}}, "v.a", "0=1"},
      {{{"v", "{\"a\":false}", true}, {"v", "{\"a\":null}", true}}, "v.a", "0=false, 1=null was false"},
      {{{"v", "{\"m\":{\"a\":1}}", true}, {"v", "{\"m\":null}", true}}, "v.m.a", "0=1, 1=gone was 1"},
      {{{"v", "{\"m\":{\"a\":1}}", true}, {"v", "{\"m\":3}", true}, {"v", "{\"m\":{\"a\":4}}", true}},
       "v.m.a",
       "0=1, 1=gone was 1, 2=4"},
      {{{"v", "{\"m\":null}", true}, {"v", "{\"m\":{\"a\":4}}", true}}, "v.m.a", "1=4"},
      {{{"v", "{\"l\":[1,2]}", true}, {"v", "{\"l\":[3]}", true}}, "v.l[1]", "0=2, 1=gone was 2"},
      {{{"v", "{\"l\":[1,2]}", true}, {"v", "{\"l\":[3]}", true}}, "v.l", "0=[1,2], 1=[3] was [1,2]"},
      {{{"v", "{\"l\":[{\"a\":1,\"b\":2}]}", true}, {"v", "{\"l\":[{\"a\":3}]}", true}},
       "v.l[0].b",
       "0=2, 1=gone was 2"},
      {{{"v", "{\"l\":[1,2]}", true}, {"v.l[1]", "5", false}}, "v.l", "0=[1,2], 1@[1]=5"},
      {{{"v", "{\"l\":[1,2]}", true}, {"v.l[1]", "5", false}}, "v.l[1]", "0=2, 1=5 was 2"},
      {{{"v", "{\"m\":{\"a\":1}}", true}, {"v.m", "{\"b\":2}", false}}, "v.m.a", "0=1, 1=gone was 1"},
      {{{"c.x", "{\"value\":1,\"unit\":\"s\"}", false}, {"c.x", "{\"value\":2}", false}},
       "c.x.unit",
       "0=\"s\", 1=gone was \"s\""},
      {{{"v", "{\"a\":1}", true}}, "v.b", ""},
      {{{"v", "{\"a\":1}", true}}, "w", ""},
  };
  for (const Case& c : kCases) EXPECT_EQ(told(c.says, c.path), c.want) << c.path;
}

class Explained : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::FakeFiles files = testing::small_catalog_files();
    files.put("c/overlays/eks.yaml", R"(kind: RecipeMetadata
apiVersion: eidos.nvidia.com/v1alpha1
metadata: {name: eks}
spec:
  criteria: {service: eks}
  constraints:
    - {name: K8s.server.version, value: ">= 1.33"}
  componentRefs:
    # Needed for volumes.
    - name: alpha
      version: 1.10
      valuesFile: components/alpha/values-eks.yaml
      overrides:
        list: null
)");
    files.put("c/overlays/gpu.yaml", R"(kind: RecipeMetadata
apiVersion: eidos.nvidia.com/v1alpha1
metadata: {name: gpu}
spec: {base: eks, criteria: {service: eks, accelerator: h100}}
)");
    files.put("c/overlays/shared.yaml", R"(kind: RecipeMetadata
apiVersion: eidos.nvidia.com/v1alpha1
metadata: {name: shared}
spec: {}
)");
    files.put("c/components/alpha/values-eks.yaml", "driver:\n  # Faster.\n  enabled: false\n");
    catalog_ = testing::load_catalog(std::move(files));
  }

  std::string reason(const model::RecipeResult& recipe, const char* path, const data::Value* root = nullptr,
                     const Text& text = {}) {
    std::vector<std::size_t> all(recipe.component_refs.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    auto document = hydrated_document(catalog_, recipe, all);
    auto writes = recipe_writes(catalog_, recipe, root, text);
    auto selector = data::parse_selector(path);
    if (!document || !writes || !selector) return "cannot explain";
    auto matches = select(*document, *selector);
    if (!matches) return matches.error().message;
    ValueReason got = value_reasons(catalog_, recipe, *document, *writes, *matches).front();
    std::vector<std::string> lines;
    if (!got.note.empty()) lines.push_back(got.note);
    for (const Event& event : got.history)
      lines.push_back(cat(event.file, ":", event.line, ":", event.column, " ", event.name,
                          event.because.empty() ? "" : cat(" (", event.because, ")"), " ",
                          event.value ? data::to_compact_json(*event.value) : "gone",
                          event.comment.empty() ? "" : cat(" # ", event.comment),
                          event.comment_on.empty() ? "" : cat(" on ", event.comment_on)));
    return join(lines, "\n");
  }

  catalog::Catalog catalog_;
};

TEST_F(Explained, ValuesThroughFilesOverlaysAndRegistry) {
  model::RecipeResult recipe = testing::resolve_recipe(catalog_, {.service = "eks"});
  struct Case {
    const char* path;
    const char* want;
  };
  const Case kCases[] = {
      {"components.alpha.values.driver.enabled",
       "c/components/alpha/values.yaml:1:35 components/alpha/values.yaml (below the component's other values "
       "files) true\n"
       "c/components/alpha/values-eks.yaml:3:12 components/alpha/values-eks.yaml (valuesFile of overlay eks) "
       "false "
       "# Faster."},
      {"components.alpha.values.list",
       "c/components/alpha/values.yaml:3:1 components/alpha/values.yaml (below the component's other values "
       "files) [{\"a\":1},{\"b\":2}]\n"
       "c/overlays/eks.yaml:14:15 eks null # Needed for volumes. on alpha"},
      {"componentRefs[0].version",
       "c/registry.yaml:7:100 registry (helm.defaultVersion of its entry) \"v1.2.3\"\n"
       "c/overlays/eks.yaml:11:16 eks 1.10 # Needed for volumes. on alpha"},
      {"components.alpha.chart", "c/registry.yaml:7:75 registry (helm.defaultChart of its entry) \"alpha\""},
      {"components.alpha.type",
       "c/registry.yaml:4:3 registry (its entry has no kustomize.defaultSource) \"Helm\""},
      {"constraints[0].value",
       "c/overlays/base.yaml:6:39 base \">= 1.32\"\nc/overlays/eks.yaml:7:41 eks \">= 1.33\""},
      {"components.gamma.manifestFiles[0]",
       "c/overlays/base.yaml:14:21 base \"components/gamma/manifests/thing.yaml\""},
      {"deploymentOrder[1]", "after alpha (1)"},
      {"metadata.appliedOverlays[1]", "asks for service=eks"},
      {"criteria.os", "not stated"},
      {"kind", "what every recipe is"},
  };
  for (const Case& c : kCases) EXPECT_EQ(reason(recipe, c.path), c.want) << c.path;
}

TEST_F(Explained, ARecipeThatWasReadIsItsOwnWriterOnlyWhereItWasEdited) {
  model::RecipeResult recipe = testing::resolve_recipe(catalog_, {.service = "eks"});
  std::string before = reason(recipe, "components.alpha.version");
  std::string text = data::to_yaml(to_document(recipe));
  auto read = [&](const std::string& yaml, const char* path) {
    data::Sources sources;
    auto root = data::parse(yaml, sources, "r.yaml");
    data::Reading reading{sources};
    auto result = read_recipe(*root, reading);
    EXPECT_TRUE(result);
    return reason(*result, path, &*root, {&sources, yaml});
  };
  EXPECT_EQ(read(text, "components.alpha.version"), before);
  std::size_t at = text.find("version: \"1.10\"");
  ASSERT_NE(at, std::string::npos) << text;
  std::string edited = text.substr(0, at) + "version: \"9.9\"" + text.substr(at + 15);
  EXPECT_EQ(read(edited, "components.alpha.version").substr(0, 7), "r.yaml:");
  EXPECT_EQ(read(edited, "components.beta.values.size"), reason(recipe, "components.beta.values.size"))
      << "the other components are as their overlays gave them";
  EXPECT_TRUE(read(text, "criteria.service").starts_with("r.yaml:")) << read(text, "criteria.service");
}

std::string verdicts(const std::vector<OverlayReason>& reasons) {
  std::string out;
  for (const OverlayReason& reason : reasons)
    out += cat(reason.name, " ",
               reason.verdict == Taken::Applied ? "+"
               : reason.verdict == Taken::Left  ? "-"
                                                : "x",
               " ", reason.why, "\n");
  return out;
}

TEST_F(Explained, OverlaysSayWhyTheyWereTakenOrLeft) {
  model::RecipeResult recipe = testing::resolve_recipe(catalog_, {.service = "eks", .accelerator = "h100"});
  EXPECT_EQ(verdicts(overlay_reasons(catalog_, recipe)),
            "base + the root of every recipe\n"
            "eks + asks for service=eks; base of gpu\n"
            "gpu + asks for service=eks accelerator=h100\n"
            "shared - has no criteria: taken only as a base, and nothing taken builds on it\n");
  recipe = testing::resolve_recipe(catalog_, {.accelerator = "gb200"});
  EXPECT_EQ(verdicts(overlay_reasons(catalog_, recipe)),
            "base + the root of every recipe\n"
            "eks - asks for service=eks (not stated)\n"
            "gpu - asks for service=eks (not stated), accelerator=h100 (stated: gb200)\n"
            "shared - has no criteria: taken only as a base, and nothing taken builds on it\n");
  recipe.metadata.applied_overlays.push_back("gone");
  recipe.metadata.excluded_overlays.push_back("gpu");
  recipe.metadata.constraint_warnings.push_back(
      {"gpu", "K8s.server.version", ">= 2", "1", "expected >= 2, got 1"});
  EXPECT_EQ(verdicts(overlay_reasons(catalog_, recipe)),
            "base + the root of every recipe\n"
            "gone + the recipe says so; this catalog has no such overlay\n"
            "gpu x K8s.server.version: expected >= 2, got 1\n"
            "eks - asks for service=eks (not stated)\n"
            "shared - has no criteria: taken only as a base, and nothing taken builds on it\n");
}

TEST(OrderReasons, NameDependenciesAndWhoWentFirst) {
  model::RecipeResult recipe;
  for (const char* name : {"a", "b", "c", "d"}) recipe.component_refs.push_back({.name = name});
  recipe.component_refs[0].dependency_refs = {"d"};
  recipe.deployment_order = {"b", "c", "d", "a"};
  auto told_of = [&] {
    std::string out;
    for (const OrderReason& reason : order_reasons(recipe))
      out += cat(reason.place, " ", reason.name, ": ", reason.why, "\n");
    return out;
  };
  EXPECT_EQ(told_of(),
            "1 b: depends on nothing\n"
            "2 c: depends on nothing; could come at 1, but by name b went first\n"
            "3 d: depends on nothing; could come at 1, but by name b, c went first\n"
            "4 a: after d (3)\n");
  recipe.deployment_order = {"d", "a", "b", "c"};
  EXPECT_TRUE(
      told_of().starts_with("1 d: the recipe says so; by dependencies and names it would come at 3\n"))
      << told_of();
}

}  // namespace
}  // namespace eidos::recipe
