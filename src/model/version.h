#pragma once
// Versions as clusters report them, and their order: "v1.33.5-eks-3025e55" is 1.33.5 with extras.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace eidos::model {

struct Version {
  std::vector<std::uint64_t> parts;  ///< At least one; leading zeros do not count.
  std::string extras;                ///< "-eks-3025e55", "+", or empty.
};

/// One leading 'v'; any number of decimal parts; the tail from the first '-' or '+' behind a digit is extras.
/// A part may carry one '+' in front, as Go's integers do ("1.+2" is 1.2).
/// Invalid: empty, a part that is empty, negative ("version cannot contain negative numbers: -1.0"), not
/// decimal, or over 18 digits; a text over 4096 bytes.
Result<Version> parse_version(std::string_view text);

/// The parts joined by dots, then the extras: parse_version of it gives the same version back.
std::string to_text(const Version& version);

/// `actual` against `bound` at the bound's precision: only as many parts as the bound has take part, and
/// parts that `actual` lacks are 0, so 1.32.9 equals the bound 1.32 while 1 is below 1.32.4. Extras do not
/// count, but under a bound of three parts or more, a tail -alpha, -beta or -rc (with its number) of equal
/// parts sorts before the release.
std::strong_ordering compare_to_bound(const Version& actual, const Version& bound);

}  // namespace eidos::model
