#include "serve/service.h"

#include <algorithm>
#include <exception>

#include <openssl/crypto.h>

#include "base/deflate.h"
#include "base/sha256.h"
#include "base/text.h"
#include "cli/parse.h"
#include "model/recipe.h"
#include "serve/accept.h"
#include "serve/problem.h"
#include "serve/target.h"

namespace eidos::serve {

namespace {

constexpr std::size_t kWorthGzip = 1'024;
constexpr std::string_view kGzipMark = "-gzip\"";

void set(Answer& answer, std::string_view name, std::string value) {
  answer.headers.emplace_back(name, std::move(value));
}

std::string_view header_of(const Answer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers)
    if (key == name) return value;
  return {};
}

// A list of quoted tags, or '*' (RFC 9110, 13.1.2); a weak one will do for a GET.
bool names_tag(std::string_view header, std::string_view tag) {
  for (std::string_view one : split(header, ',')) {
    one = trim(one);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag || one == "*") return true;
  }
  return false;
}

// What a body may be called; what it is, it says itself.
bool is_document(std::string_view content_type) {
  constexpr std::string_view kTypes[] = {"",
                                         "application/json",
                                         "application/yaml",
                                         "application/x-yaml",
                                         "text/yaml",
                                         "text/x-yaml",
                                         "text/plain",
                                         "application/octet-stream",
                                         "application/x-www-form-urlencoded"};
  const std::string type = lower(trim(content_type.substr(0, content_type.find(';'))));
  return std::ranges::find(kTypes, std::string_view(type)) != std::end(kTypes) || type.ends_with("+json");
}

// The whole representation, as it goes out: bytes, type, tag and how long it may be kept.
Answer finished(Reply&& reply, const Call& call) {
  Answer answer{.status = reply.status, .headers = std::move(reply.headers), .route = call.route.path};
  set(answer, "Content-Type", std::move(reply.content_type));
  if (call.route.is(kKept) && call.request.method != "POST") {
    set(answer, "ETag", cat("\"", sha256_hex(reply.body).substr(0, 32), "\""));
    // What not everybody may ask for, no cache between may give to everybody.
    const ServiceOptions& options = call.service.options();
    set(answer, "Cache-Control",
        cat(options.tokens || options.certified ? "private" : "public", ", max-age=600"));
    set(answer, "Vary", "Accept, Accept-Encoding");
  } else {
    set(answer, "Cache-Control", "no-store");
  }
  answer.body = std::make_shared<const std::string>(std::move(reply.body));
  return answer;
}

// Smaller, with a tag of its own, for who can read it.
Answer compressed(Answer answer) {
  const std::string_view type = header_of(answer, "Content-Type");
  if (!answer.body || answer.body->size() < kWorthGzip || type == "application/zip" ||
      type == "application/gzip")
    return answer;
  answer.body = std::make_shared<const std::string>(gzip(*answer.body));
  for (auto& [name, value] : answer.headers)
    if (name == "ETag") value = cat(value.substr(0, value.size() - 1), kGzipMark);
  set(answer, "Content-Encoding", "gzip");
  return answer;
}

}  // namespace

Service::Service(std::shared_ptr<const catalog::Catalog> catalog, ServiceOptions options, const Clock& clock)
    : catalog_(std::move(catalog)), options_(std::move(options)), clock_(clock), limits_(options_.rate) {}

Result<void> Service::check_allowed(const model::Criteria& criteria) const {
  std::vector<Error> problems;
  for (const model::Dimension& dimension : model::kDimensions) {
    const auto allowed = options_.allowed.find(dimension.name);
    const std::string& value = criteria.*dimension.member;
    if (allowed == options_.allowed.end() || value.empty() || value == "any") continue;
    if (std::ranges::find(allowed->second, value) != allowed->second.end()) continue;
    problems.push_back({ErrorKind::Invalid,
                        cat("--", dimension.name, ": ", quote(value), " is not allowed here"),
                        {},
                        cat("allowed: ", join(allowed->second, ", "))});
  }
  if (problems.empty()) return {};
  return std::unexpected(together(std::move(problems)));
}

// The name of the token, or "" where none is asked for. All are compared, each as long as the other.
Result<std::string> Service::who_asks(const Request& request) const {
  if (!options_.tokens) return request.certificate;
  constexpr std::string_view kScheme = "bearer ";
  std::string_view given = request.header("authorization");
  const bool bearer = lower(given.substr(0, kScheme.size())) == kScheme;
  const std::string digest = sha256_hex(bearer ? trim(given.substr(kScheme.size())) : std::string_view());
  std::optional<std::string> name;
  for (const auto& [token, owner] : options_.tokens()) {
    const std::string expected = sha256_hex(token);
    if (CRYPTO_memcmp(expected.data(), digest.data(), digest.size()) == 0) name = owner;
  }
  if (bearer && name) return *name;
  return fail(ErrorKind::Denied, "a token is needed", {}, "send the header 'Authorization: Bearer TOKEN'");
}

// One request on its way: each check either lets it pass or answers it.
class Service::Turn {
 public:
  Turn(Service& service, const Request& request, std::string_view id, const TracePlace& trace = {})
      : service_(service), request_(request), id_(id), trace_(trace), now_(rfc3339(service.clock_.now())) {}

  Answer run() {
    if (request_.method == "OPTIONS" && request_.target == "*") {  // of the whole server: RFC 9110, 9.3.7
      Answer answer{.status = 204};
      set(answer, "Allow", "GET, HEAD, POST, OPTIONS");
      return charged(std::move(answer));
    }
    auto target = parse_target(request_.target);
    if (!target) return charged(problem(target.error(), context()));
    route_ = find_route(target->path, rest_);
    path_ = std::move(target->path);
    query_ = std::move(target->query);
    using Check = std::optional<Answer> (Turn::*)();
    constexpr Check kChecks[] = {&Turn::rate, &Turn::place, &Turn::method,
                                 &Turn::user, &Turn::body,  &Turn::form};
    for (const Check check : kChecks)
      if (std::optional<Answer> answer = (this->*check)()) return with_rate(refused(*std::move(answer)));
    Answer answer = handled();
    answer.user = std::move(user_);
    const std::string_view tag = header_of(answer, "ETag");
    if (answer.status == 200 && !tag.empty() && names_tag(request_.header("if-none-match"), tag)) {
      answer.status = 304;
      answer.body.reset();
    }
    return with_rate(std::move(answer));
  }

  // To what is no request. It costs its sender as much as one.
  Answer refuse(const Refusal& why) {
    return charged(refusal(why.status, why.code, std::string(why.message), std::string(why.hint)));
  }

 private:
  ProblemContext context() const { return {id_, now_}; }
  bool get() const { return request_.method == "GET" || request_.method == "HEAD"; }

  Answer refused(Answer answer) const {
    answer.route = route_ == nullptr ? "other" : route_->path;
    return answer;
  }
  Answer refusal(int status, std::string_view code, std::string message, std::string hint) const {
    return problem(status, code, {ErrorKind::Invalid, std::move(message), {}, std::move(hint)}, context());
  }

  Answer charged(Answer answer) {
    if (std::optional<Answer> limited = rate()) answer = *std::move(limited);
    return with_rate(refused(std::move(answer)));
  }

  Answer with_rate(Answer answer) const {
    if (allowance_.limit == 0) return answer;
    set(answer, "X-RateLimit-Limit", cat(allowance_.limit));
    set(answer, "X-RateLimit-Remaining", cat(std::max<std::int64_t>(allowance_.remaining, 0)));
    set(answer, "X-RateLimit-Reset", cat(allowance_.reset));
    return answer;
  }

  std::optional<Answer> rate() {
    if (route_ != nullptr && route_->is(kUnlimited)) return std::nullopt;
    std::string_view client = request_.client;
    const std::string_view forwarded = request_.last_header("x-forwarded-for");
    if (service_.options_.trust_forwarded && !forwarded.empty()) client = trim(split(forwarded, ',').back());
    allowance_ = service_.limits_.ask(client, service_.clock_.steady());
    if (allowance_.granted) return std::nullopt;
    service_.meters_.rejected();
    Answer answer = problem(
        {ErrorKind::RateLimited, "too many requests", {}, cat("ask again in ", allowance_.retry, " s")},
        context());
    set(answer, "Retry-After", cat(allowance_.retry));
    return answer;
  }

  std::optional<Answer> place() {
    if (route_ != nullptr) return std::nullopt;
    return problem(
        {ErrorKind::NotFound, cat("there is nothing at ", quote(path_)), {}, "GET / lists the routes"},
        context());
  }

  std::optional<Answer> method() {
    if (get() && (route_->methods & kGet) != 0) return std::nullopt;
    if (request_.method == "POST" && (route_->methods & kPost) != 0) return std::nullopt;
    const std::string allowed = allowed_methods(*route_);
    Answer answer{.status = 204};
    if (request_.method != "OPTIONS")
      answer =
          refusal(405, "METHOD_NOT_ALLOWED", cat(quote(request_.method), " is no method of ", route_->path),
                  cat("allowed: ", allowed));
    set(answer, "Allow", allowed);
    return answer;
  }

  std::optional<Answer> user() {
    if (route_->is(kUnlimited)) return std::nullopt;
    auto asks = service_.who_asks(request_);
    if (!asks) {
      Answer answer = problem(401, "UNAUTHORIZED", asks.error(), context());
      set(answer, "WWW-Authenticate", "Bearer");
      return answer;
    }
    user_ = *std::move(asks);
    return std::nullopt;
  }

  std::optional<Answer> body() {
    if (request_.method != "POST") return std::nullopt;
    const std::string_view type = request_.header("content-type");
    if (!is_document(type))
      return refusal(415, "UNSUPPORTED_MEDIA_TYPE", cat("a body of type ", quote(type), " is not read"),
                     "send application/json or application/yaml");
    if (!request_.header("content-encoding").empty())
      return refusal(415, "UNSUPPORTED_MEDIA_TYPE", "an encoded body is not read", "send it as it is");
    return std::nullopt;
  }

  std::optional<Answer> form() {
    const std::string_view accept = request_.header("accept");
    form_ = chosen(accept, route_->answers);
    if (form_ != Form::None) return std::nullopt;
    return refusal(406, "NOT_ACCEPTABLE", cat("nothing of ", quote(accept), " can be answered"),
                   cat("there is ", route_->answers));
  }

  Answer handled() {
    const bool keep = get() && route_->is(kKept);
    const bool small = takes_gzip(request_.header("accept-encoding"));
    const std::string key =
        keep ? cat(static_cast<int>(form_), small ? " gzip " : " ", request_.target) : std::string();
    if (keep) {
      std::optional<Answer> kept = service_.kept_.find(key);
      service_.meters_.kept_answer(kept.has_value());
      if (kept) return *std::move(kept);
    }
    const Call call{.service = service_,
                    .route = *route_,
                    .request = request_,
                    .query = std::move(query_),
                    .rest = std::move(rest_),
                    .yaml = form_ == Form::Yaml,
                    .html = form_ == Form::Html,
                    .limit = Limit().within(service_.options_.handler),
                    .trace = trace_};
    auto reply = route_->handle(call);
    if (!reply) return refused(problem(reply.error(), context()));
    Answer answer = finished(*std::move(reply), call);
    if (small) answer = compressed(std::move(answer));
    if (keep && answer.status == 200) service_.kept_.keep(key, answer);
    return answer;
  }

  Service& service_;
  const Request& request_;
  std::string_view id_;
  TracePlace trace_;
  std::string now_;
  const Route* route_ = nullptr;
  std::string path_;
  std::string rest_;
  Pairs query_;
  Allowance allowance_;
  std::string user_;
  Form form_ = Form::Json;
};

// Whatever comes is in the metrics, also what throws.
template <class Make>
Answer Service::counted(const Request& request, std::string_view request_id, const TracePlace& trace,
                        Make make) {
  const SteadyTime began = clock_.steady();
  meters_.begin();
  Answer answer;
  try {
    answer = make(Turn(*this, request, request_id, trace));
  } catch (const std::exception&) {
    meters_.threw();
    answer = problem({ErrorKind::Internal, {}, {}, {}}, {request_id, rfc3339(clock_.now())});
    answer.route = "other";
  }
  set(answer, "X-API-Version", "v1");
  constexpr std::string_view kMethods[] = {"GET", "HEAD", "POST", "OPTIONS"};
  const bool known = std::ranges::find(kMethods, std::string_view(request.method)) != std::end(kMethods);
  meters_.end(known ? std::string_view(request.method) : "other", answer.route, answer.status,
              clock_.steady() - began);
  return answer;
}

Answer Service::answer(const Request& request, std::string_view request_id, const TracePlace& trace) {
  return counted(request, request_id, trace, [](Turn turn) { return turn.run(); });
}

Answer Service::refuse(const Request& request, const Refusal& refusal, std::string_view request_id) {
  Answer answer = counted(request, request_id, {}, [&](Turn turn) { return turn.refuse(refusal); });
  answer.close = true;
  return answer;
}

}  // namespace eidos::serve
