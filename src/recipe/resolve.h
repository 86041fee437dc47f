#pragma once
// Criteria × catalog (× snapshot) → recipe. A pure function; rules in recipe.md, "Resolution".

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "data/value.h"
#include "model/recipe.h"
#include "model/snapshot.h"

namespace eidos::recipe {

struct Resolved {
  model::RecipeResult result;
  std::vector<std::string>
      warnings;  ///< Unused criteria with the nearest complete combinations; excluded overlays.
};

/// `criteria` must be normalised; metadata.version is left to the caller. With a snapshot, overlays whose
/// constraints (or whose ancestors') do not hold are excluded. Invalid: unknown dependency, dependency cycle
/// (printed in full).
Result<Resolved> resolve(const catalog::Catalog& catalog, const model::Criteria& criteria,
                         const model::Snapshot* snapshot);

/// Components in deployment order: Kahn's algorithm, always the smallest ready name. Invalid as above.
Result<std::vector<std::string>> deployment_order(const std::vector<model::ComponentRef>& components);

/// The values a component's chart gets before flags: values.yaml when valuesFile is set, then valuesFile,
/// then overrides. NotFound when a named file is missing from the catalog.
Result<data::Value> hydrate(const catalog::Catalog& catalog, const model::ComponentRef& ref);

/// Reads a RecipeResult document.
Result<model::RecipeResult> read_recipe(const data::Value& root, data::Reading& reading);
data::Value to_document(const model::RecipeResult& result);

}  // namespace eidos::recipe
