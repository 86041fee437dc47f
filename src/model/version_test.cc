#include "model/version.h"

#include <optional>
#include <random>

#include <gtest/gtest.h>

#include "base/text.h"
#include "model/decimal.h"

namespace eidos::model {
namespace {

TEST(Version, PartsExtrasAndRefusals) {
  using Parts = std::vector<std::uint64_t>;
  struct Case {
    std::string text;
    std::optional<Parts> parts;
    const char* extras_or_error;
  };
  const Case cases[] = {
      {"1.33", Parts{1, 33}, ""},
      {"v1.33.5", Parts{1, 33, 5}, ""},
      {"1.33.5-eks-3025e55", Parts{1, 33, 5}, "-eks-3025e55"},
      {"6.8.0-1028-aws", Parts{6, 8, 0}, "-1028-aws"},
      {"5.14.0-427.13.1.el9_4.x86_64", Parts{5, 14, 0}, "-427.13.1.el9_4.x86_64"},
      {"6.1.158+", Parts{6, 1, 158}, "+"},
      {"1.2.3+build", Parts{1, 2, 3}, "+build"},
      {"1.2.3.4.5.6", Parts{1, 2, 3, 4, 5, 6}, ""},
      {"24.04", Parts{24, 4}, ""},
      {"0", Parts{0}, ""},
      {"000.000000000000000000000000001", Parts{0, 1}, ""},
      {"1.+2", Parts{1, 2}, ""},
      {"+1.2", Parts{1, 2}, ""},
      {"999999999999999999", Parts{999'999'999'999'999'999}, ""},
      {"", std::nullopt, "version is empty"},
      {"v", std::nullopt, "version 'v' has an empty part"},
      {"1.", std::nullopt, "version '1.' has an empty part"},
      {".1", std::nullopt, "version '.1' has an empty part"},
      {"1..2", std::nullopt, "version '1..2' has an empty part"},
      {"-1.0", std::nullopt, "version cannot contain negative numbers: -1.0"},
      {"1.-2", std::nullopt, "version cannot contain negative numbers: 1.-2"},
      {"v-1", std::nullopt, "version cannot contain negative numbers: v-1"},
      {"1.x", std::nullopt, "part 'x' of version '1.x' is not a decimal number"},
      {"V1.30", std::nullopt, "part 'V1' of version 'V1.30' is not a decimal number"},
      {"vv1", std::nullopt, "part 'v1' of version 'vv1' is not a decimal number"},
      {"0x10", std::nullopt, "part '0x10' of version '0x10' is not a decimal number"},
      {"1_0", std::nullopt, "part '1_0' of version '1_0' is not a decimal number"},
      {" 1", std::nullopt, "part ' 1' of version ' 1' is not a decimal number"},
      {"１.2", std::nullopt, "part '１' of version '１.2' is not a decimal number"},
      {"1" + std::string(4096, '.'), std::nullopt, nullptr},
      {"1000000000000000000", std::nullopt,
       "a part of version '1000000000000000000' has more than 18 digits"},
  };
  for (const Case& c : cases) {
    auto got = parse_version(c.text);
    ASSERT_EQ(got.has_value(), c.parts.has_value()) << c.text;
    if (got) {
      EXPECT_EQ(got->parts, *c.parts) << c.text;
      EXPECT_EQ(got->extras, c.extras_or_error) << c.text;
    } else {
      if (c.extras_or_error != nullptr) {
        EXPECT_EQ(got.error().message, c.extras_or_error);
      }
      EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
    }
  }
}

TEST(Version, OrderIsTakenAtTheBoundsPrecision) {
  struct Case {
    const char* actual;
    const char* bound;
    int want;  // sign of actual against bound
  };
  const Case cases[] = {
      {"1.32.9", "1.32", 0},
      {"1.32", "1.32.9", -1},
      {"v1", "1.32.4", -1},
      {"1", "1.0", 0},
      {"24.04", "24.4", 0},
      {"550.90.07", "550.90.7", 0},
      {"1.2.3.4", "1.2.3", 0},
      {"1.2.3", "1.2.3.4", -1},
      {"6.8.0-1028-aws", "6.8.0", 0},
      {"1.2.3-alpha", "1.2.3", -1},
      {"1.2.3-alpha", "1.2.3-beta", -1},
      {"1.2.3-beta", "1.2.3-rc1", -1},
      {"1.2.3-rc1", "1.2.3-rc.2", -1},
      {"1.2.3-rc.10", "1.2.3-rc2", 1},
      {"1.2.3-rc", "1.2.3-rc1", -1},
      {"1.2.3-rc-1", "1.2.3-rc01", 0},
      {"1.2.3", "1.2.3-rc1", 1},
      {"1.2.3-eks-1", "1.2.3-rc1", 1},
      {"1.2-rc1", "1.2.0", -1},
      {"1.2.3-rc1-eks", "1.2.3-rc1", 0},
      {"1.2.3-rcfoo", "1.2.3", 0},
      {"1.2-rc1", "1.2", 0},
      {"1.2.3-beta", "1.2", 0},
      {"1.2.3.4-beta", "1.2.3", 0},
      {"1.2.3.0-beta", "1.2.3", -1},
      {"1.2.4-alpha", "1.2.3", 1},
  };
  for (const Case& c : cases) {
    auto order = compare_to_bound(*parse_version(c.actual), *parse_version(c.bound));
    EXPECT_EQ(order < 0 ? -1 : order > 0 ? 1 : 0, c.want) << c.actual << " against " << c.bound;
  }
}

// Versions as clusters spell them, made from a seed: the same ones on every run.
std::vector<std::string> made_up_versions(unsigned seed, int count) {
  std::mt19937 random(seed);
  auto pick = [&](std::size_t below) { return static_cast<std::size_t>(random()) % below; };
  constexpr const char* kTails[] = {"", "", "-eks-1", "+", "-rc1", "-rc.2", "-alpha.1", "-beta", "-1028-aws"};
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i) {
    std::string text = pick(4) == 0 ? "v" : "";
    for (std::size_t part = 0, parts = 1 + pick(4); part < parts; ++part)
      text += cat(part == 0 ? "" : ".", pick(8) == 0 ? "0" : "", pick(3));
    out.push_back(text + kTails[pick(std::size(kTails))]);
  }
  return out;
}

TEST(Version, WhatIsWrittenReadsBackEqual) {
  for (const std::string& text : made_up_versions(1, 2000)) {
    auto once = parse_version(text);
    ASSERT_TRUE(once) << text;
    auto twice = parse_version(to_text(*once));
    ASSERT_TRUE(twice) << text;
    EXPECT_EQ(once->parts, twice->parts) << text;
    EXPECT_EQ(once->extras, twice->extras) << text;
  }
}

TEST(Version, AtFullPrecisionTheOrderIsTotal) {
  // Four parts each, so that no bound stops short: antisymmetric, transitive, equal to itself.
  std::vector<Version> versions;
  for (const std::string& text : made_up_versions(2, 24)) {
    Version version = *parse_version(text);
    version.parts.resize(4, 0);
    versions.push_back(version);
  }
  for (const Version& a : versions) {
    EXPECT_TRUE(compare_to_bound(a, a) == 0);
    for (const Version& b : versions) {
      EXPECT_EQ(compare_to_bound(a, b) < 0, compare_to_bound(b, a) > 0) << to_text(a) << " " << to_text(b);
      for (const Version& c : versions)
        EXPECT_TRUE(compare_to_bound(a, b) > 0 || compare_to_bound(b, c) > 0 || compare_to_bound(a, c) <= 0)
            << to_text(a) << " " << to_text(b) << " " << to_text(c);
    }
  }
}

TEST(Decimal, AmountsAndRefusals) {
  struct Case {
    const char* text;
    const char* want;  // sign whole.fraction unit; nullptr: none
  };
  const Case cases[] = {
      {"450 GB/s", "+450. GB/s"},
      {"450GB/s", "+450. GB/s"},
      {"-1.0", "-1. "},
      {"-0.0", "+. "},
      {"01.20", "+1.2 "},
      {" 7 ", "+7. "},
      {"99.5%", "+99.5 %"},
      {"40 °C", "+40. °C"},
      {"99999999999999999999", "+99999999999999999999. "},
      {"+2", "+2. "},
      {"", nullptr},
      {"-", nullptr},
      {"1.", nullptr},
      {".5", nullptr},
      {"1..2", nullptr},
      {"1.2.3", nullptr},
      {"1e3", nullptr},
      {"0x10", nullptr},
      {"1_0", nullptr},
      {"abc", nullptr},
      {"1.31 (foo)", nullptr},
      {"- 1", nullptr},
  };
  for (const Case& c : cases) {
    auto got = parse_amount(c.text);
    ASSERT_EQ(got.has_value(), c.want != nullptr) << c.text;
    if (got) {
      EXPECT_EQ(cat(got->negative ? "-" : "+", got->whole, ".", got->fraction, " ", got->unit), c.want);
    }
  }
}

TEST(Decimal, ComparesExactlyAndNeverAcrossUnits) {
  struct Case {
    const char* a;
    const char* b;
    std::optional<int> want;
  };
  const Case cases[] = {
      {"9", "10", -1},
      {"1.30", "1.3", 0},
      {"1.05", "1.5", -1},
      {"-2", "-10", 1},
      {"-1", "0", -1},
      {"-0", "0", 0},
      {"450 GB/s", "300 GB/s", 1},
      {"300 GB/s", "300 MB/s", std::nullopt},
      {"300", "300 GB/s", std::nullopt},
      {"100000000000000000001", "100000000000000000002", -1},
  };
  for (const Case& c : cases) {
    auto got = compare(*parse_amount(c.a), *parse_amount(c.b));
    ASSERT_EQ(got.has_value(), c.want.has_value()) << c.a << " " << c.b;
    if (got) {
      EXPECT_EQ(*got < 0 ? -1 : *got > 0 ? 1 : 0, *c.want) << c.a << " " << c.b;
    }
  }
}

}  // namespace
}  // namespace eidos::model
