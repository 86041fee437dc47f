#pragma once
// Durations as people write them: 500ms, 10s, 2m, 1m30s, 1h.

#include <string_view>

#include "base/limit.h"

namespace eidos::cli {

/// Invalid: no unit, an unknown unit, units out of order, nothing, zero, a fraction, more than 1000 hours.
Result<Milliseconds> parse_duration(std::string_view text);

}  // namespace eidos::cli
