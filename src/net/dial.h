#pragma once
// The way to a server: TCP, through a proxy where one is named, TLS on top.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/wait.h"
#include "net/channel.h"
#include "net/tcp.h"
#include "net/tls.h"
#include "net/url.h"

namespace eidos::net {

/// Makes a TLS context, or finds the one made before: certificates are read when they are needed.
using TlsSource = std::function<Result<TlsContext>()>;

struct Route {
  Url url;
  std::optional<Url> proxy = {};
  std::string server_name = {};  ///< The certificate must name this; empty: the host of `url`.
  TlsSource server_tls;          ///< Asked for when `url` is https.
  TlsSource proxy_tls;           ///< Asked for when `proxy` is.
  std::string trust_hint = {};   ///< Said when the server's certificate is not to be trusted.
  std::string user_agent = {};
};

/// Denied, Unavailable, Timeout, Cancelled as in tcp.h and tls.h; what the proxy said is named as the
/// proxy's. `waiter` must outlive the channel.
Result<std::unique_ptr<Channel>> dial(const Waiter& waiter, const Route& route, const Lookup& lookup);

/// "NAME: Basic …\r\n" for "user:password" ("user" alone: an empty password, RFC 7617); empty for none.
std::string basic_credentials(std::string_view name, std::string_view credentials);

struct StatusMeaning {
  ErrorKind kind;
  std::string_view text;  ///< "too many requests"
};
/// What a status that brought no document means for the caller.
StatusMeaning meaning_of(int status);

}  // namespace eidos::net
