#include "bundle/recipe_checks.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "base/text.h"
#include "bundle/problems.h"
#include "recipe/resolve.h"

namespace eidos::bundle {
namespace {

using Positions = std::map<std::string_view, std::size_t>;

Positions positions_by_name(const model::RecipeResult& recipe, Problems& problems) {
  Positions out;
  for (std::size_t i = 0; i < recipe.component_refs.size(); ++i)
    if (!out.emplace(recipe.component_refs[i].name, i).second)
      problems.add(cat("the recipe has component ", quote(recipe.component_refs[i].name), " twice"),
                   "keep one of the two in componentRefs");
  return out;
}

// The order as positions; unknown and repeated names are problems and left out.
std::vector<std::size_t> read_order(const std::vector<std::string>& names, const Positions& positions,
                                    Problems& problems) {
  std::vector<std::size_t> order;
  for (const std::string& name : names) {
    auto found = positions.find(name);
    if (found == positions.end())
      problems.add(cat("deploymentOrder names ", quote(name), ", which is not in componentRefs"),
                   "remove it from deploymentOrder");
    else if (std::ranges::find(order, found->second) != order.end())
      problems.add(cat("deploymentOrder names ", quote(name), " twice"), "keep one of the two");
    else
      order.push_back(found->second);
  }
  return order;
}

void check_covers(const model::RecipeResult& recipe, const std::vector<std::size_t>& order,
                  Problems& problems) {
  for (std::size_t i = 0; i < recipe.component_refs.size(); ++i)
    if (std::ranges::find(order, i) == order.end())
      problems.add(cat("deploymentOrder misses component ", quote(recipe.component_refs[i].name)),
                   "add it behind what it depends on, or remove deploymentOrder to have it made");
}

void check_agrees(const model::RecipeResult& recipe, const Positions& positions,
                  const std::vector<std::size_t>& order, Problems& problems) {
  auto place = [&](std::size_t position) { return std::ranges::find(order, position) - order.begin(); };
  for (std::size_t position : order) {
    const model::ComponentRef& ref = recipe.component_refs[position];
    for (const std::string& dependency : ref.dependency_refs) {
      auto needed = positions.find(dependency);
      if (needed != positions.end() && place(needed->second) >= place(position))
        problems.add(cat("deploymentOrder puts ", quote(ref.name), " before ", quote(dependency),
                         ", which it depends on"),
                     "correct the order, or remove deploymentOrder to have it made");
    }
  }
}

Result<std::vector<std::size_t>> made_order(const model::RecipeResult& recipe, const Positions& positions) {
  // A dependency that is not there is check_dependencies' business, and may be allowed.
  std::vector<model::ComponentRef> known = recipe.component_refs;
  for (model::ComponentRef& ref : known)
    std::erase_if(ref.dependency_refs, [&](const std::string& name) { return !positions.contains(name); });
  EIDOS_TRY(std::vector<std::string> names, recipe::deployment_order(known));
  Problems none;
  return read_order(names, positions, none);
}

std::string inputs_of(const model::ComponentRef& ref) {
  std::string text = "its registry entry";
  if (!ref.values_file.empty()) {
    std::string base = cat("components/", ref.name, "/values.yaml");
    if (base != ref.values_file) text += cat(", ", base);
    text += cat(", ", ref.values_file);
  }
  for (const std::string& path : ref.manifest_files) text += cat(", ", path);
  return text;
}

}  // namespace

Result<std::vector<std::size_t>> checked_order(const model::RecipeResult& recipe,
                                               std::vector<std::string>& warnings) {
  if (recipe.component_refs.empty())
    return fail(ErrorKind::Invalid, "the recipe has no components", {},
                "resolve it again with 'eidos recipe'");
  Problems problems;
  Positions positions = positions_by_name(recipe, problems);
  EIDOS_CHECK(problems.done());
  if (recipe.deployment_order.empty()) {
    warnings.emplace_back("the recipe has no deploymentOrder; it is made from dependencyRefs");
    return made_order(recipe, positions);
  }
  std::vector<std::size_t> order = read_order(recipe.deployment_order, positions, problems);
  check_covers(recipe, order, problems);
  if (problems.empty()) check_agrees(recipe, positions, order, problems);
  EIDOS_CHECK(problems.done());
  return order;
}

Result<void> check_dependencies(const model::RecipeResult& recipe, const Chosen& chosen, bool allow_missing,
                                std::vector<std::string>& warnings) {
  Problems problems;
  Positions positions = positions_by_name(recipe, problems);
  for (std::size_t i = 0; i < recipe.component_refs.size(); ++i) {
    if (!chosen.in_bundle[i]) continue;
    const model::ComponentRef& ref = recipe.component_refs[i];
    for (const std::string& dependency : ref.dependency_refs) {
      auto found = positions.find(dependency);
      bool known = found != positions.end();
      if (known && chosen.in_bundle[found->second]) continue;
      std::string what = cat("component ", quote(ref.name), " depends on ", quote(dependency));
      if (known && !chosen.disabled[found->second])
        warnings.push_back(cat(what, ", which --component leaves out: have it in the cluster already"));
      else if (std::string why = known ? ", which is switched off" : ", which is not in the recipe";
               allow_missing)
        warnings.push_back(cat(what, why));
      else
        problems.add(cat(what, why), cat("bring it back, switch ", quote(ref.name), " off too (--set ",
                                         ref.name, ":enabled=false), or give --allow-missing-dependency"));
    }
  }
  return problems.done();
}

Result<void> check_digests(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                           const std::vector<std::size_t>& positions, const std::vector<bool>& allowed,
                           std::vector<std::string>& warnings) {
  Problems problems;
  std::vector<std::string_view> absent;
  for (std::size_t position : positions) {
    const model::ComponentRef& ref = recipe.component_refs[position];
    auto recorded = recipe.metadata.catalog.components.find(ref.name);
    if (recorded == recipe.metadata.catalog.components.end()) {
      absent.push_back(ref.name);
      continue;
    }
    if (recorded->second == catalog.component_digest(ref)) continue;
    std::string what = cat("component ", quote(ref.name),
                           " is made from other catalog files than the recipe was (", inputs_of(ref), ")");
    if (allowed[position])
      warnings.push_back(what);
    else
      problems.add(
          std::move(what),
          cat("resolve the recipe again with this catalog, or give --allow-catalog-mismatch=", ref.name));
  }
  if (!absent.empty())
    warnings.push_back(cat("the recipe has no catalog digest for ",
                           join(std::span<const std::string_view>(absent), ", "),
                           ": whether it was made from this catalog is not known"));
  return problems.done();
}

}  // namespace eidos::bundle
