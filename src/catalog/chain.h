#pragma once
// Inheritance of overlays and dependencies of components: the two orders everything else stands on.

#include <map>
#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace eidos::catalog {

constexpr std::string_view kRoot = "base";

/// From the root ("base", first) to `overlay` (last). Invalid: a parent that is not there, or a cycle,
/// printed as a → b → a.
Result<std::vector<const model::Overlay*>> chain(const Catalog& catalog, const model::Overlay& overlay);

/// Kahn's algorithm, always taking the smallest ready name. Invalid: a dependency that is no component of the
/// list (all of them), or a cycle, printed in full.
Result<std::vector<std::string>> order(const std::vector<model::ComponentRef>& components);

}  // namespace eidos::catalog
