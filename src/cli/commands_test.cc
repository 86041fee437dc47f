// What the commands make of the stages: exit codes, what is written, what is told.

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seal/archive.h"
#include "support/fake_world.h"
#include "support/trees.h"
#include "support/zip.h"

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

TEST(BundleCommand, AnArchiveTakesThePlaceOfNothingThatEidosDidNotWrite) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"recipe", "-o", "r.yaml", "-q"}), 0);
  const Arguments bundle = {"bundle", "-r", "r.yaml", "-q", "-o", "b.zip"};
  EXPECT_EQ(fake.run(bundle), 0) << fake.err;
  EXPECT_EQ(fake.out(), "b.zip\n");
  const std::string first = fake.files.files().at("b.zip");
  EXPECT_EQ(fake.run(bundle), 0) << fake.err;
  EXPECT_EQ(fake.files.files().at("b.zip"), first) << "the same bytes";
  EXPECT_EQ(fake.run({"verify", "b.zip"}), 0) << fake.err;
  const std::string kForeign[] = {"mine", first.substr(0, first.size() / 2), first + "x",
                                  testing::zip_of({{.name = "a", .bytes = "x"}}),
                                  *seal::pack(testing::sealed({{"a", {"x"}}}), seal::Format::Zip, 0)};
  for (const std::string& bytes : kForeign) {
    fake.files.put("b.zip", bytes);
    EXPECT_EQ(fake.run(bundle), 2) << bytes.size();
    EXPECT_THAT(fake.err, HasSubstr("'b.zip' is there and is no bundle that eidos wrote: "));
    EXPECT_EQ(fake.files.files().at("b.zip"), bytes);
  }
  Arguments forced = bundle;
  forced.emplace_back("--force");
  EXPECT_EQ(fake.run(forced), 0);
  EXPECT_EQ(fake.files.files().at("b.zip"), first);
  fake.files.put("b.zip", "");
  EXPECT_EQ(fake.run(bundle), 0) << "an empty file is nobody's";
}

TEST(BundleCommand, AnArchiveHasTheTimeOfSourceDateEpoch) {
  struct Case {
    const char* epoch;
    int code;
  };
  std::set<std::string> written;
  for (const Case& c :
       {Case{"", 0}, {"315532800", 0}, {"1700000000", 0}, {"soon", 2}, {"-1", 2}, {"4354819199", 2}}) {
    FakeWorld fake;
    fake.environment["SOURCE_DATE_EPOCH"] = c.epoch;
    EXPECT_EQ(fake.run({"recipe", "-o", "r.yaml", "-q"}), 0);
    EXPECT_EQ(fake.run({"bundle", "-r", "r.yaml", "-q", "-o", "b.tgz"}), c.code) << c.epoch << fake.err;
    if (c.code == 0) written.insert(fake.files.files().at("b.tgz"));
  }
  EXPECT_EQ(written.size(), 2u) << "1980 is the default";
}

TEST(BundleCommand, ADiffWritesNothing) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"recipe", "--service", "eks", "-o", "r.yaml", "-q"}), 0);
  EXPECT_EQ(fake.run({"bundle", "-r", "r.yaml", "-q", "-o", "b.tgz"}), 0);
  const auto before = fake.files.files();
  EXPECT_EQ(fake.run({"bundle", "-r", "r.yaml", "-q", "--diff", "b.tgz"}), 0) << fake.err;
  EXPECT_THAT(fake.out(), HasSubstr("no change; nothing was written"));
  EXPECT_EQ(fake.run({"bundle", "-r", "r.yaml", "-q", "--diff", "b.tgz", "-t", "json", "--set",
                      "gpu-operator:driver.version=1.2.3"}),
            0)
      << fake.err;
  EXPECT_THAT(fake.out(), HasSubstr("\"path\": \"values.yaml\""));
  EXPECT_EQ(fake.run({"bundle", "-r", "r.yaml", "--diff", "b.tgz", "-o", "x"}), 1);
  EXPECT_EQ(fake.run({"bundle", "-r", "r.yaml", "--diff", "none"}), 3);
  EXPECT_EQ(fake.files.files(), before);
}

TEST(VerifyCommand, ExitsByWhatItFinds) {
  FakeWorld fake;
  const FileTree tree = testing::sealed({{"a", {"x"}}, {"recipe.yaml", {"y"}}});
  for (const auto& [path, file] : tree) {
    fake.files.put("good/" + path, file.bytes);
    fake.files.put("bad/" + path, file.bytes + "!");
    fake.files.put("helm/" + path, file.bytes);
  }
  fake.files.put("bad/checksums.txt", tree.at("checksums.txt").bytes);
  fake.files.put("helm/Chart.lock", "z");
  struct Case {
    Arguments more;
    int code;
    const char* out;
  };
  const Case kCases[] = {{{"good"}, 0, "ok: 2 files, 2 bytes as listed"},
                         {{"bad"}, 9, "failed: 2 findings in 2 listed files"},
                         {{"bad", "-t", "json"}, 9, "\"rule\": \"changed\""},
                         {{"bad", "-t", "yaml", "--explain"}, 9, "means: "},
                         {{"good", "--explain"}, 0, "Checked: "},
                         {{"helm"}, 9, "extra"},
                         {{"none"}, 3, ""},
                         {{}, 1, ""},
                         {{"-"}, 2, ""},
                         {{"https://host/b.zip"}, 2, ""},
                         {{"oci://host/b"}, 2, ""},
                         {{"good/a"}, 2, ""}};
  for (const Case& c : kCases) {
    Arguments arguments = {"verify"};
    arguments.insert(arguments.end(), c.more.begin(), c.more.end());
    const std::size_t told = fake.out().size();
    EXPECT_EQ(fake.run(arguments), c.code) << fake.err;
    EXPECT_THAT(fake.out().substr(told), HasSubstr(c.out));
  }
}

TEST(BundleCommand, NeverWritesUnasked) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"recipe", "-o", "r.yaml"}), 0);
  auto before = fake.files.write_log();
  for (const Arguments& more :
       {Arguments{}, {"--dry-run"}, {"-o", "x", "--dry-run"}, {"-o", "x.7z"}, {"-o", "oci://a/b"}}) {
    Arguments arguments = {"bundle", "-r", "r.yaml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    fake.run(arguments);
    EXPECT_EQ(fake.files.write_log(), before);
  }
}

}  // namespace
}  // namespace eidos::cli
