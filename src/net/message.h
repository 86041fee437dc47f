#pragma once
// HTTP/1.1 answers read from a channel: whole, or piece by piece.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/channel.h"

namespace eidos::net {

/// Status line and header together, of any answer (trailers included).
constexpr std::size_t kMaxHeaderBytes = 64 * 1024;

/// What stands in front of a body.
struct Head {
  int status = 0;
  std::string location;
  std::string content_type;
  std::string content_encoding;
  std::string retry_after;
  std::string etag;
  std::optional<std::uint64_t> length;  ///< Content-Length, when it says.
};

/// How long a Retry-After header asks to wait from `now` on (RFC 9110, 10.2.3: seconds or an IMF-fixdate), up
/// to a week; nullopt when it says nothing of the kind.
std::optional<std::chrono::seconds> wait_asked(const Head& head, std::chrono::system_clock::time_point now);

/// One answer, as it arrives: its head, then the pieces of its body by Content-Length, chunked, or to the end
/// of the connection. Nothing is kept but what was not handed out yet. Used by one thread; `channel` must
/// outlive it.
class AnswerReader {
 public:
  explicit AnswerReader(Channel& channel);
  ~AnswerReader();
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;

  /// Interim answers (1xx) are passed over. Invalid: no HTTP, a header that is too large. Unavailable: cut
  /// off.
  Result<Head> head();
  /// After head(): a body of more bytes than this is Invalid.
  void limit_body(std::int64_t most);
  /// The next bytes of the body, good until the next call; empty at its end. Errors as of head().
  Result<std::string_view> next();
  /// Whether anything came at all: when nothing did, the server may not have seen the request.
  bool began() const;
  /// Whether the body has come to its end, and the connection may carry another request.
  bool reusable() const;

 private:
  class Reader;
  std::unique_ptr<Reader> reader_;
};

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
