#pragma once
// Private to this room: what one run and a run over many nodes share.

#include <chrono>

#include "agent/pod_state.h"
#include "agent/run.h"

namespace eidos::agent {

// The cluster ends the pod in time; we hear of it a little later.
inline constexpr std::chrono::seconds kGrace{20};
// An API server that is restarted comes back within this.
inline constexpr std::chrono::seconds kMostSilence{90};

/// Whether it may go better a moment later.
bool may_pass(ErrorKind kind);

/// What a Job that has ended left behind: its document, its failure, or both. Unavailable: neither.
Result<RunResult> result_of(kube::Client& client, const AgentOptions& options, const PodState& state,
                            const Limit& limit);

}  // namespace eidos::agent
