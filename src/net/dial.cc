#include "net/dial.h"

#include "base/base64.h"
#include "base/text.h"
#include "net/message.h"

namespace eidos::net {

namespace {

struct StatusRow {
  int status;
  StatusMeaning meaning;
};
constexpr StatusRow kStatuses[] = {
    {401, {ErrorKind::Denied, "credentials are needed, or were refused"}},
    {403, {ErrorKind::Denied, "access is forbidden"}},
    {404, {ErrorKind::NotFound, "there is no such document"}},
    {407, {ErrorKind::Denied, "the proxy wants credentials, or refused them"}},
    {408, {ErrorKind::Timeout, "the server gave up waiting"}},
    {410, {ErrorKind::NotFound, "the document is gone"}},
    {429, {ErrorKind::RateLimited, "too many requests"}},
    {500, {ErrorKind::Unavailable, "the server failed"}},
    {502, {ErrorKind::Unavailable, "a gateway got no good answer"}},
    {503, {ErrorKind::Unavailable, "the server is overloaded or down"}},
    {504, {ErrorKind::Timeout, "a gateway got no answer in time"}},
};

Result<std::unique_ptr<Channel>> secured(std::unique_ptr<Channel> channel, const TlsSource& source,
                                         const std::string& name, const std::string& hint) {
  EIDOS_TRY(TlsContext context, source());
  auto done = connect_tls(std::move(channel), context, name);
  if (done || done.error().kind != ErrorKind::Denied || hint.empty()) return done;
  return std::unexpected(std::move(done).error().fix(hint));
}

Result<void> open_tunnel(Channel& channel, const Route& route) {
  EIDOS_CHECK(channel.write(cat("CONNECT ", peer_name(route.url), " HTTP/1.1\r\nHost: ", peer_name(route.url),
                                "\r\nUser-Agent: ", route.user_agent, "\r\n",
                                basic_credentials("Proxy-Authorization", route.proxy->credentials), "\r\n")));
  EIDOS_TRY(Answer answer, read_answer(channel, 0));
  if (answer.status / 100 == 2) return {};
  StatusMeaning meaning = meaning_of(answer.status);
  return fail(meaning.kind, cat("it answered ", answer.status, ": ", meaning.text));
}

// The channel to the proxy, and for an https URL the tunnel behind it.
Result<std::unique_ptr<Channel>> through_proxy(Result<std::unique_ptr<Channel>> channel, const Route& route) {
  const Url& proxy = *route.proxy;
  if (channel && proxy.secure)
    channel = secured(*std::move(channel), route.proxy_tls, proxy.host,
                      "when a private authority signed it, name its certificate in EIDOS_PROXY_CA_CERT");
  if (channel && route.url.secure)
    if (auto opened = open_tunnel(**channel, route); !opened)
      return std::unexpected(std::move(opened).error().within(cat("proxy ", quote(peer_name(proxy)))));
  if (channel) return channel;
  return std::unexpected(std::move(channel).error().within("proxy"));
}

}  // namespace

Result<std::unique_ptr<Channel>> dial(const Waiter& waiter, const Route& route, const Lookup& lookup) {
  const Url& first = route.proxy ? *route.proxy : route.url;
  auto channel = connect_tcp(waiter, first.host, first.port, lookup);
  if (route.proxy) channel = through_proxy(std::move(channel), route);
  if (!channel || !route.url.secure) return channel;
  return secured(*std::move(channel), route.server_tls,
                 route.server_name.empty() ? route.url.host : route.server_name, route.trust_hint);
}

std::string basic_credentials(std::string_view name, std::string_view credentials) {
  if (credentials.empty()) return {};
  std::string colon = credentials.find(':') == std::string_view::npos ? ":" : "";
  return cat(name, ": Basic ", to_base64(cat(credentials, colon)), "\r\n");
}

StatusMeaning meaning_of(int status) {
  for (const StatusRow& row : kStatuses)
    if (row.status == status) return row.meaning;
  if (status >= 500 && status <= 599) return {ErrorKind::Unavailable, "the server failed"};
  return {ErrorKind::Invalid, "no document came"};
}

}  // namespace eidos::net
