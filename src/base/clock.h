#pragma once
// Time as a seam: only snapshot timestamps and log lines may read a clock, and tests set it.

#include <chrono>
#include <memory>
#include <string>

namespace eidos {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::system_clock::time_point now() const = 0;
  virtual std::chrono::steady_clock::time_point steady() const = 0;
};

std::unique_ptr<Clock> real_clock();

/// "2026-01-02T18:01:13Z", RFC 3339 in UTC, whole seconds.
std::string rfc3339(std::chrono::system_clock::time_point time);

}  // namespace eidos
