#include <gtest/gtest.h>

#include "base/text.h"
#include "net/client.h"
#include "support/http_client.h"
#include "support/temp_dir.h"
#include "support/test_server.h"

namespace eidos::net {
namespace {

using testing::answer;
using testing::answering;
using testing::Authority;
using testing::Peer;
using testing::Script;
using testing::TempDir;
using testing::TestClient;
using testing::TestServer;
using testing::TlsServer;

// Notes what the proxy was asked, then opens a tunnel to `port`, or answers in place of the server.
class ProxyLog {
 public:
  std::string last() const {
    std::lock_guard lock(mutex_);
    return heads_.empty() ? "" : heads_.back();
  }
  std::size_t count() const {
    std::lock_guard lock(mutex_);
    return heads_.size();
  }
  Script script(int port) {
    return [this, port](Peer& peer) {
      std::string head = peer.read_head();
      {
        std::lock_guard lock(mutex_);
        heads_.push_back(head);
      }
      if (!head.starts_with("CONNECT ")) {
        peer.send(answer(200, "from the proxy"));
        return;
      }
      peer.send("HTTP/1.1 200 Connection established\r\n\r\n");
      peer.relay(port);
    };
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> heads_;
};

class ProxyTest : public ::testing::Test {
 protected:
  ProxyTest() : ca_(directory_.put("ca.pem", authority_.pem())) {}
  TempDir directory_;
  Authority authority_;
  std::string ca_;
  TestServer plain_{answering(answer(200, "from the server"))};
  TestServer tls_{answering(answer(200, "from the server")), TlsServer{authority_.issue()}};
};

TEST_F(ProxyTest, PlainRequestsAreAskedOfIt) {
  ProxyLog log;
  TestServer proxy(log.script(0));
  TestClient client{.environment = {{"http_proxy", cat("http://us%65r:p%40ss@proxy.test:", proxy.port())}}};
  auto got = client.fetch("http://v:w@a.test/x?y");
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->body, "from the proxy");
  EXPECT_EQ(
      log.last(),
      "GET http://a.test/x?y HTTP/1.1\r\nHost: a.test\r\nUser-Agent: eidos/test\r\nAccept: */*\r\n"
      "Connection: close\r\nAuthorization: Basic djp3\r\nProxy-Authorization: Basic dXNlcjpwQHNz\r\n\r\n");
}

TEST_F(ProxyTest, TlsGoesThroughATunnel) {
  ProxyLog log;
  TestServer proxy(log.script(tls_.port()));
  TestClient client{.ca_file = ca_, .environment = {{"HTTPS_PROXY", cat("user@proxy.test:", proxy.port())}}};
  auto got = client.fetch("https://localhost/x");
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->body, "from the server");
  EXPECT_EQ(log.last(),
            "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\nUser-Agent: eidos/test\r\n"
            "Proxy-Authorization: Basic dXNlcjo=\r\n\r\n");
  EXPECT_EQ(client.fetch("https://[::1]/").error().kind,
            ErrorKind::Denied);  // the certificate does not name ::1
  EXPECT_TRUE(log.last().starts_with("CONNECT [::1]:443 HTTP/1.1\r\n"));
}

TEST_F(ProxyTest, AProxyMaySpeakTlsItself) {
  Authority proxy_authority("proxy authority");
  std::string proxy_ca = directory_.put("proxy.pem", proxy_authority.pem());
  ProxyLog log;
  TestServer proxy(log.script(tls_.port()), TlsServer{proxy_authority.issue()});
  std::string place = cat("https://user:pw@localhost:", proxy.port());
  TestClient client{
      .ca_file = ca_,
      .environment = {{"https_proxy", place}, {"http_proxy", place}, {"EIDOS_PROXY_CA_CERT", proxy_ca}}};
  auto tunnelled = client.fetch("https://localhost/x");
  ASSERT_TRUE(tunnelled) << tunnelled.error().message;
  EXPECT_EQ(tunnelled->body, "from the server");
  auto plain = client.fetch("http://a.test/x");
  ASSERT_TRUE(plain) << plain.error().message;
  EXPECT_EQ(plain->body, "from the proxy");
  EXPECT_NE(log.last().find("Proxy-Authorization: Basic dXNlcjpwdw=="), std::string::npos);

  client.environment.erase("EIDOS_PROXY_CA_CERT");
  client.environment["SSL_CERT_FILE"] = ca_;  // another authority
  auto untrusted = client.fetch("https://localhost/x");
  ASSERT_FALSE(untrusted);
  EXPECT_EQ(untrusted.error().kind, ErrorKind::Denied);
  EXPECT_NE(untrusted.error().hint.find("EIDOS_PROXY_CA_CERT"), std::string::npos);
  client.environment["EIDOS_PROXY_CA_CERT"] = directory_ / "missing.pem";
  EXPECT_EQ(client.fetch("https://localhost/x").error().kind, ErrorKind::NotFound);
}

TEST_F(ProxyTest, ABigDocumentComesThroughTlsInTls) {
  std::string big(5'000'000, 'x');
  TestServer server(answering(answer(200, big)), TlsServer{authority_.issue()});
  ProxyLog log;
  TestServer proxy(log.script(server.port()), TlsServer{authority_.issue()});
  TestClient client{.ca_file = ca_,
                    .environment = {{"https_proxy", cat("https://localhost:", proxy.port())},
                                    {"EIDOS_PROXY_CA_CERT", ca_}}};
  auto got = client.fetch("https://localhost/x");
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_TRUE(got->body == big);
}

TEST_F(ProxyTest, NoProxyGoesStraight) {
  ProxyLog log;
  TestServer proxy(log.script(tls_.port()));
  TestClient client{.ca_file = ca_,
                    .environment = {{"http_proxy", cat("http://proxy.test:", proxy.port())},
                                    {"https_proxy", cat("http://proxy.test:", proxy.port())},
                                    {"no_proxy", "127.0.0.0/8,localhost"}}};
  EXPECT_EQ(client.fetch(plain_.url())->body, "from the server");
  EXPECT_EQ(client.fetch(tls_.url("localhost"))->body, "from the server");
  EXPECT_EQ(log.count(), 0u);
}

TEST_F(ProxyTest, ARedirectChoosesItsOwnWay) {
  ProxyLog log;
  TestServer proxy(log.script(0));
  TestServer server(answering(testing::redirect("http://inside.test/x")));
  TestClient client{.environment = {{"http_proxy", cat("http://user:pw@proxy.test:", proxy.port())},
                                    {"no_proxy", "127.0.0.1"}}};
  auto got = client.fetch(server.url());
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->body, "from the proxy");
  EXPECT_TRUE(log.last().starts_with("GET http://inside.test/x HTTP/1.1\r\n"));
}

TEST_F(ProxyTest, ItsRefusalsAreToldApartFromTheServers) {
  struct Case {
    const char* reply;
    ErrorKind kind;
    const char* part;
  };
  const Case cases[] = {
      {"HTTP/1.1 407 Auth\r\nContent-Length: 0\r\n\r\n", ErrorKind::Denied,
       "it answered 407: the proxy wants"},
      {"HTTP/1.1 403 No\r\n\r\n", ErrorKind::Denied, "it answered 403"},
      {"HTTP/1.1 502 Bad\r\n\r\n", ErrorKind::Unavailable, "it answered 502"},
      {"HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\n\r\n", ErrorKind::Invalid, "it answered 302"},
      {"SOCKS?", ErrorKind::Invalid, "not HTTP/1.1"},
      {"", ErrorKind::Unavailable, "without an answer"},
      {"HTTP/1.1 200 OK\r\n\r\n", ErrorKind::Unavailable, "'localhost"},
  };
  for (const Case& c : cases) {
    TestServer proxy(answering(c.reply));
    TestClient client{.ca_file = ca_,
                      .environment = {{"https_proxy", cat("http://user:s3cret@localhost:", proxy.port())}}};
    auto got = client.fetch("https://localhost/x");
    ASSERT_FALSE(got) << c.reply;
    EXPECT_EQ(got.error().kind, c.kind) << got.error().message;
    EXPECT_NE(got.error().message.find(c.part), std::string::npos) << got.error().message;
    EXPECT_EQ(got.error().message.find("s3cret"), std::string::npos) << got.error().message;
  }
}

TEST_F(ProxyTest, ADeadOneIsNamed) {
  int port = TestServer([](Peer&) {}).port();
  TestClient client{.environment = {{"https_proxy", cat("http://user:s3cret@proxy.test:", port)}}};
  auto got = client.fetch("https://localhost/x");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), (Error{ErrorKind::Unavailable,
                                cat("fetching 'https://localhost/x': proxy: connecting to 'proxy.test:", port,
                                    "': Connection refused"),
                                {},
                                {}}));
}

TEST_F(ProxyTest, ASettingThatIsNoProxyIsNamed) {
  TestClient client{.environment = {{"HTTPS_PROXY", "socks5://user:s3cret@proxy.test"}}};
  auto got = client.fetch("https://localhost/x");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
  EXPECT_EQ(got.error().message,
            "fetching 'https://localhost/x': HTTPS_PROXY: URL 'socks5://…@proxy.test': scheme "
            "'socks5' is not supported");
}

}  // namespace
}  // namespace eidos::net
