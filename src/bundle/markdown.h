#pragma once
// Text of a recipe inside a Markdown table: shown as it is, never read as markup.

#include <string>
#include <string_view>

namespace eidos::bundle {

/// A code span for a table cell, "" for empty text. Control characters become blanks.
std::string md_code(std::string_view text);
/// Plain words for a table cell. Control characters become blanks.
std::string md_text(std::string_view text);

}  // namespace eidos::bundle
