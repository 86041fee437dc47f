#include "diff/ignore.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "diff/glob.h"

namespace eidos::diff {
namespace {

TEST(Glob, FitsAnyRunForAStar) {
  struct Case {
    const char* pattern;
    const char* text;
    bool want;
  };
  const Case cases[] = {
      {"", "", true},
      {"*", "", true},
      {"*", "anything", true},
      {"a", "a", true},
      {"a", "ab", false},
      {"a*", "a", true},
      {"a*c", "abbc", true},
      {"a*c", "abcd", false},
      {"*.b", "a.b.b", true},
      {"a*b*c", "axbxbxc", true},
      {"a*b*c", "axcxb", false},
      {"**a", "ba", true},
      {"*Timestamp", "ActiveEnterTimestamp", true},
      {"*Timestamp", "ActiveEnterTimestampMonotonic", false},
  };
  for (const Case& c : cases) EXPECT_EQ(fits(c.pattern, c.text), c.want) << c.pattern << " on " << c.text;
}

TEST(Glob, TakesNoLongerForHostileTexts) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  EXPECT_FALSE(fits(pattern + "b", std::string(20'000, 'a')));
}

TEST(Ignore, CoversAPathAndAllBelowIt) {
  struct Case {
    const char* pattern;
    const char* path;
    bool want;
  };
  const Case cases[] = {
      {"OS", "OS.sysctl./proc/sys/vm/swappiness", true},
      {"OS.sysctl", "OS.sysctl./proc/sys/vm/swappiness", true},
      {"OS.sys", "OS.sysctl./proc/sys/vm/swappiness", false},
      {"OS.sysctl./proc/sys/vm/*", "OS.sysctl./proc/sys/vm/swappiness", true},
      {"OS.sysctl./proc/sys/vm/swappiness", "OS.sysctl./proc/sys/vm/swappiness", true},
      {"SystemD.*.LimitNOFILE", "SystemD.containerd.service.LimitNOFILE", true},
      {"SystemD.containerd.service", "SystemD.containerd.service.LimitNOFILE", true},
      {"SystemD.\"containerd.service\".LimitNOFILE", "SystemD.containerd.service.LimitNOFILE", true},
      {"GPU.smi.gpu.*.uuid", "GPU.smi.gpu.7.uuid", true},
      {"values.gpu-operator.driver", "values.gpu-operator.driver.version", true},
      {"values.*.driver.version", "values.gpu-operator.driver.version", true},
      {"values.x.env[0]", "values.x.env.0", true},
      {"values.x.env[*].name", "values.x.env.0.name", true},
      {"K8s.*", "OS.release.ID", false},
  };
  for (const Case& c : cases) {
    auto ignore = Ignore::parse({c.pattern});
    ASSERT_TRUE(ignore) << c.pattern;
    EXPECT_EQ(ignore->covers(c.path), c.want) << c.pattern << " on " << c.path;
  }
  EXPECT_FALSE(Ignore::parse({})->covers("OS.release.ID"));
}

TEST(Ignore, RefusesWhatIsNoPath) {
  struct Case {
    std::string pattern;
    const char* want;
  };
  const Case cases[] = {
      {"", "--ignore: path '': it is empty"},
      {"a..b", "--ignore: path 'a..b': a part between dots is empty"},
      {"a[x]", "--ignore: path 'a[x]': a list index must be a whole number from 0"},
      {"\"open", "--ignore: path '\"open': a quote is not closed"},
      {"*", "--ignore '*' would leave nothing to compare"},
      {"*.*", "--ignore '*.*' would leave nothing to compare"},
  };
  for (const Case& c : cases) {
    auto ignore = Ignore::parse({"OS", c.pattern});
    ASSERT_FALSE(ignore) << c.pattern;
    EXPECT_EQ(ignore.error().message, c.want);
    EXPECT_EQ(ignore.error().kind, ErrorKind::Invalid);
    EXPECT_FALSE(ignore.error().hint.empty());
  }
  EXPECT_FALSE(Ignore::parse({std::string(1025, 'a')}));
}

}  // namespace
}  // namespace eidos::diff
