#include "base/text.h"

#include <gtest/gtest.h>

namespace eidos {
namespace {

TEST(Text, CatWritesNumbersInTheirShortestForm) {
  EXPECT_EQ(cat("gpus=", 8, " load=", 0.1, " ok=", true, '!'), "gpus=8 load=0.1 ok=true!");
}

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a..b", '.'), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", '.'), (std::vector<std::string_view>{""}));
}

TEST(Text, QuoteShowsWhatATerminalWouldActOn) {
  const std::pair<std::string, const char*> cases[] = {
      {"plain", "'plain'"},
      {"a\nb\tc", "'a\\nb\\tc'"},
      {"\x1b[31mred", "'\\x1b[31mred'"},
      {"\xff", "'\\xff'"},
      {std::string("nul\0!", 5), "'nul\\x00!'"},
      {"\u202Eevil", "'\\u202eevil'"},
      {"größe", "'größe'"},
  };
  for (const auto& [text, want] : cases) EXPECT_EQ(quote(text), want);
  EXPECT_EQ(quote(std::string(300, 'x'), 5), "'xxxxx…'");
}

TEST(Text, ShowQuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(show(">= 1.32.4"), ">= 1.32.4");
  EXPECT_EQ(show(""), "''");
  EXPECT_EQ(show(" x"), "' x'");
  EXPECT_EQ(show("a\tb"), "'a\\tb'");
  EXPECT_EQ(show("40 °C"), "'40 °C'");
  EXPECT_EQ(show(std::string(81, 'x')), quote(std::string(81, 'x')));
}

TEST(Text, NearestForgivesTyposAndRefusesGuesses) {
  const std::string_view names[] = {"snapshot", "recipe", "validate", "bundle"};
  struct Case {
    const char* text;
    std::optional<std::string_view> want;
  };
  const Case cases[] = {{"snapshoot", "snapshot"},    {"recpie", "recipe"}, {"BUNDLE", "bundle"},
                        {"kubernetes", std::nullopt}, {"", std::nullopt},   {"x", std::nullopt}};
  for (const Case& c : cases) EXPECT_EQ(nearest(c.text, names), c.want) << c.text;
}

TEST(Text, InvalidUtf8IsFoundAtItsByte) {
  struct Case {
    std::string text;
    std::optional<std::size_t> want;
  };
  const Case cases[] = {
      {"", std::nullopt}, {"größe 😀", std::nullopt}, {"a\xff", 1},
      {"\xc0\xaf", 0},    {"\xed\xa0\x80", 0},        {"\xf4\x90\x80\x80", 0},
      {"ok\xe2\x82", 2},  {"\xf0\x8f\xbf\xbf", 0},    {std::string(1, '\0'), std::nullopt},
  };
  for (const Case& c : cases) EXPECT_EQ(invalid_utf8(c.text), c.want) << quote(c.text);
}

TEST(Text, DisplayWidthCountsColumns) {
  EXPECT_EQ(display_width("größe"), 5u);
  EXPECT_EQ(display_width("中文"), 4u);
}

TEST(Text, ToIntTakesTheWholeTextOrNothing) {
  EXPECT_EQ(to_int("-7"), -7);
  for (const char* bad : {"", "7x", " 7", "9223372036854775808", "+1"})
    EXPECT_EQ(to_int(bad), std::nullopt) << bad;
}

TEST(FirstLine, IsWhatStandsInItAndNoMore) {
  EXPECT_EQ(first_line(""), "");
  EXPECT_EQ(first_line("\n\n  one \r\n two"), "one");
  EXPECT_EQ(first_line(" one"), "one");
}

TEST(Visible, IsWhatQuoteSaysWithoutItsQuotes) {
  EXPECT_EQ(visible("a\x1b[2J\nb", 100), "a\\x1b[2J\\nb");
  EXPECT_EQ(visible("abcdef", 3), "abc…");
  EXPECT_EQ(visible("it's", 10), "it's");
}

}  // namespace
}  // namespace eidos
