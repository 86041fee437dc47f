// What bench/run needs beside the benchmarks.
//
//   bench_tool snapshot                            prints the made-up snapshot
//   bench_tool measure RUNS FOLDER COMMAND ARG...  starts COMMAND so often and prints, a run a line: wall
//   time in
//     nanoseconds, user and system time in microseconds, peak resident memory in KiB, exit status. FOLDER is
//     removed before each run, outside the measured time; "-" for none. Output of COMMAND goes nowhere.
//
// Peak memory as the kernel reports it begins with what the starting process holds, so this one is small.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "snapshot_text.h"

extern char** environ;

namespace {

int measure_once(const posix_spawn_file_actions_t* actions, char** command) {
  auto start = std::chrono::steady_clock::now();
  pid_t child = 0;
  if (posix_spawnp(&child, command[0], actions, nullptr, command, environ) != 0) return 1;
  int status = 0;
  rusage usage = {};
  if (wait4(child, &status, 0, &usage) != child) return 1;
  auto wall = std::chrono::steady_clock::now() - start;
  auto micros = [](const timeval& time) {
    return static_cast<long long>(time.tv_sec) * 1'000'000 + time.tv_usec;
  };
  std::printf("%lld %lld %lld %ld %d\n",
              static_cast<long long>(std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count()),
              micros(usage.ru_utime), micros(usage.ru_stime), usage.ru_maxrss,
              WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}

int measure(long runs, const char* folder, char** command) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  for (long run = 0; run < runs; ++run) {
    if (std::string_view(folder) != "-") std::filesystem::remove_all(folder);
    if (measure_once(&actions, command) != 0) {
      std::fprintf(stderr, "bench_tool: cannot start %s\n", command[0]);
      return 1;
    }
  }
  posix_spawn_file_actions_destroy(&actions);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "snapshot") {
    std::fputs(eidos::bench::snapshot_text().c_str(), stdout);
    return 0;
  }
  if (mode == "measure" && argc > 4) return measure(std::atol(argv[2]), argv[3], argv + 4);
  std::fputs("usage: bench_tool snapshot | measure RUNS FOLDER COMMAND ARG...\n", stderr);
  return 1;
}
