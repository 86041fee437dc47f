#include "catalog/criteria_index.h"

#include <set>

namespace eidos::catalog {
namespace {

constexpr unsigned kNodes = 1U << std::size(model::kDimensions);
/// Dimensions without which a combination is not whole.
constexpr unsigned kNarrowing = 0b01111;
static_assert(model::kDimensions[4].name == "platform");

}  // namespace

CriteriaIndex::CriteriaIndex(const Overlays& overlays) {
  for (const auto& [name, overlay] : overlays) {
    if (!overlay.spec.criteria) continue;
    Shape shape = shape_of(*overlay.spec.criteria);
    shapes_[shape][key_of(*overlay.spec.criteria, shape)].push_back(&overlay);
  }
}

CriteriaIndex::Shape CriteriaIndex::shape_of(const model::Criteria& criteria) {
  Shape shape = criteria.nodes != 0 ? kNodes : 0;
  for (std::size_t i = 0; i < std::size(model::kDimensions); ++i)
    if (!(criteria.*model::kDimensions[i].member).empty()) shape |= 1U << i;
  return shape;
}

CriteriaIndex::Key CriteriaIndex::key_of(const model::Criteria& criteria, Shape shape) {
  Key key;
  for (std::size_t i = 0; i < std::size(model::kDimensions); ++i)
    if ((shape & (1U << i)) != 0) key.text[i] = criteria.*model::kDimensions[i].member;
  if ((shape & kNodes) != 0) key.nodes = criteria.nodes;
  return key;
}

std::vector<const model::Overlay*> CriteriaIndex::matching(const model::Criteria& stated) const {
  std::vector<const model::Overlay*> out;
  Shape whole = shape_of(stated);
  for (const auto& [shape, overlays] : shapes_) {
    if ((shape & ~whole) != 0) continue;
    if (auto found = overlays.find(key_of(stated, shape)); found != overlays.end())
      out.insert(out.end(), found->second.begin(), found->second.end());
  }
  return out;
}

std::vector<model::Criteria> CriteriaIndex::complete_combinations() const {
  // What a combination narrows: itself seen with fewer dimensions. Only shapes that some overlay has matter.
  std::set<Key> narrowed;
  for (const auto& [whole, overlays] : shapes_)
    for (const auto& [part, ignored] : shapes_)
      if ((part & ~whole) == 0 && (whole & ~part & kNarrowing) != 0)
        for (const auto& [key, same] : overlays) narrowed.insert(key_of(*same.front()->spec.criteria, part));
  std::map<Key, const model::Criteria*> complete;
  for (const auto& [shape, overlays] : shapes_)
    for (const auto& [key, same] : overlays)
      if (shape != 0 && !narrowed.contains(key)) complete.emplace(key, &*same.front()->spec.criteria);
  std::vector<model::Criteria> out;
  for (const auto& [key, criteria] : complete) out.push_back(*criteria);
  return out;
}

}  // namespace eidos::catalog
