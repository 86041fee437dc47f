#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/staging.h"
#include "base/system_calls.h"
#include "base/text.h"
#include "base/tree_survey.h"
#include "support/faulty_calls.h"
#include "support/process_state.h"
#include "support/temp_dir.h"
#include "support/trees.h"

namespace eidos {
namespace {

using testing::all_files;
using testing::as_files;
using testing::bytes_at;
using testing::done;
using testing::FaultyCalls;
using ::testing::IsEmpty;
using testing::put_tree;
using testing::sealed;
using testing::TempDir;

const FileTree kOld = sealed({{"Chart.yaml", {"old"}}, {"a/b/c", {"1"}}, {"gone/x", {"2"}}});
const FileTree kNew = sealed({{"Chart.yaml", {"new"}}, {"a/b", {"a file now"}}, {"run.sh", {"#!", true}}});

Result<void> write(const std::string& path, const FileTree& tree, const TreeOptions& options = {}) {
  return real_files()->write_tree(path, tree, options);
}

unsigned mode_of(const std::string& path) {
  return static_cast<unsigned>(std::filesystem::status(path).permissions());
}

TEST(WriteTree, ATreeIsMadeWithItsParents) {
  TempDir dir;
  ASSERT_TRUE(done(write(dir / "deep/down/out/", kNew)));
  EXPECT_EQ(all_files(dir / "deep/down/out"), as_files(kNew));
  ASSERT_TRUE(done(write(dir / "empty", {})));
  EXPECT_TRUE(std::filesystem::is_empty(dir / "empty"));
  testing::WorkingDirectory here(dir.path());
  ASSERT_TRUE(done(write("new/./x", kNew)));
  EXPECT_EQ(all_files(dir / "new/x"), as_files(kNew));
}

TEST(WriteTree, ModesDoNotDependOnTheUmask) {
  for (bool in_place : {false, true}) {
    for (mode_t mask : {0u, 077u, 0777u}) {
      TempDir dir;
      put_tree(dir / "out", kOld);
      if (in_place) dir.put("out/.git/HEAD", "");
      testing::Umask umask(mask);
      ASSERT_TRUE(done(write(dir / "out", kNew, {.fsync = true})));
      EXPECT_EQ(mode_of(dir / "out/run.sh"), 0755u);
      EXPECT_EQ(mode_of(dir / "out/Chart.yaml"), 0644u);
      EXPECT_EQ(mode_of(dir / "out/a"), 0755u);
      EXPECT_EQ(mode_of(dir / "out"), 0755u);
    }
  }
}

TEST(WriteTree, ItReplacesWhatEidosWroteAndLeavesNothingOfIt) {
  TempDir dir;
  put_tree(dir / "out", kOld);
  dir.put("out/Chart.lock", "by helm");
  dir.put("out/charts/x-1.tgz", "by helm");
  dir.put("out/attestation/a.json", "by eidos");
  std::filesystem::remove(dir / "out/gone/x");
  const TreeOptions helm{.tolerated = {"Chart.lock", "charts/*.tgz"}};
  ASSERT_TRUE(done(write(dir / "out", kNew, helm)));
  EXPECT_EQ(all_files(dir / "out"), as_files(kNew));
  EXPECT_EQ(all_files(dir.path()).size(), kNew.size());
}

TEST(WriteTree, AnEmptyDirectoryIsFreeToTake) {
  TempDir dir;
  std::filesystem::create_directories(dir / "out/empty/too");
  ASSERT_TRUE(done(write(dir / "out", kNew)));
  EXPECT_EQ(all_files(dir.path() + "/out"), as_files(kNew));
}

TEST(WriteTree, ForeignAndChangedFilesAreNamed) {
  struct Case {
    const char* name;
    std::map<std::string, std::string> files;
    std::string message;
  };
  const Case cases[] = {
      {"no checksums", {{"notes.txt", ""}}, " holds what eidos did not write: 'notes.txt'"},
      {"many",
       {{"1", ""}, {"2", ""}, {"3", ""}, {"d/4", ""}, {"5", ""}, {"6", ""}, {"7", ""}},
       " holds what eidos did not write: '1', '2', '3', '5', '6' and 2 more"},
      {"bad checksums", {{"checksums.txt", "hello"}}, " holds what eidos did not write: 'checksums.txt'"},
      {"changed", {{"Chart.yaml", "mine"}}, " has files changed since eidos wrote them: 'Chart.yaml'"},
      {"both",
       {{"Chart.yaml", "mine"}, {"charts/x.txt", ""}, {"a/b/charts/y.tgz", ""}},
       " holds what eidos did not write: 'a/b/charts/y.tgz', 'charts/x.txt'; has files changed since eidos "
       "wrote them: 'Chart.yaml'"},
      {"painting", {{"\x1b[2Jx", ""}}, " holds what eidos did not write: '\\x1b[2Jx'"},
  };
  for (const Case& c : cases) {
    TempDir dir;
    const bool bare = std::string_view(c.name) == "no checksums" || std::string_view(c.name) == "many";
    if (!bare) put_tree(dir / "out", kOld);
    for (const auto& [path, bytes] : c.files) dir.put("out/" + path, bytes);
    const auto before = all_files(dir.path());
    std::string message = c.message;
    if (std::string_view(c.name) == "bad checksums")
      message = " holds what eidos did not write: 'Chart.yaml', 'a/b/c', 'checksums.txt', 'gone/x'";
    auto got = write(dir / "out", kNew, {.tolerated = {"Chart.lock", "charts/*.tgz"}});
    ASSERT_FALSE(got) << c.name;
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
    EXPECT_EQ(got.error().message, quote(dir / "out") + message);
    EXPECT_EQ(got.error().hint, "give another directory, or --force to replace everything in this one");
    EXPECT_EQ(all_files(dir.path()), before) << c.name;
    ASSERT_TRUE(done(write(dir / "out", kNew, {.force = true}))) << c.name;
    EXPECT_EQ(all_files(dir / "out"), as_files(kNew));
  }
}

TEST(WriteTree, LinksAndPipesInTheOldTreeAreForeignAndNeverFollowed) {
  for (bool in_place : {false, true}) {
    TempDir dir;
    dir.put("precious/file", "keep me");
    put_tree(dir / "out", kOld);
    if (in_place) dir.put("out/.git/HEAD", "ref");
    std::filesystem::remove(dir / "out/Chart.yaml");
    std::filesystem::create_symlink("../precious/file", dir / "out/Chart.yaml");
    std::filesystem::create_symlink("../precious", dir / "out/link");
    ASSERT_EQ(::mkfifo((dir / "out/pipe").c_str(), 0600), 0);
    auto got = write(dir / "out", kNew);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().message,
              cat(quote(dir / "out"), " holds what eidos did not write: 'Chart.yaml', 'link', 'pipe'"));
    ASSERT_TRUE(done(write(dir / "out", kNew, {.force = true})));
    EXPECT_EQ(bytes_at(dir / "precious/file"), "keep me");
    EXPECT_FALSE(std::filesystem::exists(dir / "out/pipe"));
  }
}

TEST(WriteTree, BadTreesAndBadPlacesAreRefused) {
  TempDir dir;
  dir.put("file", "x");
  dir.put("work/here/x", "");
  ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
  std::filesystem::create_symlink("file", dir / "link");
  testing::WorkingDirectory here(dir / "work/here");
  struct Case {
    std::string path;
    FileTree tree;
    std::string message;
  };
  const Case cases[] = {
      {"", kNew, "the path is empty"},
      {"out", {{"../x", {}}}, "the path '../x' has a '.' or '..' part"},
      {"out", {{"/x", {}}}, "the path '/x' is absolute"},
      {"out", {{"a", {}}, {"a-b", {}}, {"a/b", {}}}, "'a' is both a file and a directory of the tree"},
      {"out", {{".git/hooks/x", {}}}, "the path '.git/hooks/x' cannot be part of a tree"},
      {"out", {{".eidos-new-1", {}}}, "the path '.eidos-new-1' cannot be part of a tree"},
      {"../../file", kNew, "'../../file' is a file, not a directory"},
      {"../../link", kNew, "'../../link' is a file, not a directory"},
      {"../../fifo", kNew, "'../../fifo' is a FIFO, not a directory"},
      {"../../file/x", kNew, "'../../file/x': a part of this path is a file, not a directory"},
      {"/", kNew, "'/' is the root directory"},
      {"//", kNew, "'//' is the root directory"},
      {"..", kNew, "'..' contains the working directory"},
      {"../../work", kNew, "'../../work' contains the working directory"},
      {dir.path(), kNew, cat(quote(dir.path()), " contains the working directory")},
  };
  const auto before = all_files(dir.path());
  for (const Case& c : cases) {
    auto got = write(c.path, c.tree, {.force = true});
    ASSERT_FALSE(got) << c.path;
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid) << c.path;
    EXPECT_EQ(got.error().message, c.message);
  }
  EXPECT_EQ(all_files(dir.path()), before);
}

TEST(WriteTree, ALinkToADirectoryIsFollowedAndStays) {
  TempDir dir;
  put_tree(dir / "releases/1", kOld);
  std::filesystem::create_symlink("releases/1", dir / "current");
  std::filesystem::create_symlink("releases/2", dir / "next");
  ASSERT_TRUE(done(write(dir / "current", kNew)));
  ASSERT_TRUE(done(write(dir / "next/", kNew)));
  EXPECT_TRUE(std::filesystem::is_symlink(dir / "current"));
  EXPECT_EQ(all_files(dir / "releases/1"), as_files(kNew));
  EXPECT_EQ(all_files(dir / "releases/2"), as_files(kNew));
}

TEST(WriteTree, TheWorkingDirectoryAndARepositoryAreReplacedInPlace) {
  TempDir dir;
  put_tree(dir / "out", kOld);
  dir.put("out/.git/HEAD", "ref: refs/heads/main");
  const auto inode = [&] {
    struct stat status{};
    ::stat((dir / "out").c_str(), &status);
    return status.st_ino;
  };
  const auto before = inode();
  ASSERT_TRUE(done(write(dir / "out", kNew)));
  EXPECT_EQ(inode(), before);
  EXPECT_EQ(bytes_at(dir / "out/.git/HEAD"), "ref: refs/heads/main");
  std::filesystem::remove_all(dir / "out/.git");
  EXPECT_EQ(all_files(dir / "out"), as_files(kNew));
  testing::WorkingDirectory here(dir / "out");
  for (const char* path : {".", "./", "../out"}) {
    const FileTree& tree = std::string_view(path) == "./" ? kNew : kOld;
    ASSERT_TRUE(done(write(path, tree))) << path;
    EXPECT_EQ(all_files("."), as_files(tree)) << path;
    EXPECT_EQ(inode(), before);
  }
  ASSERT_TRUE(done(write(dir / "out", kNew)));
  EXPECT_EQ(inode(), before);
}

TEST(WriteTree, AFileSystemWithoutExchangeIsServedInPlace) {
  for (int error : {EINVAL, EXDEV, EBUSY, ENOSYS}) {
    TempDir dir;
    put_tree(dir / "out", kOld);
    FaultyCalls calls({.always = {{"renameat2 with flags", error}}});
    ASSERT_TRUE(done(write_tree(calls, dir / "out", kNew, {}))) << error;
    EXPECT_EQ(all_files(dir.path() + "/out"), as_files(kNew));
    EXPECT_EQ(all_files(dir.path()).size(), kNew.size()) << "litter";
  }
  TempDir dir;
  FaultyCalls calls({.always = {{"renameat2 with flags", EINVAL}}});
  ASSERT_TRUE(done(write_tree(calls, dir / "out", kNew, {})));
  EXPECT_EQ(all_files(dir / "out"), as_files(kNew));
}

TEST(WriteTree, AnUnwritableParentIsNoObstacleToAWritableDirectory) {
  TempDir dir;
  std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));
  std::filesystem::create_directory(dir / "out");
  std::filesystem::permissions(dir / "out", std::filesystem::perms(0777));
  std::filesystem::create_directory(dir / "closed");
  testing::AsNobody nobody;
  if (::access(dir.path().c_str(), W_OK) == 0 && ::geteuid() != 65534) GTEST_SKIP() << "needs root to set up";
  ASSERT_TRUE(done(write(dir / "out", kOld)));
  ASSERT_TRUE(done(write(dir / "out", kNew)));
  EXPECT_EQ(all_files(dir / "out"), as_files(kNew));
  for (const char* name : {"new", "closed", "new/deeper"}) {
    auto got = write(dir / name, kNew);
    ASSERT_FALSE(got) << name;
    EXPECT_EQ(got.error().kind,
              std::string_view(name) == "new/deeper" ? ErrorKind::NotFound : ErrorKind::Denied)
        << got.error().message;
  }
}

TEST(WriteTree, AFailedRunTakesBackTheParentsItMade) {
  TempDir dir;
  FaultyCalls calls({.always = {{"write", ENOSPC}}});
  auto got = write_tree(calls, dir / "a/b/out", kNew, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Internal);
  EXPECT_EQ(got.error().message,
            cat("writing ", quote(dir / "a/b/out/Chart.yaml"), ": No space left on device"));
  EXPECT_THAT(all_files(dir.path()), IsEmpty());
}

TEST(WriteTree, AStoppedRunLeavesTheOldTree) {
  TempDir dir;
  put_tree(dir / "out", kOld);
  const auto before = all_files(dir.path());
  std::stop_source stop;
  stop.request_stop();
  auto got = write(dir / "out", kNew, {.limit = Limit(stop.get_token(), {})});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Cancelled);
  EXPECT_EQ(all_files(dir.path()), before);
}

TEST(WriteTree, WhereAnotherRunWritesThisOneSaysSoAndWritesNothing) {
  TempDir dir;
  put_tree(dir / "out", kOld);
  const int fd = ::open((dir / "out").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::flock(fd, LOCK_EX), 0);
  for (bool force : {false, true}) {
    auto got = write(dir / "out", kNew, {.force = force});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().kind, ErrorKind::Unavailable);
    EXPECT_EQ(got.error().message, cat("another run is writing ", quote(dir / "out"), " at the same time"));
    EXPECT_EQ(got.error().hint, "this run wrote nothing; repeat it when the other one is done");
    EXPECT_EQ(all_files(dir.path()).size(), kOld.size()) << "no stage is left";
    EXPECT_EQ(all_files(dir / "out"), as_files(kOld));
  }
  ::close(fd);
  EXPECT_TRUE(write(dir / "out", kNew));
}

TEST(WriteTree, AWholeTreeOfAnotherProgramIsLeftAlone) {
  const FileTree foreign = sealed({{"release.bin", {"1"}}});
  const FileTree marked = sealed({{"recipe.yaml", {"kind: RecipeResult"}}});
  const TreeOptions ours{.mark = "recipe.yaml"};
  TempDir dir;
  put_tree(dir / "out", foreign);
  auto got = write(dir / "out", marked, ours);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
  EXPECT_EQ(got.error().message, cat(quote(dir / "out"),
                                     " holds a tree that eidos did not write: its "
                                     "checksums.txt does not list 'recipe.yaml'"));
  EXPECT_EQ(all_files(dir / "out"), as_files(foreign));
  TreeOptions forced = ours;
  forced.force = true;
  ASSERT_TRUE(done(write(dir / "out", marked, forced)));
  ASSERT_TRUE(done(write(dir / "out", marked, ours)));
  std::filesystem::create_directories(dir / "empty/too");
  ASSERT_TRUE(done(write(dir / "empty", marked, ours)));
}

TEST(WriteTree, AnInputOfTheRunIsNotReplacedEvenByForce) {
  struct Case {
    const char* name;
    std::vector<std::string> files;  // the user's, in the target
    std::string input;               // below the target
    bool refused;
  };
  const Case cases[] = {
      {"a values file", {"mine.yaml"}, "mine.yaml", true},
      {"by another spelling", {"mine.yaml"}, "../out/./mine.yaml", true},
      {"a directory of data", {"data/registry.yaml"}, "data", true},
      {"the target itself", {"registry.yaml"}, "", true},
      {"a file elsewhere", {"mine.yaml"}, "../elsewhere", false},
      {"a file that is not there", {"mine.yaml"}, "gone.yaml", false},
      {"what eidos wrote", {}, "Chart.yaml", false},
      {"what eidos wrote, changed", {"Chart.yaml"}, "Chart.yaml", true},
  };
  for (const Case& c : cases) {
    TempDir dir;
    dir.put("elsewhere", "x");
    put_tree(dir / "out", kOld);
    for (const std::string& file : c.files) dir.put("out/" + file, "mine");
    const auto before = all_files(dir.path());
    const std::string input = dir / "out/" + c.input;
    auto got = write(dir / "out", kNew, {.inputs = {input}, .force = true});
    ASSERT_EQ(!got.has_value(), c.refused) << c.name;
    if (got) continue;
    EXPECT_EQ(got.error().message, cat(quote(input), " is an input of this run and stands in ",
                                       quote(dir / "out"), ", which would be replaced"));
    EXPECT_EQ(all_files(dir.path()), before) << c.name;
  }
}

TEST(WriteTree, LeftoversOfDeadRunsGoAndThoseOfLiveOnesStay) {
  TempDir dir;
  FaultyCalls calls;
  const Descriptor directory = open_at(calls, AT_FDCWD, dir.path(), O_RDONLY | O_DIRECTORY).value();
  auto dead = stage_directory(calls, directory.get(), "out");
  auto live = stage_directory(calls, directory.get(), "out");
  ASSERT_TRUE(dead && live);
  dir.put(dead->name + "/x/y", "");
  dir.put(live->name + "/x", "");
  dead->fd = Descriptor();
  for (const FileTree* tree : {&kOld, &kNew}) {
    ASSERT_TRUE(done(write(dir / "out", *tree)));
    EXPECT_FALSE(std::filesystem::exists(dir / dead->name));
    EXPECT_TRUE(std::filesystem::exists(dir / (live->name + "/x")));
  }
}

TEST(WriteTree, PatternsHaveOneStarWithinAPart) {
  struct Case {
    const char* pattern;
    const char* path;
    bool want;
  };
  const Case cases[] = {{"Chart.lock", "Chart.lock", true},
                        {"Chart.lock", "x/Chart.lock", false},
                        {"charts/*.tgz", "charts/a.tgz", true},
                        {"charts/*.tgz", "charts/.tgz", true},
                        {"charts/*.tgz", "charts/a/b.tgz", false},
                        {"charts/*.tgz", "charts/a.tar", false},
                        {"**/charts/*.tgz", "charts/a.tgz", true},
                        {"**/charts/*.tgz", "x/y/charts/a.tgz", true},
                        {"**/charts/*.tgz", "x/mycharts/a.tgz", false},
                        {"**/Chart.lock", "x/Chart.lock", true},
                        {"**/Chart.lock", "x/Chart.lock/y", false},
                        {"**/", "x", false},
                        {"a*a", "a", false},
                        {"*", "x", true},
                        {"*", "x/y", false}};
  for (const Case& c : cases) EXPECT_EQ(matches(c.pattern, c.path), c.want) << c.pattern << " " << c.path;
}

}  // namespace
}  // namespace eidos
