#include "recipe/coverage.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "recipe/criteria.h"

namespace eidos::recipe {

std::vector<model::UnusedCriterion> unused_criteria(const model::Criteria& criteria,
                                                    const std::vector<const model::Overlay*>& applied) {
  std::vector<model::UnusedCriterion> unused;
  auto asked = [&](auto member) {
    return std::ranges::any_of(applied, [&](const model::Overlay* overlay) {
      return overlay->spec.criteria && (*overlay->spec.criteria).*member != decltype(criteria.*member){};
    });
  };
  for (const model::Dimension& dimension : model::kDimensions) {
    const std::string& value = criteria.*dimension.member;
    if (!value.empty() && !asked(dimension.member))
      unused.push_back({std::string(dimension.name), value, {}});
  }
  if (criteria.nodes != 0 && !asked(&model::Criteria::nodes))
    unused.push_back({"nodes", cat(criteria.nodes), {}});
  return unused;
}

namespace {

/// Whether each dimension of two criteria differs, and whether that one is unused.
struct Distance {
  int unmet = 0;
  int differences = 0;
};

class Ruler {
 public:
  Ruler(const model::Criteria& stated, const std::vector<model::UnusedCriterion>& unused) : stated_(stated) {
    for (const model::Dimension& dimension : model::kDimensions)
      weights_.push_back(is_among(unused, dimension.name) ? 1 : 0);
    weights_.push_back(is_among(unused, "nodes") ? 1 : 0);
  }

  Distance operator()(const model::Criteria& asks) const {
    Distance distance;
    auto count = [&](bool differs, int weight) {
      distance.differences += differs ? 1 : 0;
      distance.unmet += differs ? weight : 0;
    };
    for (std::size_t i = 0; i < std::size(model::kDimensions); ++i) {
      auto member = model::kDimensions[i].member;
      count(asks.*member != stated_.*member, weights_[i]);
    }
    count(asks.nodes != stated_.nodes, weights_.back());
    return distance;
  }

 private:
  static bool is_among(const std::vector<model::UnusedCriterion>& unused, std::string_view dimension) {
    return std::ranges::find(unused, dimension, &model::UnusedCriterion::dimension) != unused.end();
  }

  const model::Criteria& stated_;
  std::vector<int> weights_;
};

}  // namespace

std::vector<model::Criteria> nearest_combinations(const catalog::Catalog& catalog,
                                                  const model::Criteria& criteria,
                                                  const std::vector<model::UnusedCriterion>& unused,
                                                  const std::vector<std::string>& excluded,
                                                  std::size_t count) {
  auto brings_one_back = [&](const model::Criteria& combination) {
    return std::ranges::any_of(excluded, [&](const std::string& name) {
      const model::Overlay* overlay = catalog.overlay(name);
      return overlay != nullptr && overlay->spec.criteria && matches(*overlay->spec.criteria, combination);
    });
  };
  const std::vector<model::Criteria>& all = catalog.combinations();
  Ruler distance_of(criteria, unused);
  std::vector<std::tuple<int, int, std::size_t>> ranked;
  ranked.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (brings_one_back(all[i])) continue;
    Distance distance = distance_of(all[i]);
    ranked.emplace_back(distance.unmet, distance.differences, i);
  }
  count = std::min(count, ranked.size());
  std::ranges::partial_sort(ranked, ranked.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<model::Criteria> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(all[std::get<2>(ranked[i])]);
  return out;
}

}  // namespace eidos::recipe
