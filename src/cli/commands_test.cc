// What the commands make of the stages: exit codes, what is written, what is told.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.h"

namespace eidos::cli {
namespace {

using testing::FakeWorld;
using ::testing::HasSubstr;
using ::testing::Not;
using Arguments = std::vector<std::string>;

constexpr const char* kRecipe = R"(kind: RecipeResult
apiVersion: eidos.nvidia.com/v1alpha1
metadata: {}
constraints:
  - {name: K8s.server.version, value: ">= 1.32"}
componentRefs: []
deploymentOrder: []
)";

std::string snapshot_with(const std::string& version) {
  return "kind: Snapshot\napiVersion: eidos.nvidia.com/v1alpha1\nmeasurements:\n"
         "  - type: K8s\n    subtypes:\n      - {subtype: server, data: {" +
         version + "}}\n";
}

TEST(ValidateCommand, ExitsNineOnFindingsUnlessToldOtherwise) {
  struct Case {
    const char* data;
    Arguments flags;
    int want;
  };
  const Case kCases[] = {{"version: v1.33.0", {}, 0},
                         {"version: v1.30.0", {}, 9},
                         {"version: v1.30.0", {"--no-fail-on-error"}, 0},
                         {"version: v1.30.0", {"--fail-on-error=false"}, 0},
                         {"version: v1.30.0", {"--fail-on-error"}, 9},
                         {"version: v1.30.0", {"--allow-unknown"}, 9},
                         {"platform: linux", {}, 9},
                         {"platform: linux", {"--allow-unknown"}, 0}};
  for (const Case& c : kCases) {
    FakeWorld fake;
    fake.files.put("r", kRecipe);
    fake.files.put("s", snapshot_with(c.data));
    Arguments arguments = {"validate", "-r", "r", "-s", "s"};
    arguments.insert(arguments.end(), c.flags.begin(), c.flags.end());
    EXPECT_EQ(fake.run(arguments), c.want) << c.data << fake.err;
    EXPECT_THAT(fake.out(), HasSubstr("kind: ValidationResult")) << "the report comes whatever it says";
    EXPECT_EQ(fake.err, "");
  }
}

TEST(ValidateCommand, PaintsVerdictsOnATerminalButNeverInAFile) {
  FakeWorld fake;
  fake.files.put("r", kRecipe);
  fake.files.put("s", snapshot_with("version: v1.33.0"));
  fake.world.stdout_is_terminal = true;
  EXPECT_EQ(fake.run({"validate", "-r", "r", "-s", "s", "-t", "table"}), 0);
  EXPECT_THAT(fake.out(), HasSubstr("\x1b["));
  EXPECT_EQ(fake.run({"validate", "-r", "r", "-s", "s", "-t", "table", "-o", "out", "--color=always"}), 0);
  EXPECT_THAT(fake.files.files().at("out"), Not(HasSubstr("\x1b[")));
}

struct Failure {
  Arguments flags;
  int code;
  bool written;
};

TEST(SnapshotCommand, EndsWithTheWorstCause) {
  const Failure kCases[] = {{{}, 4, true},
                            {{"--best-effort"}, 0, true},
                            {{"--fail-fast"}, 4, false},
                            {{"--exclude", "os.grub"}, 0, true},
                            {{"--filter", "os.release"}, 0, true},
                            {{"--filter", "os.release", "--require", "gpu"}, 6, true},
                            {{"--filter", "os.release", "--require", "OS"}, 0, true},
                            {{"--filter", "os.release", "--require", "NodeTopology"}, 6, true},
                            {{"--filter", "os.release", "--require", "Topologie"}, 2, false}};
  for (const Failure& c : kCases) {
    FakeWorld fake;
    fake.files.put("/etc/os-release", "ID=debian\n");
    fake.files.put("/proc/cmdline", "quiet\n");
    fake.files.put("/proc/modules", "loop 1 0 - Live 0x0\n");
    fake.files.put("/proc/sys/kernel/osrelease", "6.1\n");
    fake.files.fail_on("/proc/cmdline",
                       {ErrorKind::Denied, "reading '/proc/cmdline': Permission denied", {}, {}});
    Arguments arguments = {"snapshot", "-o", "s.yaml"};
    arguments.insert(arguments.end(), c.flags.begin(), c.flags.end());
    EXPECT_EQ(fake.run(arguments), c.code) << fake.err;
    EXPECT_EQ(fake.files.files().contains("s.yaml"), c.written) << ::testing::PrintToString(c.flags);
    if (c.code == 4) {
      EXPECT_THAT(fake.err, HasSubstr("Permission denied"));
      EXPECT_THAT(fake.err, HasSubstr("os.grub")) << "which collector it was";
    }
  }
}

TEST(RecipeCommand, ToldInWordsSaysWhatThePartsAre) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"recipe", "--context", "-o", "r.yaml"}), 0) << fake.err;
  std::string text = fake.files.files().at("r.yaml");
  EXPECT_THAT(text, HasSubstr("\ncontext:\n  components:\n"));
  EXPECT_THAT(text, HasSubstr("K8s.server.version: the version of the Kubernetes API server is at least "));
  EXPECT_EQ(fake.run({"bundle", "-r", "r.yaml", "-o", "b", "-q"}), 0)
      << "a recipe with words is a recipe: " << fake.err;
  EXPECT_EQ(fake.out(), "b\n");
}

TEST(BundleCommand, NeverWritesUnasked) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"recipe", "-o", "r.yaml"}), 0);
  auto before = fake.files.write_log();
  for (const Arguments& more :
       {Arguments{}, {"--dry-run"}, {"-o", "x", "--dry-run"}, {"-o", "x.tgz"}, {"-o", "oci://a/b"}}) {
    Arguments arguments = {"bundle", "-r", "r.yaml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    fake.run(arguments);
    EXPECT_EQ(fake.files.write_log(), before);
  }
}

}  // namespace
}  // namespace eidos::cli
