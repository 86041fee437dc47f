#include "diff/ignore.h"

#include <algorithm>

#include "base/text.h"
#include "diff/glob.h"

namespace eidos::diff {

namespace {

constexpr std::size_t kMaxPattern = 1024;

Result<std::string> pattern_of(const std::string& text) {
  if (text.size() > kMaxPattern)
    return fail(ErrorKind::Invalid, cat("--ignore ", quote(text), " is longer than ", kMaxPattern, " bytes"));
  std::string spelled = text;  // "a[*].b" is "a.*.b"
  for (std::size_t at = 0; (at = spelled.find("[*]", at)) != std::string::npos;)
    spelled.replace(at, 3, at == 0 ? "*" : ".*");
  auto path = data::parse_path(spelled);
  if (!path) {
    Error error = std::move(path).error().within("--ignore");
    error.hint =
        "give a path as the report shows it, '*' for any part of it: OS.sysctl, SystemD.*.LimitNOFILE";
    return std::unexpected(std::move(error));
  }
  std::string pattern = flat(*path);
  if (pattern.find_first_not_of(".*") == std::string::npos)
    return fail(ErrorKind::Invalid, cat("--ignore ", quote(text), " would leave nothing to compare"), {},
                "name at least a type, a component or a part of a recipe");
  return pattern;
}

}  // namespace

std::string flat(const data::Path& path) {
  std::string out;
  for (const data::PathPart& part : path) {
    if (!out.empty()) out += '.';
    if (const auto* index = std::get_if<std::size_t>(&part))
      out += cat(*index);
    else
      out += std::get<std::string>(part);
  }
  return out;
}

Result<Ignore> Ignore::parse(const std::vector<std::string>& patterns) {
  Ignore ignore;
  for (const std::string& text : patterns) {
    EIDOS_TRY(std::string pattern, pattern_of(text));
    ignore.patterns_.push_back(std::move(pattern));
  }
  return ignore;
}

bool Ignore::covers(std::string_view path) const {
  return std::ranges::any_of(patterns_, [&](const std::string& pattern) {
    return fits(pattern, path) || fits(pattern + ".*", path);
  });
}

}  // namespace eidos::diff
