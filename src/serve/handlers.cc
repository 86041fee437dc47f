// What the routes do with documents: each runs the command of its name on them.

#include "serve/handlers.h"

#include <algorithm>

#include "base/text.h"
#include "cli/resolution.h"
#include "cli/runs.h"
#include "cli/schemas.h"
#include "serve/service.h"

namespace eidos::serve {

namespace {

constexpr std::string_view kYamlType = "application/yaml";
constexpr std::string_view kJsonType = "application/json";

// Which flag takes a document of this kind.
struct KindFlag {
  std::string_view kind;
  std::string_view flag;
};
constexpr KindFlag kKindFlags[] = {
    {"RecipeCriteria", "criteria"}, {"Snapshot", "snapshot"}, {"RecipeResult", "recipe"}};

Result<std::string_view> flag_for(const BodyDocument& body, const Call& call) {
  for (const KindFlag& row : kKindFlags)
    if (lower(row.kind) == lower(body.kind) && call.route.body.kinds.find(row.kind) != std::string_view::npos)
      return row.flag;
  return fail(ErrorKind::Invalid,
              cat("a body of kind ", quote(body.kind.empty() ? "none" : body.kind), " is not read here"),
              cat(kBodyName, ":1:1"), cat("send one of ", call.route.body.kinds));
}

bool states_criteria(const cli::Flags& flags) {
  return std::ranges::any_of(model::kDimensions,
                             [&](const auto& dimension) { return flags.has(dimension.name); }) ||
         flags.has("nodes");
}

// {criteria: {service, …}, selector}: flat, as the older service takes it.
Result<Pairs> flat_query(const BodyDocument& body) {
  Pairs out;
  for (const auto& entry : body.root.map()) {
    if (entry.key == "selector" && entry.value.is_string()) {
      out.emplace_back("selector", entry.value.string());
    } else if (entry.key == "criteria" && entry.value.is_map()) {
      for (const auto& one : entry.value.map()) {
        if (!one.value.is_scalar())
          return fail(ErrorKind::Invalid, cat("--", one.key, ": is no text or number"),
                      body.sources.place(one.value.mark()));
        if (!one.value.is_null() && !one.value.scalar_text().empty())
          out.emplace_back(one.key, one.value.scalar_text());
      }
    } else {
      return fail(ErrorKind::Invalid, cat("--", entry.key, ": there is no such field"),
                  body.sources.place(entry.mark), "there are criteria, a map, and selector, a text");
    }
  }
  return out;
}

// What the resolved recipe is for has to be allowed, wherever it was said.
Result<void> check_allowed(const Call& call, const Papers& papers, const cli::Flags& flags) {
  const Service& service = call.service;
  if (service.options().allowed.empty() || (flags.knows("recipe") && flags.has("recipe"))) return {};
  Desk desk(service.shared_catalog(), papers, service.options().build, call.limit, call.trace);
  EIDOS_TRY(const cli::Resolution made, cli::resolve(flags, desk.session()));
  return service.check_allowed(made.recipe.criteria);
}

// Warnings travel in a recipe's body; in YAML there is no place for them that a strict reader would take.
std::string with_warnings(Ran&& ran, const Call& call) {
  if (ran.warnings.empty() || call.yaml) return std::move(ran.out);
  data::Sources sources;
  auto document = data::parse_json(ran.out, sources, "");
  const data::Value* kind = document && document->is_map() ? document->find("kind") : nullptr;
  if (kind == nullptr || *kind != data::Value("RecipeResult")) return std::move(ran.out);
  data::List warnings;
  for (std::string& warning : ran.warnings) warnings.emplace_back(std::move(warning));
  document->map().set("warnings", std::move(warnings));
  return data::to_json(*document);
}

Result<Reply> run_with(const Call& call, cli::Flags flags, Papers papers,
                       std::vector<std::string> arguments = {}) {
  const cli::Command& command = command_of(call);
  set_flag(flags, command, "format", call.yaml ? "yaml" : "json");
  Desk desk(call.service.shared_catalog(), std::move(papers), call.service.options().build, call.limit,
            call.trace);
  EIDOS_TRY(Ran ran, desk.run(command, std::move(flags), std::move(arguments)));
  Reply reply;
  if (!ran.warnings.empty()) reply.headers.emplace_back("X-Warnings", cat(ran.warnings.size()));
  reply.body = with_warnings(std::move(ran), call);
  reply.content_type = call.yaml ? kYamlType : kJsonType;
  return reply;
}

Result<Reply> resolve_and_run(const Call& call) {
  const cli::Command& command = command_of(call);
  Papers papers;
  Pairs parameters = call.query;
  std::string_view document_flag;
  if (call.request.method == "POST") {
    EIDOS_TRY(BodyDocument body, body_of(call));
    if (body.kind.empty() && command.name == "query") {
      EIDOS_TRY(Pairs flat, flat_query(body));
      parameters.insert(parameters.end(), flat.begin(), flat.end());
    } else {
      EIDOS_TRY(document_flag, flag_for(body, call));
      papers[kBodyName] = recipe_text(std::move(body), call);
    }
  }
  EIDOS_TRY(cli::Flags flags, flags_of(command, call.route.parameters, parameters));
  if (!document_flag.empty())
    set_flag(flags, command, document_flag, kBodyName);
  else if (!states_criteria(flags))
    set_flag(flags, command, "service", "any");  // the base that every cluster gets
  EIDOS_CHECK(check_allowed(call, papers, flags));
  return run_with(call, std::move(flags), std::move(papers));
}

}  // namespace

const cli::Command& command_of(const Call& call) {
  return tool_command(call.route.command);
}

Reply reply_with(const data::Value& document, const Call& call) {
  if (call.yaml) return {.body = data::to_yaml(document), .content_type = std::string(kYamlType)};
  return {.body = data::to_json(document)};
}

Result<BodyDocument> body_of(const Call& call) {
  BodyDocument out;
  if (trim(call.request.body).empty())
    return fail(ErrorKind::Invalid, "the body is empty", {}, cat("send ", call.route.body.kinds));
  EIDOS_TRY(out.root, data::parse(call.request.body, out.sources, kBodyName));
  if (!out.root.is_map())
    return fail(ErrorKind::Invalid, cat("expected a map, got ", data::describe(out.root.type())),
                out.sources.place(out.root.mark()));
  const data::Value* kind = out.root.find("kind");
  if (kind != nullptr && kind->is_string()) out.kind = kind->string();
  return out;
}

std::string recipe_text(BodyDocument body, const Call& call) {
  if (lower(body.kind) != "reciperesult" || !body.root.map().erase("warnings")) return call.request.body;
  return data::to_json(body.root);
}

Result<std::string> part_of(const BodyDocument& body, std::string_view name) {
  const data::Value* part = body.root.find(name);
  if (part == nullptr)
    return fail(ErrorKind::Invalid, cat("--", name, ": is missing in the body"),
                body.sources.place(body.root.mark()));
  if (!part->is_map())
    return fail(ErrorKind::Invalid,
                cat("--", name, ": expected a document, got ", data::describe(part->type())),
                body.sources.place(part->mark()));
  return data::to_json(*part);
}

Result<Reply> answer_recipe(const Call& call) {
  const SteadyTime began = call.service.clock().steady();
  auto reply = resolve_and_run(call);
  call.service.meters().built_recipe(call.service.clock().steady() - began);
  return reply;
}

Result<Reply> answer_query(const Call& call) {
  return resolve_and_run(call);
}

Result<Reply> answer_explain(const Call& call) {
  return resolve_and_run(call);
}

Result<Reply> answer_validate(const Call& call) {
  EIDOS_TRY(const BodyDocument body, body_of(call));
  EIDOS_TRY(cli::Flags flags, flags_of(command_of(call), call.route.parameters, call.query));
  Papers papers;
  for (const char* name : {"recipe", "snapshot"}) {
    EIDOS_TRY(papers[name], part_of(body, name));
    set_flag(flags, command_of(call), name, name);
  }
  return run_with(call, std::move(flags), std::move(papers));
}

Result<Reply> answer_diff(const Call& call) {
  EIDOS_TRY(const BodyDocument body, body_of(call));
  EIDOS_TRY(cli::Flags flags, flags_of(command_of(call), call.route.parameters, call.query));
  Papers papers;
  for (const char* name : {"from", "to"}) {
    EIDOS_TRY(papers[name], part_of(body, name));
  }
  return run_with(call, std::move(flags), std::move(papers), {"from", "to"});
}

Result<Reply> answer_schema(const Call& call) {
  const auto kind = cli::kind_called(call.rest);
  if (!kind)
    return fail(ErrorKind::NotFound, cat("there is no kind ", quote(call.rest)), {},
                cat("there are ", join(cli::schema_kinds(), ", ")));
  return reply_with(cli::schema_of(*kind), call);
}

}  // namespace eidos::serve
