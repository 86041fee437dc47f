#pragma once
// Names of one request: its id, and the trace it belongs to.

#include <string>
#include <string_view>

namespace eidos::serve {

/// `given` when it is a UUID (RFC 9562, any version), in lower case; else a new random one.
std::string request_id(std::string_view given);
/// The trace id of a traceparent header (W3C Trace Context, version 00); empty when it is none.
std::string_view trace_id(std::string_view traceparent);

}  // namespace eidos::serve
