// Spends processor time and memory in functions of known names and writes where they went, for
// tests/peers/cpu_profile.

#include <cstdint>
#include <fstream>
#include <iostream>

#include <time.h>

#include "base/profile.h"

namespace {

std::int64_t spent_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

[[gnu::noinline]] std::uint64_t spend_processor_time() {
  std::uint64_t sum = 1;
  for (const std::int64_t end = spent_ms() + 400; spent_ms() < end;)
    for (std::uint64_t i = 0; i < 10'000; ++i) sum = sum * 6364136223846793005U + i;
  return sum;
}

[[gnu::noinline]] std::uint64_t ask_for_it() {
  return spend_processor_time() + 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  auto profile = eidos::CpuProfile::start();
  if (!profile) {
    std::cerr << profile.error().message << "\n";
    return 1;
  }
  const std::uint64_t sum = ask_for_it();
  std::ofstream(argv[1], std::ios::binary) << (*profile)->stop().bytes;
  return sum == 0 ? 1 : 0;
}
