#pragma once
// Waiting on descriptors no longer than a Limit allows. A stop request wakes the wait at once.

#include <optional>
#include <span>
#include <stop_token>
#include <string_view>
#include <utility>

#include <poll.h>

#include "base/error.h"
#include "base/limit.h"

namespace eidos {

/// Owns one open descriptor, or none (-1).
class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;
  ~OwnedFd() { close(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

/// poll(2) under a Limit. Made once for a piece of work, or renewed for the next, and used by one thread at a
/// time; the stop request may come from any.
class Waiter {
 public:
  explicit Waiter(Limit limit);

  const Limit& limit() const { return limit_; }
  /// From now on this limit counts: a connection that is kept serves one piece of work after the other.
  void renew(Limit limit);
  /// Until one of `fds` is ready or `cap_ms` (>= 0) has passed, whichever is first; may return early without
  /// either. A descriptor of -1 is passed over. Cancelled, Timeout: `what` names the work that was cut.
  Result<void> wait(std::span<pollfd> fds, std::string_view what, int cap_ms = -1) const;
  /// The same for one descriptor.
  Result<void> wait(int fd, short events, std::string_view what) const;

 private:
  struct Ring {
    int fd;
    void operator()() const;
  };
  Limit limit_;
  OwnedFd bell_;  ///< eventfd, only when a stop can come.
  std::optional<std::stop_callback<Ring>> ring_;
};

/// Waits for this long. Timeout, at once: `what` ("the next try") would come after the deadline. Cancelled.
Result<void> pause(Milliseconds time, const Limit& limit, std::string_view what);

}  // namespace eidos
