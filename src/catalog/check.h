#pragma once
// What is checked when a catalog is loaded. Every problem is recorded with its place; nothing stops at the
// first.

#include <vector>

#include "catalog/catalog.h"
#include "catalog/criteria_values.h"

namespace eidos::catalog {

/// One registry file: a component name or override key that stands twice.
void check_registry_names(const data::Value& registry, const data::Sources& sources,
                          std::vector<Error>& problems);

/// Puts the criteria of an overlay into their normal spelling; unknown values and negative nodes are
/// problems.
void normalize_criteria(const model::Registry& registry, model::Overlay& overlay,
                        const data::Sources& sources, std::vector<Error>& problems);

/// Parents, cycles, dimensions that change along a chain, components nobody registered, files that are not
/// there, constraints nobody can read, dependencies of the root.
void check_catalog(const Catalog& catalog, std::vector<Error>& problems);

}  // namespace eidos::catalog
