#include "base/append.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/system_calls.h"
#include "base/text.h"
#include "support/faulty_calls.h"
#include "support/process_state.h"
#include "support/temp_dir.h"

namespace eidos {
namespace {

using testing::bytes_at;
using testing::FaultyCalls;
using ::testing::HasSubstr;
using testing::TempDir;

TEST(AppendFile, PutsLinesBehindWhatIsThere) {
  struct Case {
    const char* before;
    const char* after;
  };
  const Case kCases[] = {{"", "two\n"}, {"one\n", "one\ntwo\n"}, {"cut sho", "cut sho\ntwo\n"}};
  for (const Case& c : kCases) {
    TempDir dir;
    const std::string path = dir.put("f", c.before);
    ASSERT_TRUE(append_file(path, "two\n", 0600));
    EXPECT_EQ(bytes_at(path), c.after);
  }
}

TEST(AppendFile, MakesANewFileWithItsModeAndFollowsLinks) {
  TempDir dir;
  testing::Umask umask(0777);
  std::filesystem::create_symlink("new", dir / "link");
  ASSERT_TRUE(append_file(dir / "link", "a\n", 0640));
  EXPECT_EQ(static_cast<unsigned>(std::filesystem::status(dir / "new").permissions()), 0640u);
  EXPECT_EQ(bytes_at(dir / "new"), "a\n");
}

TEST(AppendFile, RefusesWhatIsNoFile) {
  TempDir dir;
  struct Case {
    std::string path;
    ErrorKind kind;
    const char* message;
  };
  ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
  const Case kCases[] = {{dir.path(), ErrorKind::Invalid, "is a directory"},
                         {dir / "fifo", ErrorKind::Invalid, "is a FIFO"},
                         {dir / "no/such", ErrorKind::NotFound, "there is no directory"},
                         {"/dev/full", ErrorKind::Internal, "No space left on device"},
                         {"", ErrorKind::Invalid, ""}};
  for (const Case& c : kCases) {
    auto done = append_file(c.path, "x\n", 0600);
    ASSERT_FALSE(done) << c.path;
    EXPECT_EQ(done.error().kind, c.kind) << done.error().message;
    EXPECT_THAT(done.error().message, HasSubstr(c.message));
  }
}

// Whatever call goes wrong, at whatever byte: the file has the whole line or nothing of it.
TEST(AppendFile, IsWholeOrNothingWhereverTheDiskFills) {
  for (std::size_t step : {std::size_t{3}, SIZE_MAX}) {
    for (int at = 1;; ++at) {
      TempDir dir;
      const std::string path = dir.put("f", "one\n");
      FaultyCalls calls({.at = at, .error = ENOSPC, .largest_write = step});
      auto done = append_file(calls, path, "line two\n", 0600);
      if (calls.struck().empty()) {
        ASSERT_TRUE(done);
        break;
      }
      EXPECT_THAT(bytes_at(path), ::testing::AnyOf("one\n", "one\nline two\n")) << at << calls.struck();
      if (done) {
        EXPECT_EQ(bytes_at(path), "one\nline two\n") << calls.struck();
      }
    }
  }
}

TEST(RemoveFile, RemovesFilesOnly) {
  TempDir dir;
  const std::string path = dir.put("f", "x");
  std::filesystem::create_symlink("f", dir / "link");
  EXPECT_FALSE(remove_file(dir / "link"));
  EXPECT_FALSE(remove_file(dir.path()));
  ASSERT_TRUE(remove_file(path));
  auto again = remove_file(path);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace eidos
