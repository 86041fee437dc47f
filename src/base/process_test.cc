#include "base/process.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/text.h"

namespace eidos {
namespace {

Result<Finished> run(const Command& command) {
  return real_processes()->run(command);
}

// The scripts are the world of the test, not of the product: the product never starts a shell.
Command script(std::string text, Limit limit = {}) {
  return {.argv = {"/bin/sh", "-c", std::move(text)}, .limit = std::move(limit)};
}

Limit soon() {
  return Limit().within(Milliseconds(50));
}

// A directory of the test's own.
class ProcessTest : public ::testing::Test {
 protected:
  ProcessTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "eidos-process-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~ProcessTest() override { std::filesystem::remove_all(directory_); }

  std::string file(const std::string& name, const std::string& text, bool executable) {
    std::string path = directory_ + "/" + name;
    std::ofstream(path) << text;
    if (executable) std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  // A line that a running script wrote to a file of ours, as soon as it is there.
  std::string await_line(const std::string& name) {
    for (;;) {
      std::ifstream in(directory_ + "/" + name);
      std::string line;
      if (std::getline(in, line) && !in.eof()) return line;
      std::this_thread::yield();
    }
  }

  std::string directory_;
};

// Gone, or a zombie that nobody has reaped yet.
bool is_dead(const std::string& pid) {
  std::ifstream in("/proc/" + pid + "/stat");
  std::string text{std::istreambuf_iterator<char>(in), {}};
  return text.find(") Z") != std::string::npos || text.find(')') == std::string::npos;
}

// SIGKILL was sent, but takes effect in its own time; ctest's own limit is the net.
void expect_dies(const std::string& pid) {
  ASSERT_FALSE(pid.empty());
  while (!is_dead(pid)) std::this_thread::yield();
}

TEST_F(ProcessTest, GivesExitCodeAndBothStreams) {
  struct Case {
    const char* text;
    Finished want;
  };
  const Case cases[] = {
      {"true", {0, "", ""}},
      {"echo out; echo err >&2; exit 7", {7, "out\n", "err\n"}},
      {"kill -9 $$", {137, "", ""}},
      {"kill -TERM $$", {143, "", ""}},
      {"cat; echo end", {0, "end\n", ""}},  // standard input is empty, not ours
  };
  for (const Case& c : cases) {
    auto got = run(script(c.text));
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->exit_code, c.want.exit_code) << c.text;
    EXPECT_EQ(got->out, c.want.out) << c.text;
    EXPECT_EQ(got->err, c.want.err) << c.text;
  }
}

TEST_F(ProcessTest, FeedsStandardInputOfAnySize) {
  for (std::size_t size : {std::size_t{1}, std::size_t{65537}, std::size_t{8'000'000}}) {
    std::string bytes(size, 'x');
    bytes.back() = '\n';
    auto got = run({.argv = {"cat"}, .stdin_bytes = bytes});
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_TRUE(got->out == bytes) << size;
  }
  EXPECT_TRUE(run({.argv = {"true"}, .stdin_bytes = std::string(1'000'000, 'x')}));  // nobody reads it
}

TEST_F(ProcessTest, ArgumentsReachTheProgramUntouched) {
  auto got = run({.argv = {"printf", "%s|", "a b", "$HOME", "*", "", "ü", "-n"}});
  ASSERT_TRUE(got);
  EXPECT_EQ(got->out, "a b|$HOME|*||ü|-n|");
}

TEST_F(ProcessTest, InheritsOnlyPathAndHome) {
  ::setenv("EIDOS_TEST_SECRET", "s3cret", 1);
  auto got =
      run({.argv = {"/usr/bin/env"}, .environment = {{"EXTRA", "1"}, {"LANG", "C.UTF-8"}, {"HOME", "/h"}}});
  ::unsetenv("EIDOS_TEST_SECRET");
  ASSERT_TRUE(got);
  const char* path = std::getenv("PATH");
  ASSERT_NE(path, nullptr);
  EXPECT_EQ(got->out, cat("EXTRA=1\nHOME=/h\nLANG=C.UTF-8\nLC_ALL=C\nPATH=", path, "\nTZ=UTC\n"));
}

TEST_F(ProcessTest, InheritsNoDescriptorAndNoSignalMask) {
  int leak = ::open("/dev/null", O_RDONLY);
  ASSERT_GE(leak, 3);
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  auto old = std::signal(SIGUSR2, SIG_IGN);
  auto descriptors = run({.argv = {"ls", "/proc/self/fd"}});
  auto status = run({.argv = {"cat", "/proc/self/status"}});
  std::signal(SIGUSR2, old);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::close(leak);
  ASSERT_TRUE(descriptors);
  EXPECT_EQ(descriptors->out, "0\n1\n2\n3\n");  // 3 is the directory that ls reads
  ASSERT_TRUE(status);
  EXPECT_NE(status->out.find("SigBlk:\t0000000000000000"), std::string::npos);
  // glibc itself ignores its two internal signals, 32 and 33, in what it spawns.
  EXPECT_THAT(status->out, ::testing::ContainsRegex("SigIgn:\t00000000*(18)?0000000\n"));
}

TEST_F(ProcessTest, SaysWhyAProgramCannotStart) {
  std::string plain = file("plain", "#!/bin/sh\n", false);
  std::string orphan = file("orphan", "#!/no/such/interpreter\n", true);
  std::string text = file("text", "just words\n", true);
  struct Case {
    std::string program;
    ErrorKind kind;
    const char* part;
  };
  const Case cases[] = {
      {"eidos-no-such-program", ErrorKind::NotFound, "no program 'eidos-no-such-program' in PATH"},
      {"/no/such/program", ErrorKind::NotFound, "no program '/no/such/program'"},
      {"plain", ErrorKind::Denied, "not executable"},
      {plain, ErrorKind::Denied, "Permission denied"},
      {orphan, ErrorKind::NotFound, "interpreter"},
      {text, ErrorKind::Invalid, "not a program"},
      {"text/", ErrorKind::NotFound, "no program"},
      {directory_, ErrorKind::Denied, "Permission denied"},
      {"", ErrorKind::Invalid, "no program to run"},
  };
  for (const Case& c : cases) {
    auto got = run({.argv = {c.program}, .environment = {{"PATH", cat("relative::", directory_)}}});
    ASSERT_FALSE(got) << c.program;
    EXPECT_EQ(got.error().kind, c.kind) << got.error().message;
    EXPECT_NE(got.error().message.find(c.part), std::string::npos) << got.error().message;
  }
  EXPECT_FALSE(run({.argv = {}}));
}

TEST_F(ProcessTest, RefusesWhatAKernelCallWouldCut) {
  const std::string nul("a\0b", 3);
  EXPECT_EQ(run({.argv = {"true", nul}}).error().kind, ErrorKind::Invalid);
  const std::pair<std::string, std::string> settings[] = {{"", "x"}, {"A=B", "x"}, {nul, "x"}, {"A", nul}};
  for (const auto& setting : settings) {
    auto got = run({.argv = {"true"}, .environment = {setting}});
    ASSERT_FALSE(got) << quote(setting.first);
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
  }
}

TEST_F(ProcessTest, TakesAHundredMebibytesWhenAllowed) {
  constexpr std::int64_t kSize = 100 * 1024 * 1024;
  auto got = run({.argv = {"head", "-c", cat(kSize), "/dev/zero"}, .max_output_bytes = kSize});
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(static_cast<std::int64_t>(got->out.size()), kSize);
}

TEST_F(ProcessTest, KillsWhoeverWritesMoreThanTheCap) {
  auto got = run({.argv = {"cat", "/dev/zero"}, .max_output_bytes = 1000});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), (Error{ErrorKind::Invalid, "'cat' wrote more than 1000 bytes of output", {}, {}}));
  Command loud = script("cat /dev/zero >&2");
  auto error = run(loud);
  ASSERT_FALSE(error);
  EXPECT_NE(error.error().message.find("error output"), std::string::npos);
}

TEST_F(ProcessTest, TheDeadlineKillsTheWholeGroup) {
  std::string text = cat("sleep 1000 & echo $! > ", directory_, "/pid; wait");
  std::stop_source source;
  Limit limit(source.get_token(), std::chrono::steady_clock::now() + std::chrono::milliseconds(300));
  auto got = run(script(text, limit));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), (Error{ErrorKind::Timeout, "running '/bin/sh': timed out", {}, {}}));
  expect_dies(await_line("pid"));
}

TEST_F(ProcessTest, IgnoringSigtermDoesNotHelp) {
  std::string text = cat("trap '' TERM; echo $$ > ", directory_, "/pid; while :; do sleep 1; done");
  std::stop_source source;
  std::jthread stopper([&] {
    await_line("pid");
    source.request_stop();
  });
  auto got = run(script(text, Limit(source.get_token(), std::nullopt)));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), (Error{ErrorKind::Cancelled, "running '/bin/sh': cancelled", {}, {}}));
  EXPECT_TRUE(is_dead(await_line("pid")));  // waited for, not only shot at
}

TEST_F(ProcessTest, AStoppedOrLateCommandIsNotStarted) {
  std::stop_source source;
  source.request_stop();
  std::string text = cat("touch ", directory_, "/started");
  EXPECT_EQ(run(script(text, Limit(source.get_token(), std::nullopt))).error().kind, ErrorKind::Cancelled);
  EXPECT_EQ(run(script(text, Limit().within(Milliseconds(0)))).error().kind, ErrorKind::Timeout);
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/started"));
}

TEST_F(ProcessTest, AGrandchildThatKeepsThePipesDoesNotHoldUs) {
  auto got = run(script("sleep 1000 & echo $!"));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->exit_code, 0);
  expect_dies(std::string(trim(got->out)));
}

TEST_F(ProcessTest, NotEvenOneThatLeftTheGroup) {
  auto got = run(script("setsid sleep 1000 & echo $!"));
  ASSERT_TRUE(got) << got.error().message;
  auto pid = to_int(trim(got->out));
  ASSERT_TRUE(pid && *pid > 1);
  EXPECT_FALSE(is_dead(cat(*pid)));  // it may live on; it is the caller who must not wait
  ::kill(static_cast<pid_t>(*pid), SIGKILL);
}

TEST_F(ProcessTest, ADeadlineHoldsWhileOutputFlows) {
  Command command{.argv = {"yes"}, .max_output_bytes = 1LL << 40, .limit = soon()};
  EXPECT_EQ(run(command).error().kind, ErrorKind::Timeout);
}

TEST_F(ProcessTest, ALostExitStatusIsAnErrorNotAHang) {
  auto old = std::signal(SIGCHLD, SIG_IGN);
  auto got = run({.argv = {"true"}});
  std::signal(SIGCHLD, old);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Internal);
}

TEST_F(ProcessTest, ManyAtOnceKeepApart) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([i] {
      std::string bytes = cat("input ", i, '\n', std::string(200'000, static_cast<char>('a' + i)));
      auto got = run({.argv = {"cat"}, .stdin_bytes = bytes});
      ASSERT_TRUE(got) << got.error().message;
      EXPECT_TRUE(got->out == bytes);
    });
}

}  // namespace
}  // namespace eidos
