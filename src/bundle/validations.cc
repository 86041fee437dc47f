#include "bundle/validations.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "base/text.h"
#include "bundle/problems.h"
#include "data/path.h"

namespace eidos::bundle {
namespace {

/// One check: the flag it asks for, what the flag gave, where the registry has it written.
struct SelectorCheck {
  std::string_view function;
  std::string_view flag;
  data::Value Scheduling::* given;
  const std::vector<std::string>& (*paths)(const model::Component&);
};

constexpr SelectorCheck kChecks[] = {
    {"CheckWorkloadSelectorMissing", "--workload-selector", &Scheduling::workload_selector,
     [](const model::Component& component) -> const std::vector<std::string>& {
       return component.pod_scheduling.workload.workload_selector_paths;
     }},
    {"CheckAcceleratedSelectorMissing", "--accelerated-node-selector", &Scheduling::accelerated_selector,
     [](const model::Component& component) -> const std::vector<std::string>& {
       return component.node_scheduling.accelerated.node_selector_paths;
     }},
};

bool holds_something(const data::Value& values, const std::string& text) {
  auto path = data::parse_path(text);
  const data::Value* found = path ? data::find(values, *path) : nullptr;
  if (found == nullptr || found->is_null()) return false;
  return !found->is_map() || !found->map().empty();
}

const std::string* dimension_of(const model::Criteria& criteria, std::string_view name) {
  for (const model::Dimension& dimension : model::kDimensions)
    if (dimension.name == name) return &(criteria.*dimension.member);
  return nullptr;
}

std::unexpected<Error> unknown(const model::Component& component, std::string_view what,
                               std::string_view word, std::span<const std::string_view> known) {
  return fail(ErrorKind::Invalid,
              cat("registry entry ", quote(component.name), ": validations: unknown ", what, " ", quote(word),
                  did_you_mean(word, known)),
              {}, cat("known are ", join(known, ", ")));
}

Result<bool> conditions_hold(const model::Component& component, const model::ComponentValidation& validation,
                             const model::Criteria& criteria) {
  bool all = true;
  for (const auto& [name, wanted] : validation.conditions) {
    const std::string* stated = dimension_of(criteria, name);
    if (stated == nullptr) {
      std::vector<std::string_view> names;
      for (const model::Dimension& dimension : model::kDimensions) names.push_back(dimension.name);
      return unknown(component, "condition", name, names);
    }
    if (!stated->empty() && std::ranges::find(wanted, *stated) == wanted.end()) all = false;
  }
  return all;
}

Result<const SelectorCheck*> check_named(const model::Component& component, std::string_view function) {
  const auto* found = std::ranges::find(kChecks, function, &SelectorCheck::function);
  if (found != std::end(kChecks)) return found;
  std::vector<std::string_view> names;
  for (const SelectorCheck& known : kChecks) names.push_back(known.function);
  return unknown(component, "function", function, names);
}

}  // namespace

Result<void> run_validations(const model::Component& component, const model::Criteria& criteria,
                             const Scheduling& scheduling, const data::Value& values,
                             std::vector<std::string>& warnings) {
  Problems problems;
  for (const model::ComponentValidation& validation : component.validations) {
    EIDOS_TRY(const SelectorCheck* check, check_named(component, validation.function));
    EIDOS_TRY(bool applies, conditions_hold(component, validation, criteria));
    bool given = !(scheduling.*check->given).is_null() ||
                 std::ranges::any_of(check->paths(component),
                                     [&](const std::string& path) { return holds_something(values, path); });
    if (!applies || given) continue;
    std::string message = cat("component ", quote(component.name), ": ", check->flag, " is not given",
                              validation.message.empty() ? "" : ". ", validation.message);
    if (lower(validation.severity) == "error")
      problems.add(std::move(message), cat("give ", check->flag, " key=value"));
    else
      warnings.push_back(std::move(message));
  }
  return problems.done();
}

}  // namespace eidos::bundle
