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
/// The shortest spelling that parse_path and parse_selector read back.
std::string to_text(const Path& path);

/// In a selector: every key of a map, or every item of a list.
struct Each {
  bool operator==(const Each&) const = default;
};
using SelectorPart = std::variant<std::string, std::size_t, Each>;
/// A path with wildcards; no parts: the whole document.
using Selector = std::vector<SelectorPart>;

/// A path as above, where a part `*` or `[*]` stands for every key or item. One '.' in front is allowed; ""
/// and "." are the whole document. Invalid as above, and for a '*' that is only a piece of a part (a key that
/// has one is quoted).
Result<Selector> parse_selector(std::string_view text);
std::string to_text(const Selector& selector);

/// nullptr when the path leads nowhere.
const Value* find(const Value& root, const Path& path);

/// Puts `value` at `path`, making maps on the way. A path through something that is neither map nor null, or
/// to a list item that is not there (one past the end appends), is Invalid and changes nothing; so is what
/// would be nested deeper than 90 levels.
Result<void> set(Value& root, const Path& path, Value value);

}  // namespace eidos::data
