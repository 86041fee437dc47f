// Every case of the corpus: the resolver over the corpus catalog gives the recorded recipe, the embedded
// catalog the same components, versions, order and constraints.

#include <iostream>

#include "base/files.h"
#include "base/text.h"
#include "catalog/embedded.h"
#include "model/recipe_fields.h"
#include "recipe/criteria.h"
#include "recipe/resolve.h"
#include "support/corpus.h"
#include "support/temp_dir.h"

namespace eidos {
namespace {

catalog::Catalog load(const catalog::LoadOptions& options) {
  auto files = real_files();
  auto loaded = catalog::load(*files, options);
  if (!loaded) {
    ADD_FAILURE() << loaded.error().where << ": " << loaded.error().message;
    for (const Error& other : loaded.error().others) ADD_FAILURE() << other.where << ": " << other.message;
    return {};
  }
  return std::move(loaded->catalog);
}

model::Criteria criteria_of(const data::Value& value) {
  model::Criteria criteria;
  for (const model::Dimension& dimension : model::kDimensions)
    if (const data::Value* stated = value.find(dimension.name)) criteria.*dimension.member = stated->string();
  return criteria;
}

data::Value expected_recipes(const std::filesystem::path& corpus) {
  data::Sources sources;
  auto value = data::parse_json(testing::bytes_at(corpus / "expected/recipes.json"), sources, "recipes.json");
  EXPECT_TRUE(value) << value.error().message;
  return value ? *std::move(value) : data::Value(data::Map());
}

// The parts that must be equal, from either side.
data::Value comparable(const data::Value& recipe) {
  data::Map out;
  for (std::string_view key : {"constraints", "componentRefs", "deploymentOrder", "validation"})
    if (const data::Value* value = recipe.find(key)) out.set(key, *value);
  out.set("appliedOverlays", *recipe.find("metadata")->find("appliedOverlays"));
  return data::Value(std::move(out));
}

// What the embedded catalog must share: its values and manifests are its own.
data::Value outline(const data::Value& recipe) {
  data::Map out;
  for (std::string_view key : {"constraints", "deploymentOrder"})
    if (const data::Value* value = recipe.find(key)) out.set(key, *value);
  data::List components;
  for (const data::Value& ref : recipe.find("componentRefs")->list()) {
    data::Map one;
    for (std::string_view key : {"name", "version", "namespace", "source", "chart", "dependencyRefs"})
      if (const data::Value* value = ref.find(key)) one.set(key, *value);
    components.push_back(data::Value(std::move(one)));
  }
  out.set("components", data::Value(std::move(components)));
  return data::Value(std::move(out));
}

template <class Part>
void compare_all(const data::Value& expected, const catalog::Catalog& catalog, Part part) {
  std::size_t run = 0;
  std::size_t wrong = 0;
  const data::List& cases = expected.find("cases")->list();
  for (const data::Value& one : cases) {
    ++run;
    auto got = recipe::resolve(catalog, criteria_of(*one.find("criteria")), nullptr);
    ASSERT_TRUE(got) << got.error().message;
    data::Value want = part(*expected.find("recipes")->find(one.find("recipe")->string()));
    data::Value have = part(data::write_value(got->result));
    if (have == want) continue;
    if (++wrong <= 3)
      ADD_FAILURE() << data::to_compact_json(*one.find("criteria")) << "\nwant " << data::to_yaml(want)
                    << "\ngot " << data::to_yaml(have);
  }
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(run, cases.size());
  EXPECT_GT(run, 0u);
  std::cout << "corpus cases run: " << run << ", there: " << cases.size() << "\n";
}

TEST(CorpusRecipes, EveryCaseResolvesToTheRecordedRecipe) {
  EIDOS_NEEDS_CORPUS(corpus);
  compare_all(expected_recipes(corpus), load({.embedded = {}, .catalog_dir = (corpus / "catalog").string()}),
              comparable);
}

TEST(CorpusRecipes, TheEmbeddedCatalogHasTheSameComponentsOrderAndConstraints) {
  EIDOS_NEEDS_CORPUS(corpus);
  compare_all(expected_recipes(corpus), load({.embedded = catalog::embedded_catalog()}), outline);
}

TEST(CorpusRecipes, TheEarlierCatalogLoadsAndResolves) {
  EIDOS_NEEDS_CORPUS(corpus);
  catalog::Catalog catalog = load({.embedded = {}, .catalog_dir = (corpus / "catalog-early").string()});
  model::Criteria criteria{"eks", "gb200", "training", "ubuntu", "", 0};
  auto got = recipe::resolve(catalog, criteria, nullptr);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(join(got->result.metadata.applied_overlays, " "),
            "base monitoring-hpa eks eks-training gb200-eks-training gb200-eks-ubuntu-training");
  data::Value expected = expected_recipes(corpus);
  for (const data::Value& one : expected.find("cases")->list())
    EXPECT_TRUE(recipe::resolve(catalog, criteria_of(*one.find("criteria")), nullptr));
}

}  // namespace
}  // namespace eidos
