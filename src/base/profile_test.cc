#include "base/profile.h"

#include <cstring>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <time.h>

#include "base/stack_frames.h"

namespace eidos {
namespace {

using ::testing::HasSubstr;

// Spends CPU time, a quantity of the process's own clock, not of the wall's.
[[gnu::noinline]] std::uint64_t burn(int milliseconds) {
  auto spent = [] {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
  };
  std::uint64_t sum = 1;
  for (const auto end = spent() + milliseconds; spent() < end;)
    for (std::uint64_t i = 0; i < 10'000; ++i) sum = sum * 6364136223846793005U + i;
  return sum;
}

std::vector<std::uintptr_t> words(const std::string& bytes, std::size_t count) {
  std::vector<std::uintptr_t> out(count);
  std::memcpy(out.data(), bytes.data(), count * sizeof out[0]);
  return out;
}

TEST(CpuProfile, IsInTheFormatThatPprofReads) {
  auto profile = CpuProfile::start();
  ASSERT_TRUE(profile) << profile.error().message;
  EXPECT_FALSE(CpuProfile::start()) << "one at a time";
  std::jthread other([] { EXPECT_NE(burn(100), 0U); });
  EXPECT_NE(burn(200), 0U);
  other.join();
  CpuProfile::Taken taken = (*profile)->stop();
  EXPECT_GT(taken.samples, 0);
  EXPECT_EQ(taken.lost, 0);
  std::vector<std::uintptr_t> all = words(taken.bytes, 5);
  EXPECT_EQ(all, (std::vector<std::uintptr_t>{0, 3, 0, 5000, 0}));
  std::size_t at = 5;
  std::uintptr_t samples = 0;
  for (;;) {
    all = words(taken.bytes, at + 3);
    if (all[at] == 0) break;
    ASSERT_GE(all[at + 1], 1U);
    ASSERT_LE(all[at + 1], 64U);
    samples += all[at];
    at += 2 + all[at + 1];
  }
  EXPECT_EQ(samples, static_cast<std::uintptr_t>(taken.samples));
  EXPECT_EQ(all[at + 1], 1U);
  EXPECT_EQ(all[at + 2], 0U);
  EXPECT_THAT(taken.bytes.substr((at + 3) * sizeof all[0]), HasSubstr(" r-xp ")) << "the memory map";
  EXPECT_TRUE(CpuProfile::start()) << "and again";
}

TEST(WalkFrames, EndsWhereTheFramesDo) {
  struct Case {
    const char* what;
    std::vector<Frame> frames;  // each 64 bytes above the last, from 4096 on
    std::size_t want;
  };
  constexpr std::uintptr_t kStart = 8192;
  const Case kCases[] = {{"none to be read", {}, 0},
                         {"a chain to its end", {{kStart + 64, 5000}, {kStart + 128, 6000}, {0, 7000}}, 3},
                         {"no address", {{kStart + 64, 5000}, {kStart + 128, 0}}, 1},
                         {"downwards", {{kStart - 64, 5000}}, 1},
                         {"in a circle", {{kStart, 5000}}, 1},
                         {"far away", {{kStart + (std::uintptr_t{1} << 30), 5000}}, 1},
                         {"crooked", {{kStart + 63, 5000}}, 1}};
  for (const Case& c : kCases) {
    std::uintptr_t out[8] = {};
    auto read = [&](std::uintptr_t address, Frame& frame) {
      std::size_t index = (address - kStart) / 64;
      if (index >= c.frames.size()) return false;
      frame = c.frames[index];
      return true;
    };
    EXPECT_EQ(walk_frames(kStart, out, 8, read), c.want) << c.what;
    EXPECT_LE(walk_frames(kStart, out, 1, read), 1U);
  }
}

TEST(HeapProfile, IsForBuildsThatCount) {
  if (has_heap_profile()) {
    EXPECT_THAT(heap_profile(), HasSubstr("heap profile: "));
  } else {
    EXPECT_EQ(heap_profile(), "");
  }
}

}  // namespace
}  // namespace eidos
