#include "base/profile.h"

#include <algorithm>
#include <map>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <time.h>

#include "base/deflate.h"
#include "base/profile_proto.h"
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

// Fields of a message by number: numbers as they are, and the bytes of what has a length. No other kinds
// come.
struct Message {
  explicit Message(std::string_view bytes) {
    auto varint = [&] {
      std::uint64_t value = 0;
      for (int shift = 0; !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7fU} << shift;
        if (byte < 0x80) break;
      }
      return value;
    };
    while (!bytes.empty()) {
      const std::uint64_t tag = varint();
      const std::uint64_t value = varint();
      if ((tag & 7) == 0) {
        numbers[tag >> 3].push_back(value);
      } else {
        texts[tag >> 3].emplace_back(bytes.substr(0, value));
        bytes.remove_prefix(std::min<std::size_t>(value, bytes.size()));
      }
    }
  }

  std::map<std::uint64_t, std::vector<std::uint64_t>> numbers;
  std::map<std::uint64_t, std::vector<std::string>> texts;
};

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
  auto bytes = gunzip(taken.bytes, 16 << 20);
  ASSERT_TRUE(bytes) << bytes.error().message;
  Message got(*bytes);
  EXPECT_EQ(got.numbers[12], std::vector<std::uint64_t>{5'000'000}) << "the period, in nanoseconds";
  std::uint64_t times = 0;
  for (const std::string& sample : got.texts[2]) {
    const std::string values = Message(sample).texts[2].at(0);
    times += static_cast<unsigned char>(values[0]);  // fewer than 128 of one stack in 300 ms
  }
  EXPECT_EQ(times, static_cast<std::uint64_t>(taken.samples));
  EXPECT_TRUE(CpuProfile::start()) << "and again";
}

TEST(ProfileProto, SaysWhichAddressIsOfWhichFile) {
  const Stacks stacks = {{{0x5010, 0x5021, 0x9001}, 3}, {{0x5010}, 1}};
  Message got(profile_proto(stacks, 7,
                            "5000-6000 r-xp 1000 08:02 17    /bin/a b\n"
                            "6000-7000 rw-p 2000 08:02 17    /bin/a b\n"
                            "8000-9000 r-xp 0000 00:00 0\n"
                            "a000-b000 r-xp 0000 00:00 0     [vdso]\n"
                            "no line of a map\n"));
  const std::vector<std::string> texts = got.texts[6];
  EXPECT_THAT(texts,
              ::testing::ElementsAre("", "samples", "count", "cpu", "nanoseconds", "/bin/a b", "[vdso]"));
  ASSERT_EQ(got.texts[3].size(), 2U) << "mappings with a file that may run";
  Message mapping(got.texts[3][0]);
  EXPECT_EQ(mapping.numbers[2].at(0), 0x5000U);
  EXPECT_EQ(mapping.numbers[3].at(0), 0x6000U);
  EXPECT_EQ(mapping.numbers[4].at(0), 0x1000U);
  EXPECT_EQ(texts.at(mapping.numbers[5].at(0)), "/bin/a b");
  std::vector<std::pair<std::uint64_t, std::size_t>> places;  // address, how many mappings it names
  for (const std::string& location : got.texts[4]) {
    Message one(location);
    places.emplace_back(one.numbers[3].at(0), one.numbers[2].size());
  }
  EXPECT_THAT(places, ::testing::UnorderedElementsAre(std::pair{0x5010U, 1U}, std::pair{0x5020U, 1U},
                                                      std::pair{0x9000U, 0U}))
      << "callers are one byte back";
  EXPECT_THAT(got.texts[2], ::testing::Contains("\x0a\x03\x01\x02\x03\x12\x02\x03\x15"))
      << "three times, 21 ns";
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
