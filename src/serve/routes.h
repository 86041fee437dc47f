#pragma once
// What the service answers: one table, from which requests are led, checked and described (openapi.h).

#include <cstdint>
#include <span>
#include <string_view>

#include "serve/desk.h"
#include "serve/message.h"

namespace eidos::serve {

class Service;
struct Route;

enum Method : unsigned { kGet = 1, kPost = 2 };

enum RouteRule : unsigned {
  kPlain = 0,
  kUnlimited = 1,  ///< No rate limit, no token: for probes and scrapes.
  kKept = 2,       ///< The answer to a GET is the same for as long as the service runs.
};

/// What a handler gets.
struct Call {
  Service& service;
  const Route& route;
  const Request& request;
  Pairs query = {};
  std::string rest = {};  ///< What stands for {name} in the path.
  bool yaml = false;      ///< The caller would rather have YAML.
  bool html = false;      ///< A browser asks.
  Limit limit = {};
  TracePlace trace = {};
};

/// What it gives back.
struct Reply {
  std::string body = {};
  std::string content_type = "application/json";
  Pairs headers = {};
  int status = 200;
};

struct Body {
  std::string_view kinds = {};  ///< Of the documents it may be, as the description names them; empty: none.
  std::string_view about = {};
};

struct Route {
  std::string_view path;  ///< A template: "/v1/schema/{kind}".
  unsigned methods = kGet;
  unsigned rules = kPlain;
  std::string_view command = {};                      ///< Of the tool; its flags are the parameters.
  std::span<const std::string_view> parameters = {};  ///< Which of them.
  std::string_view summary = {};
  Body body = {};
  std::string_view answers = "application/json, application/yaml";  ///< Media types of a good answer.
  Result<Reply> (*handle)(const Call&) = nullptr;

  bool is(RouteRule rule) const { return (rules & rule) != 0; }
};

std::span<const Route> routes();
/// The route of a decoded path, and what stands for its {name}. nullptr: there is none.
const Route* find_route(std::string_view path, std::string& rest);
/// "GET, HEAD, OPTIONS"
std::string allowed_methods(const Route& route);

// Handlers, by what they ask.
Result<Reply> answer_recipe(const Call& call);
Result<Reply> answer_query(const Call& call);
Result<Reply> answer_explain(const Call& call);
Result<Reply> answer_bundle(const Call& call);
Result<Reply> answer_validate(const Call& call);
Result<Reply> answer_diff(const Call& call);
Result<Reply> answer_catalog(const Call& call);
Result<Reply> answer_component(const Call& call);
Result<Reply> answer_schema(const Call& call);
Result<Reply> answer_openapi(const Call& call);
Result<Reply> answer_health(const Call& call);
Result<Reply> answer_ready(const Call& call);
Result<Reply> answer_metrics(const Call& call);
Result<Reply> answer_root(const Call& call);
Result<Reply> answer_page(const Call& call);

}  // namespace eidos::serve
