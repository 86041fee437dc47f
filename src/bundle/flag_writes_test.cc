#include "bundle/flag_writes.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "recipe/query.h"
#include "support/small_catalog.h"

namespace eidos::bundle {
namespace {

class FlagWrites : public ::testing::Test {
 protected:
  Options options_ = {.scheduling = {.system_node_selector = {"pool=system"},
                                     .system_node_toleration = {"a=b:NoSchedule"},
                                     .nodes = 3},
                      .sets = {{SetKind::Auto, "alpha:driver.version=9"},
                               {SetKind::Auto, "alphaop:list[1].b=x"},
                               {SetKind::Json, "betaop:size={\"w\":1}"}}};
  data::Sources sources_;
  std::string text_ = "driver:\n  # Mine.\n  enabled: false\n";
  catalog::Catalog catalog_ = testing::load_catalog(testing::small_catalog_files());
  model::RecipeResult recipe_ = testing::resolve_recipe(catalog_);
  std::vector<std::string> warnings_;

  void SetUp() override {
    auto values = data::parse(text_, sources_, "mine.yaml");
    ASSERT_TRUE(values);
    options_.values_files.push_back({"alpha", *values});
  }
  Result<std::vector<recipe::Write>> writes() {
    return flag_writes(catalog_, recipe_, options_, {{&sources_, text_}}, warnings_);
  }
};

TEST_F(FlagWrites, LaidOverTheHydratedRecipeTheyGiveTheValuesOfTheBundle) {
  auto made = writes();
  ASSERT_TRUE(made) << made.error().message;
  auto document = recipe::hydrated_document(catalog_, recipe_, {0, 1, 2});
  ASSERT_TRUE(document);
  ASSERT_TRUE(lay(*made, *document));
  auto values = component_values(catalog_, recipe_, options_, warnings_);
  ASSERT_TRUE(values);
  ASSERT_EQ(values->size(), 3u);
  for (const auto& [name, want] : *values)
    EXPECT_EQ(*document->find("components")->find(name)->find("values"), want) << name;
}

TEST_F(FlagWrites, HaveAHistory) {
  auto made = writes();
  ASSERT_TRUE(made);
  std::vector<recipe::Write> all = *recipe::recipe_writes(catalog_, recipe_, nullptr, {});
  all.insert(all.end(), made->begin(), made->end());
  recipe::Provenance provenance(catalog_, all);
  struct Case {
    const char* path;
    const char* want;
  };
  const Case kCases[] = {
      {"driver.enabled", "c/components/alpha/values.yaml:1 | mine.yaml:3"},
      {"driver.version",
       "c/components/alpha/values.yaml:1 | c/overlays/base.yaml:10 | --set 'alpha:driver.version'"},
      {"list", "c/components/alpha/values.yaml:3 | --set 'alphaop:list[1].b'"},
      {"operator.nodeSelector", "c/components/alpha/values.yaml:2 | --system-node-selector"},
      {"count", "--nodes"},
  };
  for (const Case& c : kCases) {
    std::vector<std::string> places;
    data::Path path = *data::parse_path(cat("components.alpha.values.", c.path));
    for (const recipe::Event& event : provenance.history(path))
      places.push_back(event.file.empty() ? event.name : cat(event.file, ":", event.line));
    EXPECT_EQ(join(places, " | "), c.want) << c.path;
  }
}

TEST_F(FlagWrites, RefuseWhatABundleRefuses) {
  options_.sets.push_back({SetKind::Auto, "aleph:x=1"});
  auto made = writes();
  ASSERT_FALSE(made);
  EXPECT_TRUE(made.error().message.find("'aleph'") != std::string::npos) << made.error().message;
}

}  // namespace
}  // namespace eidos::bundle
