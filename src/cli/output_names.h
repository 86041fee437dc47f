#pragma once
// Names of outputs with {node}, {date} and {time} in them, and which of the older ones may go.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/context.h"
#include "model/snapshot.h"

namespace eidos::cli {

/// Whether `pattern` has a part in braces.
bool has_names(std::string_view pattern);

/// Invalid: a name in braces that is none of the three, a brace without its partner.
Result<void> check_names(std::string_view pattern);

/// The pattern with the snapshot's own node, and its date (2026-01-31) and time (180113) in UTC. What is no
/// letter, digit, '.', '-' or '_' in a node's name becomes '_', and so does a '.' at its start: a name cannot
/// lead to another directory. The pattern must have passed check_names.
std::string expand_names(std::string_view pattern, const model::SnapshotMetadata& metadata);

/// The same for the name of a ConfigMap, which has small letters, digits, '-' and '.' only.
std::string expand_config_map(std::string_view pattern, const model::SnapshotMetadata& metadata);

/// Invalid: a pattern of cm:// whose names in braces, or what they make, no ConfigMap can have.
Result<void> check_config_map_names(std::string_view pattern);

/// The date and time in `name`, to sort by, when `pattern` can have made it for this node:
/// "2026-01-31180113". `pattern` is the last part of an output's name, or a ConfigMap's if `config_map`.
std::optional<std::string> age_in(std::string_view name, std::string_view pattern,
                                  const model::SnapshotMetadata& metadata, bool config_map);

/// Invalid: a pattern that cannot be sorted by age: no {date} in its last part, or names in the parts before.
Result<void> check_retain(std::string_view pattern);

/// Removes what earlier runs wrote under the same pattern for the same node, but the newest `keep` by date
/// and time in the name. What does not begin as this tool's outputs do is left alone, with a warning. What
/// cannot be removed is an error, after the others are gone.
Result<void> retain_newest(std::string_view pattern, const model::SnapshotMetadata& metadata,
                           std::int64_t keep, const Context& context);

}  // namespace eidos::cli
