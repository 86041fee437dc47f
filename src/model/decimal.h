#pragma once
// Decimal numbers of any length as text, and amounts with a unit ("450 GB/s"): compared exactly, never
// rounded.

#include <compare>
#include <optional>
#include <string_view>

namespace eidos::model {

std::string_view without_leading_zeros(std::string_view digits);
/// Two runs of digits without leading zeros, as numbers; the empty run is 0.
std::strong_ordering compare_digits(std::string_view a, std::string_view b);

/// Views into the text it was read from.
struct Amount {
  bool negative = false;      ///< Never set for zero.
  std::string_view whole;     ///< Digits in front of the point, without leading zeros.
  std::string_view fraction;  ///< Digits behind it, without trailing zeros.
  std::string_view unit;      ///< "GB/s", "%", or empty.
};

/// An optional sign, digits, an optional point with digits, then a unit of letters, '/', '%' or characters
/// beyond ASCII, with or without blanks between. Nullopt for anything else ("1.x", "1e3", "0x10").
std::optional<Amount> parse_amount(std::string_view text);

/// Nullopt when the units differ; they are compared letter by letter, never converted.
std::optional<std::strong_ordering> compare(const Amount& a, const Amount& b);

}  // namespace eidos::model
