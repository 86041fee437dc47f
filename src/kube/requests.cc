#include "kube/requests.h"

#include <algorithm>
#include <random>

#include "base/text.h"
#include "base/wait.h"
#include "data/document.h"
#include "kube/list_stream.h"
#include "kube/tree.h"

namespace eidos::kube {

namespace {

constexpr int kTries = 3;
constexpr std::int64_t kMostRefusalBytes = 64 * 1024;
constexpr std::int64_t kMostDocumentBytes = 16 * 1024 * 1024;

struct VerbRow {
  std::string_view verb;
  std::string_view method;
  std::string_view doing;
};
constexpr VerbRow kVerbs[] = {{"get", "GET", "getting"},      {"list", "GET", "listing"},
                              {"watch", "GET", "watching"},   {"create", "POST", "creating"},
                              {"patch", "PATCH", "applying"}, {"delete", "DELETE", "deleting"}};

const VerbRow& row_of(std::string_view verb) {
  const auto* row = std::ranges::find(kVerbs, verb, &VerbRow::verb);
  EIDOS_ASSERT(row != std::end(kVerbs));
  return *row;
}

struct StatusRow {
  int status;
  ErrorKind kind;
  std::string_view name;
  std::string_view hint;
};
// RFC 9110 names; hints are what the one who is paged can do about it.
constexpr StatusRow kStatuses[] = {
    {400, ErrorKind::Invalid, "Bad Request", ""},
    {401, ErrorKind::Denied, "Unauthorized",
     "the credentials were refused: log in again, or check the user entry"},
    {403, ErrorKind::Denied, "Forbidden", ""},
    {404, ErrorKind::NotFound, "Not Found", ""},
    {405, ErrorKind::Invalid, "Method Not Allowed", ""},
    {408, ErrorKind::Timeout, "Request Timeout", ""},
    {409, ErrorKind::Invalid, "Conflict", ""},
    {410, ErrorKind::NotFound, "Gone", ""},
    {413, ErrorKind::Invalid, "Content Too Large", ""},
    {422, ErrorKind::Invalid, "Unprocessable Content", ""},
    {429, ErrorKind::RateLimited, "Too Many Requests", "the API server is busy: try again in a minute"},
    {500, ErrorKind::Unavailable, "Internal Server Error", "look at the API server's log"},
    {502, ErrorKind::Unavailable, "Bad Gateway", "what stands before the API server does not reach it"},
    {503, ErrorKind::Unavailable, "Service Unavailable", "the API server is starting, overloaded or down"},
    {504, ErrorKind::Timeout, "Gateway Timeout", ""},
};

StatusRow row_of(int status) {
  for (const StatusRow& row : kStatuses)
    if (row.status == status) return row;
  return {status, status >= 500 ? ErrorKind::Unavailable : ErrorKind::Invalid, "", ""};
}

bool is_server_fault(int status) {
  return status == 408 || status >= 500;
}

// What a server says is shown as it said it, but for what would paint on a terminal or fill it.
std::string tamed(std::string_view text) {
  constexpr std::size_t kMost = 600;
  return visible(trim(text), kMost);
}

Refusal refusal_of(net::Exchange& exchange) {
  Refusal refusal{.status = exchange.head().status};
  auto body = net::read_body(exchange, kMostRefusalBytes);
  if (!body || body->empty()) return refusal;
  refusal.reason = protobuf_status_reason(*body);
  refusal.message = protobuf_status_message(*body);
  data::Sources sources;
  if (auto root = data::parse_json(*body, sources, ""); root && text_at(*root, {"kind"}) == "Status") {
    refusal.reason = text_at(*root, {"reason"});
    refusal.message = text_at(*root, {"message"});
  } else if (refusal.message.empty()) {
    refusal.message = quote(first_line(*body), 200);
  }
  return refusal;
}

Milliseconds retry_after(const net::Head& head, const Clock& clock) {
  constexpr std::chrono::seconds kNone{0};
  constexpr std::chrono::seconds kMost = std::chrono::hours(1);
  return std::min(net::wait_asked(head, clock.now()).value_or(kNone), kMost);
}

std::string query_text(const Query& query) {
  std::string out;
  for (const auto& [key, value] : query)
    out += cat(out.empty() ? "?" : "&", percent_encoded(key), "=", percent_encoded(value));
  return out;
}

net::SessionOptions session_options(const Config& config, const ClientOptions& options) {
  return {.proxy = config.proxy,
          .server_name = config.server_name,
          .tls = {.authorities = config.authorities,
                  .certificate = config.certificate,
                  .key = config.key,
                  .insecure = config.insecure},
          .trust_hint = "the cluster entry's certificate-authority must be who signed it",
          .user_agent = options.user_agent,
          .head_time = options.head_time,
          .idle_time = options.idle_time,
          .environment = options.environment};
}

Result<void> check_certificate(const Config& config, const Clock& clock) {
  if (config.certificate.empty()) return {};
  auto end = net::certificate_end(config.certificate);
  if (!end)
    return std::unexpected(std::move(end).error().within(cat("user ", quote(config.user))).at(config.where));
  if (*end > clock.now()) return {};
  return fail(ErrorKind::Denied,
              cat("the client certificate of user ", quote(config.user), " expired on ", rfc3339(*end)),
              config.where, "log in again, or have it renewed");
}

}  // namespace

std::string rbac_rule(std::string_view verb, const Target& target) {
  std::string resource = target.resource.plural;
  if (!target.subresource.empty()) resource += cat("/", target.subresource);
  std::string group = target.resource.group.empty() ? "\"\"" : target.resource.group;
  return cat("apiGroups: [", group, "], resources: [", resource, "], verbs: [", verb, "]");
}

void narrow(Request& request, const Narrowing& narrowing) {
  if (!narrowing.labels.empty()) request.query.emplace_back("labelSelector", narrowing.labels);
  if (!narrowing.fields.empty()) request.query.emplace_back("fieldSelector", narrowing.fields);
}

Requests::Requests(const Context& context, Config config, ClientOptions options)
    : config_(std::move(config)),
      options_(std::move(options)),
      files_(context.files),
      clock_(context.clock),
      credentials_(config_, {context.files, context.processes, context.clock}, inherited_environment()),
      rate_(options_.per_second) {}

Result<void> Requests::open() {
  EIDOS_CHECK(check_certificate(config_, clock_));
  net::SessionOptions options = session_options(config_, options_);
  EIDOS_TRY(options.server, net::parse_url(config_.server));
  EIDOS_TRY(session_, net::open_session(files_, std::move(options)));
  return {};
}

Result<net::Call> Requests::call_of(const Request& request, const Limit& limit) {
  EIDOS_TRY(Shown shown, credentials_.now(limit));
  if (!shown.certificate.empty() && shown.certificate != config_.certificate)
    session_->use({.authorities = config_.authorities,
                   .certificate = shown.certificate,
                   .key = shown.key,
                   .insecure = config_.insecure});
  net::Call call{.method = std::string(row_of(request.verb).method)};
  EIDOS_TRY(net::Url server, net::parse_url(config_.server));
  std::string prefix = server.target;
  while (prefix.ends_with('/')) prefix.pop_back();
  call.target =
      cat(prefix, request.path.empty() ? path_of(request.target) : request.path, query_text(request.query));
  call.fields = std::move(shown.fields);
  call.fields.push_back({"Accept", request.accept});
  if (!request.body.empty()) call.fields.push_back({"Content-Type", request.content_type});
  call.body = request.body;
  call.repeatable = request.harmless || request.verb != "create";
  return call;
}

Result<Requests::Try> Requests::once(const net::Call& call, const Limit& limit) {
  SteadyTime now = std::chrono::steady_clock::now();
  if (Milliseconds wait = rate_.take(now); wait.count() > 0) {
    EIDOS_CHECK(pause(wait, limit, kNextTry));
    now += wait;
  }
  auto sent = session_->send(call, limit);
  if (!sent) {
    ErrorKind kind = sent.error().kind;
    if (kind == ErrorKind::Unavailable || kind == ErrorKind::Timeout)
      breaker_.failed(now, sent.error().message);
    return std::unexpected(std::move(sent).error());
  }
  Try done;
  int status = (*sent)->head().status;
  if (is_server_fault(status))
    breaker_.failed(now, cat("status ", status));
  else
    breaker_.answered();
  done.wait = retry_after((*sent)->head(), clock_);
  if (status >= 200 && status < 300)
    done.outcome.exchange = *std::move(sent);
  else
    done.outcome.refusal = refusal_of(**sent);
  return done;
}

Milliseconds Requests::pause_before(int attempt, Milliseconds asked) {
  // Jitter, so that a thousand nodes that failed together do not come back together.
  thread_local std::minstd_rand dice{std::random_device{}()};
  std::uniform_int_distribution<std::int64_t> jitter(0, options_.first_pause.count());
  return std::max(asked, options_.first_pause * (1 << (attempt - 1)) + Milliseconds(jitter(dice)));
}

Result<Outcome> Requests::send(const Request& request, const Limit& limit) {
  bool asked_anew = false;
  for (int attempt = 1;; ++attempt) {
    if (auto why = breaker_.open(std::chrono::steady_clock::now()))
      return std::unexpected(error(
          request, {ErrorKind::Unavailable,
                    cat("not asked: the API server failed five times in a row, the last time with: ", *why),
                    {},
                    {}}));
    auto call = call_of(request, limit);
    if (!call) return std::unexpected(error(request, std::move(call).error()));
    auto tried = once(*call, limit);
    bool refused = tried && tried->outcome.refusal.has_value();
    if (tried && !refused) return std::move(tried->outcome);
    int status = refused ? tried->outcome.refusal->status : 0;
    if (status == 401 && !asked_anew && credentials_.forget()) {
      asked_anew = true;
      --attempt;
      continue;
    }
    bool lost =
        !tried && (tried.error().kind == ErrorKind::Unavailable || tried.error().kind == ErrorKind::Timeout);
    bool again = status == 429 || ((lost || is_server_fault(status)) && call->repeatable);
    if (again && attempt < kTries) {
      auto paused = pause(pause_before(attempt, refused ? tried->wait : Milliseconds(0)), limit, kNextTry);
      if (paused) continue;
      if (paused.error().kind == ErrorKind::Cancelled)
        return std::unexpected(error(request, std::move(paused).error()));
    }
    if (tried) return std::move(tried->outcome);
    return std::unexpected(error(request, std::move(tried).error()));
  }
}

Result<data::Value> Requests::document(const Request& request, const Limit& limit) {
  EIDOS_TRY(Outcome outcome, send(request, limit));
  if (outcome.refusal) return std::unexpected(error(request, *outcome.refusal));
  auto body = net::read_body(*outcome.exchange, kMostDocumentBytes);
  if (!body) return std::unexpected(error(request, std::move(body).error()));
  data::Sources sources;
  auto root = data::parse_json(*body, sources, "the answer");
  if (root) return root;
  return std::unexpected(error(request, {ErrorKind::Invalid,
                                         cat("the answer is no JSON: ", quote(first_line(*body), 200)),
                                         {},
                                         "is this the address of a Kubernetes API server?"}));
}

Error Requests::error(const Request& request, Error inner) const {
  const std::string what = cat(row_of(request.verb).doing, " ",
                               request.path.empty() ? described(request.target) : quote(request.path));
  if (inner.kind == ErrorKind::Unavailable && inner.hint.empty())
    inner.hint =
        "check that the cluster is up and can be reached from here (VPN, proxy, firewall); "
        "docs/how-to/troubleshooting.md, \"API server not reachable\"";
  std::string server = net::shown(config_.server);
  if (server.ends_with('/')) server.pop_back();
  return std::move(inner).within(what).at(cat("context ", quote(config_.context), ", server ", quote(server),
                                              ", user ",
                                              config_.user.empty() ? "(none)" : quote(config_.user)));
}

Error Requests::error(const Request& request, const Refusal& refusal) const {
  StatusRow row = row_of(refusal.status);
  Error out{row.kind,
            cat(refusal.status, row.name.empty() ? "" : " ", row.name,
                refusal.message.empty() ? "" : cat(": ", tamed(refusal.message))),
            {},
            std::string(row.hint)};
  if (refusal.status == 403 && request.path.empty())
    out.hint =
        cat(request.target.resource.namespaced && !request.target.ns.empty() ? "a Role in that namespace"
                                                                             : "a ClusterRole",
            " of this user needs the rule {", rbac_rule(request.verb, request.target), "}");
  return error(request, std::move(out));
}

}  // namespace eidos::kube
