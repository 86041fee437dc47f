// Beast's parser without its streams: bytes go in, a message comes out. It is included here only.
#include "net/message.h"

#include <array>
#include <exception>
#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/text.h"

namespace eidos::net {

namespace {

namespace http = boost::beast::http;
using Parser = http::response_parser<http::string_body>;

constexpr int kMostInterim = 8;

bool has_document(int status) {
  return status == 200 || status == 203;
}

bool may_be_http(std::string_view bytes) {
  constexpr std::string_view kStart = "HTTP/1.";
  return bytes.substr(0, kStart.size()) == kStart.substr(0, bytes.size());
}

class Reader {
 public:
  Reader(Channel& channel, std::int64_t max_body) : channel_(channel), max_body_(max_body) {}

  Result<Answer> run() {
    for (int i = 0; i < kMostInterim; ++i) {
      parser_.emplace();
      parser_->header_limit(kMaxHeaderBytes);
      parser_->body_limit(boost::none);  // until the status says whether the body is wanted
      EIDOS_CHECK(advance([](const Parser& parser) { return parser.is_header_done(); }));
      if (parser_->get().result_int() >= 200) return finish();
    }
    return fail(ErrorKind::Invalid, cat("more than ", kMostInterim, " interim answers"));
  }

 private:
  Result<Answer> finish() {
    const auto& head = parser_->get();
    Answer answer;
    answer.status = static_cast<int>(head.result_int());
    answer.location = std::string(head[http::field::location]);
    answer.content_type = std::string(head[http::field::content_type]);
    if (!has_document(answer.status) || max_body_ <= 0) return answer;
    std::string encoding = lower(std::string(head[http::field::content_encoding]));
    if (!encoding.empty() && encoding != "identity")
      return fail(ErrorKind::Invalid,
                  cat("the answer is encoded as ", quote(encoding), ", which was not asked for"));
    if (parser_->content_length().value_or(0) > static_cast<std::uint64_t>(max_body_)) return too_large();
    parser_->body_limit(static_cast<std::uint64_t>(max_body_));
    parser_->eager(true);
    EIDOS_CHECK(advance([](const Parser& parser) { return parser.is_done(); }));
    answer.body = std::move(parser_->get().body());
    return answer;
  }

  // Feeds the parser until `done`.
  template <class Done>
  Result<void> advance(Done done) {
    for (;;) {
      boost::beast::error_code error = http::error::need_more;
      std::size_t used = 0;
      if (!bytes_.empty())
        used = parser_->put(boost::asio::const_buffer(bytes_.data(), bytes_.size()), error);
      bytes_.erase(0, used);
      if (error && error != http::error::need_more) return refuse(error);
      if (done(*parser_)) return {};
      if (used == 0 || bytes_.empty()) EIDOS_CHECK(receive());
      // The parser looks at nothing before the header is whole, which another protocol's never is.
      if (!parser_->got_some() && !may_be_http(bytes_))
        return fail(ErrorKind::Invalid, "the answer is not HTTP/1.1");
      if (done(*parser_)) return {};
    }
  }

  Result<void> receive() {
    // What the parser leaves is less than a line: a longer one (of a chunk, a trailer) is an attack.
    if (bytes_.size() > 2 * kMaxHeaderBytes)
      return fail(ErrorKind::Invalid, "the answer has a line too long");
    std::array<char, 16384> block;
    EIDOS_TRY(std::size_t got, channel_.read(block));
    bytes_.append(block.data(), got);
    received_ += got;
    if (got > 0) return {};
    boost::beast::error_code error = http::error::partial_message;
    if (parser_->is_header_done()) parser_->put_eof(error);
    if (!error) return {};
    if (received_ == 0) return fail(ErrorKind::Unavailable, "the connection was closed without an answer");
    return fail(ErrorKind::Unavailable, cat("the answer was cut off after ", received_, " bytes"));
  }

  std::unexpected<Error> too_large() const {
    return fail(ErrorKind::Invalid, cat("the document is larger than ", max_body_, " bytes"));
  }

  std::unexpected<Error> refuse(const boost::beast::error_code& error) const {
    if (error == http::error::body_limit) return too_large();
    if (error == http::error::header_limit)
      return fail(ErrorKind::Invalid,
                  cat("the header of the answer is larger than ", kMaxHeaderBytes, " bytes"));
    return fail(ErrorKind::Invalid, cat("the answer is not HTTP/1.1: ", error.message()));
  }

  Channel& channel_;
  std::int64_t max_body_;
  std::optional<Parser> parser_;
  std::string bytes_;  ///< Received, not yet parsed.
  std::uint64_t received_ = 0;
};

}  // namespace

Result<Answer> read_answer(Channel& channel, std::int64_t max_body) {
  try {
    return Reader(channel, max_body).run();
  } catch (const std::exception&) {
    return fail(ErrorKind::Invalid, "the answer cannot be read");
  }
}

}  // namespace eidos::net
