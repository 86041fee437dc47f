#pragma once
// Child processes without a shell: posix_spawn, own process group, deadline, capped output.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/limit.h"

namespace eidos {

struct Command {
  std::vector<std::string> argv;  ///< argv[0] with a slash is used as is, else looked up in PATH.
  std::string stdin_bytes = {};
  /// Added to a minimal environment (PATH, HOME, LANG=C, LC_ALL=C, TZ=UTC); nothing else is inherited.
  std::vector<std::pair<std::string, std::string>> environment = {};
  std::int64_t max_output_bytes = 16 * 1024 * 1024;  ///< Per stream; more kills the group: Invalid.
  Limit limit = {};                                  ///< Past it the whole process group is killed.
};

struct Finished {
  int exit_code = 0;  ///< 128 + signal when killed by one.
  std::string out;
  std::string err;
};

class Processes {
 public:
  virtual ~Processes() = default;
  /// Runs to the end. NotFound: no such program. Timeout / Cancelled: killed with its group, reaped.
  virtual Result<Finished> run(const Command& command) = 0;
};

std::unique_ptr<Processes> real_processes();

}  // namespace eidos
