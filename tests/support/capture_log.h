#pragma once
// A log that keeps its lines.

#include <initializer_list>
#include <mutex>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"

namespace eidos::testing {

class CaptureLog final : public Log {
 public:
  struct Line {
    LogLevel level;
    std::string message;
    std::vector<std::pair<std::string, std::string>> fields;
    bool operator==(const Line&) const = default;
  };

  explicit CaptureLog(LogLevel least = LogLevel::Debug) : least_(least) {}

  bool enabled(LogLevel level) const override { return level >= least_; }
  void line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {},
            std::source_location = std::source_location::current()) override {
    Line line{level, std::string(message), {}};
    for (const LogField& field : fields) line.fields.emplace_back(std::string(field.key), field.value);
    const std::scoped_lock guard(mutex_);
    lines_.push_back(std::move(line));
  }

  /// Not while another thread may still log.
  const std::vector<Line>& lines() const { return lines_; }

 private:
  LogLevel least_;
  std::mutex mutex_;
  std::vector<Line> lines_;
};

}  // namespace eidos::testing
