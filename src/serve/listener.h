#pragma once
// HTTP/1.1 over TCP, or TLS: connections, their limits and times, and the end of the service. What is
// answered is the handler's.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/limit.h"
#include "serve/message.h"

namespace boost::asio::ssl {
class context;
}

namespace eidos::serve {

struct ListenOptions {
  std::string host = "127.0.0.1";  ///< An address, not a name.
  std::uint16_t port = 8080;       ///< 0: a free one.
  int threads = 0;                 ///< 0: one for each processor.
  std::int64_t max_connections = 10'000;
  std::uint32_t max_header_bytes = 64 * 1024;
  std::int64_t max_body_bytes = 8 * 1024 * 1024;
  Milliseconds header_time{5'000};  ///< From a request's first byte to the end of its header.
  Milliseconds body_time{10'000};
  Milliseconds write_time{30'000};
  Milliseconds idle_time{120'000};
  Milliseconds drain_delay{0};      ///< From the stop request to the end of listening.
  Milliseconds drain_time{30'000};  ///< For requests that are worked on then.
  /// Asked for each connection: TLS is spoken with what it gives. Unset: HTTP alone.
  std::function<std::shared_ptr<boost::asio::ssl::context>()> secure = {};
};

/// What a listener asks for.
struct Application {
  std::function<Answer(const Request&)> answer;
  /// To what was no request; what of it could be read comes with it.
  std::function<Answer(const Request&, const Refusal&)> refuse;
  std::function<void()> drain;                    ///< The end was asked for.
  std::function<void(std::int64_t)> connections;  ///< How many there are, whenever it changes.
};

class Listener {
 public:
  virtual ~Listener() = default;
  virtual std::uint16_t port() const = 0;
  /// Serves until stop() and returns when everything has ended, or the time for it has passed.
  virtual void run() = 0;
  /// From any thread, or a signal watcher: the first call ends it in order, a second at once.
  virtual void stop() = 0;
};

/// Invalid: `host` is no address. Denied, Unavailable: as bind(2).
Result<std::unique_ptr<Listener>> listen(const ListenOptions& options, Application application);

}  // namespace eidos::serve
