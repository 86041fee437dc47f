#include "serve/problem.h"

#include "base/text.h"
#include "data/document.h"

namespace eidos::serve {

namespace {

struct KindRow {
  ErrorKind kind;
  int status;
  std::string_view code;
  std::string_view title;
  bool retryable;
};
constexpr KindRow kKinds[] = {
    {ErrorKind::Usage, 400, "INVALID_REQUEST", "Invalid request", false},
    {ErrorKind::Invalid, 400, "INVALID_REQUEST", "Invalid request", false},
    {ErrorKind::NotFound, 404, "NOT_FOUND", "Not found", false},
    {ErrorKind::Denied, 403, "FORBIDDEN", "Forbidden", false},
    {ErrorKind::RateLimited, 429, "RATE_LIMIT_EXCEEDED", "Too many requests", true},
    {ErrorKind::Timeout, 504, "TIMEOUT", "Timeout", true},
    {ErrorKind::Unavailable, 503, "SERVICE_UNAVAILABLE", "Service unavailable", true},
    {ErrorKind::Internal, 500, "INTERNAL", "Internal error", true},
    {ErrorKind::Cancelled, 503, "SERVICE_UNAVAILABLE", "Service unavailable", true}};

const KindRow& row_of(ErrorKind kind) {
  for (const KindRow& row : kKinds)
    if (row.kind == kind) return row;
  return kKinds[std::size(kKinds) - 2];
}

// "--set" and "set" are the same to who sends parameters.
std::string field_of(const Error& error) {
  std::string_view text = error.message;
  if (!text.starts_with("--")) return {};
  text.remove_prefix(2);
  return std::string(text.substr(0, text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-")));
}

data::Value one(const Error& error) {
  data::Map out;
  const std::string field = field_of(error);
  if (!field.empty()) out.set("field", field);
  if (!error.where.empty()) out.set("where", error.where);
  out.set("message", error.message);
  if (!error.hint.empty()) out.set("hint", error.hint);
  return data::Value(std::move(out));
}

Answer written(int status, std::string_view code, std::string_view title, bool retryable, const Error& error,
               const ProblemContext& context) {
  data::List problems;
  problems.push_back(one(error));
  for (const Error& other : error.others) problems.push_back(one(other));
  data::Map details;
  details.set("problems", std::move(problems));
  data::Map out;
  out.set("type", "about:blank");
  out.set("title", title);
  out.set("status", std::int64_t{status});
  out.set("code", code);
  out.set("message", error.message);
  out.set("details", std::move(details));
  out.set("requestId", context.request_id);
  out.set("timestamp", context.timestamp);
  out.set("retryable", data::Value(retryable));
  return {
      .status = status,
      .headers = {{"Content-Type", "application/problem+json"}},
      .body = std::make_shared<const std::string>(data::to_compact_json(data::Value(std::move(out))) + "\n")};
}

}  // namespace

int status_of(ErrorKind kind) {
  return row_of(kind).status;
}

Answer problem(const Error& error, const ProblemContext& context) {
  const KindRow& row = row_of(error.kind);
  const Error told = row.status == 500 ? Error{error.kind, "the service could not answer", {}, {}} : error;
  return written(row.status, row.code, row.title, row.retryable, told, context);
}

Answer problem(int status, std::string_view code, const Error& error, const ProblemContext& context) {
  return written(status, code, error.message, false, error, context);
}

}  // namespace eidos::serve
