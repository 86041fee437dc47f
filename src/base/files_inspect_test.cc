// Looking at a whole tree: what is reported of each entry, and what is refused or only named.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/sha256.h"
#include "base/system_calls.h"
#include "support/fake_files.h"
#include "support/faulty_calls.h"
#include "support/process_state.h"
#include "support/temp_dir.h"
#include "support/trees.h"

namespace eidos {
namespace {

using ::testing::ElementsAre;
using testing::FaultyCalls;
using ::testing::Field;
using ::testing::HasSubstr;
using testing::TempDir;

std::vector<std::string> paths(const std::vector<TreeEntry>& entries) {
  std::vector<std::string> out;
  for (const TreeEntry& entry : entries) out.push_back(entry.path);
  return out;
}

TEST(InspectTree, EveryThingIsSeenOnceWithItsKindModeAndDigest) {
  TempDir dir;
  dir.put("b/deploy.sh", "#!/bin/sh\n");
  dir.put("b/plain.sh", "# no shebang");
  dir.put("a", "");
  dir.put("kept", "bytes");
  std::filesystem::permissions(dir / "b/deploy.sh", std::filesystem::perms(0700));
  std::filesystem::create_directories(dir / "empty/inside");
  std::filesystem::create_symlink("a", dir / "link");
  ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);
  auto got =
      real_files()->inspect(dir.path(), {.keep = [](std::string_view path) { return path == "kept"; }});
  ASSERT_TRUE(testing::done(got));
  ASSERT_THAT(paths(*got), ElementsAre("a", "b/deploy.sh", "b/plain.sh", "kept", "link", "pipe"));
  const auto& [a, deploy, plain, kept, link, pipe] =
      std::tie((*got)[0], (*got)[1], (*got)[2], (*got)[3], (*got)[4], (*got)[5]);
  EXPECT_EQ(a.digest, sha256_hex(""));
  EXPECT_TRUE(deploy.executable && deploy.script);
  EXPECT_FALSE(plain.executable || plain.script);
  EXPECT_EQ(plain.bytes, "");
  EXPECT_EQ(kept.bytes, "bytes");
  EXPECT_EQ(kept.size, 5);
  EXPECT_EQ(kept.digest, sha256_hex("bytes"));
  EXPECT_EQ(link.kind, FileKind::Link);
  EXPECT_EQ(pipe.kind, FileKind::Other);
  EXPECT_EQ(link.digest + pipe.digest, "");
}

TEST(InspectTree, WhatCannotBeReadIsAnEntryWithAProblem) {
  TempDir dir;
  dir.put("large", "12345");
  dir.put("fits", "1234");
  dir.put("secret", "x");
  dir.put("closed/x", "x");
  dir.put("forbidden/x", "x");
  std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(dir / "secret", std::filesystem::perms(0));
  std::filesystem::permissions(dir / "forbidden", std::filesystem::perms(0));
  testing::AsNobody nobody;
  auto got = real_files()->inspect(
      dir.path(), {.max_file_bytes = 4, .closed = [](std::string_view path) { return path == "closed"; }});
  ASSERT_TRUE(testing::done(got));
  EXPECT_THAT(*got, ElementsAre(Field(&TreeEntry::problem, ""), Field(&TreeEntry::problem, ""),
                                Field(&TreeEntry::problem, "listing it: Permission denied"),
                                Field(&TreeEntry::problem, "larger than 4 bytes"),
                                Field(&TreeEntry::problem, "reading it: Permission denied")));
  EXPECT_THAT(paths(*got), ElementsAre("closed", "fits", "forbidden", "large", "secret"));
  EXPECT_EQ((*got)[0].kind, FileKind::Directory);
}

TEST(InspectTree, CapsAndBadStartsAreErrors) {
  TempDir dir;
  dir.put("a", "");
  dir.put("b", "");
  auto many = real_files()->inspect(dir.path(), {.max_entries = 1});
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().kind, ErrorKind::Invalid);
  EXPECT_THAT(many.error().message, HasSubstr("has more than 1 entries"));
  auto missing = real_files()->inspect(dir / "none", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::NotFound);
  EXPECT_FALSE(real_files()->inspect(dir / "a", {}));
  std::stop_source stop;
  stop.request_stop();
  auto stopped = real_files()->inspect(dir.path(), {.limit = Limit(stop.get_token(), {})});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::Cancelled);
}

TEST(InspectTree, ACallThatFailsIsTheProblemOfOneFile) {
  TempDir dir;
  dir.put("a", "12345678");
  for (const char* call : {"read", "fstat"}) {
    FaultyCalls calls({.always = {{call, EIO}}});
    auto got = inspect_tree(calls, dir.path(), {});
    ASSERT_TRUE(testing::done(got));
    ASSERT_EQ(got->size(), 1u);
    EXPECT_EQ(got->front().problem, "reading it: Input/output error");
    EXPECT_EQ(got->front().digest, "");
  }
}

TEST(InspectTree, FakeFilesAnswerTheSameWay) {
  testing::FakeFiles files{{"in/a/b.sh", "#!/bin/sh"}, {"in/c", "x"}, {"in/d/e", ""}, {"other", ""}};
  auto got = files.inspect("in", {.keep = [](std::string_view path) { return path == "c"; },
                                  .closed = [](std::string_view path) { return path == "d"; }});
  ASSERT_TRUE(testing::done(got));
  ASSERT_THAT(paths(*got), ElementsAre("a/b.sh", "c", "d"));
  EXPECT_TRUE(got->front().script);
  EXPECT_EQ((*got)[1].bytes, "x");
  EXPECT_EQ((*got)[1].digest, sha256_hex("x"));
  EXPECT_EQ((*got)[2].kind, FileKind::Directory);
}

}  // namespace
}  // namespace eidos
