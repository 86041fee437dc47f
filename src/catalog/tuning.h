#pragma once
// The tuning profiles of a catalog: tuning/*.yaml, one a file.

#include <string>
#include <vector>

#include "catalog/check.h"
#include "model/tuning.h"

namespace eidos::catalog {

/// Every profile, in the order of their paths, criteria in their normal spelling. They were checked when the
/// catalog was loaded; an embedded file that is damaged is Internal.
Result<std::vector<model::TuningProfile>> tuning_profiles(const Catalog& catalog);

/// What check_catalog is to overlays: shape, criteria, names, paths and values of every profile. Unknown keys
/// go to `warnings` when lenient.
void check_tuning(const Catalog& catalog, const Unread& unread, bool lenient,
                  std::vector<std::string>& warnings, std::vector<Error>& problems);

}  // namespace eidos::catalog
