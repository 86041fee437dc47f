#pragma once
// Name lookup and TCP connections that end with their Limit.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/wait.h"
#include "net/channel.h"

namespace eidos::net {

/// The numeric addresses of a host name, best first. May block as long as it likes: it runs in a thread of
/// its own, which is left behind when the caller's time is up. So it may only hold what it owns.
using Lookup = std::function<Result<std::vector<std::string>>(const std::string& host)>;
Lookup system_lookup();

/// Connects to the first address that answers; when one is slow, the next is tried beside it (RFC 8305).
/// `waiter` must outlive the channel. Unavailable: no such host, refused, unreachable; the message names
/// host and port.
Result<std::unique_ptr<Channel>> connect_tcp(const Waiter& waiter, const std::string& host,
                                             std::uint16_t port, const Lookup& lookup);

}  // namespace eidos::net
