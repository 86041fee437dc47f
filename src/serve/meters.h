#pragma once
// What is counted of requests, as text for Prometheus (exposition format 0.0.4). Labels are route templates,
// methods and statuses of ours: nobody can make series.

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

#include "base/build_info.h"
#include "bundle/metrics.h"
#include "serve/span_queue.h"

namespace eidos::serve {

class Meters {
 public:
  void begin() { ++in_flight_; }
  void end(std::string_view method, std::string_view route, int status, std::chrono::nanoseconds took);
  void rejected() { ++rejects_; }
  void threw() { ++panics_; }
  void kept_answer(bool hit) { ++(hit ? hits_ : misses_); }
  void built_recipe(std::chrono::nanoseconds took);
  void bundled(const bundle::Figures& figures);
  std::atomic<std::int64_t>& connections() { return connections_; }

  /// `tokens_left` of the bucket of all; `lost_lines` of the log; what became of `spans`.
  std::string text(const BuildInfo& build, double tokens_left, std::int64_t lost_lines,
                   const SpanCounts& spans) const;

 private:
  static constexpr std::array kBounds = {0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
                                         0.1,    0.2,    0.5,    1.0,   2.0,   5.0,   10.0, 30.0};
  struct Histogram {
    std::array<std::int64_t, kBounds.size() + 1> counts{};
    double sum = 0;
    void add(double seconds);
  };
  static void write(std::string& out, std::string_view name, const std::string& labels, const Histogram& of);

  std::atomic<std::int64_t> in_flight_ = 0;
  std::atomic<std::int64_t> rejects_ = 0;
  std::atomic<std::int64_t> panics_ = 0;
  std::atomic<std::int64_t> hits_ = 0;
  std::atomic<std::int64_t> misses_ = 0;
  std::atomic<std::int64_t> connections_ = 0;
  mutable std::mutex mutex_;
  std::map<std::tuple<std::string, std::string, int>, std::int64_t> requests_;
  std::map<std::pair<std::string, std::string>, Histogram> durations_;
  Histogram recipes_;
  std::map<std::tuple<std::string, std::string, std::string>, double> bundler_;  // metric, type, result
  std::map<std::string, Histogram> bundler_seconds_;
};

}  // namespace eidos::serve
