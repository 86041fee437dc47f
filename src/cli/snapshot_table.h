#pragma once
// A snapshot as a table for people.

#include <cstddef>
#include <string>

#include "collect/collect.h"
#include "model/snapshot.h"

namespace eidos::cli {

/// COLLECTOR STATUS DETAIL, then the readings: a heading for each subtype, as constraints and --ignore name
/// it, a row for each key. With `columns` no line is wider: details are folded, values cut with an ellipsis.
/// 0: as wide as the content.
std::string snapshot_table(const model::Snapshot& snapshot, std::size_t columns);

/// What would be collected: a table for people, a document for programs.
std::string preview_table(const std::vector<collect::Preview>& rows);
data::Value preview_document(const std::vector<collect::Preview>& rows);

}  // namespace eidos::cli
