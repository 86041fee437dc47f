#include "net/server.h"

#include <optional>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "base/text.h"

namespace eidos::net {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;
using boost::system::error_code;

ServerAnswer plain(int status, std::string text) {
  return {status, "text/plain; charset=utf-8", std::make_shared<const std::string>(std::move(text))};
}

ServerAnswer answer_to(const http::request<http::empty_body>& request, const Answering& answering) {
  if (request.method() != http::verb::get && request.method() != http::verb::head)
    return plain(405, "only GET and HEAD are answered here\n");
  std::string_view target(request.target().data(), request.target().size());
  if (!target.starts_with('/')) return plain(400, "the target does not begin with '/'\n");
  std::size_t mark = std::min(target.find('?'), target.size());
  try {
    return answering(
        {std::string(target.substr(0, mark)), std::string(target.substr(std::min(mark + 1, target.size())))});
  } catch (const std::exception&) {  // the boundary of a request: one that goes wrong is no reason to end
    return plain(500, "internal fault\n");
  }
}

struct Shared {
  ServerOptions options;
  Answering answering;
  int open = 0;                         // connections; one thread touches it
  std::function<void()> one_less = {};  // called when one ends
};

// One connection: request, answer, request, … It lives by the handlers that hold it.
class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(Tcp::socket socket, std::shared_ptr<Shared> shared)
      : stream_(std::move(socket)), shared_(std::move(shared)) {
    ++shared_->open;
  }
  ~Conversation() {
    --shared_->open;
    if (shared_->one_less) shared_->one_less();
  }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(shared_->options.max_header_bytes));
    parser_->body_limit(0);
    stream_.expires_after(shared_->options.time);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code error, std::size_t) { self->answer(error); });
  }

 private:
  void answer(error_code error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
      return write(plain(431, "the header of the request is too large\n"), false);
    if (error == http::error::body_limit) return write(plain(413, "a body is not read here\n"), false);
    if (error.category() == http::make_error_code(http::error::bad_version).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message)
      return write(plain(400, "this is no HTTP request\n"), false);
    if (error) return;  // gone, or too slow
    const auto& request = parser_->get();
    bool keep = request.keep_alive() && ++requests_ < shared_->options.max_requests;
    head_ = request.method() == http::verb::head;
    write(answer_to(request, shared_->answering), keep);
  }

  void write(const ServerAnswer& answer, bool keep) {
    static const std::string kNothing;
    const std::string& body = answer.body == nullptr ? kNothing : *answer.body;
    response_ = {};
    response_.version(11);
    response_.result(static_cast<unsigned>(answer.status));
    response_.set(http::field::content_type, answer.content_type);
    if (answer.status == 405) response_.set(http::field::allow, "GET, HEAD");
    response_.content_length(body.size());
    response_.keep_alive(keep);
    if (!head_) response_.body() = body;
    stream_.expires_after(shared_->options.time);
    serializer_.emplace(response_);
    auto done = [self = shared_from_this(), keep](error_code error, std::size_t) {
      if (error) return;
      if (keep) return self->read();
      error_code ignored;
      self->stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
    };
    if (head_)
      http::async_write_header(stream_, *serializer_, std::move(done));
    else
      http::async_write(stream_, *serializer_, std::move(done));
  }

  beast::tcp_stream stream_;
  std::shared_ptr<Shared> shared_;
  beast::flat_buffer buffer_{65536};
  std::optional<http::request_parser<http::empty_body>> parser_;
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  int requests_ = 0;
  bool head_ = false;
};

class AsioServer final : public Server {
 public:
  AsioServer(const ServerOptions& options, Answering answering)
      : acceptor_(io_), shared_(std::make_shared<Shared>(Shared{options, std::move(answering)})) {}

  ~AsioServer() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
    shared_->one_less = {};
  }

  error_code open(const Tcp::endpoint& where) {
    error_code error;
    acceptor_.open(where.protocol(), error);
    if (!error) acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(where, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    return error;
  }

  void start() {
    shared_->one_less = [this] { accept(); };
    accept();
    thread_ = std::thread([this] { io_.run(); });
  }

  std::uint16_t port() const override { return port_; }

 private:
  void accept() {
    if (accepting_ || shared_->open >= shared_->options.max_connections) return;
    accepting_ = true;
    acceptor_.async_accept([this](error_code error, Tcp::socket socket) {
      accepting_ = false;
      if (!error) std::make_shared<Conversation>(std::move(socket), shared_)->read();
      if (!error) return accept();
      // Out of descriptors, as a rule: not at once again, or waiting for some would keep a core busy.
      pause_.expires_after(std::chrono::milliseconds(kPauseMs));
      pause_.async_wait([this](error_code stopped) {
        if (!stopped) accept();
      });
    });
  }

  static constexpr int kPauseMs = 100;

  asio::io_context io_{1};
  asio::steady_timer pause_{io_};
  Tcp::acceptor acceptor_;
  std::shared_ptr<Shared> shared_;
  std::uint16_t port_ = 0;
  bool accepting_ = false;
  std::thread thread_;
};

ErrorKind kind_of(const error_code& error) {
  return error == boost::system::errc::permission_denied ? ErrorKind::Denied : ErrorKind::Unavailable;
}

}  // namespace

Result<std::unique_ptr<Server>> listen(const ServerOptions& options, Answering answer) {
  error_code error;
  asio::ip::address address = asio::ip::make_address(options.host, error);
  if (error)
    return fail(ErrorKind::Invalid, cat(quote(options.host), " is not an address"), {},
                "give an IPv4 or IPv6 address: 127.0.0.1, 0.0.0.0, ::1");
  auto server = std::make_unique<AsioServer>(options, std::move(answer));
  if (error_code failed = server->open({address, options.port}); failed)
    return fail(kind_of(failed), cat("cannot listen on ", options.host, " port ", options.port, ": ",
                                     std::string(failed.message())));
  server->start();
  return server;
}

}  // namespace eidos::net
