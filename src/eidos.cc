// The command-line tool.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "cli/dispatch.h"
#include "cli/machine.h"

int main(int argc, char** argv) {
  try {
    eidos::cli::Machine machine;
    std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    // exit() instead of return: a collector that hangs may still use the machine, so it is never taken away.
    std::exit(eidos::cli::dispatch(arguments, machine.world()));
  } catch (const std::exception& fault) {  // out of memory, or a fault of ours
    std::fprintf(stderr, "eidos: error: internal fault: %s\n", fault.what());
  } catch (...) {
    std::fputs("eidos: error: internal fault\n", stderr);
  }
  return eidos::exit_code(eidos::ErrorKind::Internal);
}
