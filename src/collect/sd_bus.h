#pragma once
// Private to this room: D-Bus by libsystemd. sd-bus speaks the protocol; its bytes go through our hands, so
// that every wait ends with the caller's limit and no answer is larger than it may be.

#include "base/wait.h"
#include "collect/bus.h"
#include "collect/sd_bus_api.h"

namespace eidos::collect {

/// Bytes from the other side for one call. A unit's properties are some 20 KB.
constexpr std::int64_t kMostAnswerBytes = 4 * 1024 * 1024;

/// A connection over a socket that leads to systemd, or to a bus unless `is_private`. Errors as
/// Buses::open().
Result<std::unique_ptr<DBus>> bus_over(OwnedFd peer, std::string where, bool is_private,
                                       const std::string& library = kSdBusLibrary);

/// `library` is opened with the first connection.
std::unique_ptr<Buses> real_buses(std::string library = kSdBusLibrary);

}  // namespace eidos::collect
