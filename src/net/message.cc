// Beast's parser without its streams and messages: bytes go in, pieces of them come out. It is included here
// only.
#include "net/message.h"

#include <algorithm>
#include <ctime>
#include <exception>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "base/text.h"

namespace eidos::net {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr int kMostInterim = 8;
constexpr std::size_t kBlockBytes = 64 * 1024;

bool has_document(int status) {
  return status == 200 || status == 203;
}

bool may_be_http(std::string_view bytes) {
  constexpr std::string_view kStart = "HTTP/1.";
  return bytes.substr(0, kStart.size()) == kStart.substr(0, bytes.size());
}

std::unexpected<Error> too_large(std::int64_t most) {
  return fail(ErrorKind::Invalid, cat("the document is larger than ", most, " bytes"));
}

// The framing of one message. A piece of the body points into the bytes that were put in.
class Parser final : public http::basic_parser<false> {
 public:
  Head head;
  std::string_view piece;

 private:
  using Text = beast::string_view;
  using Failure = beast::error_code;

  void on_request_impl(http::verb, Text, Text, int, Failure&) override {}
  void on_response_impl(int code, Text, int, Failure&) override { head.status = code; }
  void on_field_impl(http::field name, Text, Text value, Failure&) override {
    const std::string text(value.data(), value.size());
    if (name == http::field::location) head.location = text;
    if (name == http::field::content_type) head.content_type = text;
    if (name == http::field::content_encoding) head.content_encoding = text;
    if (name == http::field::retry_after) head.retry_after = text;
    if (name == http::field::etag) head.etag = text;
  }
  void on_header_impl(Failure&) override {
    if (auto length = content_length()) head.length = *length;
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Failure&) override {}
  std::size_t on_body_impl(Text body, Failure&) override { return take(body); }
  void on_chunk_header_impl(std::uint64_t, Text, Failure&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, Failure&) override { return take(body); }
  void on_finish_impl(Failure&) override {}

  std::size_t take(Text body) {
    piece = {body.data(), body.size()};
    return body.size();
  }
};

}  // namespace

class AnswerReader::Reader {
 public:
  explicit Reader(Channel& channel) : channel_(channel) {}

  Result<Head> head() {
    for (int i = 0; i < kMostInterim; ++i) {
      parser_.emplace();
      parser_->header_limit(kMaxHeaderBytes);
      parser_->body_limit(boost::none);  // until the status says whether the body is wanted
      EIDOS_CHECK(advance([](const Parser& parser) { return parser.is_header_done(); }));
      if (parser_->head.status >= 200) return parser_->head;
    }
    return fail(ErrorKind::Invalid, cat("more than ", kMostInterim, " interim answers"));
  }

  void limit_body(std::int64_t most) {
    most_ = most;
    parser_->body_limit(static_cast<std::uint64_t>(most));
  }

  Result<std::string_view> next() {
    parser_->piece = {};
    EIDOS_CHECK(advance([](const Parser& parser) { return parser.is_done() || !parser.piece.empty(); }));
    return parser_->piece;
  }

  bool began() const { return received_ > 0; }
  bool reusable() const {
    return parser_ && parser_->is_done() && parser_->keep_alive() && at_ == bytes_.size();
  }

 private:
  // Feeds the parser until `done`.
  template <class Done>
  Result<void> advance(Done done) {
    while (!done(*parser_)) {
      beast::error_code error = http::error::need_more;
      std::size_t used = 0;
      if (at_ < bytes_.size())
        used = parser_->put(boost::asio::const_buffer(bytes_.data() + at_, bytes_.size() - at_), error);
      at_ += used;
      if (error && error != http::error::need_more) return refuse(error);
      if (done(*parser_)) return {};
      if (used == 0 || at_ == bytes_.size()) EIDOS_CHECK(receive());
    }
    return {};
  }

  Result<void> receive() {
    bytes_.erase(0, at_);
    at_ = 0;
    // What the parser leaves is less than a line: a longer one (of a chunk, a trailer) is an attack.
    if (bytes_.size() > 2 * kMaxHeaderBytes)
      return fail(ErrorKind::Invalid, "the answer has a line too long");
    const std::size_t before = bytes_.size();
    bytes_.resize(before + kBlockBytes);
    auto got = channel_.read({bytes_.data() + before, kBlockBytes});
    bytes_.resize(before + got.value_or(0));
    if (!got) return std::unexpected(std::move(got).error());
    received_ += *got;
    if (*got == 0) return ended();
    // The parser looks at nothing before the header is whole, which another protocol's never is.
    if (!parser_->got_some() && !may_be_http(bytes_))
      return fail(ErrorKind::Invalid, "the answer is not HTTP/1.1");
    return {};
  }

  Result<void> ended() {
    beast::error_code error = http::error::partial_message;
    if (parser_->is_header_done()) parser_->put_eof(error);
    if (!error) return {};
    if (received_ == 0) return fail(ErrorKind::Unavailable, "the connection was closed without an answer");
    return fail(ErrorKind::Unavailable, cat("the answer was cut off after ", received_, " bytes"));
  }

  std::unexpected<Error> refuse(const beast::error_code& error) const {
    if (error == http::error::body_limit) return too_large(most_);
    if (error == http::error::header_limit)
      return fail(ErrorKind::Invalid,
                  cat("the header of the answer is larger than ", kMaxHeaderBytes, " bytes"));
    return fail(ErrorKind::Invalid, cat("the answer is not HTTP/1.1: ", error.message()));
  }

  Channel& channel_;
  std::optional<Parser> parser_;
  std::string bytes_;  ///< Received; what stands before at_ is parsed.
  std::size_t at_ = 0;
  std::uint64_t received_ = 0;
  std::int64_t most_ = 0;
};

AnswerReader::AnswerReader(Channel& channel) : reader_(std::make_unique<Reader>(channel)) {}
AnswerReader::~AnswerReader() = default;

Result<Head> AnswerReader::head() {
  try {
    return reader_->head();
  } catch (const std::exception&) {
    return fail(ErrorKind::Invalid, "the answer cannot be read");
  }
}

void AnswerReader::limit_body(std::int64_t most) {
  reader_->limit_body(most);
}

Result<std::string_view> AnswerReader::next() {
  try {
    return reader_->next();
  } catch (const std::exception&) {
    return fail(ErrorKind::Invalid, "the answer cannot be read");
  }
}

bool AnswerReader::began() const {
  return reader_->began();
}

bool AnswerReader::reusable() const {
  return reader_->reusable();
}

Result<Answer> read_answer(Channel& channel, std::int64_t max_body) {
  AnswerReader reader(channel);
  EIDOS_TRY(Head head, reader.head());
  Answer answer{head.status, std::move(head.location), std::move(head.content_type), {}};
  if (!has_document(answer.status) || max_body <= 0) return answer;
  const std::string encoding = lower(head.content_encoding);
  if (!encoding.empty() && encoding != "identity")
    return fail(ErrorKind::Invalid,
                cat("the answer is encoded as ", quote(encoding), ", which was not asked for"));
  if (head.length.value_or(0) > static_cast<std::uint64_t>(max_body)) return too_large(max_body);
  reader.limit_body(max_body);
  for (;;) {
    EIDOS_TRY(std::string_view piece, reader.next());
    if (piece.empty()) return answer;
    answer.body += piece;
    if (std::cmp_greater(answer.body.size(), max_body)) return too_large(max_body);
  }
}

std::optional<std::chrono::seconds> wait_asked(const Head& head, std::chrono::system_clock::time_point now) {
  constexpr std::chrono::seconds kNone{0};
  constexpr std::chrono::seconds kMost = std::chrono::days(7);
  if (const auto seconds = to_int(head.retry_after); seconds && *seconds >= 0)
    return std::min(kMost, std::chrono::seconds(std::min(*seconds, kMost.count())));
  std::tm date{};
  const char* end = ::strptime(head.retry_after.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  if (end == nullptr || *end != '\0') return std::nullopt;
  const auto until = std::chrono::system_clock::from_time_t(::timegm(&date));
  return std::clamp(std::chrono::ceil<std::chrono::seconds>(until - now), kNone, kMost);
}

}  // namespace eidos::net
