// What the service says of its catalog and of itself, and its web page.

#include "base/text.h"
#include "catalog/criteria_values.h"
#include "page/files.h"
#include "recipe/resolve.h"
#include "serve/handlers.h"
#include "serve/openapi.h"
#include "serve/service.h"

namespace eidos::serve {

namespace {

data::Value values_of(const catalog::Catalog& catalog) {
  data::Map out;
  for (const model::Dimension& dimension : model::kDimensions) {
    data::List values;
    for (const std::string& value : catalog::values_of(catalog.registry(), dimension.name))
      values.emplace_back(value);
    out.set(dimension.name, std::move(values));
  }
  return data::Value(std::move(out));
}

Reply state(std::string_view status, std::string_view reason, const Call& call) {
  data::Map out;
  out.set("status", status);
  if (!reason.empty()) out.set("reason", reason);
  out.set("timestamp", rfc3339(call.service.clock().now()));
  Reply reply{.body = data::to_compact_json(data::Value(std::move(out))) + "\n"};
  reply.status = reason.empty() ? 200 : 503;
  return reply;
}

Reply file(const page::File& one) {
  return {.body = std::string(one.text),
          .content_type = std::string(one.content_type),
          .headers = {{"Content-Security-Policy", std::string(page::kPolicy)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"}}};
}

Result<Ran> show(const Call& call, std::string_view name, cli::Flags flags,
                 std::vector<std::string> arguments) {
  const cli::Command& command = tool_command(name);
  set_flag(flags, command, "format", "json");
  Desk desk(call.service.shared_catalog(), {}, call.service.options().build, call.limit, call.trace);
  return desk.run(command, std::move(flags), std::move(arguments));
}

Result<data::Value> parsed(const std::string& json) {
  data::Sources sources;
  return data::parse_json(json, sources, "");
}

}  // namespace

Result<Reply> answer_catalog(const Call& call) {
  EIDOS_TRY(cli::Flags flags, flags_of(command_of(call), call.route.parameters, call.query));
  EIDOS_TRY(const Ran ran, show(call, call.route.command, std::move(flags), {}));
  EIDOS_TRY(const data::Value listed, parsed(ran.out));
  data::Map out;
  out.set("digest", call.service.catalog().digest());
  out.set("criteria", values_of(call.service.catalog()));
  data::List components;
  for (const model::Component& component : call.service.catalog().registry().components)
    components.emplace_back(component.name);
  out.set("components", std::move(components));
  for (const auto& entry : listed.map()) out.set(entry.key, entry.value);
  return reply_with(data::Value(std::move(out)), call);
}

Result<Reply> answer_component(const Call& call) {
  if (call.service.catalog().component(call.rest) == nullptr) {
    std::vector<std::string_view> names;
    for (const model::Component& component : call.service.catalog().registry().components)
      names.push_back(component.name);
    return fail(ErrorKind::NotFound,
                cat("the catalog has no component ", quote(call.rest), did_you_mean(call.rest, names)));
  }
  const cli::Command& command = tool_command("catalog show");
  EIDOS_TRY(const Ran ran, show(call, command.name, cli::Flags(&command), {call.rest}));
  EIDOS_TRY(const data::Value shown, parsed(ran.out));
  return reply_with(shown, call);
}

Result<Reply> answer_openapi(const Call& call) {
  const data::Value document = openapi(call.service.options().build.version);
  if (call.route.path.ends_with("yaml"))
    return Reply{.body = data::to_yaml(document), .content_type = "application/yaml"};
  return Reply{.body = data::to_json(document)};
}

Result<Reply> answer_health(const Call& call) {
  return state("healthy", {}, call);
}

Result<Reply> answer_ready(const Call& call) {
  if (call.service.draining()) return state("not_ready", "the service is about to end", call);
  if (!recipe::resolve(call.service.catalog(), {}, nullptr))
    return state("not_ready", "the catalog resolves no recipe", call);
  return state("ready", {}, call);
}

Result<Reply> answer_metrics(const Call& call) {
  Service& service = call.service;
  const ServiceOptions& options = service.options();
  const std::int64_t lost = options.lost_lines ? options.lost_lines() : 0;
  return Reply{.body = service.meters().text(options.build, service.limits().left(), lost,
                                             options.spans ? options.spans() : SpanCounts{}),
               .content_type = "text/plain; version=0.0.4; charset=utf-8"};
}

Result<Reply> answer_root(const Call& call) {
  if (call.html) return file(*page::find_file("/"));
  data::List listed;
  for (const Route& route : routes()) {
    data::Map one;
    one.set("path", route.path);
    one.set("methods", allowed_methods(route));
    one.set("summary", route.summary);
    listed.emplace_back(std::move(one));
  }
  data::Map out;
  out.set("service", "eidosd");
  out.set("version", call.service.options().build.version);
  out.set("routes", std::move(listed));
  return Reply{.body = data::to_json(data::Value(std::move(out)))};
}

Result<Reply> answer_page(const Call& call) {
  const auto found = page::find_file(cat("/page/", call.rest));
  if (!found) return fail(ErrorKind::NotFound, cat("the page has no file ", quote(call.rest)));
  return file(*found);
}

}  // namespace eidos::serve
