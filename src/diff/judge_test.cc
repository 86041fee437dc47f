#include <gtest/gtest.h>

#include "data/document.h"
#include "diff/meaning.h"

namespace eidos::diff {
namespace {

using data::Value;

Value parsed(std::string_view text) {
  data::Sources sources;
  auto value = data::parse_yaml(text, sources, "test");
  EXPECT_TRUE(value) << text;
  return value ? *std::move(value) : Value();
}

TEST(Same, IsDecidedByWhatIsMeantNotHowItIsSpelled) {
  struct Case {
    const char* a;
    const char* b;
    Shape shape;
    bool want;
  };
  const Case cases[] = {
      {"'8'", "8", Shape::Plain, true},
      {"'true'", "true", Shape::Plain, true},
      {"1e3", "1000", Shape::Plain, true},
      {"1000", "'1000'", Shape::Plain, true},
      {"v1.33.5", "1.33.5", Shape::Plain, true},
      {"v1", "'1'", Shape::Plain, false},
      {"very.fast", "ery.fast", Shape::Plain, false},
      {"'8'", "'8.0'", Shape::Plain, true},
      {"450 GB/s", "450.0 GB/s", Shape::Plain, true},
      {"450 GB/s", "450 MB/s", Shape::Plain, false},
      {"'1.30'", "'1.3'", Shape::Plain, false},  // versions 1.30 and 1.3
      {"'24.04'", "'24.4'", Shape::Plain, false},
      {"'0755'", "'755'", Shape::Plain, false},
      {"'01234567'", "'1234567'", Shape::Plain, false},  // commits
      {"'4\t4\t1\t7'", "'4 4 1 7'", Shape::Plain, true},
      {"' x '", "x", Shape::Plain, true},
      {"a b", "b a", Shape::Plain, false},
      {"''", "null", Shape::Plain, false},
      {"null", "null", Shape::Plain, true},
      {"'[a b]'", "'[b a]'", Shape::Set, true},
      {"'[a b]'", "'[b a c]'", Shape::Set, false},
      {"'1.2,1.3'", "'1.3, 1.2'", Shape::Set, true},
      {"[a, b]", "[b, a]", Shape::Set, true},
      {"[]", "'[]'", Shape::Set, true},
      {"'[[/bin/x [/bin/x -a] false 17 18 0 0 42 0 0]]'", "'[[/bin/x [/bin/x -a] false 19 20 5 6 43 1 2]]'",
       Shape::Commands, true},
      {"'[[/bin/x [/bin/x -a] false 17 18 0 0 42 0 0]]'", "'[[/bin/x [/bin/x -b] false 17 18 0 0 42 0 0]]'",
       Shape::Commands, false},
      {"'[[/bin/x [/bin/x -a] false 17 18 0 0 42 0 0]]'", "'[[/bin/x [/bin/x -a] true 17 18 0 0 42 0 0]]'",
       Shape::Commands, false},
      {"'[[/bin/x [/bin/x 1 2 3 4 5 6 7] false 1 2 3 4 5 6 7]]'",
       "'[[/bin/x [/bin/x 1 2 3 4 5 6 8] false 1 2 3 4 5 6 7]]'", Shape::Commands, false},
      {"'[[/bin/x [x] false 1 2 3 4 5 6 7] [/bin/y [y] false 1 2 3 4 5 6 7]]'",
       "'[[/bin/x [x] false 7 6 5 4 3 2 1] [/bin/y [y] false 1 1 1 1 1 1 1]]'", Shape::Commands, true},
      {"']]1 2 3 4 5 6 7]'", "']]1 2 3 4 5 6 8]'", Shape::Commands, false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(same(parsed(c.a), parsed(c.b), c.shape), c.want) << c.a << " and " << c.b;
    EXPECT_EQ(same(parsed(c.b), parsed(c.a), c.shape), c.want) << c.b << " and " << c.a;
  }
}

TEST(Judge, TakesTheClassFromThePartOfTheVersionThatChanged) {
  const Meaning versions = {true, {kB, kP, kC, kP, kB}, Shape::Plain, "test"};
  struct Case {
    const char* from;
    const char* to;
    Impact impact;
    const char* detail;
  };
  const Case cases[] = {
      {"1.2.3", "2.0.0", kB, "newer"},
      {"2.0.0", "1.9.9", kB, "older"},
      {"1.2.3", "1.3.0", kP, "newer"},
      {"v1.9", "v1.10", kP, "newer"},
      {"1.2.3", "1.2.4", kC, "newer"},
      {"1.2.4", "1.2.3", kC, "older"},
      {"1.2", "1.2.1", kC, "newer"},
      {"0.3.1", "0.4.0", kB, "newer"},
      {"0.4.1", "0.4.2", kC, "newer"},
      {"0.9.0", "1.0.0", kB, "newer"},
      {"1.2.3-eks-1", "1.2.3-eks-2", kC, ""},
      {"latest", "1.2.3", kB, ""},
      {"570.133.20", "580.82.07", kB, "newer"},
  };
  for (const Case& c : cases) {
    Verdict verdict = judge(Value(c.from), Value(c.to), How::Changed, versions);
    EXPECT_EQ(verdict.impact, c.impact) << c.from << " to " << c.to;
    EXPECT_EQ(verdict.detail, c.detail) << c.from << " to " << c.to;
  }
  EXPECT_EQ(judge(Value(), Value("1.0"), How::Added, versions).impact, kP);
  EXPECT_EQ(judge(Value("1.0"), Value(), How::Removed, versions).impact, kB);
}

TEST(Judge, SaysWhatASetGainedAndLost) {
  const Meaning set = {true, kAlwaysCosmetic, Shape::Set, "test"};
  EXPECT_EQ(judge(Value("[a b]"), Value("[b c d]"), How::Changed, set).detail, "gained c, d; lost a");
  EXPECT_EQ(judge(Value("[a b]"), Value("[b]"), How::Changed, set).detail, "lost a");
  const Meaning plain = {true, kAlwaysPerformance, Shape::Plain, "test"};
  EXPECT_EQ(judge(parsed("[a, b]"), parsed("[b, a]"), How::Changed, plain).detail, "in another order");
}

TEST(Meaning, OfReadings) {
  struct Case {
    const char* type;
    const char* subtype;
    const char* key;
    bool counts;
    Impact impact;
  };
  const Case cases[] = {
      {"SystemD", "containerd.service", "ActiveEnterTimestampMonotonic", false, kC},
      {"SystemD", "kubelet.service", "CPUUsageNSec", false, kC},
      {"SystemD", "kubelet.service", "MemoryCurrent", false, kC},
      {"SystemD", "kubelet.service", "MemoryMax", true, kP},
      {"SystemD", "kubelet.service", "NRestarts", false, kC},
      {"SystemD", "kubelet.service", "ExecMainPID", false, kC},
      {"SystemD", "kubelet.service", "InvocationID", false, kC},
      {"SystemD", "kubelet.service", "ActiveState", true, kB},
      {"SystemD", "kubelet.service", "LimitMEMLOCK", true, kP},
      {"SystemD", "kubelet.service", "IOWriteBytes", false, kC},
      {"SystemD", "kubelet.service", "IOWeight", true, kP},
      {"SystemD", "kubelet.service", "Description", true, kC},
      {"OS", "sysctl", "/proc/sys/kernel/random/boot_id", false, kC},
      {"OS", "sysctl", "/proc/sys/fs/inode-nr", false, kC},
      {"OS", "sysctl", "/proc/sys/vm/swappiness", true, kP},
      {"OS", "sysctl", "/proc/sys/net/ipv4/ip_forward", true, kB},
      {"OS", "sysctl", "/proc/sys/net/ipv4/conf/all/forwarding", true, kB},
      {"OS", "sysctl", "/proc/sys/kernel/sysrq", true, kC},
      {"OS", "release", "VERSION_ID", true, kB},
      {"OS", "release", "HOME_URL", true, kC},
      {"OS", "grub", "hugepages", true, kP},
      {"OS", "kmod", "nvidia", true, kB},
      {"OS", "kmod", "nvidia_peermem", true, kP},
      {"OS", "kmod", "psmouse", true, kC},
      {"GPU", "smi", "driver", true, kB},
      {"GPU", "smi", "gpu.0.temperature", false, kC},
      {"GPU", "smi", "gpu.0.mig.mode", true, kB},
      {"GPU", "smi", "gpu.0.uuid", true, kC},
      {"GPU", "hardware", "gpu.0000:04:00.0.driver", true, kB},
      {"GPU", "hardware", "gpu.0000:04:00.0.numa-node", true, kP},
      {"K8s", "server", "version", true, kB},
      {"K8s", "node", "provider-id", false, kC},
      {"K8s", "policy", "driver.enabled", true, kB},
      {"K8s", "somewhere", "else", true, kC},
      {"Later", "anything", "x", true, kC},
  };
  for (const Case& c : cases) {
    const Meaning& meaning = meaning_of(c.type, c.subtype, c.key);
    EXPECT_EQ(meaning.counts, c.counts) << c.type << "." << c.subtype << "." << c.key;
    EXPECT_EQ(meaning.impacts.major, c.impact) << c.type << "." << c.subtype << "." << c.key;
    if (!meaning.counts) {
      EXPECT_FALSE(meaning.reason.empty()) << c.key;
    }
  }
}

TEST(Meaning, OfRecipes) {
  const std::pair<const char*, Impact> cases[] = {
      {"criteria.service", kB},
      {"criteria.nodes", kP},
      {"constraints", kB},
      {"constraints.x.remediation", kC},
      {"component.version", kB},
      {"component.namespace", kB},
      {"component.dependencyRefs", kC},
      {"values.driver.version", kB},
      {"values.driver.enabled", kB},
      {"values.driver.env", kP},
      {"values.daemonsets.tolerations", kB},
      {"values.daemonsets.labels.app", kC},
      {"values.logLevel", kC},
      {"order", kC},
  };
  for (const auto& [path, impact] : cases) EXPECT_EQ(meaning_of(path).impacts.major, impact) << path;
}

}  // namespace
}  // namespace eidos::diff
