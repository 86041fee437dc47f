#include "cli/machine.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "base/text.h"
#include "kube/client.h"
#include "net/client.h"

namespace eidos::cli {

namespace {

constexpr int kStopSignals[] = {SIGINT, SIGTERM};
constexpr int kExitStopped = 130;
// One Ctrl-C may come twice: from the terminal, and handed on by the process that was started (apart.h).
constexpr Milliseconds kOnePerson{200};

/// Until something has begun that wants tidying, ending at once is all there is to do. What the parent had
/// ignored (nohup, a job in the background) stays ignored.
void end_at_once_on_signals() {
  for (int signal : kStopSignals) {
    struct sigaction before{};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler == SIG_IGN) continue;
    struct sigaction ending{};
    ending.sa_handler = [](int) { _exit(kExitStopped); };
    sigaction(signal, &ending, nullptr);
  }
}

}  // namespace

/// A thread that waits for SIGINT and SIGTERM, which are blocked everywhere else: the first one asks for a
/// stop, the second ends the process. It is started only when needed: a second thread makes every allocation
/// dearer, a tenth of what `eidos recipe` takes.
class SignalWatch {
 public:
  explicit SignalWatch(std::stop_source& source) : source_(source) {
    sigemptyset(&signals_);
    for (int signal : kStopSignals) sigaddset(&signals_, signal);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    thread_ = std::jthread([this] { wait(); });
  }
  ~SignalWatch() {
    done_ = true;
    pthread_kill(thread_.native_handle(), SIGTERM);
  }
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  void wait() {
    std::optional<SteadyTime> asked;
    for (;;) {
      int signal = 0;
      sigwait(&signals_, &signal);
      if (done_) return;
      const auto now = std::chrono::steady_clock::now();
      if (asked && now - *asked >= kOnePerson) _exit(kExitStopped);
      if (!asked) asked = now;
      source_.request_stop();
    }
  }

  sigset_t signals_;
  std::atomic<bool> done_ = false;
  std::stop_source& source_;
  std::jthread thread_;
};

namespace {

void write_stderr(std::string_view text) {
  while (!text.empty()) {
    ssize_t wrote = ::write(STDERR_FILENO, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return;  // nobody is left to tell
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

std::optional<std::string> environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

Result<std::string> fetch(Files& files, const RemoteSource& source, const Limit& limit) {
  auto transport = net::http_transport(
      files, {.ca_file = source.ca_file, .user_agent = cat("eidos/", build_info().version)});
  EIDOS_TRY(net::Response response, transport->get({.url = source.url, .limit = limit}));
  return std::move(response.body);
}

/// A pipe whose reader has gone polls as POLLERR.
bool stdout_closed() {
  pollfd out{STDOUT_FILENO, 0, 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

}  // namespace

Machine::Machine()
    : files_(real_files()),
      clock_(real_clock()),
      processes_(real_processes()),
      world_{.files = *files_,
             .clock = *clock_,
             .processes = *processes_,
             .open_log = [this](const LogOptions& options) -> Log& {
               log_ = stderr_log(options, *clock_);
               return *log_;
             },
             .fetch = [this](const RemoteSource& source,
                             const Limit& limit) { return fetch(*files_, source, limit); },
             .cluster = [this](const kube::Selection& chosen) -> kube::SharedClient& {
               if (!cluster_)
                 cluster_ = kube::shared_client({*files_, *clock_, *processes_, *log_}, chosen,
                                                {.user_agent = cat("eidos/", build_info().version)});
               return *cluster_;
             },
             .write_stderr = write_stderr,
             .environment = environment,
             .stop = stop_.get_token(),
             .watch_signals =
                 [this] {
                   if (!signals_) signals_ = std::make_unique<SignalWatch>(stop_);
                 },
             .stdout_closed = stdout_closed,
             .stdout_is_terminal = ::isatty(STDOUT_FILENO) == 1,
             .stderr_is_terminal = ::isatty(STDERR_FILENO) == 1,
             .build = build_info()} {
  std::signal(SIGPIPE, SIG_IGN);
  end_at_once_on_signals();
}

Machine::~Machine() = default;

}  // namespace eidos::cli
