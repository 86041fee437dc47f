#pragma once
// A clock that stands still until the test moves it.

#include <chrono>

#include "base/clock.h"

namespace eidos::testing {

class FakeClock final : public Clock {
 public:
  /// 2026-01-02T18:01:13Z, unless the test says otherwise.
  explicit FakeClock(std::chrono::sys_seconds start = std::chrono::sys_days(std::chrono::January / 2 / 2026) +
                                                      std::chrono::hours(18) + std::chrono::minutes(1) +
                                                      std::chrono::seconds(13))
      : now_(start) {}

  std::chrono::system_clock::time_point now() const override { return now_; }
  std::chrono::steady_clock::time_point steady() const override { return steady_; }

  void advance(std::chrono::milliseconds time) {
    now_ += time;
    steady_ += time;
  }

 private:
  std::chrono::system_clock::time_point now_;
  std::chrono::steady_clock::time_point steady_{};
};

}  // namespace eidos::testing
