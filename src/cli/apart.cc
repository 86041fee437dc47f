#include "cli/apart.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <initializer_list>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace eidos::cli {

namespace {

constexpr int kHandedOn[] = {SIGINT, SIGTERM, SIGHUP};
// How long a child may take to disappear once it said its code. It has nothing left to do.
constexpr int kLastMs = 200;
constexpr int kLookMs = 2;  // where the kernel has no pidfd

sigset_t handed_on() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : kHandedOn) sigaddset(&signals, signal);
  return signals;
}

// The process that was started, once it has a child that works. It only waits.
class Waiting {
 public:
  /// The signals are blocked already.
  Waiting(pid_t child, int told) : child_(child), told_(told) {
    const sigset_t signals = handed_on();
    signals_ = ::signalfd(-1, &signals, SFD_CLOEXEC);
  }

  [[noreturn]] void run() {
    for (;;) {
      pollfd fds[] = {{told_, POLLIN, 0}, {signals_, POLLIN, 0}};
      if (::poll(fds, 2, -1) < 0 && errno != EINTR) break;
      if ((fds[1].revents & POLLIN) != 0) hand_on();
      if (fds[0].revents == 0) continue;
      unsigned char code = 0;
      if (::read(told_, &code, 1) == 1) end_with(code);
      break;
    }
    end_as_it_did();
  }

 private:
  void hand_on() {
    signalfd_siginfo info{};
    if (::read(signals_, &info, sizeof info) == sizeof info) ::kill(child_, static_cast<int>(info.ssi_signo));
  }

  // Mostly it is gone at once. If not, it is left to itself.
  [[noreturn]] void end_with(int code) {
    pollfd gone{static_cast<int>(::syscall(SYS_pidfd_open, child_, 0)), POLLIN, 0};
    const int step = gone.fd >= 0 ? kLastMs : kLookMs;
    for (int waited = 0; waited < kLastMs && ::waitpid(child_, nullptr, WNOHANG) == 0; waited += step)
      ::poll(&gone, 1, step);
    ::_exit(code);
  }

  // It died without a word.
  [[noreturn]] void end_as_it_did() {
    int status = 0;
    while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFSIGNALED(status)) ::_exit(WEXITSTATUS(status));
    const int signal = WTERMSIG(status);
    std::signal(signal, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signal);
    sigprocmask(SIG_UNBLOCK, &only, nullptr);
    ::raise(signal);
    ::_exit(128 + signal);
  }

  pid_t child_;
  int told_;
  int signals_ = -1;
};

}  // namespace

void Apart::begin() {
  int pipe[2];
  if (told_ >= 0 || ::pipe2(pipe, O_CLOEXEC) != 0) return;
  const pid_t started = ::getpid();
  const sigset_t blocked = handed_on();
  sigset_t before;
  sigprocmask(SIG_BLOCK, &blocked, &before);  // what comes from here on is handed on
  const pid_t child = ::fork();
  if (child > 0) {
    ::close(pipe[1]);
    Waiting(child, pipe[0]).run();
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  ::close(pipe[0]);
  if (child < 0) {
    ::close(pipe[1]);
    return;
  }
  told_ = pipe[1];
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // nobody is left to hand it on
  if (::getppid() != started) ::raise(SIGTERM);
}

void Apart::end(int code) {
  if (told_ >= 0) {
    // A reader of ours must see the end, too, even if this process cannot end.
    for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(fd);
    const auto byte = static_cast<unsigned char>(code);
    [[maybe_unused]] ssize_t wrote = ::write(told_, &byte, 1);
  }
  // Not return: what hangs may still use what a return would take away.
  std::exit(code);
}

}  // namespace eidos::cli
