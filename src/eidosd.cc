// The HTTP service.

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "serve/program.h"

int main(int argc, char** argv) {
  try {
    return eidos::serve::run_program({argv + (argc > 0 ? 1 : 0), argv + argc});
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "eidosd: error: internal fault: %s\n", fault.what());
  }
  return 8;
}
