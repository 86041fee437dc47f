#pragma once
// Private to this room: a server that failed five times in a row is left alone for ten seconds.

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "base/limit.h"

namespace eidos::kube {

class Breaker {
 public:
  /// Why nothing is to be asked now, or nullopt.
  std::optional<std::string> open(SteadyTime now) {
    std::lock_guard lock(mutex_);
    if (failures_ < kMost || now >= until_) return std::nullopt;
    return last_;
  }
  void failed(SteadyTime now, const std::string& message) {
    std::lock_guard lock(mutex_);
    last_ = message;
    if (++failures_ >= kMost) until_ = now + kPause;
  }
  /// It answered, whatever the answer.
  void answered() {
    std::lock_guard lock(mutex_);
    failures_ = 0;
  }

 private:
  static constexpr int kMost = 5;
  static constexpr std::chrono::seconds kPause{10};

  std::mutex mutex_;
  int failures_ = 0;
  SteadyTime until_{};
  std::string last_;
};

}  // namespace eidos::kube
