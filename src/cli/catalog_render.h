#pragma once
// Every manifest of a catalog, rendered by Helm with the values it gets.

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/lint.h"
#include "cli/world.h"

namespace eidos::cli {

/// One chart per combination, with the manifests of its recipe. What Helm refuses is a finding at the
/// manifest, each once. NotFound: `helm` (a path, or a name to look up) is no program.
Result<std::vector<catalog::Finding>> rendered(const catalog::Catalog& catalog, const std::string& helm,
                                               Session& session);

}  // namespace eidos::cli
