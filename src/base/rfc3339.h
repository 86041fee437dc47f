#pragma once
// Reading times as RFC 3339 writes them; writing stands in base/clock.h.

#include <chrono>
#include <optional>
#include <string_view>

namespace eidos {

/// Fractions of seconds are dropped: "2026-01-02T18:01:13.5+01:00". Nullopt: no such time, or another form.
std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text);

}  // namespace eidos
