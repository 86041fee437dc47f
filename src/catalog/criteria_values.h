#pragma once
// The value lists of the criteria dimensions, from the registry or the defaults every catalog starts with.

#include <string>
#include <string_view>
#include <vector>

#include "model/recipe.h"
#include "model/registry.h"

namespace eidos::catalog {

/// Gives every dimension that a registry document leaves out its default values, so that layers above can add
/// to them.
void complete_criteria(data::Value& registry);

/// One value, trimmed, lower-cased, aliases resolved; "" for any. Invalid: "… must be one of: …" and the
/// nearest.
Result<std::string> normalize_value(const model::Registry& registry, std::string_view dimension,
                                    std::string_view text);

/// Values of a dimension in registry order; aliases and "any" words are not listed.
const std::vector<std::string>& values_of(const model::Registry& registry, std::string_view dimension);

}  // namespace eidos::catalog
