#pragma once
// One HTTP/1.1 answer read from a channel.

#include <cstdint>
#include <string>

#include "base/error.h"
#include "net/channel.h"

namespace eidos::net {

/// Status line and header together, of any answer (trailers included).
constexpr std::size_t kMaxHeaderBytes = 64 * 1024;

struct Answer {
  int status = 0;
  std::string location;
  std::string content_type;
  std::string body;
};

/// Reads the header, interim answers (1xx) passed over, and, of a 200 or 203 when `max_body` allows any, the
/// body: by Content-Length, chunked, or to the end of the connection. The connection is not used again.
/// Invalid: no HTTP, a header or body that is too large, a Content-Encoding (none is asked for).
/// Unavailable: the answer was cut off.
Result<Answer> read_answer(Channel& channel, std::int64_t max_body);

}  // namespace eidos::net
