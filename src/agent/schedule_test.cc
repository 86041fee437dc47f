#include "agent/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eidos::agent {
namespace {

using ::testing::HasSubstr;

TEST(Schedule, WhatCronTakes) {
  for (const char* text : {"0 2 * * *", "*/5 * * * *", "0-30/10 0,12 1 jan-mar mon-fri", "59 23 31 12 6",
                           "0 0 ? * ?", "  0\t2 * * *  ", "3/5 * * * *", "0 0 29 2 *", "0 0 31 2 1",
                           "0 0 30 FEB,Mar *", "@daily", "@hourly", "@every 6h", "@every 1h30m"}) {
    const auto checked = check_schedule(text);
    EXPECT_TRUE(checked) << text << ": " << checked.error().message;
  }
}

TEST(Schedule, WhatItDoesNotTakeIsNamed) {
  constexpr std::pair<const char*, const char*> kCases[] = {
      {"", "it has 0 fields"},
      {"0 2 * *", "it has 4 fields, not five"},
      {"0 0 2 * * *", "it has 6 fields, not five"},
      {"60 * * * *", "the minute '60' is not one of 0 to 59"},
      {"0 24 * * *", "the hour '24' is not one of 0 to 23"},
      {"0 0 0 * *", "the day of the month '0' is not one of 1 to 31"},
      {"0 0 * 13 *", "the month '13'"},
      {"0 0 * * 7", "the weekday '7' is not one of 0 to 6; Sunday is 0"},
      {"0 0 * * funday", "the weekday 'funday'"},
      {"30-10 * * * *", "'30-10' goes backwards"},
      {"*/0 * * * *", "has no step above 0"},
      {"*/x * * * *", "has no step above 0"},
      {"1,,2 * * * *", "the minute ''"},
      {"-1 * * * *", "the minute ''"},
      {"0 0 31 2 *", "that day never comes"},
      {"0 0 31 apr,jun *", "that day never comes"},
      {"@dayly", "it is none of @yearly"},
      {"@every", "it is none of @yearly"},
      {"@every 0s", "@every needs a duration"},
      {"@every soon", "@every needs a duration"},
      {"@every -1h", "@every needs a duration"},
      {"TZ=UTC 0 2 * * *", "holds no time zone"},
  };
  for (const auto& [text, want] : kCases) {
    const auto checked = check_schedule(text);
    ASSERT_FALSE(checked) << text;
    EXPECT_EQ(checked.error().kind, ErrorKind::Invalid);
    EXPECT_THAT(checked.error().message, HasSubstr(want)) << text;
    EXPECT_THAT(checked.error().message, HasSubstr("--schedule '"));
    EXPECT_FALSE(checked.error().hint.empty());
  }
}

}  // namespace
}  // namespace eidos::agent
