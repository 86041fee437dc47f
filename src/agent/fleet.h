#pragma once
// One look at many nodes: a Job a node through the cluster's own Job controller, so many at a time, one after
// the other until all had their turn.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/run.h"

namespace eidos::agent {

struct FleetOptions {
  RunOptions run;                  ///< Of each node's pod; `run.agent.node` is set here.
  std::vector<std::string> nodes;  ///< Each once.
  std::size_t workers = 10;        ///< Jobs at a time.
  Milliseconds between_lines{5'000};
};

struct NodeOutcome {
  std::string node;
  RunResult result;  ///< As of run_agent().
};
/// Takes each node's outcome as it comes. An error ends the whole.
using NodeSink = std::function<Result<void>(const NodeOutcome&)>;

/// First preflight(). Account and rights are made once, all under names of the run's own; a look at all Jobs
/// and pods of the run takes two requests, however many there are. A node that does not succeed in its time
/// is an outcome, and the others go on. At the end, and after a stop request, everything made is gone.
/// Errors: of preflight(), of the API server when it is away for longer than 90 s, of the sink, Cancelled;
/// Unavailable when something could not be removed, with what it is.
Result<void> run_fleet(kube::Client& client, const FleetOptions& options, const NodeSink& sink,
                       const Progress& progress, const Limit& limit);

/// All nodes of the cluster, or those with the labels ("a=b,c!=d"), sorted.
Result<std::vector<std::string>> nodes_of(kube::Client& client, const std::string& labels,
                                          const Limit& limit);

}  // namespace eidos::agent
