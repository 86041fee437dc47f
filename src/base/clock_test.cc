#include "base/clock.h"

#include <gtest/gtest.h>

namespace eidos {
namespace {

TEST(Clock, Rfc3339WritesUtcInWholeSeconds) {
  struct Case {
    std::int64_t milliseconds;
    const char* want;
  };
  const Case cases[] = {
      {0, "1970-01-01T00:00:00Z"},
      {1767376873999, "2026-01-02T18:01:13Z"},
      {951868799000, "2000-02-29T23:59:59Z"},
      {-1, "1969-12-31T23:59:59Z"},
  };
  for (const Case& c : cases) {
    std::chrono::system_clock::time_point time{std::chrono::milliseconds(c.milliseconds)};
    EXPECT_EQ(rfc3339(time), c.want);
  }
}

TEST(Clock, TheRealOneDoesNotRunBackwards) {
  auto clock = real_clock();
  auto first = clock->steady();
  EXPECT_LE(first, clock->steady());
  EXPECT_GT(clock->now().time_since_epoch().count(), 0);
}

}  // namespace
}  // namespace eidos
