#pragma once
// Spans as an OTLP request (opentelemetry-proto, ExportTraceServiceRequest in its JSON encoding), and the
// address that takes it.

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/span.h"
#include "net/url.h"

namespace eidos::trace {

/// Who did the work.
struct Resource {
  std::string service;  ///< "eidosd"
  std::string version;
};

/// One line of JSON.
std::string otlp_request(const Resource& resource, std::span<const SpanRecord> spans);

/// How many of the spans the answer to a request says were not taken; 0 when it says nothing.
std::int64_t rejected_spans(std::string_view answer);

/// HOST:PORT, HOST (then 4318), or an http(s) URL; /v1/traces where it names no path. Invalid: another
/// scheme, credentials or a query, and 4317, the port of OTLP over gRPC.
Result<net::Url> otlp_endpoint(std::string_view text);

}  // namespace eidos::trace
