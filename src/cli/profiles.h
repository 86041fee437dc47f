#pragma once
// --cpuprofile and --memprofile: a command, watched while it runs.

#include "cli/flags.h"
#include "cli/world.h"

namespace eidos::cli {

/// Runs the command of `invocation`; whatever becomes of it, the profiles asked for are written. Invalid,
/// before it starts: a file that may not be written, --memprofile in a build that counts no allocations. A
/// profile that cannot be written is an error when the command itself had none.
Result<int> run_profiled(const Invocation& invocation, Session& session);

}  // namespace eidos::cli
