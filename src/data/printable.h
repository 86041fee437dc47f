#pragma once
// Which characters our writers put into a text as they are.

#include <string_view>

namespace eidos::data {

/// True when both YAML versions take `c` as it is inside any scalar and it neither hides nor reorders text:
/// no control character (tab and line feed included), line or paragraph separator, byte order mark,
/// noncharacter or bidirectional override. Everything else our writers escape.
constexpr bool prints_plain(char32_t c) {
  if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return false;
  if (c == 0x2028 || c == 0x2029 || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF) return false;
  return c != 0x200E && c != 0x200F && (c < 0x202A || c > 0x202E) && (c < 0x2066 || c > 0x2069);
}

/// The two-character escape that YAML's double quotes and JSON share for `c`, or "".
constexpr std::string_view short_escape(char32_t c) {
  switch (c) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\t': return "\\t";
    case '\r': return "\\r";
    default: return {};
  }
}

}  // namespace eidos::data
