#pragma once
// How long work may go on: a stop request (Ctrl-C, client gone) and a deadline that travel together.

#include <chrono>
#include <optional>
#include <stop_token>

#include "base/error.h"

namespace eidos {

using SteadyTime = std::chrono::steady_clock::time_point;
using Milliseconds = std::chrono::milliseconds;

class Limit {
 public:
  /// No deadline, never stopped.
  Limit() = default;
  Limit(std::stop_token stop, std::optional<SteadyTime> deadline)
      : stop_(std::move(stop)), deadline_(deadline) {}

  /// The same stop request and the earlier of the two deadlines.
  Limit within(Milliseconds time) const;

  const std::stop_token& stop() const { return stop_; }
  std::optional<SteadyTime> deadline() const { return deadline_; }
  /// Time left for poll(2): -1 without a deadline, else at least 0, rounded up, at most `cap` when cap >= 0.
  int poll_timeout_ms(int cap = -1) const;
  /// Cancelled after a stop request, Timeout after the deadline; `what` names the work that was cut.
  Result<void> check(std::string_view what) const;

 private:
  std::stop_token stop_;
  std::optional<SteadyTime> deadline_;
};

}  // namespace eidos
