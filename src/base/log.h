#pragma once
// Log lines to stderr in the three modes of cli.md: for people (warnings and errors only), text
// (--debug: time level file:line message key=value), json (--log-json, one object a line). Never stdout.

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace eidos {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };
enum class LogMode : std::uint8_t { People, Text, Json };

struct LogField {
  std::string_view key;
  std::string value;
};

/// Safe to call from many threads; a line is written with one write(2).
class Log {
 public:
  virtual ~Log() = default;
  virtual bool enabled(LogLevel level) const = 0;
  virtual void line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {},
                    std::source_location where = std::source_location::current()) = 0;

  void debug(std::string_view message, std::initializer_list<LogField> fields = {},
             std::source_location where = std::source_location::current()) {
    if (enabled(LogLevel::Debug)) line(LogLevel::Debug, message, fields, where);
  }
  void info(std::string_view message, std::initializer_list<LogField> fields = {},
            std::source_location where = std::source_location::current()) {
    if (enabled(LogLevel::Info)) line(LogLevel::Info, message, fields, where);
  }
  void warn(std::string_view message, std::initializer_list<LogField> fields = {},
            std::source_location where = std::source_location::current()) {
    if (enabled(LogLevel::Warning)) line(LogLevel::Warning, message, fields, where);
  }
};

struct LogOptions {
  LogMode mode = LogMode::People;
  LogLevel least = LogLevel::Warning;
  bool color = false;  ///< People mode only: yellow warnings, red errors.
};

struct LogRecord {
  LogLevel level = LogLevel::Info;
  std::string_view message;
  std::initializer_list<LogField> fields = {};
  std::source_location where = {};
  std::chrono::system_clock::time_point time = {};  ///< Not shown to people.
};

/// The line of one record, newline included and no other control byte: whatever a message or value holds is
/// escaped in the way of the mode, so that input can neither start a line of its own nor paint.
std::string log_line(const LogOptions& options, const LogRecord& record);

class Clock;
std::unique_ptr<Log> stderr_log(const LogOptions& options, const Clock& clock);

}  // namespace eidos
