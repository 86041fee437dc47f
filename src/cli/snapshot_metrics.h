#pragma once
// A snapshot as Prometheus reads it: text exposition format 0.0.4, for node-exporter's textfile directory and
// for --serve. Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "model/snapshot.h"
#include "validate/validate.h"

namespace eidos::cli {

/// How often each collector ended how: (collector, status) → times.
using CollectorRuns = std::map<std::pair<std::string, std::string>, std::int64_t>;
void count_runs(const model::Snapshot& snapshot, CollectorRuns& runs);

struct Readout {
  const model::Snapshot& snapshot;
  const CollectorRuns& runs;
  std::int64_t taken_at = 0;                 ///< Seconds since 1970.
  const validate::Report* report = nullptr;  ///< How the constraints of a recipe hold; null: none was given.
};

/// Families in a fixed order, samples sorted; the same readout gives the same bytes.
std::string to_metrics(const Readout& readout);

/// major·10⁶ + minor·10³ + patch, so that equal numbers are equal versions: v1.33.5-eks-1 is 1033005. Nullopt
/// for what is no version, for a minor or patch above 999, and for a fourth part other than 0.
std::optional<std::int64_t> version_number(std::string_view text);

}  // namespace eidos::cli
