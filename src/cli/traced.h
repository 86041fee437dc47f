#pragma once
// --trace: a command as a trace, sent to an OpenTelemetry collector when it ends.

#include "cli/command.h"
#include "cli/parse.h"
#include "cli/world.h"

namespace eidos::cli {

/// Runs the command. With --trace its spans, and those of its stages and collectors, are sent afterwards,
/// within two seconds; that they could not be is a warning, and changes no exit code. TRACEPARENT, when it is
/// set, is the parent, and decides whether this trace is recorded.
/// Invalid: what --trace names is no address of a collector.
Result<int> run_traced(const Invocation& invocation, Session& session);

}  // namespace eidos::cli
