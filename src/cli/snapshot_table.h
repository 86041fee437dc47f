#pragma once
// A snapshot for people.

#include <string>

#include "model/snapshot.h"

namespace eidos::cli {

/// How each collector ended, then one row per reading.
std::string snapshot_table(const model::Snapshot& snapshot);

}  // namespace eidos::cli
