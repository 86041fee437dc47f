#pragma once
// Dotted paths into a Value: `driver.version`, `tolerations[2].key`, `annotations."a.b/c"`,
// `annotations.a\.b`.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "data/value.h"

namespace eidos::data {

/// One step: a key, or a list index.
using PathPart = std::variant<std::string, std::size_t>;
using Path = std::vector<PathPart>;

/// Invalid: empty part, unclosed quote or bracket, index that is no number, more than 100 parts.
Result<Path> parse_path(std::string_view text);
/// The shortest spelling that parse_path reads back.
std::string to_text(const Path& path);

/// nullptr when the path leads nowhere.
const Value* find(const Value& root, const Path& path);

/// Puts `value` at `path`, making maps on the way. A path through something that is neither map nor null, or
/// to a list item that is not there (one past the end appends), is Invalid and changes nothing; so is what
/// would be nested deeper than 90 levels.
Result<void> set(Value& root, const Path& path, Value value);

}  // namespace eidos::data
