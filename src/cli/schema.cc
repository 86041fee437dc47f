// `eidos schema KIND`: the JSON Schema of a document kind, from the same field table that reads it.

#include <algorithm>

#include "base/text.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "cli/schemas.h"
#include "data/document.h"
#include "diff/change_fields.h"
#include "diff/outliers_fields.h"
#include "model/document.h"
#include "model/lock.h"
#include "model/recipe_fields.h"
#include "model/registry.h"
#include "model/snapshot.h"
#include "model/tuning.h"
#include "recipe/explanation_fields.h"
#include "seal/report_fields.h"
#include "validate/report_fields.h"

namespace eidos::cli {

namespace {

using model::HeaderRule;

struct Kind {
  std::string_view name;
  data::Value (*schema)();
  HeaderRule header = HeaderRule::Required;
};
constexpr Kind kKinds[] = {
    {"Snapshot", data::SchemaOf<model::Snapshot>::make},
    {"RecipeCriteria", data::SchemaOf<model::CriteriaDocument>::make, HeaderRule::Optional},
    {"RecipeMetadata", data::SchemaOf<model::Overlay>::make},
    {"ComponentRegistry", data::SchemaOf<model::Registry>::make},
    {"RecipeResult", data::SchemaOf<model::RecipeResult>::make},
    {"Explanation", data::SchemaOf<recipe::Explanation>::make},
    {"ValidationResult", data::SchemaOf<validate::Report>::make},
    {"VerificationResult", data::SchemaOf<seal::Report>::make},
    {"CatalogLock", data::SchemaOf<model::CatalogLock>::make},
    {"DiffResult", data::SchemaOf<diff::DiffResult>::make},
    {"FleetSummary", data::SchemaOf<diff::FleetSummary>::make},
    {"TuningProfile", data::SchemaOf<model::TuningProfile>::make},
};

/// What check_header asks of kind and apiVersion.
data::Value header_schema(const data::Value& own, data::List allowed) {
  data::Map map;
  map.set("enum", data::Value(std::move(allowed)));
  map.set("description", *own.find("description"));
  return data::Value(std::move(map));
}

void constrain_header(const Kind& kind, data::Value& schema) {
  data::Map& properties = schema.map().find("properties")->map();
  std::string small(kind.name);
  small.front() = lower(small.substr(0, 1)).front();
  data::List versions{data::Value(model::kApiVersion)};
  for (std::string_view older : model::kOlderApiVersions) versions.emplace_back(older);
  properties.set("kind", header_schema(*properties.find("kind"), {data::Value(kind.name), small}));
  properties.set("apiVersion", header_schema(*properties.find("apiVersion"), std::move(versions)));
  if (kind.header == HeaderRule::Optional) return;
  data::List required{"kind", "apiVersion"};
  if (const data::Value* more = schema.find("required"))
    required.insert(required.end(), more->list().begin(), more->list().end());
  schema.map().set("required", data::Value(std::move(required)));
}

}  // namespace

std::optional<std::string_view> kind_called(std::string_view name) {
  for (const Kind& kind : kKinds)
    if (lower(kind.name) == lower(name)) return kind.name;
  return std::nullopt;
}

data::Value schema_of(std::string_view name) {
  const Kind& kind = *std::ranges::find(kKinds, name, &Kind::name);
  data::Map map;
  map.set("$schema", "https://json-schema.org/draft/2020-12/schema");
  map.set("$id", cat("https://eidos.nvidia.com/schemas/", kSchemaVersion, "/", kind.name, ".json"));
  data::Value body = kind.schema();
  constrain_header(kind, body);
  for (const data::Map::Entry& entry : body.map()) map.set(entry.key, entry.value);
  return data::Value(std::move(map));
}

std::vector<std::string> schema_versions() {
  return {std::string(kSchemaVersion)};
}

std::vector<std::string> schema_kinds() {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

Result<int> run_schema(const Invocation& invocation, Session& session) {
  std::vector<std::string> known = schema_kinds();
  if (invocation.arguments.empty()) return print(join(known, "\n") + "\n", session.world);
  const std::string& wanted = invocation.arguments.front();
  if (auto kind = kind_called(wanted)) return print(data::to_json(schema_of(*kind)), session.world);
  std::vector<std::string_view> names(known.begin(), known.end());
  return fail(ErrorKind::Invalid, cat("the kind must be one of: ", join(names, ", "), "; got ", quote(wanted),
                                      did_you_mean(wanted, names)));
}

}  // namespace eidos::cli
