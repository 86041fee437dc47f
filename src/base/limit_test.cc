#include "base/limit.h"

#include <gtest/gtest.h>

namespace eidos {
namespace {

SteadyTime from_now(int seconds) {
  return std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
}

TEST(Limit, WithoutADeadlineNothingEnds) {
  Limit limit;
  EXPECT_TRUE(limit.check("waiting"));
  EXPECT_EQ(limit.poll_timeout_ms(), -1);
  EXPECT_EQ(limit.poll_timeout_ms(250), 250);
}

TEST(Limit, AStopRequestComesBeforeAPassedDeadline) {
  std::stop_source source;
  Limit limit(source.get_token(), from_now(-1));
  EXPECT_EQ(limit.check("reading").error(), (Error{ErrorKind::Timeout, "reading: timed out", {}, {}}));
  source.request_stop();
  EXPECT_EQ(limit.check("reading").error(), (Error{ErrorKind::Cancelled, "reading: cancelled", {}, {}}));
}

TEST(Limit, WithinTakesTheEarlierDeadlineAndTheSameStop) {
  std::stop_source source;
  Limit outer(source.get_token(), from_now(5));
  EXPECT_EQ(outer.within(std::chrono::hours(1)).deadline(), outer.deadline());
  EXPECT_LT(outer.within(Milliseconds(10)).deadline(), outer.deadline());
  EXPECT_FALSE(Limit().within(Milliseconds(-5)).check("late"));
  EXPECT_GT(Limit().within(Milliseconds::max()).deadline(), from_now(3600));  // and no overflow
  source.request_stop();
  EXPECT_FALSE(outer.within(std::chrono::hours(1)).check("work"));
}

TEST(Limit, PollTimeoutIsWhatIsLeftUpToTheCap) {
  EXPECT_EQ(Limit({}, from_now(-1)).poll_timeout_ms(), 0);
  EXPECT_EQ(Limit({}, from_now(3600)).poll_timeout_ms(20), 20);
  int left = Limit({}, from_now(3600)).poll_timeout_ms();
  EXPECT_GT(left, 3'000'000);
  EXPECT_LE(left, 3'600'000);
}

}  // namespace
}  // namespace eidos
