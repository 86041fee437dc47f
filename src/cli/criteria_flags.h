#pragma once
// --service, --accelerator, --intent, --os, --platform and --nodes of commands that only look at criteria.

#include "cli/flags.h"
#include "model/recipe.h"

namespace eidos::cli {

/// As given, not normalised.
model::Criteria criteria_flags(const Flags& flags);

}  // namespace eidos::cli
