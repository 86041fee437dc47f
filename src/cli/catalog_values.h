#pragma once
// What the embedded catalog knows, for help and completion.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace eidos::cli {

/// Dimension → its values, "any" last. Empty when the catalog cannot be read.
using CatalogValues = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Of the embedded catalog; reads no file.
CatalogValues catalog_values();

}  // namespace eidos::cli
