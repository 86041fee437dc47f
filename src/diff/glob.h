#pragma once
// Patterns in which '*' stands for any run of characters, none included.

#include <string_view>

namespace eidos::diff {

/// Whether `pattern` fits the whole of `text`. At most pattern times text many steps.
bool fits(std::string_view pattern, std::string_view text);

}  // namespace eidos::diff
