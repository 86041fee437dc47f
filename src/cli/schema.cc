// `eidos schema KIND`: the JSON Schema of a document kind, from the same field table that reads it.

#include "base/text.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "data/document.h"
#include "diff/change_fields.h"
#include "model/document.h"
#include "model/lock.h"
#include "model/recipe_fields.h"
#include "model/registry.h"
#include "model/snapshot.h"
#include "seal/report_fields.h"
#include "validate/report_fields.h"

namespace eidos::cli {

namespace {

struct Kind {
  std::string_view name;
  data::Value (*schema)();
};
constexpr Kind kKinds[] = {
    {"Snapshot", data::SchemaOf<model::Snapshot>::make},
    {"RecipeCriteria", data::SchemaOf<model::CriteriaDocument>::make},
    {"RecipeMetadata", data::SchemaOf<model::Overlay>::make},
    {"ComponentRegistry", data::SchemaOf<model::Registry>::make},
    {"RecipeResult", data::SchemaOf<model::RecipeResult>::make},
    {"ValidationResult", data::SchemaOf<validate::Report>::make},
    {"VerificationResult", data::SchemaOf<seal::Report>::make},
    {"CatalogLock", data::SchemaOf<model::CatalogLock>::make},
    {"DiffResult", data::SchemaOf<diff::DiffResult>::make},
};

/// What a whole document's schema says beside the schema of its struct.
data::Value document_schema(const Kind& kind) {
  data::Map map;
  map.set("$schema", "https://json-schema.org/draft/2020-12/schema");
  map.set("$id", cat("https://eidos.nvidia.com/schemas/v1alpha1/", kind.name, ".json"));
  data::Value body = kind.schema();
  for (const data::Map::Entry& entry : body.map()) map.set(entry.key, entry.value);
  return data::Value(std::move(map));
}

}  // namespace

std::vector<std::string> schema_kinds() {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

Result<int> run_schema(const Invocation& invocation, Session& session) {
  std::vector<std::string> known = schema_kinds();
  if (invocation.arguments.empty()) return print(join(known, "\n") + "\n", session.world);
  const std::string& wanted = invocation.arguments.front();
  for (const Kind& kind : kKinds)
    if (lower(kind.name) == lower(wanted)) return print(data::to_json(document_schema(kind)), session.world);
  std::vector<std::string_view> names(known.begin(), known.end());
  return fail(ErrorKind::Invalid, cat("the kind must be one of: ", join(names, ", "), "; got ", quote(wanted),
                                      did_you_mean(wanted, names)));
}

}  // namespace eidos::cli
