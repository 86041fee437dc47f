#pragma once
// What runs have left in a cluster, because they were killed or could not reach it any more.

#include <string>
#include <string_view>
#include <vector>

#include "base/limit.h"
#include "kube/client.h"

namespace eidos::agent {

/// 1 to 20 small letters and digits.
bool is_run_id(std::string_view text);

/// Removes everything that carries the label of `run`, in `ns` and the roles beyond it that are of it; every
/// run's when `run` is empty. In the order and with the care of a run's own end. Returns what was there, for
/// people. Unavailable: what could not be removed.
Result<std::vector<std::string>> remove_runs(kube::Client& client, const std::string& ns,
                                             const std::string& run, const Limit& limit);

}  // namespace eidos::agent
