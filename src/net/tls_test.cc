#include "net/tls.h"

#include <array>
#include <cstdlib>
#include <map>

#include <gtest/gtest.h>
#include <sys/inotify.h>

#include "base/process.h"
#include "base/text.h"
#include "net/tcp.h"
#include "support/certificates.h"
#include "support/fake_files.h"
#include "support/temp_dir.h"
#include "support/test_server.h"

namespace eidos::net {
namespace {

using testing::Authority;
using testing::Issue;
using testing::Peer;
using testing::TempDir;
using testing::TestServer;
using testing::TlsServer;

Environment of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) {
    auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

// What a client of `host` reads from `server`, trusting what `ca_file` and `environment` say.
Result<std::string> greet(const TestServer& server, const std::string& host, const TlsContext& context) {
  Waiter waiter({});
  EIDOS_TRY(auto tcp,
            connect_tcp(waiter, "127.0.0.1", static_cast<std::uint16_t>(server.port()), system_lookup()));
  EIDOS_TRY(auto tls, connect_tls(std::move(tcp), context, host));
  EIDOS_CHECK(tls->write("x"));
  std::string all;
  for (;;) {
    std::array<char, 1000> bytes{};
    EIDOS_TRY(std::size_t got, tls->read(bytes));
    if (got == 0) return all;
    all.append(bytes.data(), got);
  }
}

Result<std::string> greet(const TestServer& server, const std::string& host, const std::string& ca_file,
                          const Environment& environment = of({})) {
  auto files = real_files();
  EIDOS_TRY(TlsContext context, tls_context(*files, ca_file, environment));
  return greet(server, host, context);
}

void hello(Peer& peer) {
  peer.read(1);
  peer.send(cat("hello ", peer.server_name()));
}

TEST(Tls, ReadsFromWhomItTrusts) {
  TempDir directory;
  Authority authority;
  std::string ca = directory.put("ca.pem", cat("a comment\n", Authority("other").pem(), authority.pem()));
  TestServer server(hello,
                    TlsServer{authority.issue({.names = "DNS:a.test,DNS:*.b.test,IP:127.0.0.1,IP:::1"})});
  struct Case {
    const char* host;
    const char* want;
  };
  const Case cases[] = {{"a.test", "hello a.test"},
                        {"a.test.", "hello a.test"},
                        {"x.b.test", "hello x.b.test"},
                        {"127.0.0.1", "hello "},
                        {"::1", "hello "}};
  for (const Case& c : cases) {
    auto got = greet(server, c.host, ca);
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(*got, c.want);
  }
  TestServer old(hello, TlsServer{authority.issue(), TLS1_2_VERSION});
  EXPECT_TRUE(greet(old, "localhost", ca));
}

TEST(Tls, RefusesWhomItCannotTrust) {
  TempDir directory;
  Authority authority;
  Authority other("somebody else");
  Authority namesake;  // the same name, another key
  std::string ca = directory.put("ca.pem", authority.pem());
  struct Case {
    testing::Identity identity;
    const char* part;
  };
  const Case cases[] = {
      {other.issue(), "unable to get local issuer certificate"},
      {namesake.issue(), "signature failure"},
      {authority.issue({.from_days = -30, .to_days = -1}), "certificate has expired"},
      {authority.issue({.from_days = 1}), "certificate is not yet valid"},
      {authority.issue({.names = "DNS:a.test,DNS:b.test"}), "it is for 'a.test', 'b.test'"},
      {authority.issue({.names = "DNS:*.localhost"}), "it is for '*.localhost'"},
      {authority.issue({.names = "IP:127.0.0.1"}), "it does not name the host"},
      {authority.issue({.names = ""}), "it does not name the host"},
  };
  for (const Case& c : cases) {
    TestServer server(hello, TlsServer{c.identity});
    auto got = greet(server, "localhost", ca);
    ASSERT_FALSE(got) << c.part;
    EXPECT_EQ(got.error().kind, ErrorKind::Denied) << c.part;
    EXPECT_TRUE(got.error().message.starts_with("the certificate of 'localhost' is not to be trusted: "));
    EXPECT_NE(got.error().message.find(c.part), std::string::npos) << got.error().message;
  }
  TestServer address(hello, TlsServer{authority.issue({.names = "DNS:127.0.0.1,IP:127.0.0.2"})});
  EXPECT_EQ(greet(address, "127.0.0.1", ca).error().kind, ErrorKind::Denied);
}

TEST(Tls, NothingIsTrustedWithoutReason) {
  Authority authority;
  TestServer server(hello, TlsServer{authority.issue()});
  auto got = greet(server, "localhost", "");  // the machine's authorities, whatever they are
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Denied);
}

TEST(Tls, SaysWhenTheOtherSideDoesNotPlay) {
  TempDir directory;
  Authority authority;
  std::string ca = directory.put("ca.pem", authority.pem());
  TestServer plain([](Peer& peer) { peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  EXPECT_EQ(
      greet(plain, "localhost", ca).error(),
      (Error{ErrorKind::Unavailable, "TLS with 'localhost': the other side does not speak TLS", {}, {}}));
  TestServer silent([](Peer&) {});
  auto closed = greet(silent, "localhost", ca);
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::Unavailable) << closed.error().message;
  TestServer ancient(hello, TlsServer{authority.issue(), TLS1_1_VERSION});
  auto refused = greet(ancient, "localhost", ca);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Unavailable) << refused.error().message;
  TestServer cutting(
      [](Peer& peer) {
        hello(peer);
        peer.cut();
      },
      TlsServer{authority.issue()});
  EXPECT_EQ(greet(cutting, "localhost", ca).error(),
            (Error{ErrorKind::Unavailable, "TLS with 'localhost': the connection was cut off", {}, {}}));
}

TEST(Tls, TrustComesFromTheEnvironmentUnlessAFileIsNamed) {
  TempDir directory;
  Authority authority;
  Authority other("somebody else");
  std::string good = directory.put("good.pem", authority.pem());
  std::string wrong = directory.put("wrong.pem", other.pem());
  directory.put("plain/ca.crt", authority.pem());
  directory.put("plain/README", "no certificate here");
  directory.put(cat("hashed/", authority.hashed_name()), authority.pem());
  directory.put("none/README", "no certificate here");
  TestServer server(hello, TlsServer{authority.issue()});
  struct Case {
    std::string ca_file;
    std::map<std::string, std::string> variables;
    bool want;
  };
  const Case cases[] = {
      {good, {}, true},
      {good, {{"SSL_CERT_FILE", wrong}}, true},
      {wrong, {{"SSL_CERT_FILE", good}, {"SSL_CERT_DIR", directory / "plain"}}, false},
      {"", {{"SSL_CERT_FILE", good}}, true},
      {"", {{"SSL_CERT_FILE", wrong}}, false},
      {"", {{"SSL_CERT_DIR", directory / "plain"}}, true},
      {"", {{"SSL_CERT_DIR", directory / "hashed"}}, true},
      {"",
       {{"SSL_CERT_DIR", cat("/no/such/directory:", directory / "none", ":", directory / "plain")}},
       true},
      {"", {{"SSL_CERT_DIR", directory / "none"}}, false},
      {"", {{"SSL_CERT_FILE", wrong}, {"SSL_CERT_DIR", directory / "hashed"}}, true},
  };
  for (const Case& c : cases) {
    auto got = greet(server, "localhost", c.ca_file, of(c.variables));
    EXPECT_EQ(got.has_value(), c.want) << c.ca_file;
    if (!got) {
      EXPECT_EQ(got.error().kind, ErrorKind::Denied) << got.error().message;
    }
  }
}

TEST(Tls, TheMachinesBundleIsReadWhenItIsNeededAndOnce) {
  Authority authority;
  TestServer server(hello, TlsServer{authority.issue()});
  TestServer stranger(hello, TlsServer{Authority("somebody else").issue()});
  for (const char* path :
       {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"}) {
    testing::FakeFiles files{{path, cat(Authority("first").pem(), authority.pem())}};
    auto context = tls_context(files, "", of({}));
    ASSERT_TRUE(context) << context.error().message;
    EXPECT_TRUE(files.read_log().empty());
    for (int i = 0; i < 2; ++i) {
      auto got = greet(server, "localhost", *context);
      EXPECT_TRUE(got) << path << ' ' << got.error().message;
      EXPECT_EQ(greet(stranger, "localhost", *context).error().kind, ErrorKind::Denied);
    }
    EXPECT_EQ(files.read_log(), std::vector<std::string>{path});
  }
}

TEST(Tls, ABundleMountedBesideAnOlderHashedDirectoryCounts) {
  Authority authority;
  TestServer server(hello, TlsServer{authority.issue()});
  testing::FakeFiles files{{"/etc/ssl/certs/ca-certificates.crt", authority.pem()},
                           {"/etc/ssl/certs/002c0b4f.0", "an authority of the image"}};
  auto context = tls_context(files, "", of({}));
  ASSERT_TRUE(context);
  EXPECT_TRUE(greet(server, "localhost", *context));
}

TEST(Tls, ANamedFileHasToHoldCertificates) {
  TempDir directory;
  auto files = real_files();
  std::string good = Authority().pem();
  std::string broken = good;
  broken[std::string_view("-----BEGIN CERTIFICATE-----\n").size()] = 'A';  // no longer a DER sequence
  std::string empty = directory.put("empty.pem", "");
  std::string half = directory.put("half.pem", cat(good, broken));
  std::string cut = directory.put("cut.pem", good.substr(0, good.size() / 2));
  struct Case {
    std::string ca_file;
    std::map<std::string, std::string> variables;
    ErrorKind kind;
    const char* part;
  };
  const Case cases[] = {
      {directory / "missing.pem", {}, ErrorKind::NotFound, "missing.pem"},
      {directory.path(), {}, ErrorKind::Invalid, "directory"},
      {empty, {}, ErrorKind::Invalid, "holds no certificate"},
      {half, {}, ErrorKind::Invalid, "certificate 2 cannot be read"},
      {cut, {}, ErrorKind::Invalid, "certificate"},
      {"", {{"SSL_CERT_FILE", empty}}, ErrorKind::Invalid, "SSL_CERT_FILE: "},
      {"", {{"SSL_CERT_DIR", "/no/such:/directory"}}, ErrorKind::NotFound, "SSL_CERT_DIR: "},
  };
  for (const Case& c : cases) {
    auto got = tls_context(*files, c.ca_file, of(c.variables));
    ASSERT_FALSE(got) << c.part;
    EXPECT_EQ(got.error().kind, c.kind) << got.error().message;
    EXPECT_NE(got.error().message.find(c.part), std::string::npos) << got.error().message;
  }
}

// Run as a process of its own, because OpenSSL reads its configuration once, at the first use.
TEST(Tls, OpensslReadsNoConfigurationFile) {
  auto files = real_files();
  if (std::getenv("OPENSSL_CONF") != nullptr) {
    ASSERT_TRUE(tls_context(*files, "", of({})));
    return;
  }
  TempDir directory;
  std::string file = directory.put("openssl.cnf", "openssl_conf = no_such_section\n");
  OwnedFd watch(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  ASSERT_GE(::inotify_add_watch(watch.get(), file.c_str(), IN_OPEN), 0);
  auto child =
      real_processes()->run({.argv = {"/proc/self/exe", "--gtest_filter=Tls.OpensslReadsNoConfigurationFile"},
                             .environment = {{"OPENSSL_CONF", file}}});
  ASSERT_TRUE(child) << child.error().message;
  EXPECT_EQ(child->exit_code, 0) << child->out;
  std::array<char, 4096> events{};
  EXPECT_EQ(::read(watch.get(), events.data(), events.size()), -1) << "somebody opened it";
}

}  // namespace
}  // namespace eidos::net
