#pragma once
// What is logged while requests are answered, written together: a system call a line would cost more than
// most answers, and whoever reads the lines slowly would hold them up.

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
/// them they are lost, and counted.
class AccessLog final : public Log {
 public:
  AccessLog(const LogOptions& options, const Clock& clock);
  ~AccessLog() override;
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  bool enabled(LogLevel level) const override { return level >= options_.least; }
  void line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields,
            std::source_location where) override;
  /// Lines that nobody took so far.
  std::int64_t lost() const { return lost_; }

 private:
  void write_now_and_then(const std::stop_token& stop);

  LogOptions options_;
  const Clock& clock_;
  std::atomic<std::int64_t> lost_ = 0;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::string waiting_;
  std::jthread writer_;
};

}  // namespace eidos::serve
