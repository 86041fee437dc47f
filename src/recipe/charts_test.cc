#include "recipe/charts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"

namespace eidos::recipe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kA(64, 'a');
const std::string kB(64, 'b');

ChartIndex index_of(std::string_view text, std::string component = {}) {
  ChartIndex index{"index.yaml", std::move(component), {}, {}};
  auto root = data::parse(text, index.sources, index.name);
  EXPECT_TRUE(root) << root.error().message;
  index.root = *std::move(root);
  return index;
}

std::string entry(std::string_view chart, std::string_view version, std::string_view digest) {
  return cat("entries:\n  ", chart, ":\n  - {version: 0.0.1, digest: x}\n  - {version: ", version,
             ", digest: '", digest, "'}\n");
}

model::RecipeResult recipe() {
  model::RecipeResult out;
  out.component_refs.resize(4);
  out.component_refs[0] = {.name = "a", .chart = "alpha", .type = "Helm", .version = "v1.2.0"};
  out.component_refs[1] = {.name = "b", .chart = "beta", .type = "Helm", .version = "2.0.0"};
  out.component_refs[2] = {.name = "k", .type = "Kustomize", .version = "1"};
  out.component_refs[3] = {.name = "m", .type = "Helm"};
  return out;
}

TEST(Charts, ARecipeRecordsWhatTheIndexesState) {
  model::RecipeResult locked = recipe();
  auto without = lock_charts(locked, {index_of(entry("alpha", "1.2.0", kA)), index_of("entries: {}")});
  ASSERT_TRUE(without) << without.error().message;
  EXPECT_THAT(*without, ElementsAre("b (beta 2.0.0)"));
  ASSERT_EQ(locked.metadata.charts.size(), 1u);
  EXPECT_EQ(locked.metadata.charts["a"], (model::LockedChart{"v1.2.0", "sha256:" + kA}));
  model::RecipeResult again = locked;
  ASSERT_TRUE(lock_charts(again, {index_of(entry("beta", "2.0.0", "sha256:" + kB))}));
  EXPECT_EQ(again.metadata.charts.size(), 2u) << "what was recorded stays";
  EXPECT_EQ(again.metadata.charts["b"].digest, "sha256:" + kB);
  again.component_refs[1].version = "2.1.0";
  ASSERT_TRUE(lock_charts(again, {index_of(entry("beta", "2.1.0", kA))}))
      << "another version, another digest";
  EXPECT_EQ(again.metadata.charts["b"], (model::LockedChart{"2.1.0", "sha256:" + kA}));
}

TEST(Charts, WhatIsNotCertainIsRefused) {
  struct Case {
    std::vector<ChartIndex> indexes;
    const char* want;
  };
  const Case kCases[] = {
      {{index_of("apiVersion: v1")}, "index.yaml: is no index of a Helm repository"},
      {{index_of("- a")}, "index.yaml: is no index of a Helm repository"},
      {{index_of(entry("alpha", "1.2.0", "abc"))},
       "index.yaml:4:5: the digest of alpha v1.2.0 is none: 'abc'"},
      {{index_of("entries: {}", "x")}, "index.yaml: the recipe has no component 'x'"},
      {{index_of(entry("alpha", "1.2.0", kA)), index_of(entry("alpha", "1.2.0", kB))},
       "index.yaml:4:5: the indexes disagree about a (alpha v1.2.0)"},
      {{index_of(entry("beta", "2.0.0", kA))}, "the index says sha256:aaaa"},
  };
  for (const Case& c : kCases) {
    model::RecipeResult locked = recipe();
    locked.metadata.charts["b"] = {"2.0.0", "sha256:" + kB};
    auto without = lock_charts(locked, c.indexes);
    ASSERT_FALSE(without) << c.want;
    EXPECT_THAT(cat(without.error().where, ": ", without.error().message), HasSubstr(c.want));
  }
  model::RecipeResult locked = recipe();
  auto chosen = lock_charts(
      locked, {index_of(entry("alpha", "1.2.0", kA), "b"), index_of(entry("alpha", "1.2.0", kB), "a")});
  ASSERT_TRUE(chosen);
  EXPECT_EQ(locked.metadata.charts["a"].digest, "sha256:" + kB)
      << "an index for another component says nothing";
}

}  // namespace
}  // namespace eidos::recipe
