#pragma once
// Where a run's processor time and memory go, written as pprof reads it (CPU: its own message, gzip; heap:
// the text of gperftools). Costs nothing until it is started.

#include <memory>
#include <string>

#include "base/error.h"

namespace eidos {

/// Samples this process 200 times a second of CPU time, in whatever thread runs, by its frame pointers. One
/// at a time: SIGPROF and its timer belong to the process.
class CpuProfile {
 public:
  /// Unavailable: another one runs. Internal: no timer, no memory.
  static Result<std::unique_ptr<CpuProfile>> start();
  ~CpuProfile();
  CpuProfile(const CpuProfile&) = delete;
  CpuProfile& operator=(const CpuProfile&) = delete;

  struct Taken {
    std::string bytes;
    std::int64_t samples = 0;
    std::int64_t lost = 0;  ///< There is room for about five minutes of CPU time.
  };
  Taken stop();

 private:
  CpuProfile() = default;
};

/// Whether this build counts what is allocated: the `profile` preset alone does.
bool has_heap_profile();
/// What was allocated by operator new until now, by stack: in use, and in all. Empty without it.
std::string heap_profile();

}  // namespace eidos
