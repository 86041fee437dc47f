#pragma once
// --retain of snapshots in ConfigMaps.

#include <string_view>

#include "cli/flags.h"
#include "cli/world.h"
#include "model/snapshot.h"

namespace eidos::cli {

/// Removes the ConfigMaps that earlier runs wrote under the same pattern ("cm://NS/a-{node}-{date}-{time}")
/// for the same node, but the newest of --retain by date and time in the name. Only those that carry our
/// labels, each by its uid. Errors as kube::Client::list() and remove().
Result<void> retain_in_cluster(std::string_view pattern, const model::SnapshotMetadata& metadata,
                               const Flags& flags, Session& session);

}  // namespace eidos::cli
