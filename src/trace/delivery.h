#pragma once
// Spans to a collector, over OTLP/HTTP.

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/limit.h"
#include "base/span.h"
#include "trace/otlp.h"

namespace eidos::trace {

struct DeliveryOptions {
  net::Url endpoint = {};  ///< Of otlp_endpoint().
  Resource resource = {};
};

/// Opens nothing until there is something to send. Used by one thread at a time.
class Delivery {
 public:
  virtual ~Delivery() = default;
  /// How many of them the collector did not want. RateLimited, Timeout, Unavailable: the same spans may be
  /// sent again later (429, 502, 503, 504, no answer); any other error: they are lost.
  virtual Result<std::int64_t> send(const std::vector<SpanRecord>& spans, const Limit& limit) = 0;
};

/// `files` must outlive it. Invalid: the environment names a proxy that is no URL.
Result<std::unique_ptr<Delivery>> open_delivery(Files& files, DeliveryOptions options);

}  // namespace eidos::trace
