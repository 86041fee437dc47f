// Recipes as documents, and the values their components get.

#include "model/document.h"

#include "base/text.h"
#include "catalog/chain.h"
#include "model/recipe_fields.h"
#include "recipe/resolve.h"

namespace eidos::recipe {

Result<model::RecipeResult> read_recipe(const data::Value& root, data::Reading& reading) {
  EIDOS_TRY(auto result, model::read_document<model::RecipeResult>(root, "RecipeResult", reading));
  for (const model::Dimension& dimension : model::kDimensions)
    if (result.criteria.*dimension.member == "any") (result.criteria.*dimension.member).clear();
  return result;
}

data::Value to_document(const model::RecipeResult& result) {
  data::Value document = data::write_value(result);
  data::Map criteria;
  for (const model::Dimension& dimension : model::kDimensions) {
    const std::string& value = result.criteria.*dimension.member;
    criteria.set(dimension.name, data::Value(value.empty() ? "any" : std::string_view(value)));
  }
  if (result.criteria.nodes != 0) criteria.set("nodes", data::Value(result.criteria.nodes));
  // The table leaves empty criteria out; people and older tools expect all five named.
  data::Map ordered;
  for (const auto& entry : document.map()) {
    if (entry.key == "criteria") continue;
    ordered.set(entry.key, entry.value);
    if (entry.key == "metadata") ordered.set("criteria", data::Value(criteria));
  }
  return data::Value(std::move(ordered));
}

Result<data::Value> hydrate(const catalog::Catalog& catalog, const model::ComponentRef& ref) {
  data::Value values{data::Map()};
  if (!ref.values_file.empty()) {
    std::string base = cat("components/", ref.name, "/values.yaml");
    if (base != ref.values_file && catalog.has_file(base)) {
      EIDOS_TRY(data::Value lower, catalog.values(base));
      data::merge(values, lower);
    }
    auto own = catalog.values(ref.values_file);
    if (!own) return std::unexpected(std::move(own).error().within(cat("component ", quote(ref.name))));
    data::merge(values, *own);
  }
  data::merge(values, data::Value(ref.overrides));
  return values;
}

}  // namespace eidos::recipe
