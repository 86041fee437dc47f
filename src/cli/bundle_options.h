#pragma once
// The flags that decide a bundle's components and values, for every command that has them.

#include "bundle/bundle.h"
#include "cli/flags.h"
#include "cli/world.h"

namespace eidos::cli {

/// Reads the files of --values-file. Flags that a command does not have were not given.
Result<bundle::Options> bundle_options(const Flags& flags, Session& session);

}  // namespace eidos::cli
