#pragma once
// A snapshot for people.

#include <string>

#include "collect/collect.h"
#include "model/snapshot.h"

namespace eidos::cli {

/// How each collector ended, then one row per reading.
std::string snapshot_table(const model::Snapshot& snapshot);

/// What would be collected: a table for people, a document for programs.
std::string preview_table(const std::vector<collect::Preview>& rows);
data::Value preview_document(const std::vector<collect::Preview>& rows);

}  // namespace eidos::cli
