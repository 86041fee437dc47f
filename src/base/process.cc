#include "base/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <map>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "base/wait.h"

namespace eidos {

namespace {

// How long a group may take to obey SIGTERM, and how long we still read from descendants that keep the pipes
// open after the program itself ended.
constexpr Milliseconds kGrace{500};
// The same for SIGTERM after Ctrl-C: somebody is waiting.
constexpr Milliseconds kStopGrace{50};
// After SIGKILL: a process stuck in the kernel (a hung driver) cannot be waited for.
constexpr Milliseconds kReap{1000};
// Between two looks at the child where the kernel has no pidfd (before 5.3, or a seccomp filter).
constexpr int kLookMs = 10;
constexpr std::string_view kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// ---- what to run -----------------------------------------------------------------------------

bool executable(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

// The first match among the absolute directories of PATH: the working directory is never searched.
Result<std::string> find_program(const std::string& name, std::string_view path) {
  if (name.find('/') != std::string::npos) return name;
  bool seen = false;
  for (std::string_view directory : split(path, ':')) {
    if (!directory.starts_with('/')) continue;
    std::string candidate = cat(directory, '/', name);
    if (executable(candidate)) return candidate;
    seen = seen || ::access(candidate.c_str(), F_OK) == 0;
  }
  if (seen) return fail(ErrorKind::Denied, cat("program ", quote(name), " in PATH is not executable"));
  return fail(ErrorKind::NotFound, cat("no program ", quote(name), " in PATH"), {},
              "install it, or add its directory to PATH");
}

std::string inherited(const char* name, std::string_view otherwise) {
  const char* value = std::getenv(name);
  return std::string(value != nullptr && *value != '\0' ? std::string_view(value) : otherwise);
}

using Environment = std::map<std::string, std::string>;

Environment environment_of(const Command& command) {
  Environment all = {{"PATH", inherited("PATH", kDefaultPath)},
                     {"HOME", inherited("HOME", "/")},
                     {"LANG", "C"},
                     {"LC_ALL", "C"},
                     {"TZ", "UTC"}};
  for (const auto& [name, value] : command.environment) all[name] = value;
  return all;
}

Result<void> check_command(const Command& command) {
  auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  if (command.argv.empty() || command.argv.front().empty())
    return fail(ErrorKind::Invalid, "no program to run");
  for (const std::string& argument : command.argv)
    if (has_nul(argument))
      return fail(ErrorKind::Invalid, cat("argument ", quote(argument), " holds a NUL byte"));
  for (const auto& [name, value] : command.environment)
    if (name.empty() || name.find('=') != std::string::npos || has_nul(name) || has_nul(value))
      return fail(ErrorKind::Invalid, cat("environment variable ", quote(name),
                                          ": a name has no '=', and neither name nor value a NUL byte"));
  return {};
}

// ---- its three descriptors -------------------------------------------------------------------

// Away from 0 to 2, which the child's own descriptors would overwrite when we were started without them.
OwnedFd above_standard(int fd) {
  if (fd < 0 || fd > STDERR_FILENO) return OwnedFd(fd);
  OwnedFd low(fd);
  return OwnedFd(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

struct Pipe {
  OwnedFd read;
  OwnedFd write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::unexpected(system_error(errno, "making a pipe"));
  Pipe pipe{above_standard(ends[0]), above_standard(ends[1])};
  if (!pipe.read.open() || !pipe.write.open() || ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK) != 0)
    return std::unexpected(system_error(errno, "making a pipe"));
  return pipe;
}

// A file in memory instead of a pipe: nothing to feed, so no deadlock and no SIGPIPE.
Result<OwnedFd> input_of(std::string_view bytes) {
  OwnedFd file = above_standard(bytes.empty() ? ::open("/dev/null", O_RDONLY | O_CLOEXEC)
                                              : ::memfd_create("stdin", MFD_CLOEXEC));
  if (!file.open()) return std::unexpected(system_error(errno, "making standard input"));
  while (!bytes.empty()) {
    ssize_t wrote = ::write(file.get(), bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return std::unexpected(system_error(errno, "filling standard input"));
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

// ---- starting it -----------------------------------------------------------------------------

class SpawnSetup {
 public:
  SpawnSetup() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~SpawnSetup() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  // A group of its own, default signals, and no descriptor but the three: not even one that some other
  // thread's library forgot to mark close-on-exec.
  void fill(int in, int out, int err) {
    sigset_t signals;
    ::sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes, &signals);
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes, &signals);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  }

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

struct Child {
  pid_t pid = -1;
  OwnedFd ended;  ///< pidfd, readable once it ended; closed where the kernel has none.
  OwnedFd out;
  OwnedFd err;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

Error spawn_error(int number, const std::string& program) {
  if (number == ENOENT) {
    bool there = ::access(program.c_str(), F_OK) == 0;
    return Error{ErrorKind::NotFound,
                 there ? cat("the interpreter that ", quote(program), " names in its first line is not here")
                       : cat("no program ", quote(program)),
                 {},
                 {}};
  }
  if (number == ENOEXEC)
    return Error{ErrorKind::Invalid, cat(quote(program), " is not a program this machine can run"), {}, {}};
  return system_error(number, cat("starting ", quote(program)));
}

Result<Child> start(const Command& command) {
  Environment environment = environment_of(command);
  EIDOS_TRY(std::string program, find_program(command.argv.front(), environment["PATH"]));
  EIDOS_TRY(OwnedFd in, input_of(command.stdin_bytes));
  EIDOS_TRY(Pipe out, make_pipe());
  EIDOS_TRY(Pipe err, make_pipe());
  SpawnSetup setup;
  setup.fill(in.get(), out.write.get(), err.write.get());
  std::vector<std::string> arguments = command.argv;
  std::vector<std::string> settings;
  for (const auto& [name, value] : environment) settings.push_back(cat(name, '=', value));
  pid_t pid = -1;
  int failed = ::posix_spawn(&pid, program.c_str(), &setup.actions, &setup.attributes,
                             pointers(arguments).data(), pointers(settings).data());
  if (failed != 0) return std::unexpected(spawn_error(failed, program));
  OwnedFd ended(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  return Child{pid, std::move(ended), std::move(out.read), std::move(err.read)};
}

// ---- following it to its end -----------------------------------------------------------------

// Ended, but not reaped: its number, and with it the group's, stays ours until reap().
bool has_ended(pid_t pid) {
  siginfo_t info{};
  for (;;) {
    if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0)
      return info.si_pid == pid;
    if (errno != EINTR) return true;  // ECHILD: somebody set SIGCHLD to be ignored
  }
}

Result<int> reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return std::unexpected(system_error(errno, "reading the exit status"));
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Appends what is there; at the end of the stream closes `from`. False once `into` is over `cap`.
bool take(OwnedFd& from, std::string& into, std::int64_t cap) {
  std::array<char, 65536> block;
  ssize_t got = ::read(from.get(), block.data(), block.size());
  if (got < 0) {
    if (errno != EINTR && errno != EAGAIN) from.close();
    return true;
  }
  if (got == 0) from.close();
  into.append(block.data(), static_cast<std::size_t>(got));
  return static_cast<std::int64_t>(into.size()) <= cap;
}

class Follower {
 public:
  Follower(const Command& command, Child& child)
      : command_(command),
        child_(child),
        name_(quote(command.argv.front())),
        what_(cat("running ", name_)),
        waiter_(command.limit) {}

  Result<Finished> run() {
    if (auto done = read_to_end(); !done) {
      if (kill_group()) return std::unexpected(std::move(done).error());
      return std::unexpected(std::move(done).error().fix(
          cat("process ", child_.pid, " hangs in the kernel, cannot be killed and was left behind")));
    }
    if (child_.out.open() || child_.err.open()) ::kill(-child_.pid, SIGKILL);  // who still holds the pipes
    EIDOS_TRY(finished_.exit_code, reap(child_.pid));
    return std::move(finished_);
  }

 private:
  // Until the program has ended and its pipes are closed, or kGrace after its end.
  Result<void> read_to_end() {
    std::optional<Limit> rest;
    for (;;) {
      EIDOS_CHECK(command_.limit.check(what_));
      if (!rest && has_ended(child_.pid)) rest = command_.limit.within(kGrace);
      if (rest && !child_.out.open() && !child_.err.open()) return {};
      if (rest && !rest->check("")) return {};
      EIDOS_CHECK(wait(rest));
      EIDOS_CHECK(take_ready(child_.out, finished_.out, "output"));
      EIDOS_CHECK(take_ready(child_.err, finished_.err, "error output"));
    }
  }

  Result<void> take_ready(OwnedFd& from, std::string& into, std::string_view stream) {
    if (!from.open() || take(from, into, command_.max_output_bytes)) return {};
    return fail(ErrorKind::Invalid,
                cat(name_, " wrote more than ", command_.max_output_bytes, " bytes of ", stream));
  }

  // For output, and for the end of the program unless it has come: then for the `rest` of its output.
  Result<void> wait(const std::optional<Limit>& rest) {
    std::array<pollfd, 3> all = {{{child_.out.get(), POLLIN, 0},
                                  {child_.err.get(), POLLIN, 0},
                                  {rest ? -1 : child_.ended.get(), POLLIN, 0}}};
    int look = child_.ended.open() ? -1 : kLookMs;
    return waiter_.wait(all, what_, rest ? rest->poll_timeout_ms() : look);
  }

  // SIGTERM, then SIGKILL for whoever of the group is left. The pipes are shut first, so that nobody waits
  // for us to read. False: it outlived both.
  bool kill_group() {
    child_.out.close();
    child_.err.close();
    ::kill(-child_.pid, SIGTERM);
    await_end(command_.limit.stop().stop_requested() ? kStopGrace : kGrace);
    ::kill(-child_.pid, SIGKILL);
    if (!await_end(kReap)) return false;
    (void)reap(child_.pid);
    return true;
  }

  bool await_end(Milliseconds time) {
    Limit limit = Limit().within(time);
    while (!has_ended(child_.pid)) {
      if (!limit.check("")) return false;
      pollfd ended{child_.ended.get(), POLLIN, 0};
      ::poll(&ended, 1, limit.poll_timeout_ms(child_.ended.open() ? -1 : kLookMs));
    }
    return true;
  }

  const Command& command_;
  Child& child_;
  std::string name_;
  std::string what_;
  Waiter waiter_;
  Finished finished_;
};

class RealProcesses final : public Processes {
 public:
  Result<Finished> run(const Command& command) override {
    EIDOS_CHECK(check_command(command));
    EIDOS_CHECK(command.limit.check(cat("running ", quote(command.argv.front()))));
    EIDOS_TRY(Child child, start(command));
    return Follower(command, child).run();
  }
};

}  // namespace

std::unique_ptr<Processes> real_processes() {
  return std::make_unique<RealProcesses>();
}

}  // namespace eidos
