#include "net/server.h"

#include <latch>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "base/wait.h"

namespace eidos::net {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// A client that sends bytes as they are.
class Caller {
 public:
  explicit Caller(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  bool connected() const { return connected_; }
  Caller& send(std::string_view bytes) {
    EXPECT_EQ(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    return *this;
  }
  /// Until the server closes.
  std::string rest() {
    std::string all;
    char block[4096];
    for (ssize_t got = 0; (got = ::recv(socket_.get(), block, sizeof block, 0)) > 0;)
      all.append(block, static_cast<std::size_t>(got));
    return all;
  }
  /// Until what came ends so.
  std::string until(std::string_view end) {
    std::string all;
    char byte = 0;
    while (!all.ends_with(end) && ::recv(socket_.get(), &byte, 1, 0) == 1) all += byte;
    return all;
  }

 private:
  OwnedFd socket_;
  bool connected_ = false;
};

ServerAnswer text(std::string body) {
  return {200, "text/plain; charset=utf-8", std::make_shared<const std::string>(std::move(body))};
}

ServerAnswer echo(const ServerRequest& request) {
  if (request.path == "/throw") throw std::runtime_error("no");
  return text(cat(request.path, "?", request.query, "\n"));
}

std::unique_ptr<Server> serve(ServerOptions options = {}) {
  auto server = listen(options, echo);
  EXPECT_TRUE(server) << server.error().message;
  return *std::move(server);
}

TEST(Server, AnswersWhatIsAsked) {
  struct Case {
    std::string request;
    const char* status;
    const char* body;
  };
  const std::string kEnd = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  const Case kCases[] = {
      {cat("GET /a?b=c", kEnd), "HTTP/1.1 200 OK\r\n", "\r\n\r\n/a?b=c\n"},
      {cat("GET /", kEnd), "HTTP/1.1 200 OK\r\n", "\r\n\r\n/?\n"},
      {"GET /old HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\n/old?\n"},
      {cat("HEAD /a", kEnd), "HTTP/1.1 200 OK\r\n", "Content-Length: 4\r\n"},
      {cat("POST /a", kEnd), "HTTP/1.1 405 Method Not Allowed\r\n", "Allow: GET, HEAD\r\n"},
      {cat("GET nowhere", kEnd), "HTTP/1.1 400 Bad Request\r\n", "'/'"},
      {cat("GET /throw", kEnd), "HTTP/1.1 500 Internal Server Error\r\n", "internal fault\n"},
      {"\x16\x03\x01\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n", "no HTTP request"},
      {"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 413 ", "body"},
      {cat("GET /", std::string(9000, 'a'), kEnd), "HTTP/1.1 431 ", "too large"}};
  auto server = serve();
  for (const Case& c : kCases) {
    std::string got = Caller(server->port()).send(c.request).rest();
    EXPECT_THAT(got, StartsWith(c.status)) << c.request.substr(0, 40);
    EXPECT_THAT(got, HasSubstr(c.body));
  }
  std::string head = Caller(server->port()).send(cat("HEAD /a", kEnd)).rest();
  EXPECT_TRUE(head.ends_with("\r\n\r\n")) << "no body: " << head;
}

TEST(Server, KeepsAConnectionOnlySoLong) {
  auto server = serve({.max_requests = 3});
  Caller caller(server->port());
  const std::string request = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  caller.send(request);
  EXPECT_THAT(caller.until("/a?\n"), StartsWith("HTTP/1.1 200"));
  caller.send(request + request);
  std::string rest = caller.rest();
  EXPECT_THAT(rest, HasSubstr("Connection: close"));
}

TEST(Server, WhoIsTooSlowIsSentAway) {
  auto server = serve({.time = Milliseconds(20)});
  EXPECT_EQ(Caller(server->port()).rest(), "");
  EXPECT_EQ(Caller(server->port()).send("GET / HT").rest(), "");
}

TEST(Server, MoreThanItsConnectionsWait) {
  auto server = serve({.max_connections = 2});
  auto first = std::make_unique<Caller>(server->port());
  auto second = std::make_unique<Caller>(server->port());
  const std::string request = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  first->send(request);
  second->send(request);
  first->until("/a?\n");
  second->until("/a?\n");
  Caller third(server->port());
  ASSERT_TRUE(third.connected()) << "the kernel takes it";
  third.send("GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  first.reset();
  EXPECT_THAT(third.rest(), HasSubstr("/b?"));
}

TEST(Server, EndsWithConnectionsOpen) {
  auto server = serve();
  Caller idle(server->port());
  Caller half(server->port());
  half.send("GET /");
  server.reset();
  EXPECT_EQ(idle.rest(), "");
  EXPECT_EQ(half.rest(), "");
}

TEST(Server, RefusesAddressesThatWillNotDo) {
  auto taken = serve();
  struct Case {
    ServerOptions options;
    ErrorKind kind;
    const char* message;
  };
  const Case kCases[] = {
      {{.host = "localhost"}, ErrorKind::Invalid, "is not an address"},
      {{.host = ""}, ErrorKind::Invalid, "is not an address"},
      {{.host = "192.0.2.1"}, ErrorKind::Unavailable, "cannot listen on 192.0.2.1"},
      {{.port = taken->port()}, ErrorKind::Unavailable, "cannot listen on 127.0.0.1 port"}};
  for (const Case& c : kCases) {
    auto server = listen(c.options, echo);
    ASSERT_FALSE(server) << c.options.host;
    EXPECT_EQ(server.error().kind, c.kind) << server.error().message;
    EXPECT_THAT(server.error().message, HasSubstr(c.message));
  }
}

TEST(Server, ServesManyAtOnce) {
  auto server = serve({.max_connections = 4});
  std::vector<std::jthread> callers;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i)
    callers.emplace_back([&, i] {
      for (int k = 0; k < 20; ++k) {
        std::string got =
            Caller(server->port())
                .send(cat("GET /", i, "-", k, " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .rest();
        if (got.ends_with(cat("/", i, "-", k, "?\n"))) ++good;
      }
    });
  callers.clear();
  EXPECT_EQ(good, 160);
}

}  // namespace
}  // namespace eidos::net
