#include "cli/duration.h"

#include <gtest/gtest.h>

namespace eidos::cli {
namespace {

TEST(Duration, IsANumberWithItsUnit) {
  struct Case {
    const char* text;
    std::int64_t want;  ///< Milliseconds; 0: refused.
  };
  const Case kCases[] = {{"500ms", 500},
                         {"10s", 10'000},
                         {"2m", 120'000},
                         {"1m30s", 90'000},
                         {"1h", 3'600'000},
                         {"1h2m3s4ms", 3'723'004},
                         {"1000h", 3'600'000'000},
                         {"0s", 0},
                         {"", 0},
                         {"10", 0},
                         {"s", 0},
                         {"1.5s", 0},
                         {"-1s", 0},
                         {"1s1m", 0},
                         {"1s1s", 0},
                         {"1001h", 0},
                         {"10 s", 0},
                         {"10S", 0},
                         {"99999999999999999999s", 0},
                         {"9223372036854775807h", 0},
                         {"1d", 0}};
  for (const Case& c : kCases) {
    auto got = parse_duration(c.text);
    EXPECT_EQ(got ? got->count() : 0, c.want) << c.text;
    if (!got) {
      EXPECT_NE(got.error().hint.find("500ms, 10s"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace eidos::cli
