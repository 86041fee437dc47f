// The command-line tool.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "cli/dispatch.h"
#include "cli/machine.h"

int main(int argc, char** argv) {
  try {
    eidos::cli::Machine machine;
    std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    // A collector may hang in the kernel. Where the word means something else, this costs a fork and no more.
    if (std::ranges::find(arguments, "snapshot") != arguments.end()) machine.work_apart();
    machine.end(eidos::cli::dispatch(arguments, machine.world()));
  } catch (const std::exception& fault) {  // out of memory, or a fault of ours
    std::fprintf(stderr, "eidos: error: internal fault: %s\n", fault.what());
  } catch (...) {
    std::fputs("eidos: error: internal fault\n", stderr);
  }
  return eidos::exit_code(eidos::ErrorKind::Internal);
}
