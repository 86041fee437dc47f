#pragma once
// The catalog inside the binary: made at build time from catalog/, so that start-up parses no YAML.

#include <map>
#include <string>
#include <string_view>

#include "catalog/catalog.h"

namespace eidos::catalog {

/// The bytes put into this binary (a generated object beside the program, not part of this room).
std::string_view embedded_catalog();

/// Files of an embedded catalog; views point into `blob`, sources are added to `sources`. Internal when
/// damaged.
Result<std::map<std::string, CatalogFile, std::less<>>> read_embedded(std::string_view blob,
                                                                      data::Sources& sources);

/// The other direction, for the build: every file of a loaded directory catalog.
Result<std::string> make_embedded(const Catalog& catalog);

/// zlib inflate of a known size.
Result<std::string> inflate(std::string_view deflated, std::size_t size);

}  // namespace eidos::catalog
