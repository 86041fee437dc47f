#include "bundle/markdown.h"

#include <algorithm>

namespace eidos::bundle {
namespace {

constexpr std::string_view kMarkup = "\\`*_{}[]<>#|!~&$";

char printable(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F ? ' ' : c;
}

std::size_t longest_run(std::string_view text, char wanted) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (char c : text) {
    run = c == wanted ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string md_code(std::string_view text) {
  if (text.empty()) return {};
  std::string fence(longest_run(text, '`') + 1, '`');
  // A span may not begin or end with a backtick of its own; one blank at each end is taken off again.
  std::string pad = text.front() == '`' || text.back() == '`' ? " " : "";
  std::string out = fence + pad;
  for (char c : text) {
    if (c == '|') out += '\\';  // Even inside a span, a bare one would end the cell.
    out += printable(c);
  }
  return out + pad + fence;
}

std::string md_text(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (kMarkup.find(c) != std::string_view::npos) out += '\\';
    out += printable(c);
  }
  return out;
}

}  // namespace eidos::bundle
