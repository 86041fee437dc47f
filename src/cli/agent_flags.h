#pragma once
// What flags say of the agent's pod.

#include <string>

#include "agent/options.h"
#include "agent/run.h"
#include "base/error.h"
#include "cli/flags.h"
#include "cli/world.h"

namespace eidos::cli {

/// Invalid: what Kubernetes would refuse, all of it at once; a ConfigMap with names in braces.
Result<agent::AgentOptions> agent_pod(const Flags& flags);

/// Lines on standard error, but for --quiet. `session` must outlive it.
agent::Progress progress_to(Session& session);
/// Eight small letters and digits by chance: names of Kubernetes take them all.
std::string new_run_id();
/// Of `snapshot`. Usage: flags of the pod without --agent, and flags of this machine with it.
Result<void> check_agent_flags(const Flags& flags);

}  // namespace eidos::cli
