#include "recipe/lint.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "catalog/chain.h"
#include "model/constraint.h"
#include "model/document.h"

namespace eidos::recipe {
namespace {

bool is_digest(std::string_view text) {
  constexpr std::string_view kStart = "sha256:";
  constexpr std::size_t kDigits = 64;
  return text.starts_with(kStart) && text.size() == kStart.size() + kDigits &&
         text.find_first_not_of("0123456789abcdef", kStart.size()) == std::string_view::npos;
}

class Linter {
 public:
  Linter(const catalog::Catalog& catalog, const model::RecipeResult& recipe, const data::Value& root,
         const data::Sources& sources)
      : catalog_(catalog), recipe_(recipe), root_(root), sources_(sources) {
    for (const model::ComponentRef& ref : recipe.component_refs) components_.emplace(ref.name, &ref);
  }

  std::vector<Error> run() && {
    check_header();
    check_constraints(recipe_.constraints, true);
    const model::Validation& validation = recipe_.validation;
    for (const auto* phase :
         {&validation.readiness, &validation.deployment, &validation.performance, &validation.conformance})
      if (*phase) check_constraints((*phase)->constraints, false);
    if (recipe_.component_refs.empty())
      problem(root_.mark(), "the recipe has no components", "resolve it again with 'eidos recipe'");
    std::set<std::string_view> seen;
    for (const model::ComponentRef& ref : recipe_.component_refs) {
      if (!seen.insert(ref.name).second)
        problem(ref.mark, cat("component ", quote(ref.name), " stands twice"), "keep one of the two");
      check_component(ref);
    }
    check_cycles();
    check_order();
    check_digests();
    check_charts();
    return std::move(problems_);
  }

 private:
  void problem(const data::Mark& at, std::string what, std::string fix = {}) {
    problems_.push_back(Error{ErrorKind::Invalid, std::move(what), sources_.place(at), std::move(fix)});
  }

  // The value at a chain of keys; the last that is there when the chain breaks off.
  const data::Value& at(std::initializer_list<std::string_view> keys) const {
    const data::Value* value = &root_;
    for (std::string_view key : keys)
      if (const data::Value* below = value->find(key)) value = below;
    return *value;
  }

  std::vector<std::string_view> names() const {
    std::vector<std::string_view> names;
    for (const auto& [name, ref] : components_) names.push_back(name);
    return names;
  }

  void check_header() {
    if (recipe_.api_version != model::kApiVersion)
      problem(at({"apiVersion"}).mark(),
              cat("apiVersion ", quote(recipe_.api_version), " is an older spelling"),
              "'eidos recipe upgrade' rewrites it");
  }

  void check_constraints(const std::vector<model::Constraint>& constraints, bool of_a_snapshot) {
    std::set<std::string_view> seen;
    for (const model::Constraint& constraint : constraints) {
      std::string what = cat("constraint ", quote(constraint.name));
      if (!seen.insert(constraint.name).second)
        problem(constraint.mark, cat(what, " stands twice"), "keep one of the two");
      if (auto expression = model::parse_expression(constraint.value); !expression)
        problem(constraint.mark, cat(what, ": ", expression.error().message), expression.error().hint);
      if (!of_a_snapshot) continue;
      if (auto path = model::parse_reading_path(constraint.name, nullptr); !path)
        problem(constraint.mark, path.error().message, path.error().hint);
    }
  }

  void check_component(const model::ComponentRef& ref) {
    if (catalog_.component(ref.name) == nullptr) {
      std::vector<std::string_view> known;
      for (const model::Component& component : catalog_.registry().components)
        known.push_back(component.name);
      problem(ref.mark,
              cat("component ", quote(ref.name), " is not in the catalog", did_you_mean(ref.name, known)),
              "lay the catalog that has it over this one with --data");
    }
    if (!ref.values_file.empty()) check_file(ref, ref.values_file);
    for (const std::string& path : ref.manifest_files) check_file(ref, path);
    for (const std::string& dependency : ref.dependency_refs)
      if (!components_.contains(dependency))
        problem(ref.mark,
                cat("component ", quote(ref.name), " depends on ", quote(dependency),
                    ", which is not in the recipe", did_you_mean(dependency, names())),
                "add it to componentRefs, or drop the dependency");
  }

  void check_file(const model::ComponentRef& ref, const std::string& path) {
    if (!catalog_.has_file(path))
      problem(ref.mark, cat("component ", quote(ref.name), ": the catalog has no file ", quote(path)),
              "lay the catalog that has it over this one with --data");
  }

  void check_cycles() {
    std::vector<model::ComponentRef> known;
    for (const auto& [name, ref] : components_) known.push_back(*ref);
    for (model::ComponentRef& ref : known)
      std::erase_if(ref.dependency_refs,
                    [&](const std::string& name) { return !components_.contains(name); });
    auto ordered = catalog::order(known);
    cyclic_ = !ordered;
    if (cyclic_) problem(at({"componentRefs"}).mark(), ordered.error().message, ordered.error().hint);
  }

  void check_order() {
    const std::vector<std::string>& order = recipe_.deployment_order;
    const data::Value& list = at({"deploymentOrder"});
    if (order.empty())
      return problem(list.mark(), "the recipe has no deploymentOrder",
                     "resolve it again with 'eidos recipe'");
    std::map<std::string_view, std::size_t> positions;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const data::Mark& mark = list.list()[i].mark();
      if (!components_.contains(order[i]))
        problem(mark,
                cat("deploymentOrder names ", quote(order[i]), ", which is not in componentRefs",
                    did_you_mean(order[i], names())),
                "remove it");
      if (!positions.emplace(order[i], i).second)
        problem(mark, cat("deploymentOrder names ", quote(order[i]), " twice"), "keep one of the two");
    }
    for (const auto& [name, ref] : components_) {
      auto own = positions.find(name);
      if (own == positions.end()) {
        problem(list.mark(), cat("deploymentOrder misses ", quote(name)), "add it behind what it depends on");
        continue;
      }
      for (const std::string& dependency : ref->dependency_refs) {
        auto needed = positions.find(dependency);
        if (cyclic_ || needed == positions.end() || needed->second < own->second) continue;
        problem(
            list.list()[own->second].mark(),
            cat("deploymentOrder puts ", quote(name), " before ", quote(dependency), ", which it depends on"),
            "exchange them");
      }
    }
  }

  void check_digests() {
    const auto& recorded = recipe_.metadata.catalog.components;
    const data::Value& list = at({"metadata", "catalog", "components"});
    std::vector<std::string_view> without;
    for (const auto& [name, ref] : components_) {
      auto digest = recorded.find(std::string(name));
      if (digest == recorded.end()) {
        without.push_back(name);
        continue;
      }
      const data::Mark& mark = list.find(digest->first)->mark();
      if (!is_digest(digest->second))
        problem(mark, cat("the digest of ", quote(name), " is none: sha256: and 64 hex digits"));
      else if (catalog_.component(name) != nullptr && digest->second != catalog_.component_digest(*ref))
        problem(mark, cat("component ", quote(name), " is made from other catalog files than the recipe was"),
                "resolve the recipe again with this catalog, or give the catalog it came from");
    }
    if (!without.empty())
      problem(list.mark(), cat("the recipe has no catalog digest for ", join(without, ", ")),
              "resolve it again with 'eidos recipe'");
    for (const auto& [name, digest] : recorded)
      if (!components_.contains(name))
        problem(list.find(name)->mark(),
                cat("a catalog digest for ", quote(name), ", which is not in componentRefs",
                    did_you_mean(name, names())),
                "remove it");
  }

  void check_charts() {
    const data::Value& list = at({"metadata", "charts"});
    for (const auto& [name, chart] : recipe_.metadata.charts) {
      const data::Mark& mark = list.find(name)->mark();
      auto ref = components_.find(name);
      if (ref == components_.end())
        problem(mark,
                cat("a chart digest for ", quote(name), ", which is not in componentRefs",
                    did_you_mean(name, names())),
                "remove it");
      else if (ref->second->version != chart.version)
        problem(mark,
                cat("the chart digest of ", quote(name), " is of version ", chart.version,
                    "; the recipe has ", ref->second->version),
                "lock the recipe again: eidos recipe lock");
      if (!is_digest(chart.digest))
        problem(mark, cat("the chart digest of ", quote(name), " is none: sha256: and 64 hex digits"));
    }
  }

  const catalog::Catalog& catalog_;
  const model::RecipeResult& recipe_;
  const data::Value& root_;
  const data::Sources& sources_;
  std::map<std::string_view, const model::ComponentRef*> components_;
  bool cyclic_ = false;
  std::vector<Error> problems_;
};

}  // namespace

std::vector<Error> lint(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                        const data::Value& root, const data::Sources& sources) {
  return Linter(catalog, recipe, root, sources).run();
}

}  // namespace eidos::recipe
