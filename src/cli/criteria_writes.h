#pragma once
// Who stated the criteria of a recipe that was just resolved: for explain.

#include "cli/resolution.h"
#include "recipe/provenance.h"

namespace eidos::cli {

/// Configuration, environment, document or snapshot, command line: in the order they count. `settings` gets
/// the name of the configuration file; the writes point into it and into `made`.
std::vector<recipe::Write> criteria_writes(const Flags& flags, const Resolution& made,
                                           data::Sources& settings);

}  // namespace eidos::cli
