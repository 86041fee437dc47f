#include "base/limit.h"

#include <algorithm>

#include "base/text.h"

namespace eidos {

namespace {

// Longer is no deadline anybody waits for, and would overflow the clock's nanoseconds.
constexpr Milliseconds kLongest = std::chrono::hours(24 * 365 * 10);

}  // namespace

Limit Limit::within(Milliseconds time) const {
  SteadyTime mine = std::chrono::steady_clock::now() + std::clamp(time, Milliseconds(0), kLongest);
  return {stop_, deadline_ ? std::min(*deadline_, mine) : mine};
}

int Limit::poll_timeout_ms(int cap) const {
  if (!deadline_) return cap < 0 ? -1 : cap;
  constexpr std::int64_t kMost = 60 * 60 * 1000;  // poll(2) takes an int; whoever polls asks again
  auto left = std::chrono::ceil<Milliseconds>(*deadline_ - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, cap < 0 ? kMost : cap));
}

Result<void> Limit::check(std::string_view what) const {
  if (stop_.stop_requested()) return fail(ErrorKind::Cancelled, cat(what, ": cancelled"));
  if (deadline_ && std::chrono::steady_clock::now() >= *deadline_)
    return fail(ErrorKind::Timeout, cat(what, ": timed out"));
  return {};
}

}  // namespace eidos
