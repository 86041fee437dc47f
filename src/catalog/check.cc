#include "catalog/check.h"

#include "base/text.h"
#include "catalog/chain.h"
#include "model/constraint.h"

namespace eidos::catalog {
namespace {

class Checker {
 public:
  Checker(const Catalog& catalog, std::vector<Error>& problems) : catalog_(catalog), problems_(problems) {}

  void run() {
    check_registry();
    for (const auto& [name, overlay] : catalog_.overlays()) {
      check_chain(overlay);
      check_constraints(overlay.spec.constraints, true);
      check_validation(overlay.spec.validation);
      for (const model::ComponentRef& ref : overlay.spec.component_refs) check_component(ref);
    }
    check_values_files();
    check_root();
  }

 private:
  void problem(const data::Mark& at, std::string message, std::string hint = {}) {
    problems_.push_back(
        Error{ErrorKind::Invalid, std::move(message), catalog_.sources().place(at), std::move(hint)});
  }

  void check_registry() {
    for (const model::Component& component : catalog_.registry().components) {
      if (component.name.empty()) problem(component.mark, "a component without a name");
      if (component.helm && component.kustomize)
        problem(component.mark, cat("component ", quote(component.name), " has both helm and kustomize"),
                "keep the one it is installed with");
    }
  }

  // An ancestor's stated dimension must stand unchanged in every descendant that can match by itself: else an
  // overlay would bring content for a cluster that nobody named.
  void check_chain(const model::Overlay& overlay) {
    auto up = chain(catalog_, overlay);
    if (!up) {
      problems_.push_back(std::move(up).error());
      return;
    }
    if (!overlay.spec.criteria) return;
    for (const model::Overlay* ancestor : *up) {
      if (ancestor == &overlay || !ancestor->spec.criteria) continue;
      compare_criteria(overlay, *ancestor);
    }
  }

  void compare_criteria(const model::Overlay& overlay, const model::Overlay& ancestor) {
    const model::Criteria& own = *overlay.spec.criteria;
    const model::Criteria& above = *ancestor.spec.criteria;
    auto changed = [&](std::string_view dimension, std::string_view mine, std::string_view theirs) {
      problem(own.mark,
              cat("overlay ", quote(overlay.metadata.name), mine.empty() ? " drops " : " changes ", dimension,
                  " of its ancestor ", quote(ancestor.metadata.name), " (", theirs, ")"),
              cat("state ", dimension, ": ", theirs, ", or give it another base"));
    };
    for (const model::Dimension& dimension : model::kDimensions) {
      const std::string& theirs = above.*dimension.member;
      if (!theirs.empty() && own.*dimension.member != theirs)
        changed(dimension.name, own.*dimension.member, theirs);
    }
    if (above.nodes != 0 && own.nodes != above.nodes)
      changed("nodes", own.nodes == 0 ? "" : cat(own.nodes), cat(above.nodes));
  }

  void check_constraints(const std::vector<model::Constraint>& constraints, bool reading_paths) {
    for (const model::Constraint& constraint : constraints) {
      if (auto expression = model::parse_expression(constraint.value); !expression)
        problem(constraint.mark, cat("constraint ", quote(constraint.name), ": ", expression.error().message),
                expression.error().hint);
      if (!reading_paths) continue;
      if (auto path = model::parse_reading_path(constraint.name, nullptr); !path)
        problem(constraint.mark, path.error().message, path.error().hint);
    }
  }

  void check_validation(const model::Validation& validation) {
    for (const auto* phase :
         {&validation.readiness, &validation.deployment, &validation.performance, &validation.conformance})
      if (*phase) check_constraints((*phase)->constraints, false);
  }

  void check_component(const model::ComponentRef& ref) {
    if (catalog_.component(ref.name) == nullptr) {
      std::vector<std::string_view> names;
      for (const model::Component& component : catalog_.registry().components)
        names.push_back(component.name);
      problem(ref.mark,
              cat("component ", quote(ref.name), " is not in the registry", did_you_mean(ref.name, names)),
              "add it to registry.yaml");
    }
    if (!ref.type.empty() && ref.type != "Helm" && ref.type != "Kustomize")
      problem(ref.mark, cat("component ", quote(ref.name), ": type ", quote(ref.type),
                            " is neither Helm nor Kustomize"));
    if (!ref.values_file.empty()) check_file(ref, ref.values_file, "values file");
    for (const std::string& path : ref.manifest_files) check_file(ref, path, "manifest");
  }

  void check_file(const model::ComponentRef& ref, const std::string& path, std::string_view what) {
    if (path.starts_with("components/") && catalog_.has_file(path)) return;
    std::vector<std::string_view> paths;
    for (const auto& [known, file] : catalog_.files())
      if (known.starts_with("components/")) paths.push_back(known);
    problem(ref.mark, cat("component ", quote(ref.name), ": ", what, " ", quote(path),
                          " is not in the catalog", did_you_mean(path, paths)));
  }

  void check_values_files() {
    for (const auto& [path, file] : catalog_.files()) {
      if (!path.starts_with("components/") || !file.parsed) continue;
      if (path.find("/values") == std::string::npos) continue;
      if (!file.parsed->is_map() && !file.parsed->is_null())
        problem(file.parsed->mark(), cat("values must be a map, not ", data::describe(file.parsed->type())));
    }
  }

  void check_root() {
    const model::Overlay* root = catalog_.overlay(kRoot);
    if (root == nullptr) return;
    if (!root->spec.base.empty() && root->spec.base != kRoot)
      problem(root->spec.mark, "the overlay 'base' is the root and can have no base");
    if (auto ordered = order(root->spec.component_refs); !ordered)
      problems_.push_back(std::move(ordered).error().at(catalog_.sources().place(root->spec.mark)));
  }

  const Catalog& catalog_;
  std::vector<Error>& problems_;
};

}  // namespace

void check_registry_names(const data::Value& registry, const data::Sources& sources,
                          std::vector<Error>& problems) {
  const data::Value* components = registry.find("components");
  if (components == nullptr || !components->is_list()) return;
  std::map<std::string, const data::Value*> names;  // name or key → the component that has it
  auto claim = [&](const data::Value& text, const data::Value& owner, std::string_view what) {
    if (!text.is_scalar()) return;
    auto [there, fresh] = names.emplace(text.scalar_text(), &owner);
    if (fresh || there->second == &owner) return;
    problems.push_back(
        Error{ErrorKind::Invalid,
              cat(what, " ", quote(text.scalar_text()), " already belongs to the component at ",
                  sources.place(there->second->mark())),
              sources.place(text.mark()), "give it another one"});
  };
  for (const data::Value& component : components->list())
    if (const data::Value* name = component.find("name")) claim(*name, component, "component name");
  for (const data::Value& component : components->list()) {
    const data::Value* keys = component.find("valueOverrideKeys");
    if (keys == nullptr || !keys->is_list()) continue;
    for (const data::Value& key : keys->list()) claim(key, component, "override key");
  }
}

void normalize_criteria(const model::Registry& registry, model::Overlay& overlay,
                        const data::Sources& sources, std::vector<Error>& problems) {
  if (!overlay.spec.criteria) return;
  model::Criteria& criteria = *overlay.spec.criteria;
  std::string where = sources.place(criteria.mark);
  for (const model::Dimension& dimension : model::kDimensions) {
    auto value = normalize_value(registry, dimension.name, criteria.*dimension.member);
    if (value)
      criteria.*dimension.member = *std::move(value);
    else
      problems.push_back(std::move(value).error().at(where));
  }
  if (criteria.nodes < 0)
    problems.push_back(
        Error{ErrorKind::Invalid, cat("nodes cannot be negative: ", criteria.nodes), where, {}});
}

void check_catalog(const Catalog& catalog, std::vector<Error>& problems) {
  Checker(catalog, problems).run();
}

}  // namespace eidos::catalog
