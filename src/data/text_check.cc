#include "data/text_check.h"

#include <algorithm>

#include "base/text.h"
#include "data/document.h"

namespace eidos::data {

Mark mark_at(std::string_view text, std::size_t offset, std::uint32_t file) {
  std::string_view before = text.substr(0, offset);
  auto lines = std::ranges::count(before, '\n');
  std::string_view line = before.substr(before.rfind('\n') + 1);  // npos + 1 == 0
  auto characters =
      std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return {file, static_cast<std::uint32_t>(lines + 1), static_cast<std::uint32_t>(characters + 1)};
}

Result<std::string_view> checked_text(std::string_view text, std::uint32_t file, const Sources& sources) {
  auto place = [&](std::size_t offset) { return sources.place(mark_at(text, offset, file)); };
  if (text.size() > kMaxTextBytes)
    return fail(ErrorKind::Invalid, cat("larger than ", kMaxTextBytes / (1024 * 1024), " MiB"),
                std::string(sources.name(file)));
  if (std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    return fail(ErrorKind::Invalid, "a NUL byte; this is not a text document", place(nul));
  if (auto bad = invalid_utf8(text)) return fail(ErrorKind::Invalid, "not valid UTF-8", place(*bad));
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

}  // namespace eidos::data
