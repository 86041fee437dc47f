#pragma once
// One look at a cluster from a pod inside it: makes what the pod needs, follows it, brings its snapshot, and
// removes all that it made.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "agent/options.h"
#include "base/limit.h"
#include "kube/client.h"

namespace eidos::agent {

struct RunOptions {
  AgentOptions agent;  ///< `run` must be set: 1 to 20 letters and digits.
  bool keep = false;   ///< Remove nothing at the end.
  Milliseconds between_looks{500};
  Milliseconds patience{10'000};      ///< Before it is said why a pod waits.
  Milliseconds cleanup_time{60'000};  ///< For the removal, which a stop request does not end.
};

struct RunResult {
  std::string document = {};                    ///< The snapshot as the pod wrote it; empty: there is none.
  std::optional<Error> failure = std::nullopt;  ///< Of the pod, which may have written one all the same.
};

/// Lines for people while it goes on, without newline: "pod eidos-x runs on node n1", and the pod's log.
using Progress = std::function<void(std::string_view)>;

/// First preflight(): nothing is made when a right is missing. When another run, or somebody's own object,
/// holds one of the names, all of ours get the run's id behind them. The pod may take options.agent.seconds.
/// Whatever happens after the first object was made, a stop request too, it is removed again.
/// Errors: of preflight(), of the API server, Cancelled; Unavailable when something could not be removed,
/// with what it is (then `others` has what went wrong before).
Result<RunResult> run_agent(kube::Client& client, const RunOptions& options, const Progress& progress,
                            const Limit& limit);

/// The same options, with every name this run makes followed by "-" and its id.
AgentOptions with_own_names(AgentOptions options);

}  // namespace eidos::agent
