#include "base/base64.h"

#include <gtest/gtest.h>

namespace eidos {
namespace {

TEST(Base64, GoesThereAndBack) {
  struct Case {
    std::string_view bytes;
    std::string_view text;
  };
  const Case cases[] = {{"", ""},
                        {"f", "Zg=="},
                        {"fo", "Zm8="},
                        {"foo", "Zm9v"},
                        {"foob", "Zm9vYg=="},
                        {"fooba", "Zm9vYmE="},
                        {"foobar", "Zm9vYmFy"},
                        {{"\xff\xfe\x00", 3}, "//4A"}};
  for (const Case& c : cases) {
    EXPECT_EQ(to_base64(c.bytes), c.text);
    EXPECT_EQ(from_base64(c.text), c.bytes);
  }
}

TEST(Base64, TakesWrappedLinesAndNothingElse) {
  EXPECT_EQ(from_base64("Zm9v\r\nYmFy\n"), "foobar");
  EXPECT_EQ(from_base64(" \n"), "");
  for (std::string_view bad :
       {"Z", "Zg", "Zg=", "Zg===", "Zm9=v", "====", "Zm9v=", "Zm-_", "Zh==", "Zm9=", "Zm 9v!"})
    EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace eidos
