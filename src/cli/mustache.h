#pragma once
// Templates in the Mustache language over one document. Pure; bounded in steps, depth and output.
//
// A name is looked up in the innermost section first, then outwards; a dot goes into a map, and a key that
// has dots of its own is found, too. What {{#name}} or {{^name}} asks about may be missing; any other unknown
// name is an error. Nothing is escaped: the output is text, not HTML.

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "data/value.h"

namespace eidos::cli {

struct Template {
  std::string name;  ///< As messages show it.
  std::string text;
  /// The text of {{> part}}; an error when there is none.
  std::function<Result<std::string>(const std::string& part)> partial;
};

constexpr std::size_t kMaxTemplateBytes = std::size_t{1} << 20;  ///< Of it and its partials together.
constexpr std::size_t kMaxRenderedBytes = std::size_t{16} << 20;

/// Invalid, with file:line:column: an unknown name, a section that is not closed, a partial that includes
/// itself, {{=changed delimiters=}}, more than the bounds above.
Result<std::string> render(const Template& what, const data::Value& root);

}  // namespace eidos::cli
