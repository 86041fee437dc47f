#pragma once
// One caller, from its first byte to its last: what the listener hands over and keeps an eye on.

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "serve/listener.h"

namespace eidos::serve {

using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

/// Whom the end of the service leaves alone for now.
enum class Spare : std::uint8_t { Nobody, WhoNeverAsked };

/// What the hub knows of a connection.
class Closable {
 public:
  virtual ~Closable() = default;
  /// From any thread.
  virtual void close_if_idle(Spare spare) = 0;
  /// It was taken off the list of idle ones; called under the hub's mutex.
  virtual void taken_off() = 0;
};

/// What all connections share. It outlives them.
struct Hub {
  Hub(ListenOptions wanted, Application app) : options(std::move(wanted)), application(std::move(app)) {}

  ListenOptions options;
  Application application;
  std::atomic<bool> draining = false;
  std::mutex mutex;
  std::list<Closable*> idle;  // longest first
  std::int64_t open = 0;

  void count(std::int64_t change) {
    std::int64_t now = 0;
    {
      const std::lock_guard lock(mutex);
      open += change;
      now = open;
    }
    application.connections(now);
  }
};

/// Serves a caller for as long as it stays, on the thread of its socket's context.
void serve_plain(Socket socket, Hub& hub);
/// The same over TLS; `secure` need not outlive the call.
void serve_secure(Socket socket, Hub& hub, boost::asio::ssl::context& secure);

}  // namespace eidos::serve
