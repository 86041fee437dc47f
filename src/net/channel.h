#pragma once
// A connection as two calls. Layers stack: TLS over TCP, TLS over TLS through a proxy.

#include <cstddef>
#include <span>
#include <string_view>

#include "base/error.h"

namespace eidos::net {

/// Calls wait as long as the Limit of the connection allows (Timeout, Cancelled); a broken connection is
/// Unavailable. Used by one thread at a time; the destructor closes without waiting.
class Channel {
 public:
  virtual ~Channel() = default;
  /// At least one byte, or 0 once the other side has closed in order.
  virtual Result<std::size_t> read(std::span<char> into) = 0;
  /// All of `bytes`.
  virtual Result<void> write(std::string_view bytes) = 0;
};

}  // namespace eidos::net
