#pragma once
// The catalog that --catalog and --data ask for.

#include "catalog/catalog.h"
#include "cli/flags.h"
#include "cli/world.h"

namespace eidos::cli {

/// Loads it, to live as long as the World; warnings and ignored files go to the log.
Result<const catalog::Catalog*> load_catalog(const Flags& flags, Session& session);

}  // namespace eidos::cli
