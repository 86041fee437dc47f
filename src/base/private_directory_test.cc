#include "base/private_directory.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "support/process_state.h"
#include "support/temp_dir.h"

namespace eidos {
namespace {

using ::testing::HasSubstr;
using testing::TempDir;

unsigned mode_of(const std::string& path) {
  return static_cast<unsigned>(std::filesystem::status(path).permissions());
}

TEST(PrivateDirectory, IsMadeForItsOwnerAlone) {
  TempDir dir;
  testing::Umask umask(0);
  const std::string place = dir / "eidos";
  ASSERT_TRUE(write_private(place, "a", "one"));
  ASSERT_TRUE(write_private(place, "a", "two"));
  EXPECT_EQ(mode_of(place), 0700u);
  EXPECT_EQ(mode_of(place + "/a"), 0600u);
  EXPECT_EQ(*read_private(place, "a", 3), "two");
  auto large = read_private(place, "a", 2);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().kind, ErrorKind::Invalid);
}

TEST(PrivateDirectory, TrustsNothingThatOthersCouldHavePutThere) {
  TempDir dir;
  const std::string place = dir / "eidos";
  ASSERT_TRUE(write_private(place, "a", "one"));
  struct Case {
    const char* what;
    void (*spoil)(const std::string& place);
    ErrorKind kind;
  };
  const Case kCases[] = {
      {"a file others may write", [](const std::string& p) { ::chmod((p + "/a").c_str(), 0602); },
       ErrorKind::Denied},
      {"a file others may read", [](const std::string& p) { ::chmod((p + "/a").c_str(), 0640); },
       ErrorKind::Denied},
      {"a link",
       [](const std::string& p) {
         std::filesystem::rename(p + "/a", p + "/b");
         std::filesystem::create_symlink("b", p + "/a");
       },
       ErrorKind::Invalid},
      {"a FIFO", [](const std::string& p) { ::mkfifo((p + "/a").c_str(), 0600); }, ErrorKind::Invalid},
      {"nothing", [](const std::string&) {}, ErrorKind::NotFound},
      {"a directory others may enter", [](const std::string& p) { ::chmod(p.c_str(), 0710); },
       ErrorKind::Denied},
  };
  for (const Case& c : kCases) {
    std::filesystem::remove_all(place);
    ASSERT_TRUE(write_private(place, "a", "one"));
    if (std::string(c.what) == "nothing" || std::string(c.what) == "a FIFO") ::unlink((place + "/a").c_str());
    c.spoil(place);
    auto read = read_private(place, "a", 100);
    ASSERT_FALSE(read) << c.what;
    EXPECT_EQ(read.error().kind, c.kind) << c.what << ": " << read.error().message;
  }
  EXPECT_FALSE(write_private(place, "a", "two")) << "others may enter";
  EXPECT_FALSE(write_private(dir / "no/such", "a", "two"));
  std::filesystem::create_directory_symlink("eidos", dir / "link");
  EXPECT_FALSE(read_private(dir / "link", "a", 100)) << "the directory itself is no link";
}

TEST(PrivateDirectory, OfAnotherOwnerIsRefused) {
  if (::geteuid() != 0) {  // root's files are somebody else's already
    auto read = read_private("/etc", "hostname", 100);
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, HasSubstr("belongs to user 0"));
    return;
  }
  TempDir dir;
  const std::string place = dir / "eidos";
  ASSERT_TRUE(write_private(place, "a", "one"));
  ASSERT_EQ(::chown((place + "/a").c_str(), 65534, 65534), 0);
  auto read = read_private(place, "a", 100);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("belongs to user 65534"));
  ASSERT_EQ(::chown(place.c_str(), 65534, 65534), 0);
  EXPECT_FALSE(write_private(place, "b", "x"));
}

}  // namespace
}  // namespace eidos
