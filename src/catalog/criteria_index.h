#pragma once
// Overlays by what they ask for: finding those that match looks at few of them.

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/recipe.h"

namespace eidos::catalog {

using Overlays = std::map<std::string, model::Overlay, std::less<>>;

class CriteriaIndex {
 public:
  CriteriaIndex() = default;
  /// Refers to the overlays, which must stay where they are. Those without criteria match nothing and are not
  /// in it.
  explicit CriteriaIndex(const Overlays& overlays);

  /// The overlays that apply where `stated` is stated: whatever one asks for is stated alike. In no useful
  /// order.
  std::vector<const model::Overlay*> matching(const model::Criteria& stated) const;

  /// The complete combinations: criteria that no overlay narrows further by service, accelerator, intent or
  /// os. (A platform or a number of nodes is an extra; with and without it are both complete.) Each once,
  /// sorted by service, accelerator, intent, os, platform, nodes.
  std::vector<model::Criteria> complete_combinations() const;

 private:
  /// A set of dimensions, a bit each: kDimensions in their order, then nodes.
  using Shape = unsigned;
  /// The values of the dimensions of a shape; the others are empty.
  struct Key {
    std::array<std::string_view, std::size(model::kDimensions)> text{};
    std::int64_t nodes = 0;
    auto operator<=>(const Key&) const = default;
  };

  static Shape shape_of(const model::Criteria& criteria);
  static Key key_of(const model::Criteria& criteria, Shape shape);

  std::map<Shape, std::map<Key, std::vector<const model::Overlay*>>> shapes_;
};

}  // namespace eidos::catalog
