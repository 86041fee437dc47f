#pragma once
// The World of a real run: this machine, its terminal, its signals.

#include <memory>
#include <optional>
#include <stop_token>

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

 private:
  std::unique_ptr<Files> files_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<Processes> processes_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<kube::SharedClient> cluster_;
  std::stop_source stop_;
  std::unique_ptr<SignalWatch> signals_;
  World world_;
};

}  // namespace eidos::cli
