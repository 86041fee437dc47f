#pragma once
// Many requests to one server over connections that are kept: an API client's side of HTTP/1.1.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/limit.h"
#include "net/message.h"
#include "net/proxy.h"
#include "net/tcp.h"
#include "net/tls.h"
#include "net/url.h"

namespace eidos::net {

struct Field {
  std::string name;
  std::string value;
};

/// One request.
struct Call {
  std::string method = "GET";
  std::string target = "/";        ///< Path and query, percent-encoded.
  std::vector<Field> fields = {};  ///< Beside Host, User-Agent and Content-Length; no line ends in them.
  std::string body = {};
  bool repeatable = true;  ///< Doing it twice does no harm: lost connections are replaced.
};

struct SessionOptions {
  Url server = {};               ///< Its target is not used.
  std::string proxy = {};        ///< A URL; empty: what the environment says (proxy.h).
  std::string server_name = {};  ///< The certificate must name this; empty: the host of `server`.
  TlsSettings tls = {};
  std::string trust_hint = {};  ///< Said when the server's certificate is not to be trusted.
  std::string user_agent = "eidos";
  Milliseconds head_time{30'000};  ///< From the start of a request until the head of its answer.
  Milliseconds idle_time{30'000};  ///< Between two pieces of a body.
  Environment environment = process_environment();
  Lookup lookup = system_lookup();
};

/// An answer whose body is still on its way. Its connection is kept for the next request when the body was
/// read to the end, else closed. Used by one thread; must not outlive its session.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const Head& head() const = 0;
  /// The next bytes of the body, good until the next call; empty at its end. Timeout: nothing came for
  /// idle_time, or the limit of the request ended.
  virtual Result<std::string_view> next() = 0;
  /// For streams that are silent between news: from now on nothing has to come for this long.
  virtual void be_patient(Milliseconds idle) = 0;
};

/// The whole body, at most `most` bytes. Invalid: more.
Result<std::string> read_body(Exchange& exchange, std::int64_t most);

/// Opens nothing until the first request. Safe to use from many threads.
class Session {
 public:
  virtual ~Session() = default;
  /// The head of the answer, whatever its status. Unavailable: no such host, refused, cut off. Denied: a
  /// certificate that is not to be trusted. Timeout: head_time or the limit. Cancelled: a stop request.
  virtual Result<std::unique_ptr<Exchange>> send(const Call& call, const Limit& limit) = 0;
  /// Other certificates from now on; connections with the old ones are not used again.
  virtual void use(TlsSettings tls) = 0;
};

/// `files` must outlive it. Invalid: `proxy` is no http(s) URL.
Result<std::unique_ptr<Session>> open_session(Files& files, SessionOptions options);

}  // namespace eidos::net
