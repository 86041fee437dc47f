#include "base/wait.h"

#include <cerrno>
#include <vector>

#include <sys/eventfd.h>
#include <unistd.h>

#include "base/text.h"

namespace eidos {

namespace {

// Between two looks at the stop request when there was no descriptor left for the bell.
constexpr int kLookMs = 20;

}  // namespace

void OwnedFd::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void Waiter::Ring::operator()() const {
  [[maybe_unused]] int failed = ::eventfd_write(fd, 1);
}

Waiter::Waiter(Limit limit) {
  renew(std::move(limit));
}

void Waiter::renew(Limit limit) {
  bool same = limit.stop() == limit_.stop();
  limit_ = std::move(limit);
  if (same) return;
  ring_.reset();
  bell_.close();
  if (!limit_.stop().stop_possible()) return;
  bell_ = OwnedFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (bell_.open()) ring_.emplace(limit_.stop(), Ring{bell_.get()});
}

Result<void> Waiter::wait(std::span<pollfd> fds, std::string_view what, int cap_ms) const {
  EIDOS_CHECK(limit_.check(what));
  std::vector<pollfd> all(fds.begin(), fds.end());
  all.push_back({bell_.get(), POLLIN, 0});
  bool deaf = limit_.stop().stop_possible() && !bell_.open();
  int time = limit_.poll_timeout_ms(cap_ms);
  if (deaf && (time < 0 || time > kLookMs)) time = kLookMs;
  int ready = ::poll(all.data(), all.size(), time);
  if (ready < 0 && errno != EINTR) return std::unexpected(system_error(errno, what));
  for (std::size_t i = 0; i < fds.size(); ++i) fds[i].revents = ready > 0 ? all[i].revents : short{0};
  return limit_.check(what);
}

Result<void> Waiter::wait(int fd, short events, std::string_view what) const {
  pollfd one{fd, events, 0};
  return wait(std::span(&one, 1), what);
}

Result<void> pause(Milliseconds time, const Limit& limit, std::string_view what) {
  const Limit until = limit.within(time);
  if (limit.deadline() && *limit.deadline() <= std::chrono::steady_clock::now() + time)
    return fail(ErrorKind::Timeout, cat(what, " would come too late"));
  const Waiter waiter(until);
  for (;;) {
    EIDOS_CHECK(limit.check(cat("waiting for ", what)));
    int left = until.poll_timeout_ms();
    if (left == 0) return {};
    if (auto waited = waiter.wait({}, "", left); !waited && waited.error().kind == ErrorKind::Cancelled)
      return std::unexpected(std::move(waited).error());
  }
}

}  // namespace eidos
