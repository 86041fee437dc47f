#pragma once
// What `recipe --settings` adds: recommended settings in a snapshot's own shape.

#include <vector>

#include "catalog/catalog.h"
#include "cli/world.h"
#include "model/recipe.h"

namespace eidos::cli {

/// Settings of the tuning catalog, of the components' values, and the images the components bring
/// (K8s.image). An image that is not known is a warning.
Result<std::vector<model::Measurement>> recommended_settings(const catalog::Catalog& catalog,
                                                             const model::RecipeResult& recipe, bool context,
                                                             Session& session);

}  // namespace eidos::cli
