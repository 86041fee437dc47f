#include "recipe/criteria.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/criteria_values.h"
#include "model/document.h"
#include "model/recipe_fields.h"

namespace eidos::recipe {

Result<std::string> normalize(const model::Registry& registry, std::string_view dimension,
                              std::string_view text) {
  return catalog::normalize_value(registry, dimension, text);
}

Result<model::Criteria> normalize(const model::Registry& registry, const model::Criteria& criteria) {
  model::Criteria out = criteria;
  std::vector<Error> problems;
  for (const model::Dimension& dimension : model::kDimensions) {
    auto value = catalog::normalize_value(registry, dimension.name, criteria.*dimension.member);
    if (value)
      out.*dimension.member = *std::move(value);
    else
      problems.push_back(std::move(value).error());
  }
  if (criteria.nodes < 0)
    problems.push_back(Error{ErrorKind::Invalid, cat("nodes cannot be negative: ", criteria.nodes), {}, {}});
  if (!problems.empty()) return std::unexpected(together(std::move(problems)));
  return out;
}

std::vector<std::string> known_values(const model::Registry& registry, std::string_view dimension) {
  std::vector<std::string> values = catalog::values_of(registry, dimension);
  values.emplace_back("any");
  return values;
}

Result<model::Criteria> read_criteria(const data::Value& root, data::Reading& reading) {
  EIDOS_TRY(auto document, model::read_document<model::CriteriaDocument>(root, "RecipeCriteria", reading,
                                                                         model::HeaderRule::Optional));
  return std::move(document.spec);
}

model::Criteria overlaid(model::Criteria base, const model::Criteria& over) {
  for (const model::Dimension& dimension : model::kDimensions)
    if (!(over.*dimension.member).empty()) base.*dimension.member = over.*dimension.member;
  if (over.nodes != 0) base.nodes = over.nodes;
  return base;
}

bool matches(const model::Criteria& asks, const model::Criteria& stated) {
  for (const model::Dimension& dimension : model::kDimensions) {
    const std::string& wanted = asks.*dimension.member;
    if (!wanted.empty() && wanted != stated.*dimension.member) return false;
  }
  return asks.nodes == 0 || asks.nodes == stated.nodes;
}

std::string describe(const model::Criteria& criteria) {
  std::vector<std::string> parts;
  for (const model::Dimension& dimension : model::kDimensions)
    if (!(criteria.*dimension.member).empty())
      parts.push_back(cat(dimension.name, "=", criteria.*dimension.member));
  if (criteria.nodes != 0) parts.push_back(cat("nodes=", criteria.nodes));
  return parts.empty() ? "any" : join(parts, " ");
}

}  // namespace eidos::recipe
