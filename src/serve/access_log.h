#pragma once
// A line a request, written together: a system call a line would cost more than most answers.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/log.h"

namespace eidos::serve {

/// Lines reach standard error after half a second at most, and all of them before it ends. Where nobody reads
/// them they are lost, and counted in `lost`. Safe to call from many threads.
class AccessLog {
 public:
  AccessLog(const LogOptions& options, const Clock& clock, std::atomic<std::int64_t>& lost);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  void line(std::string_view message, std::initializer_list<LogField> fields,
            std::source_location where = std::source_location::current());

 private:
  void write_now_and_then(const std::stop_token& stop);

  LogOptions options_;
  const Clock& clock_;
  std::atomic<std::int64_t>& lost_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::string waiting_;
  std::jthread writer_;
};

}  // namespace eidos::serve
