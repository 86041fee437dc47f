#pragma once
// Private to this room: how many requests a second are sent, at most. A bucket of one second's tokens.

#include <algorithm>
#include <chrono>
#include <mutex>

#include "base/limit.h"

namespace eidos::kube {

class Rate {
 public:
  /// 0: as many as there are.
  explicit Rate(int per_second) : per_second_(per_second), tokens_(per_second) {}

  /// Takes a token, and says how long to wait before it may be used. Those who ask together wait one after
  /// the other.
  Milliseconds take(SteadyTime now) {
    if (per_second_ <= 0) return Milliseconds(0);
    std::lock_guard lock(mutex_);
    if (last_ != SteadyTime()) {
      const std::chrono::duration<double> passed = now - last_;
      tokens_ = std::min<double>(per_second_, tokens_ + std::max(0.0, passed.count()) * per_second_);
    }
    last_ = now;
    tokens_ -= 1;
    if (tokens_ >= 0) return Milliseconds(0);
    return std::chrono::ceil<Milliseconds>(std::chrono::duration<double>(-tokens_ / per_second_));
  }

 private:
  std::mutex mutex_;
  int per_second_;
  double tokens_;
  SteadyTime last_{};
};

}  // namespace eidos::kube
