// The promise of write_tree held against every call that fails, every moment of being killed, full disks,
// mount points, and other writers.

#include <functional>
#include <set>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/staging.h"
#include "base/system_calls.h"
#include "base/text.h"
#include "support/faulty_calls.h"
#include "support/process_state.h"
#include "support/temp_dir.h"
#include "support/trees.h"

namespace eidos {
namespace {

using testing::all_files;
using testing::as_files;
using testing::done;
using testing::Fault;
using testing::FaultyCalls;
using testing::put_tree;
using testing::sealed;
using testing::TempDir;
using Listing = std::map<std::string, std::string>;

const FileTree kOld = sealed({{"Chart.yaml", {"old"}}, {"a/b/c", {"1"}}, {"gone/x", {"2"}}});
const FileTree kNew = sealed({{"Chart.yaml", {"new"}}, {"a/b", {"a file now"}}, {"run.sh", {"#!", true}}});

enum class Death : std::uint8_t { Killed, Cut };

struct Scene {
  const char* name;
  bool exists = true;
  bool git = false;                        // keeps the directory itself, so: in place
  std::map<std::string, int> always = {};  // what the file system lacks
  Death death = Death::Killed;
};
const Scene kScenes[] = {
    {.name = "create", .exists = false},
    {.name = "swap"},
    {.name = "in place", .git = true},
    {.name = "in place after a refused exchange",
     .always = {{"renameat2 with flags", EINVAL}},
     .death = Death::Cut},
    {.name = "without openat2 and locks",
     .always = {{"openat2", ENOSYS}, {"flock", ENOLCK}},
     .death = Death::Cut},
};

struct State {
  Listing target;  // without .git and stages
  std::set<std::string> stages;
  bool exists = false;
};

State look(const TempDir& dir) {
  State state;
  state.exists = std::filesystem::exists(dir / "out");
  for (const auto& [path, bytes] : all_files(dir.path())) {
    std::size_t stage = path.find(kStagePrefix);
    if (stage != std::string::npos)
      state.stages.insert(path.substr(0, path.find('/', stage)));
    else if (path.starts_with("out/") && !path.starts_with("out/.git/"))
      state.target[path.substr(4)] = bytes;
  }
  return state;
}

void set(const Scene& scene, const TempDir& dir) {
  if (scene.exists) put_tree(dir / "out", kOld);
  if (scene.git) dir.put("out/.git/HEAD", "ref");
}

// Calls whose failure may leave something behind: those that remove it.
bool removes(const std::string& call) {
  return std::set<std::string>{"unlinkat", "getdents", "openat2", "openat", "fstat", "fstatat"}.contains(
      call);
}

class EveryCall : public ::testing::TestWithParam<Scene> {};

TEST_P(EveryCall, ThatFailsLeavesTheOldTreeOrTheNewOne) {
  const Scene& scene = GetParam();
  int refused = 0;
  for (int error : {EIO, ENOSPC, EACCES, EINTR}) {
    for (int at = 1;; ++at) {
      TempDir dir(testing::in_memory());
      set(scene, dir);
      FaultyCalls calls({.at = at, .error = error, .largest_write = 7, .always = scene.always});
      auto result = write_tree(calls, dir / "out", kNew, {.fsync = true});
      if (calls.struck().empty()) break;
      SCOPED_TRACE(cat("call ", at, " ", calls.struck(), " errno ", error, ": ",
                       result ? "" : result.error().message));
      const State state = look(dir);
      refused += result ? 0 : 1;
      if (error == EINTR) {
        EXPECT_TRUE(result);
      }
      if (result) {
        EXPECT_EQ(state.target, as_files(kNew));
      } else if (state.target != as_files(kNew)) {
        EXPECT_EQ(state.target, scene.exists ? as_files(kOld) : Listing{});
        EXPECT_EQ(state.exists, scene.exists);
      } else {  // too late to fail: the old tree would not go, or the disk would not confirm
        EXPECT_TRUE(result.error().hint.starts_with("the new tree is in place") || calls.struck() == "fsync");
      }
      EXPECT_TRUE(state.stages.empty() || removes(calls.struck()));
      if (scene.git) {
        EXPECT_EQ(testing::bytes_at(dir / "out/.git/HEAD"), "ref");
      }
      if (state.stages.empty()) continue;
      EXPECT_TRUE(done(real_files()->write_tree(dir / "out", kNew, {})));
      EXPECT_TRUE(look(dir).stages.empty());
    }
  }
  EXPECT_GT(refused, 50);
}

// Writes a tree and dies before the Nth call: by a real kill of a real process, or by calls that do nothing
// from then on, which the file system cannot tell apart and which is quicker. True if it died.
bool dies_at(int at, Death death, const std::string& path, const FileTree& tree,
             const std::map<std::string, int>& always) {
  Fault fault{.at = at, .largest_write = 7, .always = always};
  (death == Death::Killed ? fault.kills : fault.ends) = true;
  if (death == Death::Cut) {
    FaultyCalls calls(fault);
    const bool fine = write_tree(calls, path, tree, {}).has_value();
    EXPECT_TRUE(fine || !calls.struck().empty());
    return !calls.struck().empty();
  }
  const pid_t child = ::fork();
  if (child == 0) {
    FaultyCalls calls(fault);
    ::_exit(write_tree(calls, path, tree, {}) ? 0 : 1);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
  return WIFSIGNALED(status);
}

// Lets a write die before its Nth call, for every N, and has `check` look at what is left.
void die_everywhere(const Scene& scene, const std::function<void(int at, const TempDir& dir)>& check) {
  bool died = true;
  for (int at = 1; died; ++at) {
    TempDir dir(testing::in_memory());
    set(scene, dir);
    died = dies_at(at, scene.death, dir / "out", kNew, scene.always);
    check(at, dir);
  }
}

TEST_P(EveryCall, ThatIsTheLastOfAKilledRunLeavesATreeThatTheNextRunReplaces) {
  const Scene& scene = GetParam();
  int before = 0;
  int inside = 0;
  int after = 0;
  die_everywhere(scene, [&](int at, const TempDir& dir) {
    SCOPED_TRACE(cat("killed at call ", at));
    State state = look(dir);
    EXPECT_LE(state.stages.size(), 1u);
    const bool old_whole = state.target == (scene.exists ? as_files(kOld) : Listing{});
    const bool new_whole = state.target == as_files(kNew);
    (old_whole ? before : new_whole ? after : inside) += 1;
    if (!old_whole && !new_whole) {
      EXPECT_FALSE(state.target.contains("checksums.txt")) << "a mix that verify would take for whole";
    }
    // What the next run writes is not what the killed one wrote: both must be known to it.
    const FileTree next = sealed({{"third", {"3"}}});
    EXPECT_TRUE(done(real_files()->write_tree(dir / "out", next, {})));
    state = look(dir);
    EXPECT_EQ(state.target, as_files(next));
    EXPECT_TRUE(state.stages.empty());
  });
  std::cout << scene.name << ": killed before " << before << ", inside " << inside << ", after " << after
            << "\n";
  EXPECT_GT(before, 20);
  EXPECT_GT(after, 0);
  const bool in_place = scene.git || scene.always.contains("renameat2 with flags");
  EXPECT_EQ(inside > 0, in_place);
}

INSTANTIATE_TEST_SUITE_P(WriteTree, EveryCall, ::testing::ValuesIn(kScenes), [](const auto& scene) {
  std::string name = scene.param.name;
  for (char& c : name)
    if (c == ' ') c = '_';
  return name;
});

TEST(WriteTreeFaults, ARunThatDiedOrFailedManyTimesInPlaceIsStillCompleted) {
  const FileTree next = sealed({{"Chart.yaml", {"next"}}, {"n/m", {"4"}}});
  int mixes = 0;
  die_everywhere({.name = "", .git = true, .death = Death::Cut}, [&](int first, const TempDir& dir) {
    if (first % 3 != 0) return;
    for (int second = first % 7 + 1; second < 400; second += 37) {
      if (second % 2 == 0) {
        dies_at(second, Death::Cut, dir / "out", next, {});
      } else {  // gives up, but lives: what it takes back is a cut tree
        FaultyCalls calls({.at = second});
        (void)write_tree(calls, dir / "out", next, {});
      }
      if (!look(dir).target.contains("checksums.txt")) ++mixes;
    }
    ASSERT_TRUE(done(real_files()->write_tree(dir / "out", kOld, {})));
    EXPECT_EQ(look(dir).target, as_files(kOld));
    EXPECT_TRUE(look(dir).stages.empty());
  });
  EXPECT_GT(mixes, 0);
}

TEST(WriteTreeFaults, AFileChangedInACutTreeIsStillTheUsers) {
  int refused = 0;
  die_everywhere({.name = "", .git = true, .death = Death::Cut}, [&](int, const TempDir& dir) {
    if (look(dir).target.contains("checksums.txt")) return;
    dir.put("out/Chart.yaml", "mine");
    auto got = real_files()->write_tree(dir / "out", kNew, {});
    ASSERT_FALSE(got);
    EXPECT_TRUE(got.error().message.ends_with(" has files changed since eidos wrote them: 'Chart.yaml'"));
    ++refused;
  });
  EXPECT_GT(refused, 0);
}

TEST(WriteTreeFaults, OfManyWritersOneWinsWholeAndTheOthersSaySo) {
  for (bool git : {false, true}) {
    TempDir dir;
    put_tree(dir / "out", kOld);
    if (git) dir.put("out/.git/HEAD", "ref");
    constexpr int kWriters = 4;
    constexpr int kRounds = 10;
    auto tree_of = [](int writer) {
      FileTree tree;
      for (int i = 0; i < 5; ++i) tree[cat("d", (writer + i) % 3, "/", i)].bytes = cat("writer ", writer);
      return sealed(tree);
    };
    std::vector<pid_t> children;
    for (int writer = 0; writer < kWriters; ++writer) {
      const pid_t child = ::fork();
      if (child == 0) {
        auto files = real_files();
        bool fine = true;
        for (int round = 0; round < kRounds; ++round) {
          auto got = files->write_tree(dir / "out", tree_of(writer), {});
          fine = fine && (got || got.error().kind == ErrorKind::Unavailable);
        }
        ::_exit(fine ? 0 : 1);
      }
      children.push_back(child);
    }
    for (pid_t child : children) {
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      EXPECT_EQ(status, 0);
    }
    const State state = look(dir);
    EXPECT_TRUE(state.stages.empty());
    bool whole = false;
    for (int writer = 0; writer < kWriters; ++writer)
      whole = whole || state.target == as_files(tree_of(writer));
    EXPECT_TRUE(whole);
  }
}

// Mounts that nobody else sees and that end with this process.
bool may_mount() {
  static const bool may =
      ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  return may;
}
constexpr const char* kMayNotMount = "this user may not mount (needs root or CAP_SYS_ADMIN)";

struct Mounted {
  explicit Mounted(std::string where) : path(std::move(where)) {}
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;
  ~Mounted() { ::umount2(path.c_str(), MNT_DETACH); }
  std::string path;
};

TEST(WriteTreeFaults, ARealFullDiskLeavesTheOldTree) {
  if (!may_mount()) GTEST_SKIP() << kMayNotMount;
  for (bool in_place : {false, true}) {
    TempDir dir;
    std::filesystem::create_directory(dir / "disk");
    if (::mount("none", (dir / "disk").c_str(), "tmpfs", 0, "size=1m") != 0) GTEST_SKIP() << kMayNotMount;
    const Mounted disk(dir / "disk");
    put_tree(dir / "disk/out", kOld);
    if (in_place) dir.put("disk/out/.git/HEAD", "ref");
    const Listing before = all_files(dir / "disk");
    int refused = 0;
    for (std::size_t size = 100'000; size <= 2'000'000; size += 100'000) {
      const FileTree tree =
          sealed({{"a", {std::string(size / 2, 'a')}}, {"b/c", {std::string(size / 2, 'b')}}});
      auto got = real_files()->write_tree(dir / "disk/out", tree, {});
      if (got) {
        ASSERT_TRUE(done(real_files()->write_tree(dir / "disk/out", kOld, {})));
      } else {
        ++refused;
        EXPECT_EQ(got.error().kind, ErrorKind::Internal);
        EXPECT_TRUE(got.error().message.ends_with(": No space left on device")) << got.error().message;
        EXPECT_EQ(got.error().hint, "free some space, or give a path on another file system");
      }
      EXPECT_EQ(all_files(dir / "disk"), before) << size;
    }
    EXPECT_GT(refused, 5);
    EXPECT_LT(refused, 20);
    auto file = real_files()->write(dir / "disk/f", std::string(2'000'000, 'x'), 0644);
    ASSERT_FALSE(file);
    EXPECT_EQ(all_files(dir / "disk"), before);
  }
}

TEST(WriteTreeFaults, AMountPointIsReplacedInPlace) {
  if (!may_mount()) GTEST_SKIP() << kMayNotMount;
  TempDir dir;
  std::filesystem::create_directories(dir / "bound");
  std::filesystem::create_directories(dir / "out");
  for (bool bind : {false, true}) {
    const std::string source = bind ? dir / "bound" : "none";
    if (::mount(source.c_str(), (dir / "out").c_str(), "tmpfs", bind ? MS_BIND : 0, nullptr) != 0)
      GTEST_SKIP() << kMayNotMount;
    const Mounted out(dir / "out");
    for (const FileTree* tree : {&kOld, &kNew}) {
      ASSERT_TRUE(done(real_files()->write_tree(dir / "out", *tree, {})));
      EXPECT_EQ(look(dir).target, as_files(*tree));
      EXPECT_TRUE(look(dir).stages.empty());
    }
  }
}

TEST(WriteTreeFaults, WhatIsMountedInsideIsNeverDeleted) {
  if (!may_mount()) GTEST_SKIP() << kMayNotMount;
  TempDir dir;
  dir.put("precious/file", "keep me");
  put_tree(dir / "out", kOld);
  std::filesystem::create_directories(dir / "out/a/inside");
  if (::mount((dir / "precious").c_str(), (dir / "out/a/inside").c_str(), nullptr, MS_BIND, nullptr) != 0)
    GTEST_SKIP() << kMayNotMount;
  const Mounted inside(dir / "out/a/inside");
  auto got = real_files()->write_tree(dir / "out", kNew, {.force = true});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message, cat("a file system is mounted at ", quote(dir / "out/a/inside")));
  EXPECT_EQ(testing::bytes_at(dir / "precious/file"), "keep me");
}

TEST(WriteTreeFaults, ATreeInALowerOverlayLayerIsReplaced) {
  if (!may_mount()) GTEST_SKIP() << kMayNotMount;
  TempDir dir;
  const std::string base = dir / "tmp";  // a tmpfs: overlay does not stack on every file system
  std::filesystem::create_directory(base);
  if (::mount("none", base.c_str(), "tmpfs", 0, nullptr) != 0) GTEST_SKIP() << kMayNotMount;
  const Mounted disk(base);
  for (const char* name : {"lower", "upper", "work", "merged"})
    std::filesystem::create_directory(base + "/" + name);
  put_tree(base + "/lower/out", kOld);
  const std::string options =
      cat("lowerdir=", base, "/lower,upperdir=", base, "/upper,workdir=", base, "/work,redirect_dir=off");
  if (::mount("overlay", (base + "/merged").c_str(), "overlay", 0, options.c_str()) != 0)
    GTEST_SKIP() << "no overlay file system in this kernel";
  const Mounted merged(base + "/merged");
  ASSERT_TRUE(done(real_files()->write_tree(base + "/merged/out", kNew, {})));
  EXPECT_EQ(all_files(base + "/merged/out"), as_files(kNew));
  EXPECT_EQ(all_files(base + "/merged").size(), kNew.size());
  EXPECT_EQ(all_files(base + "/lower/out"), as_files(kOld));
}

}  // namespace
}  // namespace eidos
