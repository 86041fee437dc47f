#pragma once
// System calls of which one fails, dies or falls short: the tests of src/base run a write once for every call
// that it makes.

#include <cerrno>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <signal.h>

#include "base/system_calls.h"

namespace eidos::testing {

struct Fault {
  int at = 0;          ///< The call of this number, from 1, goes wrong; 0: none does.
  int error = EIO;     ///< By this errno ...
  bool kills = false;  ///< ... or by SIGKILL before it is made.
  bool ends = false;  ///< ... and so does every later one but close(2): as good as killed, without a process.
  std::size_t largest_write = SIZE_MAX;    ///< Every write(2) takes at most this many bytes.
  std::map<std::string, int> always = {};  ///< Calls that fail by this errno each time, by name; not counted.
};

class FaultyCalls final : public SystemCalls {
 public:
  explicit FaultyCalls(Fault fault = {}) : fault_(std::move(fault)) {}

  /// Calls made so far.
  int count() const { return static_cast<int>(names_.size()); }
  const std::vector<std::string>& names() const { return names_; }
  /// The name of the call that went wrong, or "".
  const std::string& struck() const { return struck_; }

  int openat(int directory, const char* path, int flags, mode_t mode) override {
    return strikes("openat") ? -1 : SystemCalls::openat(directory, path, flags, mode);
  }
  int openat2(int directory, const char* path, int flags, std::uint64_t resolve) override {
    return strikes("openat2") ? -1 : SystemCalls::openat2(directory, path, flags, resolve);
  }
  int close(int fd) override {
    // As in the kernel, the descriptor is gone whatever is answered.
    const bool bad = strikes("close");
    const int error = errno;
    const int result = SystemCalls::close(fd);
    if (bad) errno = error;
    return bad ? -1 : result;
  }
  int fstat(int fd, Status* out) override { return strikes("fstat") ? -1 : SystemCalls::fstat(fd, out); }
  int fstatat(int directory, const char* path, Status* out, int flags) override {
    return strikes("fstatat") ? -1 : SystemCalls::fstatat(directory, path, out, flags);
  }
  int faccessat(int directory, const char* path, int mode) override {
    return strikes("faccessat") ? -1 : SystemCalls::faccessat(directory, path, mode);
  }
  ssize_t readlinkat(int directory, const char* path, char* out, std::size_t size) override {
    return strikes("readlinkat") ? -1 : SystemCalls::readlinkat(directory, path, out, size);
  }
  ssize_t getdents(int fd, void* out, std::size_t size) override {
    return strikes("getdents") ? -1 : SystemCalls::getdents(fd, out, size);
  }
  ssize_t read(int fd, void* out, std::size_t size) override {
    return strikes("read") ? -1 : SystemCalls::read(fd, out, size);
  }
  ssize_t write(int fd, const void* bytes, std::size_t size) override {
    return strikes("write") ? -1 : SystemCalls::write(fd, bytes, std::min(size, fault_.largest_write));
  }
  int poll(int fd, short events, int timeout_ms) override {
    return strikes("poll") ? -1 : SystemCalls::poll(fd, events, timeout_ms);
  }
  int dup(int fd) override { return strikes("dup") ? -1 : SystemCalls::dup(fd); }
  int fchmod(int fd, mode_t mode) override { return strikes("fchmod") ? -1 : SystemCalls::fchmod(fd, mode); }
  int fchmodat(int directory, const char* path, mode_t mode) override {
    return strikes("fchmodat") ? -1 : SystemCalls::fchmodat(directory, path, mode);
  }
  int fchown(int fd, uid_t owner, gid_t group) override {
    return strikes("fchown") ? -1 : SystemCalls::fchown(fd, owner, group);
  }
  int fsync(int fd) override { return strikes("fsync") ? -1 : SystemCalls::fsync(fd); }
  int ftruncate(int fd, off_t size) override {
    return strikes("ftruncate") ? -1 : SystemCalls::ftruncate(fd, size);
  }
  ssize_t pread(int fd, void* out, std::size_t size, off_t at) override {
    return strikes("pread") ? -1 : SystemCalls::pread(fd, out, size, at);
  }
  int flock(int fd, int operation) override {
    return strikes("flock") ? -1 : SystemCalls::flock(fd, operation);
  }
  int mkdirat(int directory, const char* path, mode_t mode) override {
    return strikes("mkdirat") ? -1 : SystemCalls::mkdirat(directory, path, mode);
  }
  int renameat2(int from_directory, const char* from, int to_directory, const char* to,
                unsigned flags) override {
    return strikes(flags != 0 ? "renameat2 with flags" : "renameat2")
               ? -1
               : SystemCalls::renameat2(from_directory, from, to_directory, to, flags);
  }
  int unlinkat(int directory, const char* path, int flags) override {
    return strikes("unlinkat") ? -1 : SystemCalls::unlinkat(directory, path, flags);
  }

 private:
  bool strikes(const char* name) {
    if (auto found = fault_.always.find(name); found != fault_.always.end()) {
      errno = found->second;
      return true;
    }
    names_.emplace_back(name);
    const bool late = fault_.ends && fault_.at != 0 && count() > fault_.at;
    if (count() != fault_.at && !late) return false;
    if (!late) struck_ = name;
    if (fault_.kills) ::raise(SIGKILL);
    errno = fault_.error;
    return true;
  }

  Fault fault_;
  std::vector<std::string> names_;
  std::string struck_;
};

}  // namespace eidos::testing
