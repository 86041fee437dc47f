#include "diff/order.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>

namespace eidos::diff {

namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// Positions in `numbers` of a longest run that only grows.
std::vector<bool> longest_growing(const std::vector<std::size_t>& numbers) {
  std::vector<std::size_t> ends;  // ends[n]: where the best run of n + 1 ends
  std::vector<std::size_t> before(numbers.size(), kNone);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    auto slot = std::ranges::lower_bound(ends, numbers[i], {}, [&](std::size_t at) { return numbers[at]; });
    if (slot != ends.begin()) before[i] = *(slot - 1);
    if (slot == ends.end())
      ends.push_back(i);
    else
      *slot = i;
  }
  std::vector<bool> kept(numbers.size());
  for (std::size_t at = ends.empty() ? kNone : ends.back(); at != kNone; at = before[at]) kept[at] = true;
  return kept;
}

}  // namespace

std::vector<std::string> moved(const std::vector<std::string>& from, const std::vector<std::string>& to) {
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < to.size(); ++i) places.emplace(to[i], i);
  std::vector<std::string> common;
  std::vector<std::size_t> numbers;
  for (const std::string& item : from)
    if (auto place = places.find(item); place != places.end()) {
      common.push_back(item);
      numbers.push_back(place->second);
    }
  std::vector<bool> kept = longest_growing(numbers);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < common.size(); ++i)
    if (!kept[i]) out.push_back(common[i]);
  std::ranges::sort(out);
  return out;
}

}  // namespace eidos::diff
