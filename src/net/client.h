#pragma once
// Reading documents from http:// and https:// URLs. `Transport` is the seam; FakeTransport (tests/support)
// answers from a table.

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/files.h"
#include "base/limit.h"
#include "net/proxy.h"
#include "net/tcp.h"

namespace eidos::net {

struct Request {
  std::string url;
  std::int64_t max_body = kMaxDocumentBytes;
  Milliseconds timeout = std::chrono::seconds(30);  ///< For everything: lookup, redirects, body.
  Limit limit = {};                                 ///< May end it sooner.
};

struct Response {
  std::string body;
  std::string content_type;  ///< As sent, or empty.
  std::string url;           ///< Where it came from after redirects, without credentials and query.
};

class Transport {
 public:
  virtual ~Transport() = default;
  /// The document, after at most 5 redirects; never part of one. Messages name the URL without credentials
  /// and query.
  /// Invalid: no http(s) URL, too large, not HTTP, a redirect that loops, leads from https to http or goes on
  /// too long, a status not listed here. NotFound: 404, 410. Denied: 401, 403, 407, a certificate that is not
  /// to be trusted. RateLimited: 429. Timeout: the limit, 408, 504. Unavailable: other 5xx, no such host,
  /// refused, cut off. Cancelled: a stop request, at once.
  virtual Result<Response> get(const Request& request) = 0;
};

struct HttpOptions {
  std::string ca_file = {};  ///< Trusted instead of the machine's authorities (tls.h).
  std::string user_agent = "eidos";
  Environment environment = process_environment();
  Lookup lookup = system_lookup();
};

/// Opens nothing until the first get(). Safe to use from many threads. `files` must outlive it.
std::unique_ptr<Transport> http_transport(Files& files, HttpOptions options);

}  // namespace eidos::net
