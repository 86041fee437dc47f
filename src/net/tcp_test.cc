#include "net/tcp.h"

#include <latch>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "base/text.h"
#include "support/test_server.h"

namespace eidos::net {
namespace {

using testing::Peer;
using testing::TestServer;

Lookup always(std::vector<std::string> addresses) {
  return [addresses = std::move(addresses)](const std::string&) { return addresses; };
}

// A port whose queue of connections is full: one more stays unanswered.
class DeafPort {
 public:
  DeafPort() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listening_.get(), generic, size), 0);
    EXPECT_EQ(::listen(listening_.get(), 0), 0);
    EXPECT_EQ(::getsockname(listening_.get(), generic, &size), 0);
    port_ = ntohs(address.sin_port);
    for (int i = 0; i < 4; ++i) {
      OwnedFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      (void)::connect(socket.get(), generic, size);
      fill_.push_back(std::move(socket));
    }
  }
  std::uint16_t port() const { return port_; }

 private:
  OwnedFd listening_;
  std::uint16_t port_ = 0;
  std::vector<OwnedFd> fill_;
};

std::uint16_t closed_port() {
  return static_cast<std::uint16_t>(TestServer([](Peer&) {}).port());
}

TEST(Tcp, TakesTheFirstAddressThatAnswers) {
  TestServer server([](Peer& peer) { peer.send("hello"); });
  auto port = static_cast<std::uint16_t>(server.port());
  const std::vector<std::string> cases[] = {
      {"127.0.0.1"},
      {"::1", "127.0.0.1"},                     // refused, or no IPv6 here
      {"127.0.0.2", "127.0.0.3", "127.0.0.1"},  // refused
      {"garbage", "127.0.0.1"},
  };
  Waiter waiter({});
  for (const auto& addresses : cases) {
    auto channel = connect_tcp(waiter, "name", port, always(addresses));
    ASSERT_TRUE(channel) << channel.error().message;
    std::array<char, 16> bytes{};
    std::size_t got = *(*channel)->read(bytes);
    EXPECT_EQ(std::string_view(bytes.data(), got).substr(0, 1), "h");
  }
}

TEST(Tcp, ASlowAddressDoesNotHoldTheNext) {
  DeafPort deaf;
  // 127.0.0.1 is deaf on this port; 127.0.0.2 refuses at once, and all that is left is the slow one.
  Waiter waiter(Limit().within(Milliseconds(600)));
  auto got = connect_tcp(waiter, "name", deaf.port(), always({"127.0.0.1", "127.0.0.2"}));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Timeout);
}

TEST(Tcp, SaysWhatFailed) {
  Waiter waiter({});
  std::uint16_t port = closed_port();
  auto refused = connect_tcp(waiter, "name", port, always({"127.0.0.1"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(
      refused.error(),
      (Error{ErrorKind::Unavailable, cat("connecting to 'name:", port, "': Connection refused"), {}, {}}));
  auto nowhere = connect_tcp(waiter, "name", port, always({}));
  EXPECT_EQ(nowhere.error(), (Error{ErrorKind::Unavailable, "looking up 'name': no address", {}, {}}));
  auto unknown =
      connect_tcp(waiter, "name", port, [](const std::string&) -> Result<std::vector<std::string>> {
        return fail(ErrorKind::Unavailable, "looking up 'name': unknown");
      });
  EXPECT_EQ(unknown.error().message, "looking up 'name': unknown");
  auto six = connect_tcp(waiter, "::1", port, always({}));
  ASSERT_FALSE(six);
  EXPECT_TRUE(six.error().message.starts_with(cat("connecting to '[::1]:", port, "': ")))
      << six.error().message;
}

TEST(Tcp, TheMachinesLookupKnowsLocalhostAndRefusesNonsense) {
  auto local = system_lookup()("localhost");
  ASSERT_TRUE(local) << local.error().message;
  EXPECT_FALSE(local->empty());
  auto none = system_lookup()("no-such-host.invalid");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::Unavailable);
}

TEST(Tcp, AStopRequestEndsAHangingLookupAtOnce) {
  auto hanging = std::make_shared<std::latch>(1);
  auto asked = std::make_shared<std::latch>(1);
  std::stop_source source;
  Waiter waiter(Limit(source.get_token(), std::nullopt));
  std::jthread stopper([&] {
    asked->wait();
    source.request_stop();
  });
  auto got = connect_tcp(waiter, "name", 1,
                         [hanging, asked](const std::string&) -> Result<std::vector<std::string>> {
                           asked->count_down();
                           hanging->wait();
                           return std::vector<std::string>{};
                         });
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), (Error{ErrorKind::Cancelled, "looking up 'name': cancelled", {}, {}}));
  hanging->count_down();  // only now may the lookup end: nobody waited for it
}

TEST(Tcp, AStopRequestEndsAHangingConnect) {
  DeafPort deaf;
  std::stop_source source;
  Waiter waiter(Limit(source.get_token(), std::nullopt));
  std::jthread stopper([&] { source.request_stop(); });
  auto got = connect_tcp(waiter, "127.0.0.1", deaf.port(), always({}));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Cancelled);
}

TEST(Tcp, ALimitEndsReadsAndWrites) {
  TestServer server([](Peer& peer) {
    peer.read(1);
    peer.await_close();
  });
  auto port = static_cast<std::uint16_t>(server.port());
  Waiter waiter(Limit().within(Milliseconds(100)));
  auto channel = connect_tcp(waiter, "127.0.0.1", port, always({}));
  ASSERT_TRUE(channel);
  std::array<char, 16> bytes{};
  EXPECT_EQ((*channel)->read(bytes).error(),
            (Error{ErrorKind::Timeout, cat("waiting for '127.0.0.1:", port, "': timed out"), {}, {}}));
}

TEST(Tcp, ABrokenConnectionIsUnavailable) {
  TestServer server([](Peer& peer) {
    linger reset{1, 0};  // a reset instead of a goodbye
    ::setsockopt(peer.socket(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    peer.read(1);
  });
  Waiter waiter({});
  auto channel = connect_tcp(waiter, "127.0.0.1", static_cast<std::uint16_t>(server.port()), always({}));
  ASSERT_TRUE(channel);
  ASSERT_TRUE((*channel)->write("xyz"));
  Result<void> sent;
  while (sent) sent = (*channel)->write(std::string(100'000, 'x'));
  EXPECT_EQ(sent.error().kind, ErrorKind::Unavailable);
}

}  // namespace
}  // namespace eidos::net
