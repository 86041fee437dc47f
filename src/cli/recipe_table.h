#pragma once
// A recipe for people.

#include <string>

#include "model/recipe.h"

namespace eidos::cli {

/// Criteria, overlays applied, components in deployment order, constraints.
std::string recipe_table(const model::RecipeResult& recipe);

}  // namespace eidos::cli
