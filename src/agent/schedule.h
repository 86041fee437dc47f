#pragma once
// When a CronJob runs.

#include <string_view>

#include "base/error.h"

namespace eidos::agent {

/// Invalid: what the API server would refuse (five fields of crontab(5) without 7 for Sunday, @daily and the
/// like, "@every 6h"; a time zone has a field of its own), and a day that never comes, which it would take.
Result<void> check_schedule(std::string_view text);

}  // namespace eidos::agent
