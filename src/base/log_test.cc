#include "base/log.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/text.h"

namespace eidos {
namespace {

// Everything of the location but the file name depends on where the call stands.
constexpr std::source_location kHere = std::source_location::current();
const std::string kPlace = cat("base/log_test.cc:", kHere.line());

std::string line(LogOptions options, LogLevel level, std::string_view message,
                 std::initializer_list<LogField> fields = {}) {
  std::chrono::system_clock::time_point time{std::chrono::milliseconds(1767376873007)};
  return log_line(options, {level, message, fields, kHere, time});
}

TEST(Log, PeopleSeeTheProgramTheLevelAndTheText) {
  LogOptions options{LogMode::People, LogLevel::Debug, false};
  EXPECT_EQ(line(options, LogLevel::Warning, "no driver"), "eidos: warning: no driver\n");
  EXPECT_EQ(line(options, LogLevel::Error, "größe"), "eidos: error: größe\n");
  EXPECT_EQ(line(options, LogLevel::Info, "waiting"), "eidos: waiting\n");
  EXPECT_EQ(line(options, LogLevel::Debug, "read", {{"bytes", "12"}, {"path", "a b"}}),
            "eidos: debug: read bytes=12 path=\"a b\"\n");
  options.color = true;
  EXPECT_EQ(line(options, LogLevel::Warning, "w"), "eidos: \x1b[33mwarning:\x1b[0m w\n");
  EXPECT_EQ(line(options, LogLevel::Error, "e"), "eidos: \x1b[31merror:\x1b[0m e\n");
  EXPECT_EQ(line(options, LogLevel::Info, "i"), "eidos: i\n");
}

TEST(Log, TextHasTimeLevelPlaceAndFields) {
  LogOptions options{LogMode::Text, LogLevel::Debug, true};
  EXPECT_EQ(
      line(options, LogLevel::Debug, "took overlay", {{"name", "h100"}, {"why", "os = \"any\""}}),
      cat("2026-01-02T18:01:13.007Z debug ", kPlace, " took overlay name=h100 why=\"os = \\\"any\\\"\"\n"));
}

TEST(Log, JsonIsOneObjectALine) {
  LogOptions options{LogMode::Json, LogLevel::Debug, true};
  EXPECT_EQ(line(options, LogLevel::Error, "bad \"x\"\n", {{"path", "C:\\a"}}),
            cat(R"({"time":"2026-01-02T18:01:13.007Z","level":"error","source":")", kPlace,
                R"(","message":"bad \"x\"\n","path":"C:\\a"})", "\n"));
}

TEST(Log, NoInputStartsALineOrPaintsATerminal) {
  const std::string cases[] = {"a\nb",     "a\rb",       "\x1b[31mred", std::string("nul\0", 4),
                               "\xff\xfe", "\u202Eevil", "\u009b1m",    "\x7f"};
  for (const std::string& text : cases) {
    for (LogMode mode : {LogMode::People, LogMode::Text, LogMode::Json}) {
      std::string got = line({mode, LogLevel::Debug, false}, LogLevel::Error, text, {{"value", text}});
      EXPECT_EQ(invalid_utf8(got), std::nullopt) << quote(got);
      got.pop_back();
      EXPECT_EQ(got.find(text), std::string::npos) << quote(got);
      for (char c : got) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << quote(got);
    }
  }
}

TEST(Log, LevelsBelowTheLeastAreNotWritten) {
  auto clock = real_clock();
  auto log = stderr_log({LogMode::People, LogLevel::Warning, false}, *clock);
  testing::internal::CaptureStderr();
  log->debug("hidden");
  log->info("hidden");
  log->line(LogLevel::Info, "hidden");
  log->warn("shown");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "eidos: warning: shown\n");
}

TEST(Log, LinesOfManyThreadsDoNotMix) {
  auto clock = real_clock();
  auto log = stderr_log({LogMode::People, LogLevel::Warning, false}, *clock);
  const std::string text(3000, 'x');
  testing::internal::CaptureStderr();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int n = 0; n < 50; ++n) log->warn(text);
      });
  }
  std::string want;
  for (int i = 0; i < 200; ++i) want += cat("eidos: warning: ", text, '\n');
  EXPECT_EQ(testing::internal::GetCapturedStderr(), want);
}

}  // namespace
}  // namespace eidos
