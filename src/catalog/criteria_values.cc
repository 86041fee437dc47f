#include "catalog/criteria_values.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::catalog {
namespace {

struct Default {
  std::string_view dimension;
  std::vector<std::string> values;
  std::map<std::string, std::string> aliases;
  std::vector<std::string> any;
};

const std::vector<Default>& defaults() {
  static const std::vector<Default> kDefaults = {
      {"service", {"eks", "gke", "aks", "oke", "kind"}, {}, {"self-managed", "self", "vanilla"}},
      {"accelerator",
       {"h100", "h200", "gb200", "gb300", "b200", "b300", "a100", "l40", "l40s", "l4"},
       {},
       {}},
      {"intent", {"training", "inference"}, {}, {}},
      {"os",
       {"ubuntu", "rhel", "cos", "amazonlinux"},
       {{"al2", "amazonlinux"}, {"al2023", "amazonlinux"}, {"amzn", "amazonlinux"}},
       {}},
      {"platform", {"dynamo", "kubeflow"}, {}, {}},
  };
  return kDefaults;
}

}  // namespace

void complete_criteria(data::Value& registry) {
  data::Value& criteria = registry.map().at_or_add("criteria");
  if (criteria.is_null()) criteria = data::Value(data::Map());
  if (!criteria.is_map()) return;  // the strict reading says so
  for (const Default& one : defaults()) {
    data::Value& values = criteria.map().at_or_add(one.dimension);
    if (values.is_null()) values = data::write_value(model::CriteriaValues{one.values, one.aliases, one.any});
  }
}

Result<std::string> normalize_value(const model::Registry& registry, std::string_view dimension,
                                    std::string_view text) {
  std::string value = lower(trim(text));
  if (value.empty() || value == "any") return std::string();
  auto found = registry.criteria.find(std::string(dimension));
  EIDOS_ASSERT(found != registry.criteria.end());
  const model::CriteriaValues& known = found->second;
  if (std::ranges::find(known.any, value) != known.any.end()) return std::string();
  if (auto alias = known.aliases.find(value); alias != known.aliases.end()) value = alias->second;
  if (std::ranges::find(known.values, value) != known.values.end()) return value;
  std::vector<std::string_view> names(known.values.begin(), known.values.end());
  names.push_back("any");
  return fail(ErrorKind::Invalid, cat(dimension, " ", quote(text), " must be one of: ", join(names, ", "),
                                      did_you_mean(value, names)));
}

const std::vector<std::string>& values_of(const model::Registry& registry, std::string_view dimension) {
  auto found = registry.criteria.find(std::string(dimension));
  EIDOS_ASSERT(found != registry.criteria.end());
  return found->second.values;
}

}  // namespace eidos::catalog
