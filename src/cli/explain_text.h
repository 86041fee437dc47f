#pragma once
// An explanation in words.

#include <string>
#include <vector>

#include "recipe/explain.h"

namespace eidos::cli {

struct Explained {
  data::Path path;
  recipe::ValueReason reason;
};

/// Criteria and where they come from, overlays, deployment order, and what flags change (`flagged`).
std::string overview_text(const recipe::Explanation& explanation, const std::vector<Explained>& criteria,
                          const std::vector<Explained>& flagged);

/// One value: everything that wrote it, oldest first.
std::string history_text(const Explained& value);

/// Several values: a row each, with what wrote them last.
std::string values_table(const std::vector<Explained>& values);

}  // namespace eidos::cli
