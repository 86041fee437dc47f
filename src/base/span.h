#pragma once
// Pieces of work with a beginning, an end and a place below another one: what a trace is made of
// (OpenTelemetry, W3C Trace Context). Where nobody wants them they cost nothing.

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace eidos {

using TraceId = std::array<unsigned char, 16>;
using SpanId = std::array<unsigned char, 8>;

enum class SpanKind : std::uint8_t { Internal = 1, Server = 2, Client = 3 };  ///< As OTLP numbers them.

struct SpanAttribute {
  std::string key;
  std::variant<std::string, std::int64_t> value;
};

/// Work that has ended.
struct SpanRecord {
  TraceId trace = {};
  SpanId id = {};
  SpanId parent = {};  ///< All zero: none.
  std::string name = {};
  SpanKind kind = SpanKind::Internal;
  std::chrono::system_clock::time_point began = {};
  std::chrono::nanoseconds took{0};
  std::vector<SpanAttribute> attributes = {};
  bool failed = false;
};

/// It did not do what it should. Of the error only the kind is noted: others read traces.
void set_failed(SpanRecord& span, ErrorKind kind);

/// Where spans go when they end. Safe to call from many threads.
class SpanSink {
 public:
  virtual ~SpanSink() = default;
  virtual void take(SpanRecord span) = 0;
};

/// A place in a trace, under which work is hung.
struct TracePlace {
  SpanSink* sink = nullptr;  ///< Null: nothing is recorded. Lives longer than the work.
  TraceId trace = {};
  SpanId span = {};
};

/// One piece of work, from here to the end of the scope.
class Span {
 public:
  /// `clock` must outlive it. Its attributes must hold no secret and no path: others read traces.
  Span(const TracePlace& parent, const Clock& clock, std::string_view name,
       SpanKind kind = SpanKind::Internal);
  ~Span();
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

  /// Where work inside of this hangs.
  TracePlace place() const { return {sink_, record_.trace, record_.id}; }
  void name(std::string_view name);
  void set(std::string_view key, std::variant<std::string, std::int64_t> value);
  /// It did not do what it should.
  void fail() { record_.failed = true; }
  /// `result` as it is; an error fails the span, and its kind is noted.
  template <class T>
  Result<T> ends(Result<T> result) {
    if (!result) set_failed(record_, result.error().kind);
    return result;
  }

 private:
  SpanSink* sink_;
  const Clock& clock_;
  std::chrono::steady_clock::time_point began_ = {};
  SpanRecord record_ = {};
};

SpanId new_span_id();
TraceId new_trace_id();

}  // namespace eidos
