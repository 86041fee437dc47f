#include "model/decimal.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::model {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_unit_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '%' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string_view take_digits(std::string_view& rest) {
  auto end = std::ranges::find_if_not(rest, is_digit);
  auto length = static_cast<std::size_t>(end - rest.begin());
  std::string_view digits = rest.substr(0, length);
  rest.remove_prefix(length);
  return digits;
}

std::strong_ordering compare_magnitudes(const Amount& a, const Amount& b) {
  if (auto order = compare_digits(a.whole, b.whole); order != 0) return order;
  return a.fraction <=> b.fraction;  // both start behind the point, so byte order is number order
}

}  // namespace

std::string_view without_leading_zeros(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

std::strong_ordering compare_digits(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a <=> b;
}

std::optional<Amount> parse_amount(std::string_view text) {
  std::string_view rest = trim(text);
  Amount amount;
  bool minus = rest.starts_with('-');
  if (minus || rest.starts_with('+')) rest.remove_prefix(1);
  std::string_view whole = take_digits(rest);
  if (whole.empty()) return std::nullopt;
  amount.whole = without_leading_zeros(whole);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    std::string_view fraction = take_digits(rest);
    if (fraction.empty()) return std::nullopt;
    amount.fraction = fraction.substr(0, fraction.find_last_not_of('0') + 1);
  }
  amount.unit = trim(rest);
  if (!std::ranges::all_of(amount.unit, is_unit_character)) return std::nullopt;
  amount.negative = minus && !(amount.whole.empty() && amount.fraction.empty());
  return amount;
}

std::optional<std::strong_ordering> compare(const Amount& a, const Amount& b) {
  if (a.unit != b.unit) return std::nullopt;
  if (a.negative != b.negative) return b.negative <=> a.negative;
  return a.negative ? compare_magnitudes(b, a) : compare_magnitudes(a, b);
}

}  // namespace eidos::model
