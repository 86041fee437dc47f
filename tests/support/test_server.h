#pragma once
// A server of the test's own on 127.0.0.1 and a free port, plain or TLS: a thread per connection runs a
// script, which reads and writes raw bytes, so that it can misbehave.

#include <array>
#include <csignal>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wait.h"
#include "support/certificates.h"

namespace eidos::testing {

/// One accepted connection, seen from the server.
class Peer {
 public:
  Peer(int socket, SSL* ssl) : socket_(socket), ssl_(ssl) {}

  /// Up to and including the empty line after a header; shorter when the client went away.
  std::string read_head() {
    std::string head;
    while (!head.ends_with("\r\n\r\n")) {
      std::string byte = read(1);
      if (byte.empty()) break;
      head += byte;
    }
    return head;
  }
  /// At least one byte, or "" at the end.
  std::string read(std::size_t most = 16384) {
    std::string bytes(most, '\0');
    ssize_t got = ssl_ != nullptr ? SSL_read(ssl_, bytes.data(), static_cast<int>(most))
                                  : ::recv(socket_, bytes.data(), most, 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  /// False when the client went away.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t sent = ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                     : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void await_close() {
    while (!read().empty()) {
    }
  }
  std::string server_name() const {
    const char* name = ssl_ != nullptr ? SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name) : nullptr;
    return name == nullptr ? "" : name;
  }
  /// The end without TLS's own goodbye.
  void cut() { ssl_ = nullptr; }
  /// Passes bytes both ways between the client and 127.0.0.1:`port` until one side ends.
  void relay(int port);

  int socket() const { return socket_; }
  SSL* ssl() const { return ssl_; }

 private:
  int socket_;
  SSL* ssl_;
};

using Script = std::function<void(Peer&)>;

struct TlsServer {
  Identity identity;
  int most_version = TLS1_3_VERSION;
  bool ask_client = false;  ///< For a certificate, and take any.
};

class TestServer {
 public:
  explicit TestServer(Script script, const std::optional<TlsServer>& tls = std::nullopt)
      : script_(std::move(script)), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (tls) prepare(*tls);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listening_.get(), generic, size), 0);
    EXPECT_EQ(::listen(listening_.get(), 64), 0);
    EXPECT_EQ(::getsockname(listening_.get(), generic, &size), 0);
    port_ = ntohs(address.sin_port);
    accepting_ = std::jthread([this] { accept_all(); });
  }

  ~TestServer() {
    ::shutdown(listening_.get(), SHUT_RDWR);
    accepting_.join();
    std::lock_guard lock(mutex_);
    for (const OwnedFd& socket : sockets_) ::shutdown(socket.get(), SHUT_RDWR);
    serving_.clear();  // joins
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  int port() const { return port_; }
  std::string url(const std::string& host = "127.0.0.1", const std::string& target = "/") const {
    return (context_ ? "https://" : "http://") + host + ":" + std::to_string(port_) + target;
  }
  int connections() const {
    std::lock_guard lock(mutex_);
    return static_cast<int>(sockets_.size());
  }

 private:
  void prepare(const TlsServer& tls) {
    std::signal(SIGPIPE, SIG_IGN);  // SSL_write has no other way
    context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), tls.most_version);
    BioPtr certificate(BIO_new_mem_buf(tls.identity.certificate.data(), -1));
    BioPtr key(BIO_new_mem_buf(tls.identity.key.data(), -1));
    X509Ptr leaf(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr));
    KeyPtr secret(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr));
    EXPECT_EQ(SSL_CTX_use_certificate(context_.get(), leaf.get()), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey(context_.get(), secret.get()), 1);
    if (tls.ask_client)
      SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  }

  void accept_all() {
    for (;;) {
      int socket = ::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      std::lock_guard lock(mutex_);
      sockets_.emplace_back(socket);
      serving_.emplace_back([this, socket] { serve(socket); });
    }
  }

  void serve(int socket) {
    std::unique_ptr<SSL, Freed<SSL_free>> ssl;
    if (context_) {
      ssl.reset(SSL_new(context_.get()));
      SSL_set_fd(ssl.get(), socket);
      if (SSL_accept(ssl.get()) != 1) {
        ERR_clear_error();
        ::shutdown(socket, SHUT_RDWR);
        return;
      }
    }
    Peer peer(socket, ssl.get());
    script_(peer);
    if (peer.ssl() != nullptr) SSL_shutdown(peer.ssl());
    ERR_clear_error();
    ::shutdown(socket, SHUT_RDWR);
  }

  Script script_;
  std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> context_;
  OwnedFd listening_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<OwnedFd> sockets_;  ///< Closed last: their numbers must not be given away before.
  std::list<std::jthread> serving_;
  std::jthread accepting_;
};

/// Reads a request and sends `text` as it is.
inline Script answering(std::string text) {
  return [text = std::move(text)](Peer& peer) {
    peer.read_head();
    peer.send(text);
  };
}

/// A proper answer of a status with a body.
inline std::string answer(int status, const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 " + std::to_string(status) + " Text\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + headers + "\r\n" + body;
}

inline std::string redirect(const std::string& location) {
  return answer(302, "", "Location: " + location + "\r\n");
}

inline void Peer::relay(int port) {
  OwnedFd target(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::connect(target.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
  Peer other(target.get(), nullptr);
  for (;;) {
    std::array<pollfd, 2> ready = {{{socket_, POLLIN, 0}, {target.get(), POLLIN, 0}}};
    bool waiting = ssl_ != nullptr && SSL_pending(ssl_) > 0;
    if (!waiting) ::poll(ready.data(), ready.size(), -1);
    if (waiting || ready[0].revents != 0) {
      std::string bytes = read();
      if (bytes.empty() || !other.send(bytes)) return;
    }
    if (ready[1].revents != 0) {
      std::string bytes = other.read();
      if (bytes.empty() || !send(bytes)) return;
    }
  }
}

}  // namespace eidos::testing
