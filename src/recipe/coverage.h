#pragma once
// What of the stated criteria the applied overlays used, and what could have been asked instead.

#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace eidos::recipe {

/// Stated dimensions that no overlay of `applied` asks for, in the order of the dimensions; `nearest` is left
/// empty.
std::vector<model::UnusedCriterion> unused_criteria(const model::Criteria& criteria,
                                                    const std::vector<const model::Overlay*>& applied);

/// The complete combinations of the catalog, nearest first: those that have most of the `unused` dimensions
/// as stated, then those with the fewest differences from `criteria` (a dimension added, dropped or changed
/// counts one), then in the catalog's order; at most `count`. One that would bring an `excluded` overlay back
/// is none.
std::vector<model::Criteria> nearest_combinations(const catalog::Catalog& catalog,
                                                  const model::Criteria& criteria,
                                                  const std::vector<model::UnusedCriterion>& unused,
                                                  const std::vector<std::string>& excluded,
                                                  std::size_t count);

}  // namespace eidos::recipe
