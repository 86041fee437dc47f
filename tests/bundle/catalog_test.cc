// Every component of the embedded catalog, in every complete combination and alone, through every deployer.

#include <set>

#include <gtest/gtest.h>

#include "base/files.h"
#include "catalog/embedded.h"
#include "recipe/combinations.h"
#include "recipe/criteria.h"
#include "support/bundle_harness.h"

namespace eidos::bundle {
namespace {

class CatalogBundles : public testing::BundleHarness {
 protected:
  void SetUp() override {
    auto files = real_files();
    auto loaded = catalog::load(*files, {.embedded = catalog::embedded_catalog()});
    ASSERT_TRUE(loaded) << loaded.error().message;
    catalog_ = std::move(loaded->catalog);
  }

  void take(const model::Criteria& criteria) {
    recipe_ = testing::resolve_recipe(catalog_, criteria);
    recipe_text_ = data::to_yaml(recipe::to_document(recipe_));
  }

  static bool has_folder(const Bundle& made, std::string_view folder) {
    auto first = made.files.lower_bound(cat(folder, "/"));
    return first != made.files.end() && first->first.starts_with(cat(folder, "/"));
  }

  /// Where each deployer's tree has a component: a file that only it makes, or the words that name it.
  static void expect_component(const Bundle& made, const model::ComponentRef& ref) {
    if (has(made, "Chart.yaml")) {
      EXPECT_TRUE(contains(made, "values.yaml", cat("\n", ref.name, ":"))) << ref.name;
      EXPECT_EQ(ref.source.empty(),
                !contains(made, "Chart.yaml", cat("condition: enabled.", ref.name, "\n")));
    } else {
      EXPECT_TRUE(has_folder(made, ref.name)) << ref.name;
    }
    EXPECT_TRUE(contains(made, "README.md", cat("`", ref.name, "`"))) << ref.name;
  }
};

TEST_F(CatalogBundles, EveryCombinationThroughEveryDeployer) {
  std::set<std::string> seen;
  for (const recipe::Combination& combination : recipe::combinations(catalog_)) {
    if (!combination.complete) continue;
    SCOPED_TRACE(recipe::describe(combination.criteria));
    take(combination.criteria);
    for (const Deployer& deployer : deployers()) {
      SCOPED_TRACE(cat(deployer.name, " ", deployer.layout));
      Bundle made = make(fitting(deployer));
      for (const model::ComponentRef& ref : recipe_.component_refs) {
        expect_component(made, ref);
        seen.insert(ref.name);
      }
    }
  }
  for (const model::Component& component : catalog_.registry().components)
    EXPECT_TRUE(seen.contains(component.name)) << component.name << " is in no combination: nothing tries it";
}

TEST_F(CatalogBundles, EveryComponentAloneThroughEveryDeployer) {
  std::set<std::string> done;
  for (const recipe::Combination& combination : recipe::combinations(catalog_)) {
    take(combination.criteria);
    for (const model::ComponentRef& ref : recipe_.component_refs) {
      if (!done.insert(ref.name).second) continue;
      SCOPED_TRACE(ref.name);
      for (const Deployer& deployer : deployers()) {
        Options options = fitting(deployer);
        options.components = {ref.name};
        options.allow_missing_dependency = true;
        Bundle made = make(options);
        expect_component(made, ref);
        for (const model::ComponentRef& other : recipe_.component_refs) {
          EXPECT_EQ(has_folder(made, other.name), other.name == ref.name && !has(made, "Chart.yaml"))
              << other.name;
          EXPECT_FALSE(other.name != ref.name && has_folder(made, cat("templates/", other.name)))
              << other.name;
        }
      }
    }
  }
  EXPECT_EQ(done.size(), catalog_.registry().components.size());
}

}  // namespace
}  // namespace eidos::bundle
