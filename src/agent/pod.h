#pragma once
// Private to this room: the pod that runs `eidos snapshot`.

#include "agent/options.h"
#include "data/value.h"

namespace eidos::agent {

/// Without a right it can do without: not root, nothing writable but /tmp, no capability, the runtime's own
/// seccomp profile. What Pod Security calls restricted, but for host_access, which needs mounts of the host.
data::Map pod_spec(const AgentOptions& options);

}  // namespace eidos::agent
