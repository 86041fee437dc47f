#pragma once
// `eidos snapshot --watch` and `--serve`: collecting again and again, telling what changed.

#include "cli/flags.h"
#include "cli/world.h"
#include "collect/collect.h"

namespace eidos::cli {

/// Usage: flags that do not go together, or that only mean something with another one.
Result<void> check_watch_flags(const Flags& flags);

/// Whether the flags ask for it.
bool wants_watch(const Flags& flags);

/// Until it is stopped, which is exit code 130. A collector that fails is part of the document and ends
/// nothing; what cannot be written does. --timeout bounds each collection.
Result<int> watch_snapshots(const Flags& flags, Session& session, collect::Options options);

}  // namespace eidos::cli
