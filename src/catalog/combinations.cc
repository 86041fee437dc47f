#include "catalog/combinations.h"

#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace eidos::catalog {
namespace {

/// A set of dimensions, a bit each: kDimensions in their order, then nodes.
using Mask = unsigned;
constexpr std::size_t kText = std::size(model::kDimensions);
constexpr Mask kNodes = 1U << kText;
/// Dimensions without which a combination is not whole.
constexpr Mask kNarrowing = 0b01111;
static_assert(model::kDimensions[4].name == "platform");

struct Key {
  std::array<std::string_view, kText> text{};
  std::int64_t nodes = 0;
  auto operator<=>(const Key&) const = default;
};

Mask stated(const model::Criteria& criteria) {
  Mask mask = criteria.nodes != 0 ? kNodes : 0;
  for (std::size_t i = 0; i < kText; ++i)
    if (!(criteria.*model::kDimensions[i].member).empty()) mask |= 1U << i;
  return mask;
}

Key project(const model::Criteria& criteria, Mask mask) {
  Key key;
  for (std::size_t i = 0; i < kText; ++i)
    if ((mask & (1U << i)) != 0) key.text[i] = criteria.*model::kDimensions[i].member;
  if ((mask & kNodes) != 0) key.nodes = criteria.nodes;
  return key;
}

}  // namespace

std::vector<model::Criteria> complete_combinations(
    const std::map<std::string, model::Overlay, std::less<>>& overlays) {
  std::map<Key, const model::Criteria*> all;
  std::set<Mask> masks;
  for (const auto& [name, overlay] : overlays) {
    if (!overlay.spec.criteria || stated(*overlay.spec.criteria) == 0) continue;
    masks.insert(stated(*overlay.spec.criteria));
    all.emplace(project(*overlay.spec.criteria, ~0U), &*overlay.spec.criteria);
  }
  // What a combination narrows: itself seen with fewer dimensions. Only shapes that some overlay has matter.
  std::set<Key> narrowed;
  for (const auto& [key, criteria] : all) {
    Mask whole = stated(*criteria);
    for (Mask part : masks)
      if ((part & ~whole) == 0 && (whole & ~part & kNarrowing) != 0)
        narrowed.insert(project(*criteria, part));
  }
  std::vector<model::Criteria> complete;
  for (const auto& [key, criteria] : all)
    if (!narrowed.contains(key)) complete.push_back(*criteria);
  return complete;
}

}  // namespace eidos::catalog
