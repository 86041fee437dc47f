#pragma once
// Looking into a recipe: the document that selectors see, and what they select in it.

#include <span>
#include <vector>

#include "catalog/catalog.h"
#include "data/path.h"
#include "model/recipe.h"

namespace eidos::recipe {

/// Positions in component_refs of the components whose hydrated values one of `selectors` can reach.
std::vector<std::size_t> reached_values(const model::RecipeResult& recipe,
                                        std::span<const data::Selector> selectors);

/// The recipe's document, and in it `components`: name → the fields of its componentRef, with `values`
/// (hydrated) in place of `overrides` for those of `positions`. NotFound: a values file that the catalog does
/// not have.
Result<data::Value> hydrated_document(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                                      const std::vector<std::size_t>& positions);

struct Match {
  data::Path path;
  const data::Value* value = nullptr;
};

/// What `selector` leads to below `root`, in document order. A key also picks those items of a list that are
/// maps with it as `name`, or are this text. Never empty. NotFound: it leads nowhere; the message has the
/// nearest path, the hint what there is instead.
Result<std::vector<Match>> select(const data::Value& root, const data::Selector& selector);

}  // namespace eidos::recipe
