// How many requests a second are sent, on a clock of the test's own.

#include "kube/rate.h"

#include <gtest/gtest.h>

namespace eidos::kube {
namespace {

const SteadyTime kStart{std::chrono::hours(1)};

TEST(Rate, WithoutALimitNobodyWaits) {
  Rate rate(0);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(rate.take(kStart).count(), 0);
}

TEST(Rate, ASecondsWorthAtOnceThenOneAfterTheOther) {
  Rate rate(10);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(rate.take(kStart).count(), 0) << i;
  EXPECT_EQ(rate.take(kStart).count(), 100);
  EXPECT_EQ(rate.take(kStart).count(), 200);
  EXPECT_EQ(rate.take(kStart + Milliseconds(1000)).count(), 0) << "two were lent, ten came";
}

// Whatever the pauses between them: never more than a second's worth above the rate.
TEST(Rate, OverAnyTimeTheRateHolds) {
  Rate rate(50);
  SteadyTime now = kStart;
  int sent = 0;
  while (now < kStart + std::chrono::seconds(10)) {
    now += std::max(rate.take(now), Milliseconds(1));
    ++sent;
  }
  EXPECT_LE(sent, 10 * 50 + 50 + 1);
  EXPECT_GE(sent, 10 * 50);
}

TEST(Rate, ALongSilenceSavesNoMoreThanASecond) {
  Rate rate(5);
  (void)rate.take(kStart);
  const SteadyTime later = kStart + std::chrono::hours(1);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(rate.take(later).count(), 0);
  EXPECT_GT(rate.take(later).count(), 0);
}

TEST(Rate, AClockThatStandsStillLendsInOrder) {
  Rate rate(1);
  EXPECT_EQ(rate.take(kStart).count(), 0);
  for (int i = 1; i < 5; ++i) EXPECT_EQ(rate.take(kStart).count(), i * 1000);
}

}  // namespace
}  // namespace eidos::kube
