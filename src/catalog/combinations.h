#pragma once
// Which criteria a catalog has whole answers for.

#include <map>
#include <string>
#include <vector>

#include "model/recipe.h"

namespace eidos::catalog {

/// The complete combinations: criteria of an overlay that no overlay narrows further by service, accelerator,
/// intent or os. (A platform or a number of nodes is an extra; with and without it are both complete.) Each
/// once, sorted by service, accelerator, intent, os, platform, nodes.
std::vector<model::Criteria> complete_combinations(
    const std::map<std::string, model::Overlay, std::less<>>& overlays);

}  // namespace eidos::catalog
