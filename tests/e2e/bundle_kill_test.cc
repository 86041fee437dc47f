// `eidos bundle` over an existing bundle, killed with SIGKILL before one of its system calls, for 200 calls
// spread over the run: the directory always holds the old tree or the new one, whole, and the next run leaves
// no litter.

#include <algorithm>
#include <csignal>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temp_dir.h"

namespace eidos {
namespace {

using testing::TempDir;

constexpr int kMoments = 200;

struct Trace {
  std::vector<long> calls;  // system call numbers, in order, up to the kill
  bool killed = false;
  int exit_code = 0;
};

void become(const std::vector<std::string>& argv) {
  std::vector<char*> raw;
  for (const std::string& word : argv) raw.push_back(const_cast<char*>(word.c_str()));
  raw.push_back(nullptr);
  int null = ::open("/dev/null", O_RDWR);
  ::dup2(null, 0);
  ::dup2(null, 1);
  ::dup2(null, 2);
  ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  ::execv(raw[0], raw.data());
  ::_exit(127);
}

// Runs argv to its end, or kills it on entry to system call number `kill_at` of the run.
Trace traced(const std::vector<std::string>& argv, std::optional<std::size_t> kill_at) {
  Trace run;
  pid_t child = ::fork();
  if (child == 0) become(argv);
  int status = 0;
  ::waitpid(child, &status, 0);  // stopped at exec
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  bool entering = true;
  long deliver = 0;
  for (;;) {
    ::ptrace(PTRACE_SYSCALL, child, nullptr, deliver);
    deliver = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) || WIFSIGNALED(status)) break;
    if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
      deliver = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
      continue;
    }
    if (entering) {
      user_regs_struct registers{};
      ::ptrace(PTRACE_GETREGS, child, nullptr, &registers);
      run.calls.push_back(static_cast<long>(registers.orig_rax));
      if (kill_at && run.calls.size() > *kill_at) ::kill(child, SIGKILL);
    }
    entering = !entering;
  }
  run.killed = WIFSIGNALED(status);
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return run;
}

bool changes_files(long call) {
  constexpr long kChanges[] = {SYS_mkdir,    SYS_mkdirat, SYS_rename, SYS_renameat, SYS_renameat2, SYS_unlink,
                               SYS_unlinkat, SYS_rmdir,   SYS_fchmod, SYS_fchmodat, SYS_ftruncate};
  return std::ranges::find(kChanges, call) != std::end(kChanges);
}

class BundleKill : public ::testing::Test {
 protected:
  std::vector<std::string> bundle(const std::string& setting) const {
    return {EIDOS_PROGRAM_EIDOS, "bundle", "-q", "-r", recipe_, "-o", target_, "--set", setting};
  }
  void make(const std::string& setting) {
    Trace run = traced(bundle(setting), std::nullopt);
    ASSERT_EQ(run.exit_code, 0);
  }
  std::vector<std::string> litter() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(home_.path())) {
      std::string name = entry.path().filename().string();
      if (name != "stack" && name != "recipe.yaml") names.push_back(name);
    }
    return names;
  }

  TempDir home_;
  std::string recipe_ = home_ / "recipe.yaml";
  std::string target_ = home_ / "stack";
};

TEST_F(BundleKill, TheOldTreeOrTheNewOneAlwaysWhole) {
  Trace resolved = traced({EIDOS_PROGRAM_EIDOS, "recipe", "--service", "eks", "--accelerator", "h100",
                           "--intent", "training", "--os", "ubuntu", "-o", recipe_},
                          std::nullopt);
  ASSERT_EQ(resolved.exit_code, 0);
  make("gpuoperator:driver.version=new");
  auto new_tree = testing::all_files(target_);
  make("gpuoperator:driver.version=old");
  auto old_tree = testing::all_files(target_);
  ASSERT_NE(old_tree, new_tree);

  Trace whole = traced(bundle("gpuoperator:driver.version=new"), std::nullopt);
  ASSERT_EQ(whole.exit_code, 0);
  auto first = std::ranges::find_if(whole.calls, changes_files);
  auto last = std::find_if(whole.calls.rbegin(), whole.calls.rend(), changes_files).base();
  auto begin = static_cast<std::size_t>(first - whole.calls.begin());
  auto end = static_cast<std::size_t>(last - whole.calls.begin());
  ASSERT_LT(begin, end);

  // A tenth before the window, a tenth behind it, the rest spread over it.
  int before = 0, inside = 0, after = 0, kept_old = 0, became_new = 0;
  for (int i = 0; i < kMoments; ++i) {
    std::size_t moment = 0;
    if (i < kMoments / 10)
      moment = begin * static_cast<std::size_t>(i) / (kMoments / 10);
    else if (i >= kMoments - kMoments / 10)
      moment = end + (whole.calls.size() - end) * static_cast<std::size_t>(i - (kMoments - kMoments / 10)) /
                         (kMoments / 10);
    else
      moment =
          begin + (end - begin) * static_cast<std::size_t>(i - kMoments / 10) / (kMoments - kMoments / 5);
    make("gpuoperator:driver.version=old");
    ASSERT_EQ(litter(), std::vector<std::string>{}) << "moment " << moment;
    Trace run = traced(bundle("gpuoperator:driver.version=new"), moment);
    (moment < begin ? before : moment < end ? inside : after) += 1;
    auto there = testing::all_files(target_);
    bool is_old = there == old_tree;
    ASSERT_TRUE(is_old || there == new_tree)
        << "killed before call " << moment << " of " << whole.calls.size();
    (is_old ? kept_old : became_new) += 1;
  }
  std::cout << "kills before, inside and after the write window: " << before << ", " << inside << ", "
            << after << " (calls " << begin << " to " << end << " of " << whole.calls.size() << "); old tree "
            << kept_old << " times, new tree " << became_new << "\n";
  EXPECT_EQ(before + inside + after, kMoments);
  EXPECT_GE(inside, 100);
  EXPECT_GT(kept_old, 0);
  EXPECT_GT(became_new, 0);
}

}  // namespace
}  // namespace eidos
