#include "base/rfc3339.h"

#include <gtest/gtest.h>

#include "base/clock.h"

namespace eidos {
namespace {

TEST(Rfc3339, IsReadInAnyZone) {
  struct Case {
    const char* text;
    const char* want;  ///< nullptr: no time.
  };
  const Case cases[] = {
      {"2026-01-02T18:01:13Z", "2026-01-02T18:01:13Z"},
      {"2026-01-02t18:01:13.999999999z", "2026-01-02T18:01:13Z"},
      {"2026-01-02T18:01:13+01:30", "2026-01-02T16:31:13Z"},
      {"2026-01-01T00:00:00-00:01", "2026-01-01T00:01:00Z"},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
      {"2023-02-29T00:00:00Z", nullptr},
      {"2026-13-01T00:00:00Z", nullptr},
      {"2026-01-02T24:00:00Z", nullptr},
      {"2026-01-02T18:01:13", nullptr},
      {"2026-01-02T18:01:13.Z", nullptr},
      {"2026-01-02T18:01:13+1:30", nullptr},
      {"2026-01-02T18:01:13Zx", nullptr},
      {"2026-01-02", nullptr},
      {"", nullptr},
      {"soon", nullptr},
  };
  for (const Case& c : cases) {
    auto got = parse_rfc3339(c.text);
    ASSERT_EQ(got.has_value(), c.want != nullptr) << c.text;
    if (got) {
      EXPECT_EQ(rfc3339(*got), c.want) << c.text;
    }
  }
}

}  // namespace
}  // namespace eidos
