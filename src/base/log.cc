#include "base/log.h"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

namespace eidos {

namespace {

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return "debug";
    case LogLevel::Info: return "info";
    case LogLevel::Warning: return "warning";
    case LogLevel::Error: return "error";
  }
  std::unreachable();
}

std::string_view level_color(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
    case LogLevel::Info: return "";
    case LogLevel::Warning: return "\x1b[33m";
    case LogLevel::Error: return "\x1b[31m";
  }
  std::unreachable();
}

// Controls, and what is invisible or reorders a line although it is valid text.
bool hidden(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

void append_unit(std::string& out, char32_t c) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += "0123456789abcdef"[(c >> shift) & 0xF];
}

// A JSON string (RFC 8259), which the text mode uses for its quoted values, too.
std::string json_string(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    std::size_t good = invalid_utf8(text).value_or(text.size());
    for (std::size_t at = 0; at < good;) {
      std::size_t start = at;
      char32_t c = next_code_point(text, at);
      if (c == '"' || c == '\\')
        out += cat('\\', static_cast<char>(c));
      else if (c == '\n')
        out += "\\n";
      else if (hidden(c))
        append_unit(out, c);
      else
        out += text.substr(start, at - start);
    }
    if (good == text.size()) break;
    append_unit(out, 0xFFFD);
    text.remove_prefix(good + 1);
  }
  return out += '"';
}

bool plain(std::string_view value) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:@%+,~";
  return !value.empty() && value.find_first_not_of(kPlain) == std::string_view::npos;
}

std::string words(const LogRecord& record) {
  std::string quoted = quote(record.message, std::string::npos);
  std::string out = quoted.substr(1, quoted.size() - 2);
  for (const LogField& field : record.fields)
    out += cat(' ', field.key, '=', plain(field.value) ? field.value : json_string(field.value));
  return out;
}

// "base/log.cc:12": where the tree was built is nobody's business.
std::string place(const std::source_location& where) {
  std::string_view file = where.file_name();
  if (std::size_t at = file.rfind("src/"); at != std::string_view::npos) file.remove_prefix(at + 4);
  return cat(file, ':', where.line());
}

std::string with_milliseconds(std::chrono::system_clock::time_point time) {
  auto second = std::chrono::floor<std::chrono::seconds>(time);
  auto rest = std::chrono::floor<std::chrono::milliseconds>(time - second).count();
  std::string out = rfc3339(time);
  out.pop_back();
  return cat(out, '.', cat(1000 + rest).substr(1), 'Z');
}

std::string people_line(const LogRecord& record, bool color) {
  std::string label = record.level == LogLevel::Info ? std::string() : cat(level_name(record.level), ':');
  std::string_view paint = color ? level_color(record.level) : "";
  if (!paint.empty()) label = cat(paint, label, "\x1b[0m");
  return cat("eidos: ", label, label.empty() ? "" : " ", words(record), '\n');
}

std::string text_line(const LogRecord& record) {
  return cat(with_milliseconds(record.time), ' ', level_name(record.level), ' ', place(record.where), ' ',
             words(record), '\n');
}

std::string json_line(const LogRecord& record) {
  std::string out =
      cat(R"({"time":")", with_milliseconds(record.time), R"(","level":")", level_name(record.level),
          R"(","source":)", json_string(place(record.where)), R"(,"message":)", json_string(record.message));
  for (const LogField& field : record.fields)
    out += cat(',', json_string(field.key), ':', json_string(field.value));
  return out += "}\n";
}

// One write(2) unless the other side takes less. Nobody is left to tell when stderr itself fails.
void write_line(std::string_view line) {
  while (!line.empty()) {
    ssize_t wrote = ::write(STDERR_FILENO, line.data(), line.size());
    if (wrote > 0) {
      line.remove_prefix(static_cast<std::size_t>(wrote));
    } else if (wrote < 0 && errno == EAGAIN) {  // somebody made the shared terminal non-blocking
      pollfd room{STDERR_FILENO, POLLOUT, 0};
      if (::poll(&room, 1, 1000) == 0) return;
    } else if (wrote == 0 || errno != EINTR) {
      return;
    }
  }
}

class StderrLog final : public Log {
 public:
  StderrLog(const LogOptions& options, const Clock& clock) : options_(options), clock_(clock) {}

  bool enabled(LogLevel level) const override { return level >= options_.least; }

  void line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields,
            std::source_location where) override {
    if (!enabled(level)) return;
    write_line(log_line(options_, {level, message, fields, where, clock_.now()}));
  }

 private:
  LogOptions options_;
  const Clock& clock_;
};

}  // namespace

std::string log_line(const LogOptions& options, const LogRecord& record) {
  switch (options.mode) {
    case LogMode::People: return people_line(record, options.color);
    case LogMode::Text: return text_line(record);
    case LogMode::Json: return json_line(record);
  }
  std::unreachable();
}

std::unique_ptr<Log> stderr_log(const LogOptions& options, const Clock& clock) {
  return std::make_unique<StderrLog>(options, clock);
}

}  // namespace eidos
