#include "serve/access_log.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace eidos::serve {

namespace {

constexpr std::size_t kEnough = std::size_t{32} * 1024;
constexpr std::size_t kMost = std::size_t{4} * 1024 * 1024;  // while nobody takes them

// Whoever reads our standard error may have stopped reading: then lines are lost, and the service is not held
// up. A pipe that is ready takes PIPE_BUF bytes without a wait (pipe(7)). Returns how many lines are lost.
std::int64_t write_all(std::string_view text) {
  constexpr std::size_t kPiece = 4096;
  constexpr int kPatienceMs = 1'000;
  while (!text.empty()) {
    pollfd out{STDERR_FILENO, POLLOUT, 0};
    if (::poll(&out, 1, kPatienceMs) == 0) break;
    const ssize_t wrote = ::write(STDERR_FILENO, text.data(), std::min(text.size(), kPiece));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) break;  // nobody is left to read it
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return std::ranges::count(text, '\n');
}

}  // namespace

AccessLog::AccessLog(const LogOptions& options, const Clock& clock)
    : options_(options),
      clock_(clock),
      writer_([this](const std::stop_token& stop) { write_now_and_then(stop); }) {}

AccessLog::~AccessLog() {
  writer_.request_stop();
  writer_.join();
}

void AccessLog::line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields,
                     std::source_location where) {
  const std::string line = log_line(options_, {level, message, fields, where, clock_.now()});
  const std::lock_guard lock(mutex_);
  if (waiting_.size() < kMost)
    waiting_ += line;
  else
    ++lost_;
  if (waiting_.size() >= kEnough) wake_.notify_one();
}

void AccessLog::write_now_and_then(const std::stop_token& stop) {
  constexpr std::chrono::milliseconds kLongest{500};
  std::string taken;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, kLongest, [this] { return waiting_.size() >= kEnough; });
      std::swap(taken, waiting_);
    }
    lost_ += write_all(taken);
    taken.clear();
  }
  const std::lock_guard lock(mutex_);
  lost_ += write_all(waiting_);
}

}  // namespace eidos::serve
