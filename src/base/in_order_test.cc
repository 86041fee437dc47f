#include "base/in_order.h"

#include <atomic>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eidos {
namespace {

TEST(InOrder, ResultsComeInTheirOrderWhoeverIsFirst) {
  std::vector<std::size_t> seen;
  auto done = in_order(
      1000,
      [](std::size_t i) {
        if (i % 3 == 0) std::this_thread::yield();
        return i * i;
      },
      [&](std::size_t made) -> Result<void> {
        seen.push_back(made);
        return {};
      });
  EXPECT_TRUE(done);
  ASSERT_EQ(seen.size(), 1000U);
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i * i);
}

TEST(InOrder, AnErrorEndsItAndNotMuchMoreIsBegun) {
  std::atomic<std::size_t> made = 0;
  std::size_t taken = 0;
  auto done = in_order(
      1'000'000, [&](std::size_t) { return ++made; },
      [&](std::size_t) -> Result<void> {
        if (++taken == 5) return fail(ErrorKind::Cancelled, "enough");
        return {};
      });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "enough");
  EXPECT_EQ(taken, 5U);
  EXPECT_LE(made, 5 + 2 * std::max(1U, std::thread::hardware_concurrency()));
}

TEST(InOrder, NothingIsNothing) {
  EXPECT_TRUE(in_order(
      0, [](std::size_t i) { return i; },
      [](std::size_t) -> Result<void> { return fail(ErrorKind::Internal, "called"); }));
}

}  // namespace
}  // namespace eidos
