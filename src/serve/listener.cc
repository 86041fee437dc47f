#include "serve/listener.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <list>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "base/text.h"

namespace eidos::serve {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using Code = boost::system::error_code;

constexpr int kMostThreads = 64;

/// What the hub knows of a connection.
class Closable {
 public:
  virtual ~Closable() = default;
  virtual void close_if_idle() = 0;
};

// What all connections share.
struct Hub {
  Hub(ListenOptions wanted, Application app) : options(std::move(wanted)), application(std::move(app)) {}

  ListenOptions options;
  Application application;
  std::atomic<bool> draining = false;
  std::mutex mutex;
  std::list<Closable*> idle;  // longest first
  std::int64_t open = 0;

  void count(std::int64_t change) {
    std::int64_t now = 0;
    {
      const std::lock_guard lock(mutex);
      open += change;
      now = open;
    }
    application.connections(now);
  }
};

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
  int status;
  std::string_view code;
  std::string_view message;
};
constexpr ParseRefusal kParseRefusals[] = {
    {http::error::header_limit, 431, "HEADERS_TOO_LARGE", "the header is too large"},
    {http::error::body_limit, 413, "BODY_TOO_LARGE", "the body is too large"},
    {http::error::bad_version, 505, "VERSION_NOT_SUPPORTED", "only HTTP/1.0 and HTTP/1.1 are spoken here"}};

// One caller. Everything but close_if_idle() happens on its strand.
// Stream: TCP itself, or TLS over it.
template <class Stream>
class Connection final : public Closable, public std::enable_shared_from_this<Connection<Stream>> {
  static constexpr bool kTls = !std::is_same_v<Stream, beast::tcp_stream>;

 public:
  template <class... More>
  Connection(tcp::socket socket, Hub& hub, More&... more) : stream_(std::move(socket), more...), hub_(hub) {
    Code code;
    const auto peer = tcp().socket().remote_endpoint(code);
    if (!code) client_ = peer.address().to_string();
    tcp().socket().set_option(tcp::no_delay(true), code);
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

  // Asked by others: closes when nothing is being asked or answered.
  void close_if_idle() override {
    asio::post(stream_.get_executor(), [self = this->weak_from_this()] {
      if (auto alive = self.lock(); alive && alive->waiting_) alive->close();
    });
  }

 private:
  auto self() { return this->shared_from_this(); }
  beast::tcp_stream& tcp() { return beast::get_lowest_layer(stream_); }

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
    if (hub_.draining && served_ > 0) return close();
    parser_.emplace();
    parser_->header_limit(hub_.options.max_header_bytes);
    parser_->body_limit(static_cast<std::uint64_t>(hub_.options.max_body_bytes));
    if (buffer_.size() > 0) return read_header();
    enter_idle();
    tcp().expires_after(hub_.options.idle_time);
    stream_.async_read_some(buffer_.prepare(kPiece), [self = self()](Code code, std::size_t count) {
      self->leave_idle();
      if (code) return self->close();
      self->buffer_.commit(count);
      self->read_header();
    });
  }

  void read_header() {
    tcp().expires_after(hub_.options.header_time);
    http::async_read_header(stream_, buffer_, *parser_, [self = self()](Code code, std::size_t) {
      if (code) return self->refuse(code);
      self->headers_came();
    });
  }

  void headers_came() {
    const auto& message = parser_->get();
    if (message.has_content_length() && parser_->content_length_remaining().value_or(0) >
                                            static_cast<std::uint64_t>(hub_.options.max_body_bytes))
      return refuse(http::error::body_limit);
    tcp().expires_after(hub_.options.body_time);
    if (message[http::field::expect] == "100-continue") return go_on();
    read_body();
  }

  void go_on() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(kContinue), [self = self()](Code code, std::size_t) {
      if (code) return self->close();
      self->read_body();
    });
  }

  void read_body() {
    http::async_read(stream_, buffer_, *parser_, [self = self()](Code code, std::size_t) {
      if (code) return self->refuse(code);
      self->answer();
    });
  }

  void answer() {
    auto message = parser_->release();
    Request request{.method = std::string(message.method_string()),
                    .target = std::string(message.target()),
                    .body = std::move(message.body()),
                    .client = client_,
                    .certificate = certificate_};
    for (const auto& field : message) request.headers.emplace_back(lower(field.name_string()), field.value());
    head_ = message.method() == http::verb::head;
    keep_ = message.keep_alive();
    version_ = message.version();
    ++served_;
    write(hub_.application.answer(request));
  }

  // What came is no request, or too much, or too slow.
  void refuse(Code code) {
    if (code == beast::error::timeout || code == asio::error::operation_aborted) return close();
    const bool theirs = code.category() == Code(http::error::end_of_stream).category();
    if (!theirs || code == http::error::end_of_stream || code == http::error::partial_message) return close();
    int status = 400;
    std::string_view name = "INVALID_REQUEST";
    std::string_view message = "this is no HTTP request";
    for (const ParseRefusal& row : kParseRefusals)
      if (code == row.error) {
        status = row.status;
        name = row.code;
        message = row.message;
      }
    head_ = false;
    keep_ = false;
    write(hub_.application.refuse(status, name, message));
  }

  void write(Answer answer) {
    keep_ = keep_ && !answer.close && !hub_.draining;
    body_ = answer.body ? std::move(answer.body) : std::make_shared<const std::string>();
    const bool bodiless = answer.status == 204 || answer.status == 304;
    response_.emplace();
    response_->version(version_);
    response_->result(static_cast<unsigned>(answer.status));
    for (const auto& [name, value] : answer.headers) response_->insert(name, value);
    response_->keep_alive(keep_);
    if (!bodiless) response_->content_length(body_->size());
    if (!bodiless && !head_) response_->body() = {body_->data(), body_->size()};
    serializer_.emplace(*response_);
    tcp().expires_after(hub_.options.write_time);
    auto done = [self = self()](Code code, std::size_t) { self->written(code); };
    if (head_ || bodiless)
      http::async_write_header(stream_, *serializer_, std::move(done));
    else
      http::async_write(stream_, *serializer_, std::move(done));
  }

  void written(Code code) {
    serializer_.reset();
    response_.reset();
    body_.reset();
    if (code) return close();
    if (!keep_) return finish();
    await();
  }

  // What the other side still sends is read for a moment, or the answer might never reach it (RFC 9112, 9.6).
  void finish() {
    tcp().expires_after(kLinger);
    drained_ = 0;
    if constexpr (kTls) {
      stream_.async_shutdown([self = self()](Code) { self->close(); });
    } else {
      Code code;
      tcp().socket().shutdown(tcp::socket::shutdown_send, code);
      swallow();
    }
  }

  void swallow() {
    stream_.async_read_some(buffer_.prepare(kPiece), [self = self()](Code code, std::size_t count) {
      self->drained_ += count;
      if (code || self->drained_ > kMostSwallowed) return self->close();
      self->swallow();
    });
  }

  void close() {
    Code code;
    tcp().socket().close(code);
  }

  void enter_idle() {
    const std::lock_guard lock(hub_.mutex);
    waiting_ = true;
    place_ = hub_.idle.insert(hub_.idle.end(), this);
  }
  void leave_idle() {
    const std::lock_guard lock(hub_.mutex);
    if (waiting_) hub_.idle.erase(place_);
    waiting_ = false;
  }

  static constexpr std::size_t kPiece = 4096;
  static constexpr std::size_t kMostSwallowed = std::size_t{1} << 20;
  static constexpr Milliseconds kLinger{500};

  Stream stream_;
  Hub& hub_;
  std::string client_;
  std::string certificate_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::span_body<const char>>> response_;
  std::optional<http::response_serializer<http::span_body<const char>>> serializer_;
  std::shared_ptr<const std::string> body_;
  bool head_ = false;
  bool keep_ = true;
  unsigned version_ = 11;
  std::int64_t served_ = 0;
  std::size_t drained_ = 0;
  bool waiting_ = false;
  std::list<Closable*>::iterator place_;
};

using Plain = Connection<beast::tcp_stream>;
using Secure = Connection<beast::ssl_stream<beast::tcp_stream>>;

class TcpListener final : public Listener {
 public:
  TcpListener(const ListenOptions& options, Application application)
      : hub_(options, std::move(application)), context_(threads()) {}
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;
  ~TcpListener() override = default;

  Result<void> open() {
    EIDOS_CHECK(read_certificates());
    Code code;
    const auto address = asio::ip::make_address(hub_.options.host, code);
    if (code)
      return fail(ErrorKind::Invalid, cat(quote(hub_.options.host), " is no address"), {},
                  "write 127.0.0.1, 0.0.0.0 or [::]");
    const tcp::endpoint at(address, hub_.options.port);
    acceptor_.open(at.protocol(), code);
    if (!code) acceptor_.set_option(tcp::acceptor::reuse_address(true), code);
    if (!code) acceptor_.bind(at, code);
    if (!code) acceptor_.listen(asio::socket_base::max_listen_connections, code);
    if (!code) return {};
    Error error = system_error(code.value(), cat("listening on ", hub_.options.host, ":", hub_.options.port));
    if (code == asio::error::address_in_use) error.kind = ErrorKind::Unavailable;
    return std::unexpected(std::move(error));
  }

  std::uint16_t port() const override {
    Code code;
    return acceptor_.local_endpoint(code).port();
  }

  void run() override {
    asio::post(control_, [this] { accept(); });
    std::vector<std::jthread> others;
    for (int i = 1; i < threads(); ++i) others.emplace_back([this] { context_.run(); });
    context_.run();
  }

  void stop() override {
    asio::post(control_, [this] {
      if (hub_.draining) return context_.stop();
      hub_.draining = true;
      hub_.application.drain();
      timer_.expires_after(hub_.options.drain_delay);
      timer_.async_wait([this](Code code) {
        if (!code) end();
      });
    });
  }

 private:
  // TLS 1.2 at least; no renegotiation, no compression.
  Result<void> read_certificates() {
    const ListenOptions& options = hub_.options;
    if (options.certificate.empty()) return {};
    secure_.emplace(asio::ssl::context::tls_server);
    SSL_CTX_set_min_proto_version(secure_->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_options(secure_->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    Code code;
    secure_->use_certificate_chain(asio::buffer(options.certificate), code);
    if (code)
      return fail(ErrorKind::Invalid, "the certificate cannot be read", {},
                  "it has to be PEM, the chain behind it");
    secure_->use_private_key(asio::buffer(options.key), asio::ssl::context::pem, code);
    if (code)
      return fail(ErrorKind::Invalid, "the key cannot be read, or is not that of the certificate", {},
                  "it has to be PEM, without a passphrase");
    if (options.client_authorities.empty()) return {};
    secure_->add_certificate_authority(asio::buffer(options.client_authorities), code);
    if (code) return fail(ErrorKind::Invalid, "the authorities of clients cannot be read");
    secure_->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
    return {};
  }

  int threads() const {
    const int wanted = hub_.options.threads;
    return std::min(wanted > 0 ? wanted : static_cast<int>(std::max(1U, std::thread::hardware_concurrency())),
                    kMostThreads);
  }

  void accept() {
    acceptor_.async_accept(asio::make_strand(context_), [this](Code code, tcp::socket socket) {
      if (code == asio::error::operation_aborted) return;
      if (code) return try_later();
      make_room();
      if (secure_)
        std::make_shared<Secure>(std::move(socket), hub_, *secure_)->start();
      else
        std::make_shared<Plain>(std::move(socket), hub_)->start();
      accept();
    });
  }

  // No descriptor is left (EMFILE): one may be soon.
  void try_later() {
    constexpr Milliseconds kPause{50};
    make_room(true);
    pause_.expires_after(kPause);
    pause_.async_wait([this](Code code) {
      if (!code) accept();
    });
  }

  void make_room(bool always = false) {
    const std::lock_guard lock(hub_.mutex);
    if (hub_.idle.empty() || (!always && hub_.open < hub_.options.max_connections)) return;
    hub_.idle.front()->close_if_idle();
  }

  // Nobody new; who asks nothing leaves; who is being answered has some time.
  void end() {
    Code code;
    acceptor_.close(code);
    pause_.cancel();
    {
      const std::lock_guard lock(hub_.mutex);
      for (Closable* one : hub_.idle) one->close_if_idle();
    }
    timer_.expires_after(hub_.options.drain_time);
    timer_.async_wait([this](Code failed) {
      if (!failed) context_.stop();
    });
    watch();
  }

  // Until the last has gone.
  void watch() {
    constexpr Milliseconds kTick{5};
    pause_.expires_after(kTick);
    pause_.async_wait([this](Code) {
      bool last = false;
      {
        const std::lock_guard lock(hub_.mutex);
        last = hub_.open == 0;
        for (Closable* one : hub_.idle) one->close_if_idle();
      }
      if (last) return context_.stop();
      watch();
    });
  }

  Hub hub_;
  std::optional<asio::ssl::context> secure_;
  asio::io_context context_;
  asio::strand<asio::io_context::executor_type> control_{context_.get_executor()};  // of what is below
  tcp::acceptor acceptor_{control_};
  asio::steady_timer timer_{control_};
  asio::steady_timer pause_{control_};
};

}  // namespace

Result<std::unique_ptr<Listener>> listen(const ListenOptions& options, Application application) {
  auto listener = std::make_unique<TcpListener>(options, std::move(application));
  EIDOS_CHECK(listener->open());
  return listener;
}

}  // namespace eidos::serve
