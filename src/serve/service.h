#pragma once
// Requests → answers, without a socket. Safe to call from many threads.

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "catalog/catalog.h"
#include "serve/answers.h"
#include "serve/limits.h"
#include "serve/meters.h"
#include "serve/routes.h"
#include "serve/span_queue.h"

namespace eidos::serve {

struct ServiceOptions {
  BuildInfo build = {};
  RateOptions rate = {};
  /// Dimension → the values that may be asked for, normalised; a dimension that is not in it is open.
  std::map<std::string, std::vector<std::string>, std::less<>> allowed = {};
  /// Asked for the bearer tokens of the moment: token → name. Unset: everybody may ask.
  std::function<std::map<std::string, std::string>()> tokens = {};
  /// Asked for what became of spans, for the metrics. Unset: there are no traces.
  std::function<SpanCounts()> spans = {};
  /// Asked for how many log lines were lost, for the metrics. Unset: none can be.
  std::function<std::int64_t()> lost_lines = {};
  bool certified = false;        ///< Only clients with a certificate come this far.
  bool trust_forwarded = false;  ///< X-Forwarded-For names the client: there is a proxy in front.
  std::int64_t max_body_bytes = 8 * 1024 * 1024;
  Milliseconds handler{30'000};
};

class Service {
 public:
  Service(std::shared_ptr<const catalog::Catalog> catalog, ServiceOptions options, const Clock& clock);

  /// Never throws: what a handler throws costs a 500.
  /// Spans hang at `trace`.
  Answer answer(const Request& request, std::string_view request_id, const TracePlace& trace = {});
  /// An answer to what could not be read as a request: counted, and of its client's rate, like any other.
  Answer refuse(const Request& request, const Refusal& refusal, std::string_view request_id);

  /// From here on it is not ready.
  void drain() { draining_ = true; }
  bool draining() const { return draining_; }

  const catalog::Catalog& catalog() const { return *catalog_; }
  const std::shared_ptr<const catalog::Catalog>& shared_catalog() const { return catalog_; }
  const ServiceOptions& options() const { return options_; }
  Meters& meters() { return meters_; }
  const Clock& clock() const { return clock_; }
  Limits& limits() { return limits_; }

  /// Invalid: the criteria have a value that is not on its allow-list.
  Result<void> check_allowed(const model::Criteria& criteria) const;

 private:
  class Turn;
  template <class Make>
  Answer counted(const Request& request, std::string_view request_id, const TracePlace& trace, Make make);
  Result<std::string> who_asks(const Request& request) const;

  std::shared_ptr<const catalog::Catalog> catalog_;
  ServiceOptions options_;
  const Clock& clock_;
  std::atomic<bool> draining_ = false;
  Limits limits_;
  Meters meters_;
  Answers kept_;
};

}  // namespace eidos::serve
