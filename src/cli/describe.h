#pragma once
// What the parts of a recipe are, in words: `eidos recipe --context`.

#include "data/value.h"
#include "model/recipe.h"

namespace eidos::cli {

/// Two maps: `components` (name → chart, version, where from, where to) and `constraints` (path → what must
/// hold). For people only; the same recipe gives the same words.
data::Map described(const model::RecipeResult& recipe);

}  // namespace eidos::cli
