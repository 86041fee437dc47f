#include "cli/traced.h"

#include <mutex>

#include "base/text.h"
#include "cli/profiles.h"
#include "trace/delivery.h"
#include "trace/traceparent.h"

namespace eidos::cli {

namespace {

constexpr std::size_t kMostSpans = 4096;
constexpr std::chrono::seconds kSendTime{2};

class SpanList final : public SpanSink {
 public:
  void take(SpanRecord span) override {
    const std::lock_guard lock(mutex_);
    if (spans.size() < kMostSpans)
      spans.push_back(std::move(span));
    else
      ++lost;
  }

  std::vector<SpanRecord> spans;
  std::int64_t lost = 0;

 private:
  std::mutex mutex_;
};

void send(trace::Delivery& delivery, const SpanList& list, Log& log) {
  const auto unwanted = delivery.send(list.spans, Limit().within(kSendTime));
  if (!unwanted)
    log.warn(
        cat("--trace: the trace is not sent: ", unwanted.error().message, " (", unwanted.error().where, ")"));
  else if (*unwanted + list.lost > 0)
    log.warn(cat("--trace: ", *unwanted + list.lost, " spans are missing in the trace"));
}

}  // namespace

Result<int> run_traced(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  if (!flags.has("trace")) return run_profiled(invocation, session);
  auto endpoint = trace::otlp_endpoint(flags.text("trace"));
  if (!endpoint) return std::unexpected(std::move(endpoint).error().within("--trace"));
  const auto parent = trace::parse_traceparent(session.world.environment("TRACEPARENT").value_or(""));
  if (parent && !parent->sampled) return run_profiled(invocation, session);
  EIDOS_TRY(const auto delivery,
            trace::open_delivery(session.context.files,
                                 {.endpoint = *std::move(endpoint),
                                  .resource = {"eidos", std::string(session.world.build.version)}}));
  SpanList list;
  session.context.trace = {&list, parent ? parent->trace : new_trace_id(), parent ? parent->span : SpanId{}};
  auto done = stage(session.context, cat("eidos ", invocation.command->name),
                    [&] { return run_profiled(invocation, session); });
  session.context.trace = {};
  send(*delivery, list, session.context.log);
  return done;
}

}  // namespace eidos::cli
