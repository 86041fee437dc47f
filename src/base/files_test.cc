#include "base/files.h"

#include <chrono>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "support/faulty_calls.h"
#include "support/process_state.h"
#include "support/temp_dir.h"

namespace eidos {
namespace {

using ::testing::Contains;
using ::testing::Not;
using testing::TempDir;

TEST(Files, ReadsWhatIsThereWhateverSizeItClaims) {
  TempDir dir;
  auto files = real_files();
  EXPECT_EQ(files->read(dir.put("a", "text"), {}).value(), "text");
  EXPECT_EQ(files->read(dir.put("empty", ""), {}).value(), "");
  const std::string large(100'000, 'x');
  EXPECT_EQ(files->read(dir.put("large", large), {}).value(), large);
  EXPECT_EQ(files->read("/proc/sys/kernel/ostype", {}).value(), "Linux\n");  // claims 0 bytes
  EXPECT_NE(files->read("/proc/self/maps", {}).value(), "");
  if (files->kind("/sys/devices/system/cpu/online")) {  // claims 4096
    EXPECT_TRUE(files->read("/sys/devices/system/cpu/online", {.max_bytes = 1000}).value().ends_with('\n'));
  }
}

TEST(Files, TheSizeCapIsExact) {
  TempDir dir;
  auto files = real_files();
  const std::string path = dir.put("f", std::string(5000, 'x'));
  EXPECT_EQ(files->read(path, {.max_bytes = 5000}).value().size(), 5000u);
  auto got = files->read(path, {.max_bytes = 4999});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
  EXPECT_EQ(got.error().message, cat(quote(path), " is larger than 4999 bytes"));
  EXPECT_FALSE(files->read("/proc/self/maps", {.max_bytes = 10}));
  EXPECT_EQ(files->read(dir.put("none", ""), {.max_bytes = 0}).value(), "");
}

TEST(Files, WhatIsNoFileIsRefusedByName) {
  TempDir dir;
  dir.put("sub/file", "x");
  ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
  std::filesystem::create_symlink("sub/file", dir / "link");
  std::filesystem::create_symlink("loop", dir / "loop");
  std::filesystem::create_symlink("nowhere", dir / "dangling");
  testing::WorkingDirectory here(dir.path());
  struct Case {
    std::string path;
    ErrorKind kind;
    const char* message;
    bool follow = true;
  };
  const Case cases[] = {
      {"", ErrorKind::Invalid, "the path is empty"},
      {std::string("a\0b", 3), ErrorKind::Invalid, "the path 'a\\x00b' contains a NUL byte"},
      {"x.yaml", ErrorKind::NotFound, "'x.yaml' does not exist"},
      {"no/x.yaml", ErrorKind::NotFound, "'no/x.yaml' does not exist"},
      {"dangling", ErrorKind::NotFound, "'dangling' does not exist"},
      {"sub", ErrorKind::Invalid, "'sub' is a directory, not a file"},
      {"/etc", ErrorKind::Invalid, "'/etc' is a directory, not a file"},
      {"sub/file/x", ErrorKind::Invalid, "'sub/file/x': a part of this path is a file, not a directory"},
      {"sub/file/", ErrorKind::Invalid, "'sub/file/': a part of this path is a file, not a directory"},
      {"fifo", ErrorKind::Invalid, "'fifo' is a FIFO"},
      {"/dev/null", ErrorKind::Invalid, "'/dev/null' is a character device"},
      {"loop", ErrorKind::Invalid, "reading 'loop': Too many levels of symbolic links"},
      {"link", ErrorKind::Invalid, "'link' is a symbolic link, and links are not followed here", false},
      {"/dev/fd/77", ErrorKind::Invalid, "'/dev/fd/77' is not open"},
      {"/proc/self/mem", ErrorKind::Internal, "reading '/proc/self/mem': Input/output error"},
  };
  auto files = real_files();
  for (const Case& c : cases) {
    auto got = files->read(c.path, {.follow_links = c.follow});
    ASSERT_FALSE(got) << c.path;
    EXPECT_EQ(got.error().kind, c.kind) << c.path;
    EXPECT_EQ(got.error().message, c.message);
  }
  EXPECT_EQ(files->read("fifo", {}).error().hint, "give a regular file, or - for standard input");
  EXPECT_EQ(files->read("sub/file", {.follow_links = false}).value(), "x");
  EXPECT_EQ(files->read("link", {}).value(), "x");
}

TEST(Files, AFifoIsNeverOpened) {
  TempDir dir;
  ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
  auto calls = std::make_unique<testing::FaultyCalls>();
  const auto& names = calls->names();
  auto files = files_with(std::move(calls));
  EXPECT_FALSE(files->read(dir / "fifo", {}));
  EXPECT_THAT(names, Not(Contains("openat")));
}

TEST(Files, ForbiddenFilesAreDenied) {
  TempDir dir;
  const std::string path = dir.put("secret", "x");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));
  testing::AsNobody nobody;
  auto got = real_files()->read(path, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Denied);
  EXPECT_EQ(got.error().message, cat("reading ", quote(path), ": Permission denied"));
}

TEST(Files, AReadSurvivesSignalsAndReportsEveryOtherFault) {
  TempDir dir;
  const std::string path = dir.put("f", std::string(10'000, 'x'));
  auto counting = std::make_unique<testing::FaultyCalls>();
  const auto& counter = *counting;
  auto clean = files_with(std::move(counting));
  ASSERT_TRUE(clean->read(path, {}));
  const int total = counter.count();
  for (int at = 1; at <= total; ++at) {
    auto interrupted = files_with(std::make_unique<testing::FaultyCalls>(testing::Fault{at, EINTR}));
    EXPECT_EQ(interrupted->read(path, {}).value().size(), 10'000u) << at;
    auto broken = files_with(std::make_unique<testing::FaultyCalls>(testing::Fault{at, EIO}));
    auto got = broken->read(path, {});
    EXPECT_EQ(got.has_value(), counter.names()[static_cast<std::size_t>(at) - 1] == "close") << at;
    if (!got) {
      EXPECT_EQ(got.error().message, cat("reading ", quote(path), ": Input/output error"));
    }
  }
}

TEST(Files, AnInheritedDescriptorIsReadToItsEnd) {
  testing::Pipe pipe;
  ASSERT_EQ(::write(pipe.to, "hello", 5), 5);
  pipe.close_writer();
  auto files = real_files();
  EXPECT_EQ(files->read(cat("/dev/fd/", pipe.from), {}).value(), "hello");
  EXPECT_EQ(files->read(cat("/proc/self/fd/", pipe.from), {}).value(), "");
}

TEST(Files, StandardInputIsCappedAndLimited) {
  testing::Pipe pipe;
  testing::Redirect stdin_from(0, pipe.from);
  auto files = real_files();
  const auto past = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  auto late = files->read_stdin({.limit = Limit({}, past)});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::Timeout);
  EXPECT_EQ(late.error().message, "reading standard input: timed out");

  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(files->read("/dev/stdin", {.limit = Limit(stop.get_token(), {})}).error().kind,
            ErrorKind::Cancelled);

  ASSERT_EQ(::write(pipe.to, "0123456789", 10), 10);
  EXPECT_EQ(files->read_stdin({.max_bytes = 9}).error().message, "standard input is larger than 9 bytes");
  ASSERT_EQ(::write(pipe.to, "rest", 4), 4);
  pipe.close_writer();
  EXPECT_EQ(files->read_stdin({}).value(), "rest");
}

TEST(Files, StandardInputMayBeAFileAndMayNotBeADirectory) {
  TempDir dir;
  auto files = real_files();
  int fd = ::open(dir.put("f", "from the middle").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::lseek(fd, 5, SEEK_SET), 5);
  {
    testing::Redirect stdin_from(0, fd);
    EXPECT_EQ(files->read("/dev/stdin", {}).value(), "the middle");
  }
  ::close(fd);
  fd = ::open(dir.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  testing::Redirect stdin_from(0, fd);
  ::close(fd);
  EXPECT_EQ(files->read_stdin({}).error().message, "standard input is a directory, not a file");
}

TEST(Files, ADirectoryIsListedInOrder) {
  TempDir dir;
  dir.put("b", "");
  dir.put("a/x", "");
  dir.put(".hidden", "");
  std::filesystem::create_symlink("a", dir / "c");
  ASSERT_EQ(::mkfifo((dir / "d").c_str(), 0600), 0);
  auto files = real_files();
  const std::vector<DirEntry> want = {{".hidden", FileKind::Regular},
                                      {"a", FileKind::Directory},
                                      {"b", FileKind::Regular},
                                      {"c", FileKind::Link},
                                      {"d", FileKind::Other}};
  EXPECT_EQ(files->list(dir.path(), 5).value(), want);
  EXPECT_EQ(files->list("/", 1000, dir.path()).value(), want);
  EXPECT_EQ(files->list(dir.path(), 4).error().message, cat(quote(dir.path()), " has more than 4 entries"));
  EXPECT_EQ(files->list(dir / "b", 4).error().message, cat(quote(dir / "b"), " is not a directory"));
  EXPECT_EQ(files->list(dir / "none", 4).error().kind, ErrorKind::NotFound);
  for (int i = 0; i < 2000; ++i) dir.put(cat("many/", i), "");
  EXPECT_EQ(files->list(dir / "many", 2000).value().size(), 2000u);
}

TEST(Files, KindLooksAtTheLinkItself) {
  TempDir dir;
  dir.put("f", "");
  std::filesystem::create_symlink("nowhere", dir / "link");
  auto files = real_files();
  EXPECT_EQ(files->kind(dir / "f").value(), FileKind::Regular);
  EXPECT_EQ(files->kind(dir / "link").value(), FileKind::Link);
  EXPECT_EQ(files->kind("/link", dir.path()).value(), FileKind::Link);
  EXPECT_EQ(files->kind(dir.path()).value(), FileKind::Directory);
  EXPECT_EQ(files->kind("/dev/null").value(), FileKind::Other);
  EXPECT_EQ(files->kind(dir / "none").error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace eidos
