#include "model/version.h"

#include <algorithm>

#include "base/text.h"
#include "model/decimal.h"

namespace eidos::model {
namespace {

constexpr std::size_t kMaxDigits = 18;  // always fits 64 bits
constexpr std::size_t kMaxLength = 4096;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Where the extras begin: the first '-' or '+' right behind a digit. "-1.0" has none: its sign is no tail.
std::size_t extras_begin(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i)
    if ((text[i] == '-' || text[i] == '+') && is_digit(text[i - 1])) return i;
  return text.size();
}

Result<std::uint64_t> parse_part(std::string_view part, std::string_view whole) {
  if (part.starts_with('-'))
    return fail(ErrorKind::Invalid, cat("version cannot contain negative numbers: ", show(whole)));
  std::string_view digits = part.starts_with('+') ? part.substr(1) : part;
  if (digits.empty()) return fail(ErrorKind::Invalid, cat("version ", quote(whole), " has an empty part"));
  if (!std::ranges::all_of(digits, is_digit))
    return fail(ErrorKind::Invalid,
                cat("part ", quote(part), " of version ", quote(whole), " is not a decimal number"));
  digits = without_leading_zeros(digits);
  if (digits.size() > kMaxDigits)
    return fail(ErrorKind::Invalid,
                cat("a part of version ", quote(whole), " has more than ", kMaxDigits, " digits"));
  std::uint64_t number = 0;
  for (char c : digits) number = number * 10 + static_cast<std::uint64_t>(c - '0');
  return number;
}

// How far a version is on its way to the release; `number` is that of "-rc.2", "" when there is none.
struct Stage {
  int rank;
  std::string_view number;
};
constexpr int kReleased = 3;
constexpr std::pair<std::string_view, int> kStages[] = {{"-alpha", 0}, {"-beta", 1}, {"-rc", 2}};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Stage stage_of(std::string_view extras) {
  for (const auto& [word, rank] : kStages) {
    if (!extras.starts_with(word)) continue;
    std::string_view rest = extras.substr(word.size());
    if (!rest.empty() && is_letter(rest.front())) break;  // "-rcfoo" is a word of its own
    if (rest.size() > 1 && (rest.front() == '.' || rest.front() == '-') && is_digit(rest[1]))
      rest.remove_prefix(1);
    auto end = std::ranges::find_if_not(rest, is_digit);
    return {rank, without_leading_zeros(rest.substr(0, static_cast<std::size_t>(end - rest.begin())))};
  }
  return {kReleased, {}};
}

std::strong_ordering compare_stages(const Version& actual, const Version& bound) {
  Stage a = stage_of(actual.extras);
  Stage b = stage_of(bound.extras);
  if (a.rank != b.rank) return a.rank <=> b.rank;
  return compare_digits(a.number, b.number);
}

}  // namespace

Result<Version> parse_version(std::string_view text) {
  if (text.empty()) return fail(ErrorKind::Invalid, "version is empty");
  if (text.size() > kMaxLength)
    return fail(ErrorKind::Invalid, cat("version ", quote(text), " is longer than ", kMaxLength, " bytes"));
  std::string_view rest = text.starts_with('v') ? text.substr(1) : text;
  std::size_t tail = extras_begin(rest);
  Version version;
  version.extras = rest.substr(tail);
  for (std::string_view part : split(rest.substr(0, tail), '.')) {
    EIDOS_TRY(std::uint64_t number, parse_part(part, text));
    version.parts.push_back(number);
  }
  return version;
}

std::string to_text(const Version& version) {
  std::string out;
  for (std::uint64_t part : version.parts) out += cat(out.empty() ? "" : ".", part);
  return out + version.extras;
}

std::strong_ordering compare_to_bound(const Version& actual, const Version& bound) {
  constexpr std::size_t kStagesFrom = 3;
  for (std::size_t i = 0; i < bound.parts.size(); ++i) {
    std::uint64_t part = i < actual.parts.size() ? actual.parts[i] : 0;
    if (part != bound.parts[i]) return part <=> bound.parts[i];
  }
  if (bound.parts.size() < kStagesFrom) return std::strong_ordering::equal;
  // 1.2.3.4-beta precedes 1.2.3.4, not 1.2.3: its tail says nothing about this bound.
  for (std::size_t i = bound.parts.size(); i < actual.parts.size(); ++i)
    if (actual.parts[i] != 0) return compare_stages({actual.parts, {}}, bound);
  return compare_stages(actual, bound);
}

}  // namespace eidos::model
