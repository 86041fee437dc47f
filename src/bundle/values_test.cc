// The values of components: precedence, spellings, switches, dependencies, digests, strictness.

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bundle/bundle.h"
#include "data/document.h"
#include "support/small_catalog.h"

namespace eidos::bundle {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::load_catalog;
using testing::messages;
using ::testing::Not;
using testing::resolve_recipe;
using testing::small_catalog_files;

data::Value yaml(std::string_view text) {
  data::Sources sources;
  auto value = data::parse(text, sources, "test");
  EXPECT_TRUE(value) << value.error().message;
  return value ? *value : data::Value();
}

std::vector<SetFlag> sets(std::initializer_list<const char*> texts) {
  std::vector<SetFlag> out;
  for (const char* text : texts) out.push_back({SetKind::Auto, text});
  return out;
}

class Values : public ::testing::Test {
 protected:
  using List = std::vector<std::pair<std::string, data::Value>>;

  Result<List> get(const Options& options) {
    warnings_.clear();
    return component_values(catalog_, recipe_, options, warnings_);
  }
  /// "{…}" of one component, or the error.
  std::string json(const Options& options, std::string_view name = "alpha") {
    auto all = get(options);
    if (!all) return messages(all.error());
    for (const auto& [component, values] : *all)
      if (component == name) return data::to_compact_json(values);
    return "absent";
  }
  std::string refusal(const Options& options) {
    auto all = get(options);
    return all ? "accepted" : messages(all.error());
  }

  catalog::Catalog catalog_ = load_catalog(small_catalog_files());
  model::RecipeResult recipe_ = resolve_recipe(catalog_);
  std::vector<std::string> warnings_;
};

constexpr const char* kAlpha =
    R"({"driver":{"version":"1.10","enabled":true},"operator":{"tolerations":[{"operator":"Exists"}],)"
    R"("nodeSelector":{}},"list":[{"a":1},{"b":2}]})";

TEST_F(Values, WithoutFlagsAreValuesFilesAndOverrides) {
  auto all = get({});
  ASSERT_TRUE(all) << messages(all.error());
  std::vector<std::string> names;
  for (const auto& [name, values] : *all) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("alpha", "beta", "gamma"));
  EXPECT_EQ(json({}), kAlpha);
  EXPECT_EQ(json({}, "beta"), R"({"size":1})");
  EXPECT_EQ(json({}, "gamma"), "{}");
}

TEST_F(Values, EachLayerGoesOverTheOneBelow) {
  Options options;
  options.scheduling.nodes = 1;
  EXPECT_THAT(json(options), HasSubstr(R"("count":1)"));
  options.values_files = {{"alpha", yaml("count: 2\ndriver: {version: 2.0.0}\n")}};
  EXPECT_THAT(json(options), HasSubstr(R"("count":2)"));
  EXPECT_THAT(json(options), HasSubstr(R"("driver":{"version":"2.0.0","enabled":true})"));
  options.sets = sets({"alpha:count=3"});
  EXPECT_THAT(json(options), HasSubstr(R"("count":3)"));
  options.sets = sets({"alpha:count=3", "alpha:count=4"});
  EXPECT_THAT(json(options), HasSubstr(R"("count":4)"));
}

TEST_F(Values, TolerationsSurviveUnlessTheFlagIsGiven) {
  Options options;
  options.scheduling.system_node_selector = {"a=b"};
  EXPECT_THAT(json(options),
              HasSubstr(R"("operator":{"tolerations":[{"operator":"Exists"}],"nodeSelector":{"a":"b"}})"));
  options.scheduling.system_node_toleration = {"k:NoSchedule"};
  EXPECT_THAT(json(options),
              HasSubstr(R"("tolerations":[{"key":"k","operator":"Exists","effect":"NoSchedule"}])"));
}

TEST_F(Values, AllSpellingsOfAComponentCountTogether) {
  EXPECT_THAT(json({.sets = sets({"alpha:driver.a=1", "Alpha:driver.b=2", "alphaop:driver.c=3"})}),
              HasSubstr(R"("a":1,"b":2,"c":3)"));
}

TEST_F(Values, FlagsApplyInTheOrderGiven) {
  EXPECT_THAT(json({.sets = sets({"alpha:driver.version=2", "alpha:driver=x"})}),
              HasSubstr(R"("driver":"x")"));
  EXPECT_EQ(refusal({.sets = sets({"alpha:driver=x", "alpha:driver.version=2"})}),
            "--set 'alpha:driver.version': path 'driver.version': 'driver' is a string, not a map");
}

TEST_F(Values, ListItemsNullsAndEmptyTextCanBeSet) {
  EXPECT_THAT(json({.sets = sets({"alpha:list[1].b=3", "alpha:list[2]=x", "alpha:driver.version=null",
                                  "alpha:driver.enabled=", "alpha:operator.\"a.b/c\"=1"})}),
              AllOf(HasSubstr(R"("list":[{"a":1},{"b":3},"x"])"), HasSubstr(R"("version":null,"enabled":"")"),
                    HasSubstr(R"("a.b/c":1)")));
  EXPECT_EQ(refusal({.sets = sets({"alpha:list[5]=x"})}),
            "--set 'alpha:list[5]': path 'list[5]': 'list' has 2 items");
}

TEST_F(Values, AWrongComponentIsAnErrorThatHelps) {
  EXPECT_EQ(refusal({.sets = sets({"aplha:a=1"})}),
            "--set 'aplha:a': no component 'aplha' in this recipe; did you mean 'alpha'?");
  EXPECT_EQ(refusal({.sets = sets({"deltaop:a=1"})}),
            "--set 'deltaop:a': component 'deltaop' is in the catalog, but not in this recipe");
  EXPECT_EQ(refusal({.sets = sets({"shared:a=1"})}),
            "--set 'shared:a': 'shared' can mean 'alpha' and 'beta'");
  EXPECT_EQ(refusal({.values_files = {{"x", yaml("a: 1")}}}),
            "--values-file: no component 'x' in this recipe");
  EXPECT_EQ(refusal({.values_files = {{"alpha", yaml("[1]")}}}),
            "--values-file for 'alpha': the file holds a list, not a map of values");
}

TEST_F(Values, ProblemsOfAllFlagsComeTogether) {
  Options options{.sets = sets({"x:a=1", "y", "alpha:a..b=1"})};
  options.scheduling.system_node_selector = {"bad"};
  auto all = get(options);
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().others.size(), 3U);
}

TEST_F(Values, ASwitchedOffComponentIsLeftOut) {
  EXPECT_EQ(json({.sets = sets({"gamma:enabled=false"})}, "gamma"), "absent");
  EXPECT_EQ(json({.sets = sets({"gamma:enabled=false", "gamma:enabled=true"})}, "gamma"), "{}");
  EXPECT_EQ(json({.sets = {{SetKind::String, "gamma:enabled=false"}}}, "gamma"), "absent");
  EXPECT_EQ(refusal({.sets = sets({"gamma:enabled=maybe"})}),
            "--set 'gamma:enabled': the value must be true or false");
  EXPECT_EQ(refusal({.sets = sets({"alpha:enabled=false", "beta:enabled=false", "gamma:enabled=false"})}),
            "every component of the recipe is switched off");
}

TEST_F(Values, TheRecipesOwnSwitchNeverReachesTheChart) {
  recipe_.component_refs[2].overrides.set("enabled", false);
  EXPECT_EQ(json({}, "gamma"), "absent");
  EXPECT_EQ(json({.sets = sets({"gamma:enabled=true"})}, "gamma"), "{}");
  recipe_.component_refs[2].overrides.set("enabled", true);
  EXPECT_EQ(json({}, "gamma"), "{}");
  recipe_.component_refs[2].overrides.set("enabled", "false");
  EXPECT_EQ(refusal({}), "component 'gamma': overrides.enabled is a string");
}

TEST_F(Values, AnOptionOfAValuesFileMayBeCalledEnabled) {
  EXPECT_EQ(json({.values_files = {{"gamma", yaml("enabled: false")}}}, "gamma"), R"({"enabled":false})");
}

TEST_F(Values, WhatASwitchedOffComponentIsNeededForIsAnError) {
  Options options{.sets = sets({"beta:enabled=false"})};
  EXPECT_EQ(refusal(options), "component 'gamma' depends on 'beta', which is switched off");
  options.allow_missing_dependency = true;
  EXPECT_EQ(json(options, "gamma"), "{}");
  EXPECT_THAT(warnings_, Contains("component 'gamma' depends on 'beta', which is switched off"));
  recipe_.component_refs[0].dependency_refs = {"nowhere"};
  EXPECT_EQ(refusal({}), "component 'alpha' depends on 'nowhere', which is not in the recipe");
}

TEST_F(Values, OnlyTheNamedComponentsAndWhatThatLeavesOut) {
  auto all = get({.components = {"betaop"}});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 1U);
  EXPECT_EQ(all->front().first, "beta");
  EXPECT_THAT(warnings_,
              Contains("component 'beta' depends on 'alpha', which --component leaves out: have it in the "
                       "cluster already"));
  auto unknown = get({.components = {"betta"}});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::NotFound);
  EXPECT_EQ(unknown.error().message, "'betta' component not found in recipe");
  EXPECT_EQ(refusal({.sets = sets({"beta:enabled=false"}), .components = {"beta"}}),
            "component 'beta' is named by --component and switched off");
}

TEST_F(Values, AFlagThatChangesNothingIsSaid) {
  Options options{.sets = sets({"gamma:enabled=false", "gamma:a=1", "alpha:driver.version=2"}),
                  .components = {"beta", "alpha"}};
  options.scheduling.workload_selector = {"a=b"};
  ASSERT_TRUE(get(options));
  EXPECT_THAT(warnings_, Contains("--set 'gamma:a' changes nothing: 'gamma' is switched off"));
  EXPECT_THAT(
      warnings_,
      Contains("--workload-selector changes nothing: no component of this bundle has a place for it"));
}

TEST_F(Values, UnknownPathsAreWarningsOrStrictErrors) {
  Options options{.sets = sets({"alpha:driver.verison=2", "alpha:operator.nodeSelector.x=y",
                                "alpha:list[0].zzz=1", "alpha:count=1"})};
  ASSERT_TRUE(get(options));
  auto is_doubt = [](const std::string& text) { return text.find("have no") != text.npos; };
  EXPECT_EQ(std::ranges::count_if(warnings_, is_doubt), 1);
  EXPECT_THAT(warnings_.back(), HasSubstr("have no 'driver.verison'; did you mean 'driver.version'?"));
  options.strict_values = true;
  EXPECT_EQ(refusal(options),
            "--set 'alpha:driver.verison': the catalog's values of 'alpha' have no "
            "'driver.verison'; did you mean 'driver.version'?");
  EXPECT_THAT(refusal({.values_files = {{"alpha", yaml("drvier: {version: 1}")}}, .strict_values = true}),
              HasSubstr("have no 'drvier.version'; did you mean 'driver.version'?"));
  EXPECT_EQ(refusal({.sets = sets({"alpha:driver.version=2"}), .strict_values = true}), "accepted");
}

TEST_F(Values, ARecordedShapeKnowsWhatTheChartReads) {
  testing::FakeFiles files = small_catalog_files();
  files.put("c/components/alpha/values.schema.json", R"({"additionalProperties": false, "type": "object",
    "x-versions": ["v1.2.3"], "properties": {
      "affinity": {"type": "object"}, "args": {"type": "array"},
      "image": {"additionalProperties": false, "properties": {"tag": {}}, "type": "object"}}})");
  catalog_ = load_catalog(std::move(files));
  recipe_ = resolve_recipe(catalog_, {.service = "eks"});
  struct Case {
    const char* set;
    std::string want;
  };
  const Case kCases[] = {
      {"alpha:image.tag=1", "accepted"},
      {"alpha:affinity.any.thing=1", "accepted"},
      {"alpha:args[0]=1", "accepted"},
      {"alpha:driver.version=1", "accepted"},  // the catalog's values have it
      {"alpha:image.tga=1",
       "chart and catalog values of 'alpha' v1.2.3 have no 'image.tga'; did you mean 'image.tag'?"},
      {"alpha:imag.tag=1", "have no 'imag.tag'; did you mean 'image.tag'?"},
      {"beta:no.shape=1", "the catalog's values of 'beta' have no 'no.shape'"},
  };
  for (const Case& row : kCases)
    EXPECT_THAT(refusal({.sets = sets({row.set}), .strict_values = true}), HasSubstr(row.want)) << row.set;
  for (model::ComponentRef& ref : recipe_.component_refs)
    if (ref.name == "alpha") ref.version = "v1.2.4";
  recipe_.metadata.catalog.components.clear();
  EXPECT_THAT(refusal({.sets = sets({"alpha:image.tag=1"}), .strict_values = true}),
              HasSubstr("the catalog's values of 'alpha' have no 'image.tag'"));
}

TEST_F(Values, ASchedulingFlagThatTheChartDoesNotReadIsSaid) {
  testing::FakeFiles files = small_catalog_files();
  files.put("c/components/alpha/values.schema.json",
            R"({"additionalProperties": false, "x-versions": ["v1.2.3"], "properties": {"operator":
               {"additionalProperties": false, "properties": {"tolerations": {"type": "array"}}}}})");
  catalog_ = load_catalog(std::move(files));
  recipe_ = resolve_recipe(catalog_, {.service = "eks"});
  Options options;
  options.scheduling.system_node_selector = {"a=b"};
  options.scheduling.system_node_toleration = {"a=b:NoSchedule"};
  ASSERT_TRUE(get(options));
  EXPECT_THAT(
      warnings_,
      Contains("component 'alpha': --system-node-selector writes operator.nodeSelector, which the chart "
               "does not read at version v1.2.3: it has no effect there"));
  EXPECT_THAT(warnings_, Not(Contains(HasSubstr("--system-node-toleration"))));
}

TEST_F(Values, AFileOfUnknownPathsIsNotAFloodOfWarnings) {
  data::Map many;
  for (int i = 0; i < 5'000; ++i) many.set(cat("unknown", i), i);
  ASSERT_TRUE(get({.values_files = {{"alpha", many}}}));
  EXPECT_LT(warnings_.size(), 30U);
  EXPECT_EQ(warnings_.back(), "and 4980 more paths that the catalog's values do not have");
  auto strict = get({.values_files = {{"alpha", many}}, .strict_values = true});
  ASSERT_FALSE(strict);
  EXPECT_EQ(strict.error().others.size(), 20U);
}

TEST_F(Values, RegistryValidationsLookAtTheResult) {
  const std::string want = "component 'gamma': --workload-selector is not given. Pods go.";
  ASSERT_TRUE(get({}));
  EXPECT_THAT(warnings_, Contains(want));
  Options options;
  options.scheduling.workload_selector = {"a=b"};
  ASSERT_TRUE(get(options));
  EXPECT_THAT(warnings_, Not(Contains(want)));
  ASSERT_TRUE(get({.sets = sets({"gamma:workloadSelector.app=train"})}));
  EXPECT_THAT(warnings_, Not(Contains(want)));
  recipe_.criteria.intent = "inference";
  ASSERT_TRUE(get({}));
  EXPECT_THAT(warnings_, Not(Contains(want)));
}

TEST_F(Values, OtherCatalogFilesThanTheRecipesAreAnError) {
  testing::FakeFiles changed = small_catalog_files();
  changed.put("c/components/alpha/values.yaml", "driver: {version: 9}\n");
  catalog_ = load_catalog(std::move(changed));
  EXPECT_EQ(refusal({}),
            "component 'alpha' is made from other catalog files than the recipe was (its registry entry, "
            "components/alpha/values.yaml)");
  EXPECT_EQ(refusal({.allow_catalog_mismatch = {"beta"}}).substr(0, 17), "component 'alpha'");
  EXPECT_EQ(refusal({.allow_catalog_mismatch = {"alphaop"}}), "accepted");
  EXPECT_EQ(refusal({.allow_catalog_mismatch = {"*"}}), "accepted");
  EXPECT_THAT(warnings_, Contains(HasSubstr("component 'alpha' is made from other")));
  EXPECT_EQ(refusal({.components = {"beta"}}), "accepted");
}

TEST_F(Values, ARecipeWithoutDigestsIsOneWarning) {
  recipe_.metadata.catalog = {};
  ASSERT_TRUE(get({}));
  EXPECT_EQ(std::ranges::count_if(warnings_,
                                  [](const std::string& text) { return text.find("digest") != text.npos; }),
            1);
}

TEST_F(Values, ARecipeThatContradictsItselfIsRefused) {
  auto refused = [&](auto change) {
    model::RecipeResult kept = recipe_;
    change(recipe_);
    std::string text = refusal({});
    recipe_ = kept;
    return text;
  };
  EXPECT_EQ(refused([](model::RecipeResult& r) { r.component_refs.clear(); }),
            "the recipe has no components");
  EXPECT_EQ(refused([](model::RecipeResult& r) { r.component_refs.push_back(r.component_refs[0]); }),
            "the recipe has component 'alpha' twice");
  EXPECT_EQ(refused([](model::RecipeResult& r) { r.deployment_order = {"alpha", "beta"}; }),
            "deploymentOrder misses component 'gamma'");
  EXPECT_EQ(refused([](model::RecipeResult& r) { r.deployment_order = {"alpha", "beta", "gamma", "alpha"}; }),
            "deploymentOrder names 'alpha' twice");
  EXPECT_EQ(refused([](model::RecipeResult& r) { r.deployment_order = {"alpha", "beta", "gamma", "x"}; }),
            "deploymentOrder names 'x', which is not in componentRefs");
  EXPECT_EQ(refused([](model::RecipeResult& r) { r.deployment_order = {"beta", "alpha", "gamma"}; }),
            "deploymentOrder puts 'beta' before 'alpha', which it depends on");
  EXPECT_EQ(refused([](model::RecipeResult& r) { r.deployment_order.clear(); }), "accepted");
}

TEST_F(Values, ValuesDeeperThanCanBeReadBackAreRefused) {
  std::string deep;
  for (int i = 0; i < 98; ++i) deep += "{\"a\": ";
  EXPECT_EQ(refusal({.values_files = {{"alpha", yaml(deep + "1" + std::string(98, '}'))}}}),
            "component 'alpha': the values are more than 96 levels deep");
}

TEST_F(Values, FlagsOfOneComponentLeaveTheOthersAlone) {
  auto plain = get({});
  auto with = get({.values_files = {{"alpha", yaml("x: 1")}}, .sets = sets({"alpha:driver.version=2"})});
  ASSERT_TRUE(plain && with);
  for (std::size_t i = 1; i < plain->size(); ++i)
    EXPECT_EQ(data::to_yaml((*plain)[i].second), data::to_yaml((*with)[i].second));
}

}  // namespace
}  // namespace eidos::bundle
