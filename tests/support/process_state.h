#pragma once
// State of the whole process, changed for one scope: working directory, umask, user, a descriptor.

#include <filesystem>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace eidos::testing {

class WorkingDirectory {
 public:
  explicit WorkingDirectory(const std::string& path) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(path);
  }
  WorkingDirectory(const WorkingDirectory&) = delete;
  WorkingDirectory& operator=(const WorkingDirectory&) = delete;
  ~WorkingDirectory() { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_;
};

class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  ~Umask() { ::umask(before_); }

 private:
  mode_t before_;
};

/// Drops root's rights, which no mode bit stops. Does nothing for anybody else.
class AsNobody {
 public:
  AsNobody() {
    if (::geteuid() != 0) return;
    root_ = true;
    if (::setegid(65534) != 0 || ::seteuid(65534) != 0) ADD_FAILURE() << "cannot drop root's rights";
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody() {
    if (root_ && (::seteuid(0) != 0 || ::setegid(0) != 0)) ADD_FAILURE() << "cannot become root again";
  }

 private:
  bool root_ = false;
};

/// Makes `number` the same file as `fd` for a while.
class Redirect {
 public:
  Redirect(int number, int fd) : number_(number), before_(::fcntl(number, F_DUPFD_CLOEXEC, 10)) {
    ::dup2(fd, number_);
  }
  Redirect(const Redirect&) = delete;
  Redirect& operator=(const Redirect&) = delete;
  ~Redirect() {
    ::dup2(before_, number_);
    ::close(before_);
  }

 private:
  int number_;
  int before_;
};

/// A pipe with both ends open.
struct Pipe {
  Pipe() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) ADD_FAILURE() << "pipe2";
    from = ends[0];
    to = ends[1];
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    if (from >= 0) ::close(from);
    if (to >= 0) ::close(to);
  }
  void close_writer() {
    ::close(to);
    to = -1;
  }
  void close_reader() {
    ::close(from);
    from = -1;
  }

  int from = -1;
  int to = -1;
};

}  // namespace eidos::testing
