#include "recipe/coverage.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "recipe/criteria.h"

namespace eidos::recipe {

std::vector<std::string> unused_dimensions(const model::Criteria& criteria,
                                           const std::vector<const model::Overlay*>& applied) {
  std::vector<std::string> unused;
  auto asked = [&](auto member) {
    return std::ranges::any_of(applied, [&](const model::Overlay* overlay) {
      return overlay->spec.criteria && (*overlay->spec.criteria).*member != decltype(criteria.*member){};
    });
  };
  for (const model::Dimension& dimension : model::kDimensions)
    if (!(criteria.*dimension.member).empty() && !asked(dimension.member))
      unused.emplace_back(dimension.name);
  bool nodes_asked = std::ranges::any_of(applied, [](const model::Overlay* overlay) {
    return overlay->spec.criteria && overlay->spec.criteria->nodes != 0;
  });
  if (criteria.nodes != 0 && !nodes_asked) unused.emplace_back("nodes");
  return unused;
}

namespace {

bool is_among(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// How many of the `unused` dimensions `asks` does not ask for as `stated` says.
std::size_t missed(const model::Criteria& stated, const std::vector<std::string>& unused,
                   const model::Criteria& asks) {
  std::size_t count = is_among(unused, "nodes") && stated.nodes != asks.nodes ? 1 : 0;
  for (const model::Dimension& dimension : model::kDimensions)
    if (is_among(unused, dimension.name) && stated.*dimension.member != asks.*dimension.member) ++count;
  return count;
}

int differences(const model::Criteria& a, const model::Criteria& b) {
  int count = a.nodes != b.nodes ? 1 : 0;
  for (const model::Dimension& dimension : model::kDimensions)
    if (a.*dimension.member != b.*dimension.member) ++count;
  return count;
}

}  // namespace

std::vector<std::string> nearest_combinations(const catalog::Catalog& catalog,
                                              const model::Criteria& criteria,
                                              const std::vector<std::string>& unused,
                                              const std::vector<std::string>& excluded, std::size_t count) {
  std::set<std::tuple<std::size_t, int, std::string>> ranked;
  for (const auto& [name, overlay] : catalog.overlays()) {
    if (!overlay.spec.criteria || is_among(excluded, name)) continue;
    const model::Criteria& asks = *overlay.spec.criteria;
    std::string text = describe(asks);
    if (text == "any") continue;
    ranked.emplace(missed(criteria, unused, asks), differences(criteria, asks), std::move(text));
  }
  std::vector<std::string> out;
  for (const auto& [unmet, distance, text] : ranked) {
    if (out.size() == count) break;
    out.push_back(text);
  }
  return out;
}

}  // namespace eidos::recipe
