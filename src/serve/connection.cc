#include "serve/connection.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "base/text.h"
#include "serve/target.h"

namespace eidos::serve {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Code = boost::system::error_code;
using TcpStream = beast::basic_stream<asio::ip::tcp, Executor>;

// The common name of the client's certificate, which was verified by then; empty without one.
std::string name_in_certificate(SSL* ssl) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(ssl), &X509_free);
  if (!certificate) return {};
  std::array<char, 256> name{};
  const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName,
                                             name.data(), static_cast<int>(name.size()));
  return size > 0 ? std::string(name.data(), static_cast<std::size_t>(size)) : std::string();
}

struct ParseRefusal {
  http::error error;
  Refusal refusal;
};
constexpr ParseRefusal kParseRefusals[] = {
    {http::error::header_limit, {431, "HEADERS_TOO_LARGE", "the header is too large"}},
    {http::error::body_limit, {413, "BODY_TOO_LARGE", "the body is too large"}},
    {http::error::bad_version, {505, "VERSION_NOT_SUPPORTED", "only HTTP/1.0 and HTTP/1.1 are spoken here"}}};

constexpr Refusal kNoOneHost{.message = "a request of HTTP/1.1 names its host, once"};

Refusal refusal_of(const Code& code) {
  for (const ParseRefusal& row : kParseRefusals)
    if (code == row.error) return row.refusal;
  return {};
}

// "HTTP/1.1 200 OK\r\n…\r\n\r\n". A value with a line end in it would be a header of its own: it is left out.
std::string head_of(const Answer& answer, bool keep, std::size_t size) {
  const auto plain = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; };
  std::string out;
  out.reserve(1024);
  const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(answer.status)));
  out += cat("HTTP/1.1 ", answer.status, " ", std::string_view(reason.data(), reason.size()), "\r\n");
  for (const auto& [name, value] : answer.headers) {
    if (!std::ranges::all_of(value, plain)) continue;
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
  }
  if (answer.status != 204 && answer.status != 304) out += cat("Content-Length: ", size, "\r\n");
  out += keep ? "\r\n" : "Connection: close\r\n\r\n";
  return out;
}

// One caller, on one thread for as long as it stays. Stream: TCP itself, or TLS over it.
template <class Stream>
class Connection final : public Closable, public std::enable_shared_from_this<Connection<Stream>> {
  static constexpr bool kTls = !std::is_same_v<Stream, TcpStream>;

 public:
  template <class... More>
  Connection(Socket socket, Hub& hub, More&... more) : stream_(std::move(socket), more...), hub_(hub) {
    Code code;
    const auto peer = tcp().socket().remote_endpoint(code);
    if (!code) client_ = peer.address().to_string();
    tcp().socket().set_option(asio::ip::tcp::no_delay(true), code);
    tcp().socket().non_blocking(true, code);
    hub_.count(1);
  }
  ~Connection() override {
    leave_idle();
    hub_.count(-1);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start() {
    asio::dispatch(stream_.get_executor(), [self = self()] { self->greet(); });
  }

  void taken_off() override { listed_ = false; }

  // Asked by others: closes when nothing is being asked or answered.
  void close_if_idle(Spare spare) override {
    asio::post(stream_.get_executor(), [self = this->weak_from_this(), spare] {
      const auto alive = self.lock();
      if (!alive || !alive->waiting_) return;
      if (spare == Spare::Nobody || alive->has_done()) alive->close();
    });
  }

 private:
  auto self() { return this->shared_from_this(); }
  TcpStream& tcp() { return beast::get_lowest_layer(stream_); }

  // It was answered, and the next request is not already here.
  bool has_done() {
    Code code;
    return served_ > 0 && (tcp().socket().available(code) == 0 || code);
  }

  // A handshake has the time that a header has.
  void greet() {
    if constexpr (kTls) {
      tcp().expires_after(hub_.options.header_time);
      stream_.async_handshake(asio::ssl::stream_base::server, [self = self()](Code code) {
        if (code) return self->close();
        self->certificate_ = name_in_certificate(self->stream_.native_handle());
        self->await();
      });
    } else {
      await();
    }
  }

  // For a request's first byte.
  void await() {
    parser_.emplace();
    parser_->eager(true);
    parser_->header_limit(hub_.options.max_header_bytes);
    parser_->body_limit(static_cast<std::uint64_t>(hub_.options.max_body_bytes));
    headers_came_ = false;
    if (buffer_.size() > 0) return first_byte();
    if (buffer_.capacity() > kPiece) buffer_.shrink_to_fit();  // a large header came; waiting needs no room
    if (!enter_idle()) return close();
    tcp().expires_after(hub_.draining ? hub_.options.header_time : hub_.options.idle_time);
    stream_.async_read_some(buffer_.prepare(kPiece), [self = self()](Code code, std::size_t count) {
      self->leave_idle();
      if (code) return self->close();
      self->buffer_.commit(count);
      self->first_byte();
    });
  }

  // From here a header has its time, and then a body, however small the pieces are that they come in.
  void first_byte() {
    phase_end_ = std::chrono::steady_clock::now() + hub_.options.header_time;
    feed();
  }

  void feed() {
    Code code;
    while (!code && buffer_.size() > 0 && !parser_->is_done()) {
      buffer_.consume(parser_->put(buffer_.data(), code));
      if (!headers_came_ && parser_->is_header_done()) {
        headers_came_ = true;
        phase_end_ = std::chrono::steady_clock::now() + hub_.options.body_time;
        if (is_whole_so_far(code) && !names_its_host()) return refuse(kNoOneHost);
        if (!code && parser_->get()[http::field::expect] == "100-continue" && !parser_->is_done())
          return go_on();
      }
    }
    if (!is_whole_so_far(code)) return refuse(refusal_of(code));
    if (parser_->is_done()) return answer();
    more();
  }

  static bool is_whole_so_far(Code code) { return !code || code == http::error::need_more; }

  // RFC 9112, 3.2: whoever routes by another of two hosts than we do could be led astray.
  bool names_its_host() const {
    const auto& message = parser_->get();
    const auto [first, last] = message.equal_range(http::field::host);
    if (first == last) return message.version() < 11;
    const std::string_view host(first->value().data(), first->value().size());
    return std::next(first) == last && is_host(host);
  }

  void more() {
    tcp().expires_at(phase_end_);
    stream_.async_read_some(buffer_.prepare(kPiece), [self = self()](Code code, std::size_t count) {
      if (code) return self->close();
      self->buffer_.commit(count);
      self->feed();
    });
  }

  void go_on() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    tcp().expires_at(phase_end_);
    asio::async_write(stream_, asio::buffer(kContinue), [self = self()](Code code, std::size_t) {
      if (code) return self->close();
      self->feed();
    });
  }

  void answer() {
    const Request request = taken();
    keep_ = parser_->keep_alive();
    ++served_;
    write(hub_.application.answer(request), request.method == "HEAD");
  }

  // What has been read of a request: all of it, or as far as it was one.
  Request taken() {
    auto& message = parser_->get();
    Request request{.method = std::string(message.method_string()),
                    .target = std::string(message.target()),
                    .body = std::move(message.body()),
                    .client = client_,
                    .certificate = certificate_};
    for (const auto& field : message) request.headers.emplace_back(lower(field.name_string()), field.value());
    return request;
  }

  // What came is no request, or too much.
  void refuse(const Refusal& refusal) {
    const Request request = taken();
    keep_ = false;
    write(hub_.application.refuse(request, refusal), request.method == "HEAD");
  }

  void write(Answer answer, bool head) {
    keep_ = keep_ && !answer.close && !hub_.draining;
    const bool bodiless = head || answer.status == 204 || answer.status == 304;
    head_ = head_of(answer, keep_, answer.body ? answer.body->size() : 0);
    body_ = bodiless ? nullptr : std::move(answer.body);
    std::array<asio::const_buffer, 2> rest = {asio::buffer(head_),
                                              body_ ? asio::buffer(*body_) : asio::const_buffer()};
    if constexpr (!kTls) {  // mostly the socket takes it all at once, and no timer is needed
      Code code;
      std::size_t sent = tcp().socket().write_some(rest, code);
      if (code && code != asio::error::would_block) return close();
      for (asio::const_buffer& part : rest) {
        const std::size_t gone = std::min(sent, part.size());
        part += gone;
        sent -= gone;
      }
      if (asio::buffer_size(rest) == 0) return written({});
    }
    tcp().expires_after(hub_.options.write_time);
    asio::async_write(stream_, rest, [self = self()](Code code, std::size_t) { self->written(code); });
  }

  void written(Code code) {
    body_.reset();
    if (code) return close();
    if (!keep_) return finish();
    // Whoever sends one request behind the other must not make this one call deeper and deeper.
    if (buffer_.size() > 0) return asio::post(stream_.get_executor(), [self = self()] { self->await(); });
    await();
  }

  // What the other side still sends is read for a moment, or the answer might never reach it (RFC 9112, 9.6).
  void finish() {
    tcp().expires_after(kLinger);
    swallowed_ = 0;
    if constexpr (kTls) {
      stream_.async_shutdown([self = self()](Code) { self->close(); });
    } else {
      Code code;
      tcp().socket().shutdown(asio::ip::tcp::socket::shutdown_send, code);
      swallow();
    }
  }

  void swallow() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kPiece), [self = self()](Code code, std::size_t count) {
      self->swallowed_ += count;
      if (code || self->swallowed_ > kMostSwallowed) return self->close();
      self->swallow();
    });
  }

  void close() {
    Code code;
    tcp().socket().close(code);
  }

  // False: the service ends, and this one had its answers. Under the mutex, so that end() sees who got in.
  bool enter_idle() {
    const std::lock_guard lock(hub_.mutex);
    if (hub_.draining && served_ > 0) return false;
    waiting_ = true;
    listed_ = true;
    place_ = hub_.idle.insert(hub_.idle.end(), this);
    return true;
  }
  void leave_idle() {
    const std::lock_guard lock(hub_.mutex);
    if (listed_) hub_.idle.erase(place_);
    listed_ = false;
    waiting_ = false;
  }

  static constexpr std::size_t kPiece = 8192;
  static constexpr std::size_t kMostSwallowed = std::size_t{1} << 20;
  static constexpr Milliseconds kLinger{500};

  Stream stream_;
  Hub& hub_;
  std::string client_;
  std::string certificate_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  bool headers_came_ = false;
  SteadyTime phase_end_;
  std::string head_;
  std::shared_ptr<const std::string> body_;
  bool keep_ = true;
  std::int64_t served_ = 0;
  std::size_t swallowed_ = 0;
  bool waiting_ = false;
  bool listed_ = false;  // under the hub's mutex
  std::list<Closable*>::iterator place_;
};

}  // namespace

void serve_plain(Socket socket, Hub& hub) {
  std::make_shared<Connection<TcpStream>>(std::move(socket), hub)->start();
}

void serve_secure(Socket socket, Hub& hub, asio::ssl::context& secure) {
  std::make_shared<Connection<beast::ssl_stream<TcpStream>>>(std::move(socket), hub, secure)->start();
}

}  // namespace eidos::serve
