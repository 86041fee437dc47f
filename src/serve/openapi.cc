#include "serve/openapi.h"

#include <algorithm>

#include "base/text.h"
#include "cli/parse.h"
#include "cli/runs.h"
#include "cli/schemas.h"
#include "serve/routes.h"

namespace eidos::serve {

namespace {

data::Map map_of(std::initializer_list<std::pair<std::string_view, data::Value>> entries) {
  data::Map out;
  for (const auto& [key, value] : entries) out.set(key, value);
  return out;
}

data::Value text_list(std::span<const std::string_view> texts) {
  data::List out;
  for (std::string_view text : texts) out.emplace_back(text);
  return data::Value(std::move(out));
}

data::Value reference(std::string_view place) {
  return data::Value(map_of({{"$ref", data::Value(cat("#/components/", place))}}));
}

data::Map schema_of(const cli::Flag& flag) {
  if (flag.takes == cli::Takes::Nothing) return map_of({{"type", "boolean"}});
  if (flag.takes == cli::Takes::Count) return map_of({{"type", "integer"}, {"minimum", data::Value(0)}});
  data::Map out = map_of({{"type", "string"}});
  if (!flag.choices.empty()) out.set("enum", text_list(flag.choices));
  return out;
}

data::Value parameter(const cli::Flag& flag) {
  data::Map schema = schema_of(flag);
  if (flag.is(cli::kRepeats)) schema = map_of({{"type", "array"}, {"items", data::Value(std::move(schema))}});
  return data::Value(map_of({{"name", data::Value(flag.name)},
                             {"in", "query"},
                             {"description", data::Value(flag.help)},
                             {"schema", data::Value(std::move(schema))}}));
}

data::List parameters_of(const Route& route) {
  data::List out;
  const std::size_t open = route.path.find('{');
  if (open != std::string_view::npos)
    out.emplace_back(map_of({{"name", data::Value(route.path.substr(open + 1, route.path.size() - open - 2))},
                             {"in", "path"},
                             {"required", data::Value(true)},
                             {"schema", data::Value(map_of({{"type", "string"}}))}}));
  for (std::string_view name : route.parameters) {
    const cli::Flag* flag = cli::find_flag(&tool_command(route.command), name);
    EIDOS_ASSERT(flag != nullptr);
    out.push_back(parameter(*flag));
  }
  if (route.handle == answer_bundle)
    out.emplace_back(map_of(
        {{"name", "format"},
         {"in", "query"},
         {"description", "which archive"},
         {"schema",
          data::Value(map_of({{"type", "string"}, {"enum", data::Value(data::List{"zip", "tar.gz"})}}))}}));
  return out;
}

// "RecipeCriteria, Snapshot": one of them. "{from, to}": an object with these.
data::Value body_schema(std::string_view kinds) {
  if (kinds.starts_with('{')) {
    data::List names;
    data::Map parts;
    for (std::string_view name : split(kinds.substr(1, kinds.size() - 2), ',')) {
      names.emplace_back(trim(name));
      parts.set(trim(name), map_of({{"type", "object"}}));
    }
    return data::Value(map_of({{"type", "object"},
                               {"required", data::Value(std::move(names))},
                               {"properties", data::Value(std::move(parts))}}));
  }
  data::List any;
  for (std::string_view kind : split(kinds, ',')) {
    any.push_back(reference(cat("schemas/", trim(kind))));
  }
  if (any.size() == 1) return any.front();
  return data::Value(map_of({{"anyOf", data::Value(std::move(any))}}));
}

data::Value content(std::string_view types, const data::Value& schema) {
  data::Map out;
  for (std::string_view type : split(types, ',')) {
    data::Map one;
    if (!schema.is_null()) one.set("schema", schema);
    out.set(trim(type), data::Value(std::move(one)));
  }
  return data::Value(std::move(out));
}

struct Refusal {
  std::string_view status;
  std::string_view response;
  unsigned methods;
  bool limited_only;
};
constexpr Refusal kRefusals[] = {
    {"400", "Problem", kGet | kPost, false}, {"401", "Problem", kGet | kPost, true},
    {"404", "Problem", kGet | kPost, false}, {"406", "Problem", kGet | kPost, false},
    {"413", "Problem", kPost, true},         {"415", "Problem", kPost, true},
    {"429", "TooMany", kGet | kPost, true},  {"500", "Problem", kGet | kPost, false},
    {"503", "Problem", kGet | kPost, false}};

data::Value operation(const Route& route, Method method) {
  data::Map out = map_of({{"summary", data::Value(route.summary)}});
  std::string id = cat(method == kGet ? "get" : "post");
  for (std::string_view step : split(route.path, '/'))
    if (!step.empty())
      id += cat("-", step.substr(step.starts_with('{') ? 1 : 0,
                                 step.find_first_of("}.") - (step.starts_with('{') ? 1 : 0)));
  if (route.path.ends_with(".yaml")) id += "-yaml";
  out.set("operationId", id);
  data::List parameters = parameters_of(route);
  if (!parameters.empty()) out.set("parameters", std::move(parameters));
  if (method == kPost)
    out.set(
        "requestBody",
        map_of({{"required", data::Value(true)},
                {"description", data::Value(route.body.about)},
                {"content", content("application/json, application/yaml", body_schema(route.body.kinds))}}));
  data::Map responses;
  responses.set("200",
                map_of({{"description", "what was asked for"}, {"content", content(route.answers, {})}}));
  if (route.is(kKept) && method == kGet)
    responses.set("304", map_of({{"description", "it is what If-None-Match names"}}));
  for (const Refusal& refusal : kRefusals)
    if ((refusal.methods & method) != 0 && !(refusal.limited_only && route.is(kUnlimited)))
      responses.set(refusal.status, reference(cat("responses/", refusal.response)));
  out.set("responses", std::move(responses));
  return data::Value(std::move(out));
}

data::Value problem_schema() {
  const data::Value text(map_of({{"type", "string"}}));
  const data::Value problem(
      map_of({{"type", "object"},
              {"required", data::Value(data::List{"message"})},
              {"properties",
               data::Value(map_of({{"field", text}, {"where", text}, {"message", text}, {"hint", text}}))}}));
  const data::Value details(map_of(
      {{"type", "object"},
       {"properties",
        data::Value(map_of({{"problems", data::Value(map_of({{"type", "array"}, {"items", problem}}))}}))}}));
  return data::Value(map_of(
      {{"type", "object"},
       {"required",
        data::Value(data::List{"code", "message", "requestId", "timestamp", "retryable", "title", "status"})},
       {"properties", data::Value(map_of({{"type", text},
                                          {"title", text},
                                          {"status", data::Value(map_of({{"type", "integer"}}))},
                                          {"code", text},
                                          {"message", text},
                                          {"details", details},
                                          {"requestId", text},
                                          {"timestamp", text},
                                          {"retryable", data::Value(map_of({{"type", "boolean"}}))}}))}}));
}

data::Value components() {
  data::Map schemas;
  schemas.set("Problem", problem_schema());
  for (std::string_view kind : {"RecipeCriteria", "RecipeResult", "Snapshot"})
    schemas.set(kind, map_of({{"type", "object"},
                              {"description", data::Value(cat("its schema: GET /v1/schema/", kind))}}));
  const data::Value problem_content = content("application/problem+json", reference("schemas/Problem"));
  data::Map responses;
  responses.set("Problem",
                map_of({{"description", "every problem of the request"}, {"content", problem_content}}));
  responses.set(
      "TooMany",
      map_of({{"description", "more requests than allowed"},
              {"headers",
               data::Value(map_of(
                   {{"Retry-After",
                     data::Value(map_of({{"description", "seconds to wait"},
                                         {"schema", data::Value(map_of({{"type", "integer"}}))}}))}}))},
              {"content", problem_content}}));
  return data::Value(map_of(
      {{"schemas", data::Value(std::move(schemas))}, {"responses", data::Value(std::move(responses))}}));
}

}  // namespace

data::Value openapi(std::string_view version) {
  data::Map paths;
  for (const Route& route : routes()) {
    data::Map one;
    if ((route.methods & kGet) != 0) one.set("get", operation(route, kGet));
    if ((route.methods & kPost) != 0) one.set("post", operation(route, kPost));
    paths.set(route.path, std::move(one));
  }
  return data::Value(map_of(
      {{"openapi", "3.1.0"},
       {"info", data::Value(map_of({{"title", "eidosd"},
                                    {"version", data::Value(version)},
                                    {"description", "Recipes and bundles for GPU Kubernetes clusters."},
                                    {"license", data::Value(map_of({{"name", "Apache-2.0"}}))}}))},
       {"paths", data::Value(std::move(paths))},
       {"components", components()}}));
}

}  // namespace eidos::serve
