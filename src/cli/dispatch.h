#pragma once
// From arguments to an exit code: the whole program but for main().

#include <span>
#include <string>

#include "cli/world.h"

namespace eidos::cli {

/// Exit code when the reader of standard output went away: what a shell shows for SIGPIPE.
constexpr int kExitPipe = 141;

/// Runs one command line (without the program's name). Results go to standard output or a file, everything
/// else to standard error. Returns the exit code.
int dispatch(std::span<const std::string> arguments, World& world);

}  // namespace eidos::cli
