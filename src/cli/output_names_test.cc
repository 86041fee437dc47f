#include "cli/output_names.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "support/capture_log.h"
#include "support/fake_clock.h"
#include "support/fake_processes.h"
#include "support/temp_dir.h"

namespace eidos::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TempDir;

model::SnapshotMetadata metadata(std::string node) {
  model::SnapshotMetadata out;
  out.timestamp = "2026-01-02T18:01:13Z";
  out.source_node = std::move(node);
  return out;
}

TEST(OutputNames, AreFilledIn) {
  struct Case {
    const char* pattern;
    const char* node;
    const char* want;
  };
  const Case kCases[] = {
      {"plain.yaml", "a", "plain.yaml"},
      {"{node}-{date}T{time}Z.yaml", "gpu-7", "gpu-7-2026-01-02T180113Z.yaml"},
      {"d/{node}{node}", "n", "d/nn"},
      {"{node}", "../../etc/passwd", "_._.._etc_passwd"},
      {"{node}", "..", "_."},
      {"{node}", "a b\nc\xff{date}", "a_b_c__date_"},
      {"{node}", "", "unknown"},
  };
  for (const Case& c : kCases) {
    EXPECT_TRUE(check_names(c.pattern));
    EXPECT_EQ(expand_names(c.pattern, metadata(c.node)), c.want);
  }
}

TEST(OutputNames, AConfigMapsNameIsOneOfKubernetes) {
  EXPECT_EQ(expand_config_map("cm://a/s-{node}-{date}-{time}", metadata("GPU_7.local")),
            "cm://a/s-gpu-7-local-2026-01-02-180113");
  EXPECT_EQ(expand_config_map("{node}", metadata("..")), "unknown");
  EXPECT_TRUE(check_config_map_names("cm://a/s-{node}-{date}"));
  for (const char* wrong : {"cm://a/S-{node}", "cm://{node}", "cm://a/{nod}", "cm://a/-{node}"})
    EXPECT_FALSE(check_config_map_names(wrong)) << wrong;
}

TEST(OutputNames, TheAgeOfAConfigMapIsInItsName) {
  const char* pattern = "s-{node}-{date}-{time}";
  EXPECT_EQ(age_in("s-gpu-7-2026-01-02-180113", pattern, metadata("GPU.7"), true), "2026-01-02180113");
  for (const char* other : {"s-gpu-8-2026-01-02-180113", "s-gpu-7-2026-01-02-180113-abc-1", "s-gpu-7", ""})
    EXPECT_FALSE(age_in(other, pattern, metadata("GPU.7"), true)) << other;
}

TEST(OutputNames, UnknownOnesAreRefused) {
  struct Case {
    const char* pattern;
    const char* message;
  };
  const Case kCases[] = {{"{nodes}", "unknown part '{nodes}'; did you mean 'node'?"},
                         {"{}", "unknown part '{}'"},
                         {"{hostname}.yaml", "unknown part '{hostname}'"},
                         {"a{", "a brace without its partner"},
                         {"a}", "a brace without its partner"},
                         {"{node", "a brace without its partner"},
                         {"{{node}}", "a brace without its partner"},
                         {"{node}}", "a brace without its partner"}};
  for (const Case& c : kCases) {
    auto checked = check_names(c.pattern);
    ASSERT_FALSE(checked) << c.pattern;
    EXPECT_EQ(checked.error().kind, ErrorKind::Invalid);
    EXPECT_THAT(checked.error().message, HasSubstr(c.message));
  }
}

TEST(OutputNames, RetainNeedsADateInTheLastPart) {
  for (const char* pattern : {"{date}", "d/{node}-{date}.yaml", "/var/x/{date}{time}"})
    EXPECT_TRUE(check_retain(pattern)) << pattern;
  for (const char* pattern : {"a.yaml", "{node}.yaml", "{time}.yaml", "{date}/a.yaml", "{node}/{date}.yaml"})
    EXPECT_FALSE(check_retain(pattern)) << pattern;
}

class Retain : public ::testing::Test {
 protected:
  void put(const std::string& name, const std::string& bytes = "kind: Snapshot\nx") { dir.put(name, bytes); }

  Result<void> retain(const std::string& pattern, std::int64_t keep) {
    return retain_newest(dir / pattern, metadata("n1"), keep, context);
  }

  std::vector<std::string> left() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(dir.path()))
      names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

  TempDir dir;
  std::unique_ptr<Files> files = real_files();
  testing::FakeClock clock;
  testing::FakeProcesses processes;
  testing::CaptureLog log;
  Context context{*files, clock, processes, log};
};

TEST_F(Retain, KeepsTheNewestByTheirNames) {
  for (const char* day : {"2026-01-01", "2025-12-31", "2026-01-02"})
    for (const char* time : {"000001", "235959"}) put(cat("s-n1-", day, "T", time, ".yaml"));
  ASSERT_TRUE(retain("s-{node}-{date}T{time}.yaml", 3));
  EXPECT_THAT(left(), ElementsAre("s-n1-2026-01-01T235959.yaml", "s-n1-2026-01-02T000001.yaml",
                                  "s-n1-2026-01-02T235959.yaml"));
  ASSERT_TRUE(retain("s-{node}-{date}T{time}.yaml", 100));
  EXPECT_EQ(left().size(), 3U);
}

TEST_F(Retain, TouchesNothingThatItDidNotWrite) {
  const char* kOthers[] = {"s-n2-2026-01-01.yaml",  "s-n1-2026-01-0x.yaml",  "s-n1-2026-1-01.yaml",
                           "s-n1-2026-01-01.yaml~", "xs-n1-2026-01-01.yaml", "s-n1-2026-01-01.json"};
  for (const char* name : kOthers) put(name);
  put("s-n1-2020-01-01.yaml", "a diary\n");
  std::filesystem::create_directory(dir / "s-n1-2020-01-02.yaml");
  std::filesystem::create_symlink("s-n2-2026-01-01.yaml", dir / "s-n1-2020-01-03.yaml");
  put("s-n1-2026-01-03.yaml");
  put("s-n1-2026-01-02.yaml");
  const std::size_t before = left().size();
  ASSERT_TRUE(retain("s-{node}-{date}.yaml", 1));
  EXPECT_EQ(left().size(), before - 1);
  EXPECT_FALSE(std::filesystem::exists(dir / "s-n1-2026-01-02.yaml"));
  ASSERT_EQ(log.lines().size(), 1U);
  EXPECT_THAT(log.lines()[0].message, HasSubstr("s-n1-2020-01-01.yaml' alone"));
}

TEST_F(Retain, KnowsItsOutputsInEveryFormat) {
  const char* kOurs[] = {"{\n  \"kind\": \"Snapshot\",", "# HELP eidos_gpus x", "COLLECTOR  STATUS",
                         "[{\"op\":\"add\""};
  int day = 1;
  for (const char* bytes : kOurs) put(cat("2026-01-0", day++), bytes);
  put("2026-01-09");
  ASSERT_TRUE(retain("{date}", 1));
  EXPECT_THAT(left(), ElementsAre("2026-01-09"));
}

}  // namespace
}  // namespace eidos::cli
