#pragma once
// Who names what in a catalog: overlays their parents, overlays components, overlays and the registry files.

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace eidos::catalog {

/// Overlays whose parent `overlay` is, by name.
std::vector<std::string> children_of(const Catalog& catalog, std::string_view overlay);

/// Overlays that name the component themselves, by name.
std::vector<std::string> overlays_naming(const Catalog& catalog, std::string_view component);

/// What names a file: "overlay eks", "component gpu-operator" (a health check, or the values.yaml below
/// another values file). Sorted.
std::vector<std::string> users_of_file(const Catalog& catalog, std::string_view path);

/// Files below components/NAME/, sorted.
std::vector<std::string> files_of(const Catalog& catalog, std::string_view component);

/// Path in the catalog of the file that a mark points into; "" when it points into none.
std::string path_of(const Catalog& catalog, const data::Mark& mark);

}  // namespace eidos::catalog
