#include "net/client.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

#include "base/text.h"
#include "net/dial.h"
#include "net/message.h"

namespace eidos::net {

namespace {

constexpr std::size_t kMostRedirects = 5;

std::unexpected<Error> refused(int status, std::string_view who) {
  StatusMeaning meaning = meaning_of(status);
  return fail(meaning.kind, cat(who, " answered ", status, ": ", meaning.text));
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string get_request(const Url& url, const std::optional<Url>& plain_proxy, std::string_view user_agent) {
  return cat("GET ", plain_proxy ? absolute_form(url) : url.target, " HTTP/1.1\r\nHost: ", authority(url),
             "\r\nUser-Agent: ", user_agent, "\r\nAccept: */*\r\nConnection: close\r\n",
             basic_credentials("Authorization", url.credentials),
             basic_credentials("Proxy-Authorization", plain_proxy ? plain_proxy->credentials : ""), "\r\n");
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
    Route route{
        .url = url,
        .proxy = proxy,
        .server_tls = [this] { return server_trust_.get(files_, options_.ca_file, options_.environment); },
        .proxy_tls =
            [this] {
              std::string ca_file = options_.environment("EIDOS_PROXY_CA_CERT");
              return proxy_trust_.get(files_, ca_file, options_.environment);
            },
        .trust_hint = "when a private authority signed it, name its certificate with --ca-file",
        .user_agent = options_.user_agent};
    return dial(waiter, route, options_.lookup);
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
