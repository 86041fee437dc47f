#include "base/sha256.h"

#include <gtest/gtest.h>

namespace eidos {
namespace {

TEST(Sha256, GivesThePublishedDigests) {
  struct Case {
    std::string text;
    const char* want;
  };
  const Case cases[] = {
      // FIPS 180-4 examples, the empty text, and a length on each side of a block's padding limit.
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
      {std::string(55, 'x'), "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072"},
      {std::string(64, 'x'), "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c"},
      {std::string(1, '\0'), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
  };
  for (const Case& c : cases) EXPECT_EQ(sha256_hex(c.text), c.want) << c.text.size();
}

}  // namespace
}  // namespace eidos
