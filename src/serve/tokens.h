#pragma once
// The bearer tokens of a file that may change while the service runs.

#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/files.h"
#include "base/log.h"

namespace eidos::serve {

/// Token → its name. A line is TOKEN or NAME=TOKEN; '#' begins a remark. Invalid: no token at all, one of
/// fewer than 16 characters (its line is named, never it), two lines with the same one.
Result<std::map<std::string, std::string>> parse_tokens(std::string_view text, std::string_view file);

/// Reads again at most once a second. What cannot be read any more is a warning, and the tokens stay.
class TokenFile {
 public:
  static Result<std::unique_ptr<TokenFile>> open(std::string path, Files& files, const Clock& clock,
                                                 Log& log);
  std::map<std::string, std::string> tokens();

 private:
  TokenFile(std::string path, Files& files, const Clock& clock, Log& log)
      : path_(std::move(path)), files_(files), clock_(clock), log_(log) {}
  Result<void> read();

  std::string path_;
  Files& files_;
  const Clock& clock_;
  Log& log_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point at_;
  std::map<std::string, std::string> tokens_;
};

}  // namespace eidos::serve
