#pragma once
// Whether a person may put an agent into a cluster, asked before anything is made.

#include <vector>

#include "agent/options.h"
#include "base/limit.h"
#include "kube/client.h"

namespace eidos::agent {

/// What it takes to apply the objects of all_objects(), to follow the pod, to read its result and to remove
/// all of it: each right once.
std::vector<kube::Right> rights_to_run(const AgentOptions& options);

/// What the agent's roles give it. RBAC lets nobody give away what they do not have, unless they may
/// `escalate` and `bind` roles.
std::vector<kube::Right> rights_given(const AgentOptions& options);

/// Asks for each of them (SelfSubjectAccessReview) and makes nothing. Returns how many it asked for.
/// Denied: all that are missing, in one message, with the rules as its hint. Otherwise as Client::may().
Result<std::size_t> preflight(kube::Client& client, const AgentOptions& options, const Limit& limit);

}  // namespace eidos::agent
