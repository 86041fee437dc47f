#include "recipe/combinations.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "recipe/criteria.h"
#include "recipe/resolve.h"

namespace eidos::recipe {

namespace {

auto key_of(const model::Criteria& criteria) {
  return std::tie(criteria.service, criteria.accelerator, criteria.intent, criteria.os, criteria.platform,
                  criteria.nodes);
}

struct ByDimension {
  bool operator()(const model::Criteria& a, const model::Criteria& b) const { return key_of(a) < key_of(b); }
};

/// Where a dependency that a recipe of `criteria` misses is written down; else the overlay it was asked by.
std::string place_of(const catalog::Catalog& catalog, const Combination& one, const std::string& message) {
  data::Mark at;
  for (const auto& [name, overlay] : catalog.overlays()) {
    if (overlay.spec.criteria && !covers(one.criteria, *overlay.spec.criteria)) continue;
    for (const model::ComponentRef& ref : overlay.spec.component_refs)
      for (const std::string& dependency : ref.dependency_refs)
        if (message.starts_with(cat("component ", quote(ref.name), " depends on ", quote(dependency), ",")))
          at = ref.mark;
  }
  const model::Overlay* asked = catalog.overlay(one.asked_by.front());
  return catalog.sources().place(at.line == 0 && asked != nullptr ? asked->spec.mark : at);
}

}  // namespace

std::vector<Combination> combinations(const catalog::Catalog& catalog) {
  std::map<model::Criteria, std::vector<std::string>, ByDimension> found;
  for (const auto& [name, overlay] : catalog.overlays())
    if (overlay.spec.criteria && *overlay.spec.criteria != model::Criteria{})
      found[*overlay.spec.criteria].push_back(name);
  std::vector<Combination> out;
  std::set<model::Criteria, ByDimension> complete(catalog.combinations().begin(),
                                                  catalog.combinations().end());
  for (auto& [criteria, names] : found)
    out.push_back({criteria, std::move(names), complete.contains(criteria)});
  return out;
}

bool covers(const model::Criteria& combination, const model::Criteria& wanted) {
  for (const model::Dimension& dimension : model::kDimensions)
    if (!(wanted.*dimension.member).empty() && wanted.*dimension.member != combination.*dimension.member)
      return false;
  return wanted.nodes == 0 || wanted.nodes == combination.nodes;
}

std::vector<Error> broken_combinations(const catalog::Catalog& catalog) {
  std::vector<Error> problems;
  std::set<std::string> said;
  std::vector<Combination> all = combinations(catalog);
  // Fewest dimensions first: what is broken in an ancestor is said there, not once more for each heir.
  auto rank = [](const Combination& one) { return std::ranges::count(describe(one.criteria), '='); };
  std::ranges::stable_sort(all, {}, rank);
  all.insert(all.begin(), Combination{{}, {"base"}, false});
  for (const Combination& one : all) {
    auto resolved = resolve(catalog, one.criteria, nullptr);
    if (resolved) continue;
    Error error = std::move(resolved).error();
    std::vector<Error> others = std::exchange(error.others, {});
    others.insert(others.begin(), std::move(error));
    for (Error& each : others) {
      if (!said.insert(each.message).second) continue;
      each.where = place_of(catalog, one, each.message);
      each.message += cat(" (", describe(one.criteria), ")");
      if (each.hint.empty())
        each.hint = "add the component to an overlay of the chain, or drop the dependency";
      problems.push_back(std::move(each));
    }
  }
  return problems;
}

}  // namespace eidos::recipe
