#pragma once
// What moved in an order.

#include <string>
#include <vector>

namespace eidos::diff {

/// The fewest items of both orders whose moving makes one out of the other, sorted; items that only one of
/// them has do not count.
std::vector<std::string> moved(const std::vector<std::string>& from, const std::vector<std::string>& to);

}  // namespace eidos::diff
