#include "base/deflate.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace eidos {
namespace {

using testing::HasSubstr;

TEST(Gzip, IsTheSameForTheSameText) {
  EXPECT_EQ(gzip("text"), gzip("text"));
  EXPECT_EQ(gzip("text").substr(4, 4), std::string(4, '\0'));  // no time in it
}

TEST(Gzip, GivesBackWhatWentIn) {
  for (std::size_t size : {0UL, 1UL, 65535UL, 65536UL, 300000UL}) {
    std::string text;
    for (std::size_t at = 0; text.size() < size; ++at) text += cat(at, " ");
    text.resize(size);
    EXPECT_EQ(gunzip(gzip(text), size).value(), text) << size;
  }
}

TEST(Gzip, RefusesWhatIsBrokenCutLongerOrTooMuch) {
  const std::string good = gzip("some text");
  for (std::size_t cut = 0; cut < good.size(); ++cut)
    EXPECT_THAT(gunzip(good.substr(0, cut), 100).error().message, HasSubstr("broken or cut")) << cut;
  EXPECT_THAT(gunzip(good + "b", 100).error().message, HasSubstr("behind its end"));
  EXPECT_THAT(gunzip("no gzip at all, this", 100).error().message, HasSubstr("broken or cut"));
  EXPECT_THAT(gunzip(gzip(std::string(1 << 20, 'x')), 1000).error().message,
              HasSubstr("more than 1000 bytes"));
  EXPECT_TRUE(gunzip(good, 9));
  EXPECT_FALSE(gunzip(good, 8));
}

}  // namespace
}  // namespace eidos
