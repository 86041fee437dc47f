#include "catalog/check.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "catalog/chain.h"
#include "model/constraint.h"

namespace eidos::catalog {
namespace {

class Checker {
 public:
  Checker(const Catalog& catalog, const Unread& unread, std::vector<Error>& problems)
      : catalog_(catalog), unread_(unread), problems_(problems) {}

  void run() {
    check_registry();
    check_chains();
    for (const auto& [name, overlay] : catalog_.overlays()) {
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

  bool is_unread(std::string_view overlay) const { return unread_.overlays.contains(overlay); }

  static std::string_view base_of(const model::Overlay& overlay) {
    return overlay.spec.base.empty() ? kRoot : std::string_view(overlay.spec.base);
  }

  // Parents before children, each overlay once, so that deep chains cost no more than many short ones.
  void check_chains() {
    for (const auto& [name, overlay] : catalog_.overlays()) {
      std::vector<const model::Overlay*> up;
      const model::Overlay* at = &overlay;
      while (at != nullptr && !stated_.contains(at) && !std::exchange(visiting_[at], true)) {
        up.push_back(at);
        at = at->metadata.name == kRoot ? nullptr : parent_of(*at);
      }
      bool meets_itself = at != nullptr && !stated_.contains(at);
      if (meets_itself) report_cycle(up, at);
      // In and below a cycle nobody knows who will be whose ancestor.
      bool endless = meets_itself || endless_.contains(at);
      for (; !up.empty(); up.pop_back()) {
        if (endless) endless_.insert(up.back());
        check_criteria(*up.back());
      }
    }
  }

  const model::Overlay* parent_of(const model::Overlay& overlay) {
    std::string_view base = base_of(overlay);
    const model::Overlay* parent = catalog_.overlay(base);
    if (parent != nullptr || is_unread(base) || is_unread(overlay.metadata.name)) return parent;
    std::vector<std::string_view> names;
    for (const auto& [name, other] : catalog_.overlays()) names.push_back(name);
    problem(overlay.spec.mark, cat("overlay ", quote(overlay.metadata.name), " has base ", quote(base),
                                   ", which is no overlay of this catalog", did_you_mean(base, names)));
    return nullptr;
  }

  // The overlays from `start` on go round in a circle; said once, beginning at the first by name.
  void report_cycle(const std::vector<const model::Overlay*>& up, const model::Overlay* start) {
    constexpr std::size_t kMostNames = 12;
    std::vector<const model::Overlay*> cycle(std::ranges::find(up, start), up.end());
    std::ranges::rotate(cycle, std::ranges::min_element(cycle, {}, [](const model::Overlay* overlay) {
                          return std::string_view(overlay->metadata.name);
                        }));
    std::string text = "inheritance cycle: ";
    for (std::size_t i = 0; i < cycle.size() && i < kMostNames; ++i)
      text += cat(cycle[i]->metadata.name, " → ");
    if (cycle.size() > kMostNames) text += cat("… (", cycle.size() - kMostNames, " more) → ");
    problem(cycle.front()->spec.mark, text + cycle.front()->metadata.name, "give one of them another base");
  }

  // What the chain down to an overlay states, and who stated it first.
  struct Statement {
    std::string value;
    const model::Overlay* by = nullptr;
  };
  using Statements = std::map<std::string_view, Statement>;

  // An ancestor's stated dimension must stand unchanged in every descendant that can match by itself: else an
  // overlay would bring content for a cluster that nobody named.
  void check_criteria(const model::Overlay& overlay) {
    Statements above;
    if (overlay.metadata.name != kRoot)
      if (auto found = stated_.find(catalog_.overlay(base_of(overlay))); found != stated_.end())
        above = found->second;
    if (overlay.spec.criteria && !is_unread(overlay.metadata.name) && !endless_.contains(&overlay)) {
      const model::Criteria& own = *overlay.spec.criteria;
      for (const model::Dimension& dimension : model::kDimensions)
        state(overlay, dimension.name, own.*dimension.member, above);
      state(overlay, "nodes", own.nodes == 0 ? "" : cat(own.nodes), above);
    }
    stated_.emplace(&overlay, std::move(above));
  }

  void state(const model::Overlay& overlay, std::string_view dimension, const std::string& mine,
             Statements& above) {
    if (unread_.values.contains({overlay.metadata.name, dimension})) return;
    auto found = above.find(dimension);
    if (found == above.end()) {
      if (!mine.empty()) above[dimension] = {mine, &overlay};
      return;
    }
    const Statement& theirs = found->second;
    if (mine == theirs.value) return;
    problem(overlay.spec.criteria->mark,
            cat("overlay ", quote(overlay.metadata.name), mine.empty() ? " drops " : " changes ", dimension,
                " of its ancestor ", quote(theirs.by->metadata.name), " (", theirs.value, ")"),
            cat("state ", dimension, ": ", theirs.value, ", or give it another base"));
  }

  void check_constraints(const std::vector<model::Constraint>& constraints, bool reading_paths) {
    for (const model::Constraint& constraint : constraints) {
      if (constraint.name.empty()) continue;  // said when it was read
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
    if (ref.name.empty()) return;  // said when it was read
    if (!unread_.registry && catalog_.component(ref.name) == nullptr) {
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
    if (root == nullptr || is_unread(kRoot)) return;
    if (!root->spec.base.empty() && root->spec.base != kRoot)
      problem(root->spec.mark, "the overlay 'base' is the root and can have no base");
    auto ordered = order(root->spec.component_refs);
    if (ordered) return;
    Error& problem = ordered.error();
    problem.where = catalog_.sources().place(root->spec.mark);
    for (Error& other : problem.others) other.where = problem.where;
    problems_.push_back(std::move(problem));
  }

  const Catalog& catalog_;
  const Unread& unread_;
  std::vector<Error>& problems_;
  std::map<const model::Overlay*, bool> visiting_;
  std::map<const model::Overlay*, Statements> stated_;
  std::set<const model::Overlay*> endless_;
};

// "a.yaml:12:3" as (a.yaml, 12, 3); a place without numbers comes before those with them.
std::tuple<std::string_view, std::int64_t, std::int64_t> place_of(const Error& problem) {
  std::string_view rest = problem.where;
  std::int64_t numbers[2] = {0, 0};
  for (std::int64_t& number : numbers) {
    std::size_t colon = rest.rfind(':');
    auto read = colon == std::string_view::npos ? std::nullopt : to_int(rest.substr(colon + 1));
    if (!read) break;
    number = *read;
    rest = rest.substr(0, colon);
  }
  return {rest, numbers[1], numbers[0]};
}

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

std::vector<std::string_view> normalize_criteria(const model::Registry& registry, model::Criteria& criteria,
                                                 const data::Sources& sources, std::vector<Error>& problems) {
  std::vector<std::string_view> unknown;
  std::string where = sources.place(criteria.mark);
  for (const model::Dimension& dimension : model::kDimensions) {
    auto value = normalize_value(registry, dimension.name, criteria.*dimension.member);
    if (value) {
      criteria.*dimension.member = *std::move(value);
      continue;
    }
    problems.push_back(std::move(value).error().at(where));
    unknown.push_back(dimension.name);
  }
  if (criteria.nodes < 0)
    problems.push_back(
        Error{ErrorKind::Invalid, cat("nodes cannot be negative: ", criteria.nodes), where, {}});
  return unknown;
}

void check_catalog(const Catalog& catalog, const Unread& unread, std::vector<Error>& problems) {
  Checker(catalog, unread, problems).run();
}

std::vector<Error> sorted_problems(std::vector<Error> problems) {
  std::ranges::stable_sort(problems, {}, place_of);
  auto again = std::ranges::unique(problems);
  problems.erase(again.begin(), again.end());
  return problems;
}

}  // namespace eidos::catalog
