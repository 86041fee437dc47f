#include "cli/server_client.h"

#include <algorithm>

#include "base/sha256.h"
#include "base/text.h"
#include "base/wait.h"
#include "collect/cache.h"
#include "data/document.h"
#include "kube/kubeconfig.h"
#include "kube/resource.h"
#include "kube/tree.h"
#include "net/session.h"
#include "trace/traceparent.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kTokenFile = "/var/run/secrets/eidos/token";
constexpr std::int64_t kMostTokenBytes = 8192;
constexpr std::int64_t kMostProblemBytes = 256 * 1024;
constexpr int kMostRefusals = 5;
constexpr Milliseconds kFirstPause{500};
constexpr std::chrono::seconds kMostPause{60};  // longer ones are the caller's to wait
constexpr std::chrono::seconds kMostTime{300};

struct StatusRow {
  int status;
  ErrorKind kind;
  std::string_view hint;
};
constexpr StatusRow kStatuses[] = {
    {400, ErrorKind::Invalid, ""},
    {401, ErrorKind::Denied, "give a token: EIDOS_API_TOKEN, or --token-file"},
    {403, ErrorKind::Denied, "the service does not hand that out"},
    {404, ErrorKind::NotFound, "is this the address of an eidosd?"},
    {406, ErrorKind::Invalid, ""},
    {413, ErrorKind::Invalid, "it is larger than the service takes (--max-body there)"},
    {429, ErrorKind::RateLimited, ""},
    {504, ErrorKind::Timeout, ""},
};

StatusRow row_of(int status) {
  for (const StatusRow& row : kStatuses)
    if (row.status == status) return row;
  if (status >= 400) return {status, status >= 500 ? ErrorKind::Unavailable : ErrorKind::Invalid, ""};
  return {status, ErrorKind::Unavailable, "is this the address of an eidosd?"};
}

// One line of letters that a header may have.
Result<std::string> checked_token(std::string_view text, const std::string& where) {
  const std::string_view token = trim(text.substr(0, text.find('\n')));
  const bool fits =
      !token.empty() && std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; });
  if (fits) return std::string(token);
  return fail(ErrorKind::Invalid, "there is no token in it", where, "one line, without blanks");
}

// Read anew for each request: a token that is rotated is the file's, and is not kept.
Result<std::string> token_of(const Flags& flags, Session& session) {
  if (auto value = session.world.environment("EIDOS_API_TOKEN"); value && !value->empty())
    return checked_token(*value, "EIDOS_API_TOKEN");
  const bool named = flags.has("token-file");
  const std::string path = named ? flags.text("token-file") : std::string(kTokenFile);
  auto text =
      session.context.files.read(path, {.max_bytes = kMostTokenBytes, .limit = session.context.limit});
  if (!text && !named && text.error().kind == ErrorKind::NotFound) return "";
  if (!text) return std::unexpected(std::move(text).error().within("--token-file"));
  return checked_token(*text, path);
}

// SHA-256 of the certificate, with or without colons.
Result<std::string> fingerprint_of(const Flags& flags, Session& session) {
  std::string text =
      flags.has_from("server-fingerprint", Origin::Config) ? "" : flags.text("server-fingerprint");
  if (auto value = session.world.environment("EIDOS_API_CERT_FINGERPRINT"); text.empty() && value)
    text = *value;
  if (text.empty()) text = flags.text("server-fingerprint");  // a variable goes before the file
  if (text.empty()) return text;
  std::string out = lower(text);
  if (out.starts_with("sha256:")) out.erase(0, 7);
  std::erase(out, ':');
  constexpr std::size_t kDigits = 64;
  if (out.size() == kDigits && out.find_first_not_of("0123456789abcdef") == std::string::npos) return out;
  return fail(ErrorKind::Invalid, cat(quote(text), " is no fingerprint of a certificate"), {},
              "64 hexadecimal digits, as 'openssl x509 -noout -fingerprint -sha256' prints them");
}

class Server {
 public:
  Server(const ServerRequest& request, const Flags& flags, Session& session)
      : request_(request),
        flags_(flags),
        session_(session),
        limit_(session.context.limit.within(kMostTime)) {}

  Result<std::string> ask() {
    EIDOS_CHECK(open());
    read_kept();
    Milliseconds pause = kFirstPause;
    for (int refused = 0;;) {
      EIDOS_TRY(std::unique_ptr<net::Exchange> answer, send());
      const net::Head& head = answer->head();
      if (head.status == 304 && !kept_.empty()) return kept_;
      if (head.status == 200) return take(*answer);
      Error error = refusal(*answer);
      const auto asked = net::wait_asked(head, session_.context.clock.now());
      const bool later = head.status == 429 || (head.status == 503 && asked);
      if (!later) return std::unexpected(std::move(error));
      pause = std::max<Milliseconds>(pause * 2, asked.value_or(std::chrono::seconds(0)));
      if (++refused == kMostRefusals || pause > kMostPause)
        return std::unexpected(tired(std::move(error), refused, pause));
      session_.context.log.info(cat("turned away; the next try in ", pause.count(), " ms"));
      auto waited = eidos::pause(pause, limit_, "the next try");
      if (!waited && waited.error().kind == ErrorKind::Timeout)
        return std::unexpected(tired(std::move(error), refused, pause));
      if (!waited) return std::unexpected(std::move(waited).error());
      EIDOS_CHECK(read_token());  // it may have been rotated meanwhile
    }
  }

 private:
  Result<void> open() {
    EIDOS_TRY(url_, net::parse_url(flags_.text("server")));
    while (url_.target.ends_with('/')) url_.target.pop_back();
    if (url_.target.find('?') != std::string::npos || !url_.credentials.empty())
      return fail(ErrorKind::Invalid, "--server takes no query and no password", net::shown(url_),
                  "a token goes into EIDOS_API_TOKEN or --token-file");
    EIDOS_CHECK(read_token());
    EIDOS_TRY(const std::string fingerprint, fingerprint_of(flags_, session_));
    if (!url_.secure && !fingerprint.empty())
      return fail(ErrorKind::Invalid, "plain http has no certificate to pin", net::shown(url_), "use https");
    net::SessionOptions options{.server = url_,
                                .tls = {.fingerprint = fingerprint},
                                .trust_hint = "name its authority with --ca-file",
                                .user_agent = cat("eidos/", session_.world.build.version)};
    if (flags_.has("ca-file")) {
      EIDOS_TRY(options.tls.authorities,
                session_.context.files.read(flags_.text("ca-file"), {.limit = session_.context.limit}));
    }
    EIDOS_TRY(net_, net::open_session(session_.context.files, std::move(options)));
    return {};
  }

  Result<void> read_token() {
    EIDOS_TRY(token_, token_of(flags_, session_));
    if (url_.secure || token_.empty() || kube::is_loopback(url_.host)) return {};
    return fail(ErrorKind::Invalid, "a token is not sent over plain http", net::shown(url_), "use https");
  }

  Result<std::unique_ptr<net::Exchange>> send() {
    net::Call call{.method = request_.method,
                   .target = cat(url_.target, request_.target),
                   .fields = {{"Accept", cat(request_.accept, ", application/problem+json;q=0.5")}},
                   .body = request_.body};
    if (!request_.body.empty())
      call.fields.push_back({"Content-Type", data::format_of(request_.body) == data::Format::Json
                                                 ? "application/json"
                                                 : "application/yaml"});
    if (!token_.empty()) call.fields.push_back({"Authorization", cat("Bearer ", token_)});
    if (!etag_.empty()) call.fields.push_back({"If-None-Match", etag_});
    Span span(session_.context.trace, session_.context.clock, cat(request_.method, " --server"),
              SpanKind::Client);
    add_trace(call, span.place());
    auto answer = span.ends(net_->send(call, limit_));
    if (answer) return answer;
    return std::unexpected(std::move(answer).error().at(where()));
  }

  // Our own span is the parent of the service's; else whoever called us is. What is no line of visible
  // letters is not passed on.
  void add_trace(net::Call& call, const TracePlace& ours) const {
    constexpr std::size_t kMost = 8192;  // W3C Baggage, 3.3.2
    const std::string callers = session_.world.environment("TRACEPARENT").value_or("");
    const bool called = trace::parse_traceparent(callers).has_value();
    if (ours.sink != nullptr)
      call.fields.push_back({"traceparent", trace::traceparent({ours.trace, ours.span, true})});
    else if (called)
      call.fields.push_back({"traceparent", callers});
    for (const auto& [variable, name] : {std::pair{"TRACESTATE", "tracestate"}, {"BAGGAGE", "baggage"}}) {
      const std::string value = session_.world.environment(variable).value_or("");
      const bool plain = std::ranges::all_of(value, [](char c) { return c >= ' ' && c < '\x7f'; });
      const bool wanted = called || variable == std::string_view("BAGGAGE");  // a state is its parent's
      if (wanted && plain && !value.empty() && value.size() <= kMost) call.fields.push_back({name, value});
    }
  }

  Result<std::string> take(net::Exchange& answer) {
    const net::Head head = answer.head();
    const std::string type = lower(trim(head.content_type.substr(0, head.content_type.find(';'))));
    if (type != request_.accept)
      return fail(ErrorKind::Unavailable, cat("the answer is ", type.empty() ? "of no type" : quote(type)),
                  where(), "is this the address of an eidosd?");
    auto body = net::read_body(answer, request_.most_bytes);
    if (!body) return std::unexpected(std::move(body).error().within("the answer").at(where()));
    keep(head, *body);
    return body;
  }

  Error refusal(net::Exchange& answer) const {
    const StatusRow row = row_of(answer.head().status);
    Error error{row.kind, cat("the service answers ", row.status), where(), std::string(row.hint)};
    auto body = net::read_body(answer, kMostProblemBytes);
    if (!body || !answer.head().content_type.starts_with("application/problem+json")) return error;
    data::Sources sources;
    auto root = data::parse_json(*body, sources, "");
    if (!root) return error;
    const data::Value* problems = kube::dig(*root, {"details", "problems"});
    std::vector<Error> all;
    constexpr std::size_t kMost = 100;
    if (problems != nullptr && problems->is_list())
      for (const data::Value& one : problems->list())
        if (std::string message = kube::text_at(one, {"message"}); !message.empty() && all.size() < kMost)
          all.push_back({row.kind, tamed(message), tamed(kube::text_at(one, {"field"})),
                         tamed(kube::text_at(one, {"hint"}))});
    if (!all.empty()) return together(std::move(all)).at(where()).fix(row.hint);
    if (std::string message = kube::text_at(*root, {"message"}); !message.empty())
      error.message = tamed(message);
    return error;
  }

  static std::string tamed(const std::string& text) {
    constexpr std::size_t kMost = 1000;
    return visible(text, kMost);
  }

  Error tired(Error error, int refused, Milliseconds pause) const {
    const auto until = session_.context.clock.now() + pause;
    error.message =
        cat("turned away ", refused, refused == 1 ? " time: " : " times in a row: ", error.message);
    error.hint = cat("try again after ", rfc3339(std::chrono::ceil<std::chrono::seconds>(until)));
    return error;
  }

  std::string where() const { return net::shown(url_); }

  // ---- what is kept -----------------------------------------------------------------------------

  // Of this request to this service by this token, of which only the digest is kept.
  std::string kept_name() const {
    return cat("server-", sha256_hex(cat(where(), "\n", request_.method, request_.target, "\n",
                                         request_.accept, "\n", sha256_hex(token_), "\n", request_.body))
                              .substr(0, 32));
  }

  std::unique_ptr<collect::Cache> cache() const {
    std::string parent = session_.world.environment("XDG_CACHE_HOME").value_or("");
    const std::string home = session_.world.environment("HOME").value_or("");
    if (!parent.starts_with('/') && home.starts_with('/')) parent = cat(home, "/.cache");
    if (!request_.keep || !parent.starts_with('/')) return nullptr;
    return collect::directory_cache(parent);
  }

  // ETag, digest, body. What is not whole is as good as not kept.
  void read_kept() {
    auto kept = cache();
    auto entry = kept ? kept->read(kept_name()) : fail(ErrorKind::NotFound, "");
    if (!entry) return;
    const std::size_t first = entry->find('\n');
    const std::size_t second = first == std::string::npos ? first : entry->find('\n', first + 1);
    if (second == std::string::npos) return;
    std::string body = entry->substr(second + 1);
    if (entry->substr(first + 1, second - first - 1) != sha256_hex(body) || body.empty()) return;
    etag_ = entry->substr(0, first);
    kept_ = std::move(body);
  }

  void keep(const net::Head& head, const std::string& body) const {
    auto kept = cache();
    const bool plain = std::ranges::all_of(head.etag, [](char c) { return c > ' ' && c < '\x7f'; });
    if (!kept || head.etag.empty() || !plain) return;
    auto written = kept->write(kept_name(), cat(head.etag, "\n", sha256_hex(body), "\n", body));
    if (!written) session_.context.log.debug(cat("the answer is not kept: ", written.error().message));
  }

  const ServerRequest& request_;
  const Flags& flags_;
  Session& session_;
  Limit limit_;
  net::Url url_;
  std::string token_;
  std::unique_ptr<net::Session> net_;
  std::string etag_;
  std::string kept_;
};

}  // namespace

Result<std::string> ask_server(const ServerRequest& request, const Flags& flags, Session& session) {
  session.world.watch_signals();
  return Server(request, flags, session).ask();
}

std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters)
    out += cat(out.empty() ? "?" : "&", name, "=", kube::percent_encoded(value));
  return out;
}

}  // namespace eidos::cli
