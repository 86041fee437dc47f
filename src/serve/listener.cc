#include "serve/listener.h"

#include <algorithm>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/text.h"
#include "serve/connection.h"

namespace eidos::serve {

namespace {

namespace asio = boost::asio;
using Code = boost::system::error_code;

constexpr int kMostThreads = 64;

class TcpListener final : public Listener {
 public:
  TcpListener(const ListenOptions& options, Application application) : hub_(options, std::move(application)) {
    for (int i = 1; i < threads(); ++i) others_.push_back(std::make_unique<asio::io_context>(1));
  }
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;
  ~TcpListener() override = default;

  Result<void> open() {
    Code code;
    const auto address = asio::ip::make_address(hub_.options.host, code);
    if (code)
      return fail(ErrorKind::Invalid, cat(quote(hub_.options.host), " is no address"), {},
                  "write 127.0.0.1, 0.0.0.0 or [::]");
    const asio::ip::tcp::endpoint at(address, hub_.options.port);
    acceptor_.open(at.protocol(), code);
    if (!code) acceptor_.set_option(asio::ip::tcp::acceptor::reuse_address(true), code);
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
    asio::post(context_, [this] { accept(); });
    std::vector<std::jthread> threads;
    std::vector<asio::executor_work_guard<Executor>> busy;
    for (const auto& other : others_) {
      busy.push_back(asio::make_work_guard(*other));
      threads.emplace_back([&other] { other->run(); });
    }
    context_.run();
    for (const auto& other : others_) other->stop();
  }

  void stop() override {
    asio::post(context_, [this] {
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
  int threads() const {
    const int wanted = hub_.options.threads;
    return std::min(wanted > 0 ? wanted : static_cast<int>(std::max(1U, std::thread::hardware_concurrency())),
                    kMostThreads);
  }

  // Each thread has a context of its own, and connections come to them in turn: none is ever in two threads.
  asio::io_context& next_context() {
    turn_ = (turn_ + 1) % (others_.size() + 1);
    return turn_ == 0 ? context_ : *others_[turn_ - 1];
  }

  void accept() {
    acceptor_.async_accept(next_context().get_executor(), [this](Code code, Socket socket) {
      if (code == asio::error::operation_aborted) return;
      if (code) return try_later();
      admit(std::move(socket));
    });
  }

  // Where nobody can make room yet, the new one waits, and all behind it in the queue of the socket: in a
  // burst those before it may not even have begun to be idle.
  void admit(Socket socket) {
    constexpr Milliseconds kPause{5};
    if (make_room() || !acceptor_.is_open()) {
      take(std::move(socket));
      if (acceptor_.is_open()) accept();
      return;
    }
    pause_.expires_after(kPause);
    pause_.async_wait([this, waits = std::move(socket)](Code) mutable { admit(std::move(waits)); });
  }

  void take(Socket socket) {
    if (!hub_.options.secure) return serve_plain(std::move(socket), hub_);
    const std::shared_ptr<asio::ssl::context> secure = hub_.options.secure();
    serve_secure(std::move(socket), hub_, *secure);
  }

  // Callers whose connection stands there already believe they are through: closing the socket would reset
  // them. More than its queue holds came later.
  void take_the_queue() {
    Code code;
    acceptor_.non_blocking(true, code);
    for (int left = asio::socket_base::max_listen_connections; left > 0 && !code; --left) {
      Socket socket = acceptor_.accept(next_context().get_executor(), code);
      if (!code) {
        make_room();
        take(std::move(socket));
      }
      if (code == asio::error::connection_aborted) code = {};
    }
  }

  // No descriptor is left (EMFILE): one may be soon.
  void try_later() {
    constexpr Milliseconds kPause{50};
    make_room(true);
    pause_.expires_after(kPause);
    pause_.async_wait([this](Code code) {
      if (!code && acceptor_.is_open()) accept();
    });
  }

  // The one that has been idle longest goes, once: it stands last until it has gone. False: there is no room,
  // and nobody to make it.
  bool make_room(bool always = false) {
    const std::lock_guard lock(hub_.mutex);
    if (!always && hub_.open < hub_.options.max_connections) return true;
    if (hub_.idle.empty()) return false;
    Closable* longest = hub_.idle.front();
    hub_.idle.pop_front();
    longest->taken_off();
    longest->close_if_idle(Spare::Nobody);
    return true;
  }

  // Nobody new; who was answered and asks nothing leaves; who never asked has the time of a header to begin,
  // or one silent caller would hold up every end; who is being answered has the drain time.
  void end() {
    acceptor_.cancel();
    take_the_queue();
    Code code;
    acceptor_.close(code);
    pause_.cancel();
    dismiss(Spare::WhoNeverAsked);
    patience_.expires_after(std::min(hub_.options.header_time, hub_.options.drain_time));
    patience_.async_wait([this](Code failed) {
      if (!failed) dismiss(Spare::Nobody);
    });
    timer_.expires_after(hub_.options.drain_time);
    timer_.async_wait([this](Code failed) {
      if (!failed) context_.stop();
    });
    watch();
  }

  void dismiss(Spare spare) {
    const std::lock_guard lock(hub_.mutex);
    for (Closable* one : hub_.idle) one->close_if_idle(spare);
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
      }
      if (last) return context_.stop();
      watch();
    });
  }

  Hub hub_;
  std::vector<std::unique_ptr<asio::io_context>> others_;  // one for each further thread
  asio::io_context context_{1};                            // accepts, and ends
  std::size_t turn_ = 0;
  asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor_{context_};
  asio::steady_timer timer_{context_};
  asio::steady_timer pause_{context_};
  asio::steady_timer patience_{context_};
};

}  // namespace

Result<std::unique_ptr<Listener>> listen(const ListenOptions& options, Application application) {
  auto listener = std::make_unique<TcpListener>(options, std::move(application));
  EIDOS_CHECK(listener->open());
  return listener;
}

}  // namespace eidos::serve
