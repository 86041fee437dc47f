#pragma once
// What the charts of a recipe are, by the digests that their repositories' indexes state.

#include <string>
#include <vector>

#include "data/value.h"
#include "model/recipe.h"

namespace eidos::recipe {

/// The index.yaml of a Helm repository.
struct ChartIndex {
  std::string name;
  std::string component;  ///< The only one it is for; empty: any.
  data::Sources sources;
  data::Value root;
};

/// Writes metadata.charts: for each component whose chart and version an index has, its digest; the others
/// keep what was recorded. The result names those without a digest, and why. Invalid, all together: no index
/// at all, a digest that is none, two indexes that disagree, and a digest that is not the recorded one.
Result<std::vector<std::string>> lock_charts(model::RecipeResult& recipe,
                                             const std::vector<ChartIndex>& indexes);

}  // namespace eidos::recipe
