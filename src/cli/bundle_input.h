#pragma once
// A bundle that eidos wrote, read back to be compared.

#include <string>

#include "base/context.h"
#include "diff/diff.h"

namespace eidos::cli {

/// Whether `source` is a directory (or a link to one).
bool is_directory(const std::string& source, const Context& context);

/// Whether `source` is named as the archives are that `eidos bundle -o` writes.
bool is_archive(const std::string& source);

/// Of a directory or an archive: the recipe, the values of each component and its manifests, wherever the
/// bundle's deployer has them. Invalid when it has no recipe.yaml or no values at all, and whatever the
/// readers of its files refuse.
Result<diff::Bundle> read_bundle(const std::string& directory, const Context& context);

}  // namespace eidos::cli
