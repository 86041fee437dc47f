#pragma once
// The World of a real run: this machine, its terminal, its signals.

#include <memory>
#include <optional>
#include <stop_token>

#include "cli/apart.h"
#include "cli/world.h"

namespace eidos::cli {

class SignalWatch;

/// Ignores SIGPIPE for the whole process: a reader that went away is an error of the write. SIGINT and
/// SIGTERM end the process with exit code 130 until a command watches them. At most one per process.
class Machine {
 public:
  Machine();
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  World& world() { return world_; }
  /// From here on the work is done in a child of the process that was started (apart.h). Before any thread.
  void work_apart() { apart_.begin(); }
  /// Ends the process, and the one that was started if the work was done apart.
  [[noreturn]] void end(int code) { apart_.end(code); }

 private:
  std::unique_ptr<Files> files_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<Processes> processes_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<kube::SharedClient> cluster_;
  Apart apart_;
  std::stop_source stop_;
  std::unique_ptr<SignalWatch> signals_;
  World world_;
};

}  // namespace eidos::cli
