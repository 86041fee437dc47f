#include "net/client.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

#include "base/text.h"
#include "net/message.h"
#include "net/tls.h"

namespace eidos::net {

namespace {

constexpr std::size_t kMostRedirects = 5;

struct StatusRow {
  int status;
  ErrorKind kind;
  std::string_view meaning;
};
constexpr StatusRow kStatuses[] = {
    {401, ErrorKind::Denied, "credentials are needed, or were refused"},
    {403, ErrorKind::Denied, "access is forbidden"},
    {404, ErrorKind::NotFound, "there is no such document"},
    {407, ErrorKind::Denied, "the proxy wants credentials, or refused them"},
    {408, ErrorKind::Timeout, "the server gave up waiting"},
    {410, ErrorKind::NotFound, "the document is gone"},
    {429, ErrorKind::RateLimited, "too many requests"},
    {500, ErrorKind::Unavailable, "the server failed"},
    {502, ErrorKind::Unavailable, "a gateway got no good answer"},
    {503, ErrorKind::Unavailable, "the server is overloaded or down"},
    {504, ErrorKind::Timeout, "a gateway got no answer in time"},
};

StatusRow row_of(int status) {
  for (const StatusRow& row : kStatuses)
    if (row.status == status) return row;
  if (status >= 500 && status <= 599) return {status, ErrorKind::Unavailable, "the server failed"};
  return {status, ErrorKind::Invalid, "no document came"};
}

std::unexpected<Error> refused(int status, std::string_view who) {
  StatusRow row = row_of(status);
  return fail(row.kind, cat(who, " answered ", status, ": ", row.meaning));
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = (group << 8) | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k > bytes.size() ? '=' : kLetters[(group >> (18 - 6 * k)) & 0x3F];
  }
  return out;
}

// Basic (RFC 7617): "user" alone means an empty password.
std::string credentials_line(std::string_view name, std::string_view credentials) {
  if (credentials.empty()) return {};
  std::string colon = credentials.find(':') == std::string_view::npos ? ":" : "";
  return cat(name, ": Basic ", base64(cat(credentials, colon)), "\r\n");
}

std::string get_request(const Url& url, const std::optional<Url>& plain_proxy, std::string_view user_agent) {
  return cat("GET ", plain_proxy ? absolute_form(url) : url.target, " HTTP/1.1\r\nHost: ", authority(url),
             "\r\nUser-Agent: ", user_agent, "\r\nAccept: */*\r\nConnection: close\r\n",
             credentials_line("Authorization", url.credentials),
             credentials_line("Proxy-Authorization", plain_proxy ? plain_proxy->credentials : ""), "\r\n");
}

class HttpTransport final : public Transport {
 public:
  HttpTransport(Files& files, HttpOptions options) : files_(files), options_(std::move(options)) {}

  Result<Response> get(const Request& request) override {
    EIDOS_TRY(Url url, parse_url(request.url));
    auto response = follow_redirects(url, request);
    if (response) return response;
    return std::unexpected(std::move(response).error().within(cat("fetching ", quote(shown(url)))));
  }

 private:
  Result<Response> follow_redirects(Url url, const Request& request) {
    Waiter waiter(request.limit.within(request.timeout));
    std::vector<Url> seen;
    for (;;) {
      EIDOS_TRY(Answer answer, exchange(waiter, url, request.max_body));
      if (answer.status == 200 || answer.status == 203)
        return Response{std::move(answer.body), std::move(answer.content_type), shown(url)};
      if (!is_redirect(answer.status) || answer.location.empty())
        return refused(answer.status, quote(peer_name(url)));
      seen.push_back(url);
      EIDOS_TRY(Url next, next_url(seen, answer.location));
      url = std::move(next);
    }
  }

  static Result<Url> next_url(const std::vector<Url>& seen, const std::string& location) {
    const Url& from = seen.back();
    auto next = follow(from, location);
    if (!next)
      return std::unexpected(std::move(next).error().within(cat("redirected by ", quote(peer_name(from)))));
    if (from.secure && !next->secure)
      return fail(ErrorKind::Invalid, cat("redirected to ", quote(shown(*next)), ", from https to http"), {},
                  "fetch that URL itself if it is meant");
    if (std::ranges::find(seen, *next) != seen.end())
      return fail(ErrorKind::Invalid, cat("redirected in a circle, back to ", quote(shown(*next))));
    if (seen.size() > kMostRedirects)
      return fail(ErrorKind::Invalid,
                  cat("more than ", kMostRedirects, " redirects, the last to ", quote(shown(*next))));
    return next;
  }

  Result<Answer> exchange(const Waiter& waiter, const Url& url, std::int64_t max_body) {
    EIDOS_TRY(std::optional<Url> proxy, proxy_for(url, options_.environment));
    EIDOS_TRY(auto channel, connect(waiter, url, proxy));
    bool plain_proxy = proxy && !url.secure;
    EIDOS_CHECK(channel->write(get_request(url, plain_proxy ? proxy : std::nullopt, options_.user_agent)));
    return read_answer(*channel, max_body);
  }

  Result<std::unique_ptr<Channel>> connect(const Waiter& waiter, const Url& url,
                                           const std::optional<Url>& proxy) {
    const Url& first = proxy ? *proxy : url;
    auto channel = connect_tcp(waiter, first.host, first.port, options_.lookup);
    if (proxy) channel = through_proxy(std::move(channel), url, *proxy);
    if (!channel || !url.secure) return channel;
    EIDOS_TRY(TlsContext context, server_trust_.get(files_, options_.ca_file, options_.environment));
    auto secured = connect_tls(*std::move(channel), context, url.host);
    if (secured || secured.error().kind != ErrorKind::Denied) return secured;
    return std::unexpected(std::move(secured).error().fix(
        "when a private authority signed it, name its certificate with --ca-file"));
  }

  // The channel to the proxy, and for an https URL the tunnel behind it.
  Result<std::unique_ptr<Channel>> through_proxy(Result<std::unique_ptr<Channel>> channel, const Url& url,
                                                 const Url& proxy) {
    if (channel && proxy.secure) channel = secure_proxy(*std::move(channel), proxy);
    if (channel && url.secure)
      if (auto opened = open_tunnel(**channel, url, proxy); !opened)
        return std::unexpected(std::move(opened).error().within(cat("proxy ", quote(peer_name(proxy)))));
    if (channel) return channel;
    return std::unexpected(std::move(channel).error().within("proxy"));
  }

  Result<std::unique_ptr<Channel>> secure_proxy(std::unique_ptr<Channel> channel, const Url& proxy) {
    std::string ca_file = options_.environment("EIDOS_PROXY_CA_CERT");
    EIDOS_TRY(TlsContext context, proxy_trust_.get(files_, ca_file, options_.environment));
    auto secured = connect_tls(std::move(channel), context, proxy.host);
    if (secured || secured.error().kind != ErrorKind::Denied) return secured;
    return std::unexpected(std::move(secured).error().fix(
        "when a private authority signed it, name its certificate in EIDOS_PROXY_CA_CERT"));
  }

  Result<void> open_tunnel(Channel& channel, const Url& url, const Url& proxy) const {
    EIDOS_CHECK(channel.write(cat("CONNECT ", peer_name(url), " HTTP/1.1\r\nHost: ", peer_name(url),
                                  "\r\nUser-Agent: ", options_.user_agent, "\r\n",
                                  credentials_line("Proxy-Authorization", proxy.credentials), "\r\n")));
    EIDOS_TRY(Answer answer, read_answer(channel, 0));
    if (answer.status / 100 == 2) return {};
    return refused(answer.status, "it");
  }

  // Made at the first use, once.
  struct Trust {
    Result<TlsContext> get(Files& files, const std::string& ca_file, const Environment& environment) {
      std::lock_guard lock(mutex);
      if (context) return context;
      EIDOS_TRY(context, tls_context(files, ca_file, environment));
      return context;
    }
    std::mutex mutex;
    TlsContext context;
  };

  Files& files_;
  HttpOptions options_;
  Trust server_trust_;
  Trust proxy_trust_;
};

}  // namespace

std::unique_ptr<Transport> http_transport(Files& files, HttpOptions options) {
  return std::make_unique<HttpTransport>(files, std::move(options));
}

}  // namespace eidos::net
