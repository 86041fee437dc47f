// The fakes answer as the machine does, or the tests built on them prove nothing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/context.h"
#include "support/capture_log.h"
#include "support/fake_clock.h"
#include "support/fake_files.h"
#include "support/fake_processes.h"
#include "support/temp_dir.h"

namespace eidos {
namespace {

using ::testing::ElementsAre;
using testing::FakeFiles;
using ::testing::Pair;

TEST(Fakes, FilesAnswerLikeTheMachine) {
  testing::TempDir dir;
  dir.put("etc/os-release", "ID=debian\n");
  dir.put("etc/a/b", "");
  auto real = real_files();
  FakeFiles fake{{dir / "etc/os-release", "ID=debian\n"}, {dir / "etc/a/b", ""}};
  for (Files* files : {static_cast<Files*>(&fake), real.get()}) {
    const ReadOptions below{.beneath = dir.path()};
    EXPECT_EQ(files->read("/etc/os-release", below).value(), "ID=debian\n");
    EXPECT_EQ(files->read(dir / "etc/os-release", {}).value(), "ID=debian\n");
    EXPECT_EQ(files->read("none", below).error().kind, ErrorKind::NotFound);
    EXPECT_EQ(files->read("etc", below).error().kind, ErrorKind::Invalid);
    EXPECT_EQ(files->read("etc/os-release", {.max_bytes = 3, .beneath = dir.path()}).error().kind,
              ErrorKind::Invalid);
    EXPECT_EQ(files->list("/etc", 9, dir.path()).value(),
              (std::vector<DirEntry>{{"a", FileKind::Directory}, {"os-release", FileKind::Regular}}));
    EXPECT_EQ(files->list("/etc", 1, dir.path()).error().kind, ErrorKind::Invalid);
    EXPECT_EQ(files->kind(dir / "etc").value(), FileKind::Directory);
    EXPECT_EQ(files->kind("/none", dir.path()).error().kind, ErrorKind::NotFound);
    ASSERT_TRUE(files->write(dir / "new", "1", 0644));
    EXPECT_EQ(files->read(dir / "new", {}).value(), "1");
    ASSERT_TRUE(files->write_tree(dir / "tree", {{"x/y", {"2"}}}, {}));
    EXPECT_EQ(files->read(dir / "tree/x/y", {}).value(), "2");
  }
}

TEST(Fakes, FilesRecordAndFail) {
  FakeFiles files{{"/etc/os-release", "ID=debian\n"}};
  files.fail_on("/proc/cmdline", {ErrorKind::Denied, "no", {}, {}});
  files.put_stdin("in");
  EXPECT_TRUE(files.read("/etc/os-release", {}));
  EXPECT_EQ(files.read("/proc/cmdline", {}).error().kind, ErrorKind::Denied);
  EXPECT_THAT(files.read_log(), ElementsAre("/etc/os-release", "/proc/cmdline"));
  EXPECT_EQ(files.read_stdin({}).value(), "in");
  EXPECT_TRUE(files.write_stdout("out"));
  EXPECT_EQ(files.out(), "out");
  EXPECT_TRUE(files.write("/a", "b", 0600));
  EXPECT_THAT(files.write_log(), ElementsAre("/a"));
  EXPECT_THAT(files.files(), ElementsAre(Pair("/a", "b"), Pair("/etc/os-release", "ID=debian\n")));
}

TEST(Fakes, TogetherTheyAreAContext) {
  FakeFiles files;
  testing::FakeClock clock;
  testing::FakeProcesses processes;
  testing::CaptureLog log;
  Context ctx{files, clock, processes, log, {}};

  EXPECT_EQ(rfc3339(ctx.clock.now()), "2026-01-02T18:01:13Z");
  clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(rfc3339(ctx.clock.now()), "2026-01-02T18:01:15Z");

  processes.answer("nvidia-smi", {0, "<xml/>", ""});
  EXPECT_EQ(ctx.processes.run({.argv = {"nvidia-smi", "-q"}}).value().out, "<xml/>");
  EXPECT_EQ(ctx.processes.run({.argv = {"helm"}}).error().kind, ErrorKind::NotFound);
  EXPECT_EQ(processes.commands().size(), 2u);

  ctx.log.warn("disk is full", {{"path", "/x"}});
  EXPECT_THAT(log.lines(),
              ElementsAre(testing::CaptureLog::Line{LogLevel::Warning, "disk is full", {{"path", "/x"}}}));
}

}  // namespace
}  // namespace eidos
