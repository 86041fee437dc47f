#pragma once
// What of the stated criteria the applied overlays used, and what could have been asked instead.

#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace eidos::recipe {

/// Stated dimensions that no overlay of `applied` asks for, in the order of the dimensions.
std::vector<std::string> unused_dimensions(const model::Criteria& criteria,
                                           const std::vector<const model::Overlay*>& applied);

/// The combinations that overlays of the catalog ask for, best first: those that use most of the `unused`
/// dimensions as stated, then those with the fewest differences from `criteria`, then by text; at most
/// `count`. `excluded` overlays do not count.
std::vector<std::string> nearest_combinations(const catalog::Catalog& catalog,
                                              const model::Criteria& criteria,
                                              const std::vector<std::string>& unused,
                                              const std::vector<std::string>& excluded, std::size_t count);

}  // namespace eidos::recipe
