#pragma once
// Stream sockets of the file system (unix(7)), found below a root as every other path is.

#include <string>

#include "base/error.h"
#include "base/limit.h"
#include "base/wait.h"

namespace eidos {

/// A connected, non-blocking socket. `path` and `beneath` as in ReadOptions; the 107 bytes that unix(7)
/// allows an address do not limit the path. NotFound: nothing is there. Denied. Unavailable: nobody listens,
/// or it is no socket. Timeout, Cancelled: while the listener's queue was full.
Result<OwnedFd> connect_unix(const std::string& path, const std::string& beneath, const Limit& limit);

}  // namespace eidos
