#pragma once
// Text: building, splitting, quoting for people, nearest names, UTF-8.

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eidos {

namespace detail {

inline void append(std::string& out, std::string_view part) {
  out += part;
}
inline void append(std::string& out, char part) {
  out += part;
}
// Constrained: a plain bool overload would win over string_view for "literals".
void append(std::string& out, std::same_as<bool> auto part) {
  out += part ? "true" : "false";
}

template <class N>
  requires(!std::same_as<N, bool> && !std::same_as<N, char> && (std::integral<N> || std::floating_point<N>))
void append(std::string& out, N number) {
  char buffer[32];
  auto [end, ec] = std::to_chars(buffer, buffer + sizeof buffer, number);
  out.append(buffer, end);
}

}  // namespace detail

/// cat("node ", name, " has ", 8, " gpus"): shortest round-trip for numbers.
template <class... Parts>
std::string cat(const Parts&... parts) {
  std::string out;
  (detail::append(out, parts), ...);
  return out;
}

/// Empty parts are kept; the empty text is one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

std::string join(std::span<const std::string> parts, std::string_view separator);
std::string join(std::span<const std::string_view> parts, std::string_view separator);

/// Without ASCII blanks (space, tab, CR, LF) at both ends.
std::string_view trim(std::string_view text);

/// Its first line, without blanks at both ends: what a program or a server said, in short.
std::string_view first_line(std::string_view text);

/// ASCII only: locale never matters.
std::string lower(std::string_view text);
/// Two lower-case digits a byte.
std::string hex_of(std::span<const unsigned char> bytes);

/// `'text'` for a message: control characters, bad UTF-8 and bidirectional overrides are written as
/// \xNN or \uNNNN so that input cannot paint on a terminal; cut at `limit` bytes with "…".
std::string quote(std::string_view text, std::size_t limit = 120);

/// What quote() writes, without its quotes: for a comment, or for what somebody else said in a sentence of
/// its own.
std::string visible(std::string_view text, std::size_t limit);

/// The text itself where it can stand in a message without quotes (up to 80 printable ASCII characters, no
/// blank at either end), else quote(text).
std::string show(std::string_view text);

/// The candidate with the smallest edit distance (case ignored, transposition counts one), when it is near
/// enough to be what was meant: at most a third of the longer text, at least one. First one wins a tie.
std::optional<std::string_view> nearest(std::string_view text, std::span<const std::string_view> candidates);

/// "; did you mean 'x'?" or "".
std::string did_you_mean(std::string_view text, std::span<const std::string_view> candidates);

/// Offset of the first byte that is not valid UTF-8 (RFC 3629: no surrogates, no overlong forms, at most
/// U+10FFFF), or nullopt when all of it is.
std::optional<std::size_t> invalid_utf8(std::string_view text);

/// Decodes one code point of valid UTF-8 at `at` and advances it.
char32_t next_code_point(std::string_view text, std::size_t& at);

/// Terminal columns of valid UTF-8: wide (CJK, emoji) count two, combining marks none.
std::size_t display_width(std::string_view text);

/// The whole of `text` as a decimal int64, or nullopt (sign, blanks, overflow, junk).
std::optional<std::int64_t> to_int(std::string_view text);

}  // namespace eidos
