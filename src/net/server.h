#pragma once
// A small HTTP server for a few callers that only ask: GET and HEAD, no bodies. Everything about a caller is
// bounded: connections at once, the size of a request's header, how long it may take, requests a connection.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/limit.h"

namespace eidos::net {

struct ServerRequest {
  std::string path;   ///< Of the target, without the query; as it was sent.
  std::string query;  ///< Behind '?', without it.
};

struct ServerAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::shared_ptr<const std::string> body;  ///< Null: empty. Shared, since many may get the same.
};

struct ServerOptions {
  std::string host = "127.0.0.1";  ///< An address, not a name.
  std::uint16_t port = 0;          ///< 0: a free one.
  int max_connections = 64;        ///< More wait until one ends.
  std::size_t max_header_bytes = 8192;
  Milliseconds time{10'000};  ///< For a request to come whole, and for its answer to be taken.
  int max_requests = 1'000;   ///< On one connection.
};

/// Runs on a thread of its own from listen() until it is destroyed, which cuts open connections.
class Server {
 public:
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
};

/// Called on the server's thread, for GET and HEAD alike; must answer at once.
using Answering = std::function<ServerAnswer(const ServerRequest&)>;

/// Invalid: `host` is no address. Denied: a port that needs rights. Unavailable: somebody listens there, or
/// the address is not of this machine.
Result<std::unique_ptr<Server>> listen(const ServerOptions& options, Answering answer);

}  // namespace eidos::net
