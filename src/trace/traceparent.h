#pragma once
// Where a trace comes from and goes on to: the traceparent header (W3C Trace Context, level 1), and which
// traces are recorded.

#include <optional>
#include <string>
#include <string_view>

#include "base/span.h"

namespace eidos::trace {

struct Parent {
  TraceId trace = {};
  SpanId span = {};
  bool sampled = false;  ///< Who asks records this trace.
};

/// Of version 00, or of a later one as far as 00 goes; nullopt for anything else.
std::optional<Parent> parse_traceparent(std::string_view header);
/// The header of version 00.
std::string traceparent(const Parent& parent);

/// Whether a trace that nobody decided on belongs to the part `ratio` (0 to 1) of all: by its random bits, so
/// that everybody who asks for the same part picks the same traces.
bool is_chosen(const TraceId& trace, double ratio);

}  // namespace eidos::trace
