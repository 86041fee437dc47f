#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/staging.h"
#include "base/system_calls.h"
#include "base/text.h"
#include "support/faulty_calls.h"
#include "support/process_state.h"
#include "support/temp_dir.h"

namespace eidos {
namespace {

using testing::all_files;
using testing::bytes_at;
using ::testing::ElementsAre;
using testing::Fault;
using testing::FaultyCalls;
using ::testing::Pair;
using testing::TempDir;
using ::testing::UnorderedElementsAre;

unsigned mode_of(const std::string& path) {
  return static_cast<unsigned>(std::filesystem::status(path).permissions());
}

Result<void> write(const std::string& path, std::string_view bytes, mode_t mode = 0644) {
  return real_files()->write(path, bytes, mode);
}

TEST(WriteFile, ANewFileHasItsModeWhateverTheUmask) {
  TempDir dir;
  for (mode_t mask : {0u, 022u, 0777u}) {
    testing::Umask umask(mask);
    for (mode_t mode : {0600u, 0644u, 0755u}) {
      const std::string path = dir / cat("f", mask, "-", mode);
      ASSERT_TRUE(write(path, "x", mode));
      EXPECT_EQ(mode_of(path), mode);
      EXPECT_EQ(bytes_at(path), "x");
    }
  }
}

TEST(WriteFile, AnExistingFileKeepsItsModeAndItsLinks) {
  TempDir dir;
  const std::string path = dir.put("sub/f", "old");
  std::filesystem::permissions(path, std::filesystem::perms(0640));
  std::filesystem::create_symlink("sub/f", dir / "link");
  std::filesystem::create_symlink("link", dir / "link2");
  std::filesystem::create_symlink(dir / "sub/new", dir / "dangling");
  ASSERT_TRUE(write(dir / "link2", "new"));
  ASSERT_TRUE(write(dir / "dangling", "fresh"));
  EXPECT_EQ(mode_of(path), 0640u);
  EXPECT_THAT(all_files(dir.path()),
              UnorderedElementsAre(Pair("sub/f", "new"), Pair("sub/new", "fresh"), Pair("link", "-> sub/f"),
                                   Pair("link2", "-> link"), Pair("dangling", "-> " + dir / "sub/new")));
}

TEST(WriteFile, AnExistingFileKeepsItsOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may give files away";
  TempDir dir;
  const std::string path = dir.put("f", "old");
  ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
  ASSERT_TRUE(write(path, "new"));
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 65534u);
  EXPECT_EQ(status.st_gid, 65534u);
  EXPECT_EQ(bytes_at(path), "new");
}

TEST(WriteFile, WhatIsNoFileIsRefused) {
  TempDir dir;
  dir.put("sub/f", "x");
  ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
  std::filesystem::create_symlink("loop", dir / "loop");
  testing::WorkingDirectory here(dir.path());
  const auto before = all_files(".");
  struct Case {
    std::string path;
    ErrorKind kind;
    std::string message;
  };
  const std::string long_name(256, 'x');
  const Case cases[] = {
      {"", ErrorKind::Invalid, "the path is empty"},
      {"sub", ErrorKind::Invalid, "'sub' is a directory"},
      {"sub/", ErrorKind::Invalid, "'sub' is a directory"},
      {".", ErrorKind::Invalid, "'.' is a directory"},
      {"/", ErrorKind::Invalid, "'/' is a directory"},
      {"new/", ErrorKind::Invalid, "'new/' names a directory"},
      {"fifo", ErrorKind::Invalid, "'fifo' is a FIFO"},
      {"/dev/tty", ErrorKind::Invalid, "'/dev/tty' is a character device"},
      {"/dev/full", ErrorKind::Internal, "writing '/dev/full': No space left on device"},
      {"/dev/fd/77", ErrorKind::Invalid, "'/dev/fd/77' is not open for writing"},
      {"no/x", ErrorKind::NotFound, "cannot write 'no/x': there is no directory 'no'"},
      {"sub/f/x", ErrorKind::Invalid, "'sub/f/x': a part of this path is a file, not a directory"},
      {"loop", ErrorKind::Invalid, "following 'loop': Too many levels of symbolic links"},
      {long_name, ErrorKind::Invalid, cat("writing ", quote(long_name), ": File name too long")},
  };
  for (const Case& c : cases) {
    auto got = write(c.path, "new");
    ASSERT_FALSE(got) << c.path;
    EXPECT_EQ(got.error().message, c.message);
    EXPECT_EQ(got.error().kind, c.kind) << c.path;
  }
  EXPECT_EQ(all_files("."), before);
  EXPECT_TRUE(write(std::string(255, 'x'), "the longest name"));
}

TEST(WriteFile, ANullDeviceAndOpenDescriptorsAreTaken) {
  TempDir dir;
  EXPECT_TRUE(write("/dev/null", "x"));
  testing::Pipe pipe;
  EXPECT_TRUE(write(cat("/dev/fd/", pipe.to), "one "));
  std::filesystem::create_symlink(cat("/proc/self/fd/", pipe.to), dir / "link");
  EXPECT_TRUE(write(dir / "link", "two "));
  {
    testing::Redirect stdout_to(1, pipe.to);
    EXPECT_TRUE(write("/dev/stdout", "three "));
    EXPECT_TRUE(real_files()->write_stdout("four"));
  }
  pipe.close_writer();
  EXPECT_EQ(real_files()->read(cat("/dev/fd/", pipe.from), {}).value(), "one two three four");
}

TEST(WriteFile, StandardOutputReportsWhatItCannotTake) {
  auto files = real_files();
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  testing::Pipe pipe;
  pipe.close_reader();
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  Result<void> no_space;
  Result<void> no_reader;
  {
    testing::Redirect stdout_to(1, full);
    no_space = files->write_stdout("x");
  }
  {
    testing::Redirect stdout_to(1, pipe.to);
    no_reader = files->write_stdout("x");
  }
  ::signal(SIGPIPE, before);
  ::close(full);
  EXPECT_EQ(no_space.error().message, "writing standard output: No space left on device");
  EXPECT_EQ(no_reader.error().message, "writing standard output: Broken pipe");
}

TEST(WriteFile, AForbiddenFileAndAForbiddenDirectoryAreDenied) {
  TempDir dir;
  std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));
  dir.put("open/f", "old");
  std::filesystem::permissions(dir / "open", std::filesystem::perms(0777));
  std::filesystem::permissions(dir / "open/f", std::filesystem::perms(0444));
  testing::AsNobody nobody;
  auto file = write(dir / "open/f", "new");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::Denied);
  EXPECT_EQ(file.error().message, cat("writing ", quote(dir / "open/f"), ": Permission denied"));
  EXPECT_EQ(write(dir / "new", "x").error().kind, ErrorKind::Denied);
  EXPECT_EQ(bytes_at(dir / "open/f"), "old");
  ASSERT_TRUE(write(dir / "open/new", "x"));
}

// Fails every call in turn, by every errno; with writes of seven bytes, so that a file takes many.
TEST(WriteFile, WhateverCallFailsTheFileIsOldOrNewAndNothingElseIsLeft) {
  const std::string fresh = "twenty bytes of text";
  for (bool exists : {false, true}) {
    int refused = 0;
    for (int error : {EIO, ENOSPC, EACCES, EINTR}) {
      for (int at = 1;; ++at) {
        TempDir dir(testing::in_memory());
        if (exists) dir.put("f", "old");
        FaultyCalls calls({.at = at, .error = error, .largest_write = 7});
        auto done = write_file(calls, dir / "f", fresh, 0644);
        if (calls.struck().empty()) break;
        const std::string what = cat("call ", at, " ", calls.struck(), " errno ", error);
        if (!done) {
          EXPECT_NE(error, EINTR) << what;
          EXPECT_EQ(bytes_at(dir / "f"), exists ? "old" : "") << what;
          EXPECT_EQ(all_files(dir.path()).size(), exists ? 1u : 0u) << what;
          ++refused;
        } else {
          EXPECT_THAT(all_files(dir.path()), ElementsAre(Pair("f", fresh))) << what;
        }
      }
    }
    EXPECT_GT(refused, 20);
  }
}

// Kills the writer before each of its calls.
TEST(WriteFile, WhereverItIsKilledTheFileIsOldOrNewAndTheNextRunCleansUp) {
  const std::string fresh = "twenty bytes of text";
  int leftovers = 0;
  bool killed = true;
  for (int at = 1; killed; ++at) {
    TempDir dir(testing::in_memory());
    dir.put("f", "old");
    const pid_t child = ::fork();
    if (child == 0) {
      FaultyCalls calls({.at = at, .kills = true, .largest_write = 7});
      ::_exit(write_file(calls, dir / "f", fresh, 0644) ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    killed = WIFSIGNALED(status);
    const std::string bytes = bytes_at(dir / "f");
    EXPECT_TRUE(bytes == "old" || bytes == fresh) << at;
    const std::size_t there = all_files(dir.path()).size();
    EXPECT_LE(there, 2u) << at;
    if (there == 2) ++leftovers;
    ASSERT_TRUE(write(dir / "f", "next"));
    EXPECT_THAT(all_files(dir.path()), ElementsAre(Pair("f", "next"))) << at;
  }
  EXPECT_GT(leftovers, 5);
}

TEST(WriteFile, AStageInUseIsLeftAlone) {
  TempDir dir;
  FaultyCalls calls;
  const Descriptor directory = open_at(calls, AT_FDCWD, dir.path(), O_PATH | O_DIRECTORY).value();
  auto other = stage_file(calls, directory.get(), "f");
  ASSERT_TRUE(other);
  ASSERT_TRUE(write(dir / "f", "x"));
  EXPECT_THAT(all_files(dir.path()), UnorderedElementsAre(Pair("f", "x"), Pair(other->name, "")));
  other->fd = Descriptor();
  ASSERT_TRUE(write(dir / "f", "y"));
  EXPECT_THAT(all_files(dir.path()), ElementsAre(Pair("f", "y")));
}

TEST(WriteFile, WithoutLocksAWriteWorksAndAFullRowOfStagesIsExplained) {
  TempDir dir;
  FaultyCalls calls({.always = {{"flock", ENOLCK}}});
  const Descriptor directory = open_at(calls, AT_FDCWD, dir.path(), O_PATH | O_DIRECTORY).value();
  ASSERT_TRUE(write_file(calls, dir / "f", "x", 0644));
  EXPECT_THAT(all_files(dir.path()), ElementsAre(Pair("f", "x")));
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(stage_file(calls, directory.get(), "f"));
  auto got = write_file(calls, dir / "f", "y", 0644);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(got.error().message, cat("too many runs are writing ", quote(dir / "f"), " at once"));
  EXPECT_EQ(got.error().hint, "if none is, remove what is called .eidos-new-* beside it or in it");
}

}  // namespace
}  // namespace eidos
