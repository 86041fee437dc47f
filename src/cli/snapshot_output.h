#pragma once
// What the snapshot command writes, and where.

#include <optional>
#include <string>

#include "cli/flags.h"
#include "cli/snapshot_metrics.h"
#include "cli/world.h"
#include "model/recipe.h"
#include "model/snapshot.h"

namespace eidos::cli {

/// --output, --retain, --template and --recipe, before any work is done: names in braces, paths that lead
/// out, flags that mean nothing together.
Result<void> check_snapshot_output(const Flags& flags);

/// --output with its names filled in. Invalid: it leads out of the working directory.
Result<std::string> output_path(const Flags& flags, const model::SnapshotMetadata& metadata);

/// The snapshot in the form asked for, where it was asked for; then what --retain says.
Result<void> write_snapshot(const model::Snapshot& snapshot, const Flags& flags, Session& session);

/// Unavailable: one of --require is absent.
Result<void> check_required(const Flags& flags, const model::Snapshot& snapshot);

/// The recipe of --recipe; nullopt without it.
Result<std::optional<model::RecipeResult>> constraints_recipe(const Flags& flags, Session& session);

/// The text that Prometheus reads.
Result<std::string> metrics_of(const model::Snapshot& snapshot, const CollectorRuns& runs,
                               const std::optional<model::RecipeResult>& recipe, Session& session);

/// "gpu,os" and repeated flags alike.
std::vector<std::string> listed(const Flags& flags, std::string_view name);

}  // namespace eidos::cli
