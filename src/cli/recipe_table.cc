#include "cli/recipe_table.h"

#include <algorithm>

#include "base/table.h"
#include "base/text.h"
#include "recipe/criteria.h"

namespace eidos::cli {

namespace {

std::string dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

/// A chart's repository, a Kustomize component's source, or the manifests it ships.
std::string source_of(const model::ComponentRef& ref) {
  if (!ref.source.empty()) return ref.source;
  return ref.manifest_files.empty() ? "-" : "manifests";
}

std::vector<Table::Cell> component_row(const std::string& name, const model::RecipeResult& recipe) {
  auto ref = std::find_if(recipe.component_refs.begin(), recipe.component_refs.end(),
                          [&](const model::ComponentRef& one) { return one.name == name; });
  if (ref == recipe.component_refs.end()) return {name};
  return {name, dash(ref->version.empty() ? ref->tag : ref->version), dash(ref->name_space), source_of(*ref)};
}

std::string components(const model::RecipeResult& recipe) {
  Table table({"NAME", "VERSION", "NAMESPACE", "SOURCE"});
  for (const std::string& name : recipe.deployment_order) table.add_row(component_row(name, recipe));
  return table.render({});
}

std::string constraints(const model::RecipeResult& recipe) {
  Table table({"CONSTRAINT", "EXPECTED", "SEVERITY"});
  for (const model::Constraint& constraint : recipe.constraints)
    table.add_row({constraint.name, constraint.value,
                   constraint.severity.empty() ? std::string("error") : constraint.severity});
  return table.render({});
}

}  // namespace

std::string recipe_table(const model::RecipeResult& recipe) {
  Table head({"RECIPE", recipe::describe(recipe.criteria)});
  head.add_row({"overlays", join(recipe.metadata.applied_overlays, ", ")});
  std::string out = cat(head.render({}), '\n', components(recipe));
  if (!recipe.constraints.empty()) out += cat('\n', constraints(recipe));
  return out;
}

}  // namespace eidos::cli
