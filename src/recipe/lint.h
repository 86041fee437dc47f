#pragma once
// A recipe as a document: is it whole, consistent, and still what this catalog gives?

#include <vector>

#include "catalog/catalog.h"
#include "data/value.h"
#include "model/recipe.h"

namespace eidos::recipe {

/// Everything that is wrong with `recipe`, each with its place in `root`, the document it was read from:
/// constraints nobody can read, components twice or unknown to the catalog, files the catalog does not have,
/// dependencies that are not there or go round, a deployment order that misses, repeats or contradicts them,
/// digests that are absent, stale or malformed.
std::vector<Error> lint(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                        const data::Value& root, const data::Sources& sources);

}  // namespace eidos::recipe
