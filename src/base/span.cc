#include "base/span.h"

#include "base/random.h"

namespace eidos {

Span::Span(const TracePlace& parent, const Clock& clock, std::string_view name, SpanKind kind)
    : sink_(parent.sink), clock_(clock) {
  if (sink_ == nullptr) return;
  began_ = clock.steady();
  record_ = {.trace = parent.trace,
             .id = new_span_id(),
             .parent = parent.span,
             .name = std::string(name),
             .kind = kind,
             .began = clock.now()};
}

Span::~Span() {
  if (sink_ == nullptr) return;
  record_.took = clock_.steady() - began_;
  sink_->take(std::move(record_));
}

void Span::name(std::string_view name) {
  if (sink_ != nullptr) record_.name = name;
}

void Span::set(std::string_view key, std::variant<std::string, std::int64_t> value) {
  if (sink_ != nullptr) record_.attributes.push_back({std::string(key), std::move(value)});
}

void set_failed(SpanRecord& span, ErrorKind kind) {
  span.failed = true;
  span.attributes.push_back({"error.type", std::string(wire_code(kind))});
}

SpanId new_span_id() {
  SpanId out{};
  while (out == SpanId{}) random_bytes(out);  // all zero is none
  return out;
}

TraceId new_trace_id() {
  TraceId out{};
  while (out == TraceId{}) random_bytes(out);
  return out;
}

}  // namespace eidos
