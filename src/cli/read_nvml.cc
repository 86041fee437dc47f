// `eidos read-nvml`: the process that asks NVML, run by `eidos snapshot` and by nobody else. What it prints
// is for its parent; the driver's library may hang or crash it.

#include <csignal>
#include <cstdio>

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/wait.h"
#include "cli/runs.h"
#include "collect/nvml.h"

namespace eidos::cli {

namespace {

/// While it lives, what the library prints to standard output goes to standard error: our document stands
/// there alone.
class OutputKept {
 public:
  OutputKept() : kept_(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)) {
    if (kept_.open()) ::dup2(STDERR_FILENO, STDOUT_FILENO);
  }
  ~OutputKept() {
    std::fflush(stdout);
    if (kept_.open()) ::dup2(kept_.get(), STDOUT_FILENO);
  }
  OutputKept(const OutputKept&) = delete;
  OutputKept& operator=(const OutputKept&) = delete;

 private:
  OwnedFd kept_;
};

std::string ask(const collect::NvmlQuestion& question) {
  OutputKept kept;
  return collect::nvml_document(question);
}

}  // namespace

Result<int> run_read_nvml(const Invocation& invocation, Session& session) {
  // A parent that is killed cannot end us, and the driver may hold us for ever.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::string document =
      ask({.library = invocation.flags.text("library"), .identities = invocation.flags.on("identities")});
  EIDOS_CHECK(session.world.files.write_stdout(document));
  return 0;
}

}  // namespace eidos::cli
