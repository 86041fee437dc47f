#pragma once
// --ignore: paths that do not count.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "data/path.h"

namespace eidos::diff {

class Ignore {
 public:
  /// Each a path as data::parse_path reads it, with '*' for any run of characters: "OS.sysctl",
  /// "SystemD.*.LimitNOFILE". Invalid: what is no path, is longer than 1024 bytes, or fits everything.
  static Result<Ignore> parse(const std::vector<std::string>& patterns);

  /// Whether a pattern fits `path` (parts joined by dots) or something above it.
  bool covers(std::string_view path) const;

 private:
  std::vector<std::string> patterns_;
};

/// The parts joined by dots, without quotes: how patterns and paths meet.
std::string flat(const data::Path& path);

}  // namespace eidos::diff
