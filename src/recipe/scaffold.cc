#include "recipe/scaffold.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/chain.h"
#include "data/document.h"
#include "recipe/combinations.h"
#include "recipe/criteria.h"
#include "recipe/resolve.h"

namespace eidos::recipe {

namespace {

std::ptrdiff_t rank(const model::Criteria& criteria) {
  return std::ranges::count(describe(criteria), '=');
}

/// The most specific overlay that everybody gets who states `criteria`; by name where two are alike.
const model::Overlay* parent_for(const catalog::Catalog& catalog, const model::Criteria& criteria) {
  const model::Overlay* best = catalog.overlay(catalog::kRoot);
  std::ptrdiff_t highest = 0;
  for (const auto& [name, overlay] : catalog.overlays()) {
    if (name == catalog::kRoot || !overlay.spec.criteria || !covers(criteria, *overlay.spec.criteria))
      continue;
    if (rank(*overlay.spec.criteria) <= highest) continue;
    highest = rank(*overlay.spec.criteria);
    best = &overlay;
  }
  return best;
}

/// Overlays that would be a closer parent if more were stated, at most three.
std::vector<std::string> closer(const catalog::Catalog& catalog, const model::Criteria& criteria,
                                std::ptrdiff_t than) {
  std::vector<std::string> out;
  for (const auto& [name, overlay] : catalog.overlays()) {
    if (!overlay.spec.criteria || out.size() == 3) continue;
    const model::Criteria& asks = *overlay.spec.criteria;
    std::ptrdiff_t shared = 0;
    bool fits = asks.nodes == 0 || asks.nodes == criteria.nodes;
    std::vector<std::string> more;
    for (const model::Dimension& dimension : model::kDimensions) {
      const std::string& theirs = asks.*dimension.member;
      const std::string& mine = criteria.*dimension.member;
      if (!theirs.empty() && !mine.empty() && theirs != mine) fits = false;
      if (!theirs.empty() && theirs == mine) ++shared;
      if (!theirs.empty() && mine.empty()) more.push_back(cat("--", dimension.name, " ", theirs));
    }
    if (fits && more.size() == 1 && shared > than) out.push_back(cat(name, " (with ", more.front(), ")"));
  }
  return out;
}

std::string default_name(const catalog::Catalog& catalog, const model::Criteria& criteria) {
  std::vector<std::string> parts;
  for (const std::string* part :
       {&criteria.accelerator, &criteria.service, &criteria.os, &criteria.intent, &criteria.platform})
    if (!part->empty()) parts.push_back(*part);
  if (criteria.nodes != 0) parts.push_back(cat(criteria.nodes, "-nodes"));
  std::string name = join(parts, "-");
  while (catalog.overlay(name) != nullptr) name += "-local";
  return name;
}

Result<void> check_name(const catalog::Catalog& catalog, const std::string& name) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz0123456789-._";
  if (name.empty() || name.front() == '.' || name.find_first_not_of(kPlain) != std::string::npos)
    return fail(ErrorKind::Invalid, cat(quote(name), " is no name for an overlay"), {},
                "use lower-case letters, digits, '-', '_' and '.'");
  if (catalog.overlay(name) != nullptr)
    return fail(ErrorKind::Invalid, cat("the catalog has an overlay ", quote(name), " already"), {},
                "choose another with --name");
  return {};
}

std::string flags_of(const model::Criteria& criteria) {
  std::string out;
  for (const model::Dimension& dimension : model::kDimensions)
    if (const std::string& value = criteria.*dimension.member; !value.empty())
      out += cat(" --", dimension.name, " ", value);
  if (criteria.nodes != 0) out += cat(" --nodes ", criteria.nodes);
  return out;
}

std::string head(const Scaffold& scaffold, const model::Criteria& criteria) {
  return cat("# For ", describe(criteria), ": say here in a sentence what this overlay is for.\n",
             "#\n"
             "# Keep it as overlays/",
             scaffold.name, ".yaml in a directory of yours, and look at what it does:\n",
             "#   eidos catalog lint --data DIR\n"
             "#   eidos recipe --data DIR",
             flags_of(criteria),
             "\n"
             "apiVersion: eidos.nvidia.com/v1alpha1\n"
             "kind: RecipeMetadata\n"
             "metadata:\n  name: ",
             scaffold.name, "\n\nspec:\n");
}

std::string base_part(const std::string& base, const std::vector<std::string>& chain,
                      const std::vector<std::string>& others) {
  std::string out =
      cat("  # What the base says comes first; what is written here goes over it. The chain:\n  #   ",
          join(chain, " → "), "\n");
  if (!others.empty()) out += "  # Closer, but they ask for more than these criteria:\n";
  for (const std::string& other : others) out += cat("  #   ", other, "\n");
  return cat(out, "  base: ", base, "\n\n");
}

std::string criteria_part(const model::Criteria& criteria) {
  std::string out =
      "  # Used when all of these are stated. What the base asks for has to be repeated unchanged.\n"
      "  criteria:\n";
  for (const model::Dimension& dimension : model::kDimensions)
    if (const std::string& value = criteria.*dimension.member; !value.empty())
      out += cat("    ", dimension.name, ": ", value, "\n");
  if (criteria.nodes != 0) out += cat("    nodes: ", criteria.nodes, "\n");
  return out + "\n";
}

std::string constraints_part(const model::RecipeResult& recipe) {
  std::string out =
      "  # What the target must be. One of the same name takes the place of the base's: ask for as much or "
      "more.\n"
      "  # In force already:\n";
  for (const model::Constraint& constraint : recipe.constraints)
    out += cat("  #   ", constraint.name, " ", constraint.value, "\n");
  return out +
         "  # constraints:\n"
         "  #   - name: K8s.server.version\n"
         "  #     value: \">= 1.32\"\n"
         "  #     severity: error        # or warning\n"
         "  #     remediation: upgrade the control plane\n\n";
}

std::string components_part(const model::RecipeResult& recipe) {
  std::string out =
      "  # What is installed. Name one that is there to change it, or any other of the registry to add it.\n"
      "  # There already:\n";
  for (const model::ComponentRef& ref : recipe.component_refs)
    out += cat("  #   ", ref.name, ref.version.empty() ? "" : " ", ref.version, "\n");
  return out +
         "  # componentRefs:\n"
         "  #   - name: gpu-operator\n"
         "  #     version: v25.10.1                                # empty: as the base or the registry "
         "says\n"
         "  #     valuesFile: components/gpu-operator/values-my.yaml   # lies over "
         "components/gpu-operator/values.yaml\n"
         "  #     overrides:                                       # lie over the values files; null "
         "deletes\n"
         "  #       driver:\n"
         "  #         enabled: false\n"
         "  #     dependencyRefs: [cert-manager]                   # replaces the base's list\n"
         "  #     manifestFiles: [components/gpu-operator/manifests/my.yaml]   # added to the base's\n\n";
}

constexpr std::string_view kValidationPart =
    "  # What is checked once it runs; a phase given here takes the place of the base's.\n"
    "  # validation:\n"
    "  #   deployment:\n"
    "  #     timeout: 10m\n"
    "  #     checks: [gpu-operator-health]\n";

}  // namespace

Result<Scaffold> scaffold(const catalog::Catalog& catalog, const model::Criteria& criteria,
                          const std::string& name) {
  if (rank(criteria) == 0)
    return fail(ErrorKind::Invalid, "an overlay for everything is not scaffolded", {},
                "state what it is for: --service, --accelerator, --intent, --os, --platform or --nodes");
  const model::Overlay* parent = parent_for(catalog, criteria);
  EIDOS_ASSERT(parent != nullptr);
  Scaffold out{name.empty() ? default_name(catalog, criteria) : name, parent->metadata.name, {}};
  EIDOS_CHECK(check_name(catalog, out.name));
  EIDOS_TRY(auto chain, catalog::chain(catalog, *parent));
  std::vector<std::string> names;
  for (const model::Overlay* one : chain) names.push_back(one->metadata.name);
  names.push_back(out.name);
  EIDOS_TRY(Resolved resolved, resolve(catalog, criteria, nullptr));
  std::ptrdiff_t near = parent->spec.criteria ? rank(*parent->spec.criteria) : 0;
  out.text = cat(head(out, criteria), base_part(out.base, names, closer(catalog, criteria, near)),
                 criteria_part(criteria), constraints_part(resolved.result), components_part(resolved.result),
                 kValidationPart);
  return out;
}

}  // namespace eidos::recipe
