#include "net/client.h"

#include <latch>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/http_client.h"
#include "support/temp_dir.h"
#include "support/test_server.h"

namespace eidos::net {
namespace {

using testing::answer;
using testing::answering;
using testing::Authority;
using testing::Peer;
using testing::redirect;
using testing::Script;
using testing::TempDir;
using testing::TestClient;
using testing::TestServer;
using testing::TlsServer;

// Answers by the path of the request, writing down every header it got.
class Site {
 public:
  void put(const std::string& path, const std::string& reply) { replies_[path] = reply; }
  std::vector<std::string> heads() const {
    std::lock_guard lock(mutex_);
    return heads_;
  }
  Script script() {
    return [this](Peer& peer) {
      std::string head = peer.read_head();
      std::string path = head.substr(head.find(' ') + 1);
      path = path.substr(0, path.find(' '));
      {
        std::lock_guard lock(mutex_);
        heads_.push_back(head);
      }
      auto found = replies_.find(path);
      peer.send(found == replies_.end() ? answer(404, "") : found->second);
    };
  }

 private:
  std::map<std::string, std::string> replies_;
  mutable std::mutex mutex_;
  std::vector<std::string> heads_;
};

Error error_of(const Result<Response>& got) {
  return got ? Error{ErrorKind::Internal, cat("no error but: ", got->body), {}, {}} : got.error();
}

TEST(Client, FetchesADocument) {
  Site site;
  site.put("/a?b=c", answer(200, "kind: Snapshot\n", "Content-Type: text/yaml\r\n"));
  TestServer server(site.script());
  auto got = TestClient().fetch(server.url("a.test", "/a?b=c#part"));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->body, "kind: Snapshot\n");
  EXPECT_EQ(got->content_type, "text/yaml");
  EXPECT_EQ(got->url, cat("http://a.test:", server.port(), "/a?…"));
  ASSERT_EQ(site.heads().size(), 1u);
  EXPECT_EQ(site.heads()[0], cat("GET /a?b=c HTTP/1.1\r\nHost: a.test:", server.port(),
                                 "\r\nUser-Agent: eidos/test\r\nAccept: */*\r\nConnection: close\r\n\r\n"));
}

TEST(Client, FetchesOverTls) {
  TempDir directory;
  Authority authority;
  std::string ca = directory.put("ca.pem", authority.pem());
  std::string big(3'000'000, 'x');
  TestServer server(answering(answer(200, big)), TlsServer{authority.issue()});
  auto got = TestClient{.ca_file = ca}.fetch(server.url("localhost"));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_TRUE(got->body == big);

  auto refused = error_of(TestClient{.ca_file = ca}.fetch(server.url("other.test", "/?token=s3cret")));
  EXPECT_EQ(refused.kind, ErrorKind::Denied);
  EXPECT_EQ(refused.message,
            cat("fetching 'https://other.test:", server.port(),
                "/?…': the certificate of 'other.test' is not to be trusted: it is for 'localhost'"));
  EXPECT_NE(refused.hint.find("--ca-file"), std::string::npos);
}

TEST(Client, EveryStatusHasItsKindAndOneLine) {
  struct Case {
    int status;
    ErrorKind kind;
  };
  const Case cases[] = {
      {201, ErrorKind::Invalid},     {204, ErrorKind::Invalid},     {206, ErrorKind::Invalid},
      {300, ErrorKind::Invalid},     {304, ErrorKind::Invalid},     {302, ErrorKind::Invalid},
      {400, ErrorKind::Invalid},     {401, ErrorKind::Denied},      {403, ErrorKind::Denied},
      {404, ErrorKind::NotFound},    {407, ErrorKind::Denied},      {408, ErrorKind::Timeout},
      {410, ErrorKind::NotFound},    {418, ErrorKind::Invalid},     {429, ErrorKind::RateLimited},
      {500, ErrorKind::Unavailable}, {503, ErrorKind::Unavailable}, {504, ErrorKind::Timeout},
      {599, ErrorKind::Unavailable}, {999, ErrorKind::Invalid},
  };
  for (const Case& c : cases) {
    TestServer server(answering(cat("HTTP/1.1 ", c.status, " X\r\nContent-Length: 99999999\r\n\r\n<html>")));
    Error error = error_of(TestClient().fetch(server.url()));
    EXPECT_EQ(error.kind, c.kind) << c.status;
    std::string start = cat("fetching 'http://127.0.0.1:", server.port(), "/': '127.0.0.1:", server.port(),
                            "' answered ", c.status, ": ");
    EXPECT_TRUE(error.message.starts_with(start)) << error.message;
  }
}

// A chain /0 -> /1 -> ... of `length` redirects.
void put_chain(Site& site, int length) {
  for (int i = 0; i < length; ++i) site.put(cat('/', i), redirect(cat(i + 1)));
  site.put(cat('/', length), answer(200, "end"));
}

TEST(Client, FollowsFiveRedirectsAndNoMore) {
  Site five;
  put_chain(five, 5);
  TestServer server(five.script());
  auto got = TestClient().fetch(server.url("a.test", "/0"));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->body, "end");
  EXPECT_EQ(got->url, server.url("a.test", "/5"));

  Site six;
  put_chain(six, 6);
  TestServer longer(six.script());
  Error error = error_of(TestClient().fetch(longer.url("a.test", "/0")));
  EXPECT_EQ(error.kind, ErrorKind::Invalid);
  EXPECT_EQ(error.message, cat("fetching '", longer.url("a.test", "/0"),
                               "': more than 5 redirects, the last to '", longer.url("a.test", "/6"), "'"));
  EXPECT_EQ(longer.connections(), 6);
}

TEST(Client, RefusesRedirectsThatLeadNowhere) {
  struct Case {
    const char* location;
    const char* part;
  };
  const Case cases[] = {
      {"/", "redirected in a circle, back to 'http://a.test:"},
      {"/b", "redirected in a circle, back to 'http://a.test:"},
      {"file:///etc/passwd", "scheme 'file' is not supported"},
      {"http://", "no host"},
      {"http://a b/", "not a URL"},
      {"ftp://u:s3cret@h/", "scheme 'ftp'"},
  };
  for (const Case& c : cases) {
    Site site;
    site.put("/", redirect(c.location));
    site.put("/b", redirect("/"));
    TestServer server(site.script());
    Error error = error_of(TestClient().fetch(server.url("a.test")));
    EXPECT_EQ(error.kind, ErrorKind::Invalid) << c.location;
    EXPECT_NE(error.message.find(c.part), std::string::npos) << error.message;
    EXPECT_EQ(error.message.find("s3cret"), std::string::npos) << error.message;
  }
}

TEST(Client, NeverFollowsFromHttpsToHttp) {
  TempDir directory;
  Authority authority;
  std::string ca = directory.put("ca.pem", authority.pem());
  TestServer plain(answering(answer(200, "plain")));
  Site site;
  site.put("/", redirect(plain.url("localhost", "/?token=s3cret")));
  TestServer server(site.script(), TlsServer{authority.issue()});
  Error error = error_of(TestClient{.ca_file = ca}.fetch(server.url("localhost")));
  EXPECT_EQ(error.kind, ErrorKind::Invalid);
  EXPECT_NE(
      error.message.find(cat("redirected to 'http://localhost:", plain.port(), "/?…', from https to http")),
      std::string::npos)
      << error.message;
  EXPECT_EQ(plain.connections(), 0);

  Site up;  // the other way is fine
  up.put("/", redirect(server.url("localhost", "/doc")));
  site.put("/doc", answer(200, "safe"));
  TestServer from(up.script());
  auto got = TestClient{.ca_file = ca}.fetch(from.url("localhost"));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->body, "safe");
}

TEST(Client, CredentialsStayWithTheirHost) {
  Site other;
  other.put("/", answer(200, "end"));
  TestServer elsewhere(other.script());
  Site site;
  site.put("/", redirect("/again"));
  site.put("/again", redirect(cat("http://x:y@a.test:", elsewhere.port(), "/")));
  TestServer server(site.script());
  auto got = TestClient().fetch(cat("http://us%65r:p%40ss@a.test:", server.port(), "/"));
  ASSERT_TRUE(got) << got.error().message;
  ASSERT_EQ(site.heads().size(), 2u);
  for (const std::string& head : site.heads())  // base64 of "user:p@ss"
    EXPECT_NE(head.find("\r\nAuthorization: Basic dXNlcjpwQHNz\r\n"), std::string::npos) << head;
  ASSERT_EQ(other.heads().size(), 1u);
  EXPECT_EQ(other.heads()[0].find("Authorization"), std::string::npos);
  EXPECT_EQ(got->url.find("user"), std::string::npos);
}

TEST(Client, NoErrorHoldsASecret) {
  TestServer denied(answering(answer(401, "")));
  std::string place = cat("127.0.0.1:", denied.port(), "/");
  for (const std::string& url : {cat("http://user:s3cret@", place), cat("http://s3cret@", place),
                                 cat("http://", place, "?token=s3cret"), cat("http://u:s3cret@127.0.0.1:0/"),
                                 std::string("ftp://u:s3cret@h/")}) {
    Error error = error_of(TestClient().fetch(url));
    EXPECT_EQ(cat(error.message, error.where, error.hint).find("s3cret"), std::string::npos) << error.message;
  }
}

TEST(Client, RefusesWhatIsTooLarge) {
  const std::string cases[] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nxxxxxx\r\n6\r\nxxxxxx\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\nxxxxxxxxxxxx",
  };
  for (const std::string& text : cases) {
    TestServer server(answering(text));
    Error error = error_of(TestClient().get({.url = server.url(), .max_body = 10}));
    EXPECT_EQ(error.kind, ErrorKind::Invalid);
    EXPECT_TRUE(error.message.ends_with(": the document is larger than 10 bytes")) << error.message;
  }
}

TEST(Client, ABrokenAnswerIsNeverADocument) {
  struct Case {
    const char* text;
    ErrorKind kind;
  };
  const Case cases[] = {
      {"", ErrorKind::Unavailable},
      {"HTTP/1.1 200", ErrorKind::Unavailable},
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", ErrorKind::Unavailable},
      {"220 mail.example ESMTP\r\n", ErrorKind::Invalid},
      {"HTTP/1.1 200 OK\r\nbad header\r\n\r\n", ErrorKind::Invalid},
  };
  for (const Case& c : cases) {
    TestServer server(answering(c.text));
    EXPECT_EQ(error_of(TestClient().fetch(server.url())).kind, c.kind) << c.text;
  }
}

// Sends `text`, then nothing, until the client goes away.
Script stalling(std::string text, std::latch* sent = nullptr) {
  return [text = std::move(text), sent](Peer& peer) {
    peer.read_head();
    peer.send(text);
    if (sent != nullptr) sent->count_down();
    peer.await_close();
  };
}

constexpr const char* kHalf = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";

TEST(Client, ASlowServerIsATimeout) {
  for (const char* text : {"", "HTTP/1.1 200 OK\r\nContent-", kHalf}) {
    TestServer server(stalling(text));
    std::string want =
        cat("fetching '", server.url(), "': waiting for '127.0.0.1:", server.port(), "': timed out");
    Error by_request = error_of(TestClient().get({.url = server.url(), .timeout = Milliseconds(50)}));
    EXPECT_EQ(by_request, (Error{ErrorKind::Timeout, want, {}, {}}));
    Error by_limit =
        error_of(TestClient().get({.url = server.url(), .limit = Limit().within(Milliseconds(50))}));
    EXPECT_EQ(by_limit, (Error{ErrorKind::Timeout, want, {}, {}}));
  }
}

TEST(Client, ADripOfBytesDoesNotStretchTheLimit) {
  TestServer server([](Peer& peer) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    while (peer.send("x")) std::this_thread::yield();
  });
  Request request{.url = server.url(), .max_body = 1LL << 40, .timeout = Milliseconds(50)};
  EXPECT_EQ(error_of(TestClient().get(request)).kind, ErrorKind::Timeout);
}

TEST(Client, TheLimitCoversAllRedirectsTogether) {
  Site site;
  put_chain(site, 1);
  TestServer server([&](Peer& peer) {
    std::string head = peer.read_head();
    if (head.starts_with("GET /0"))
      peer.send(redirect("/1"));
    else
      peer.await_close();
  });
  Request request{.url = server.url("a.test", "/0"), .timeout = Milliseconds(50)};
  EXPECT_EQ(error_of(TestClient().get(request)).kind, ErrorKind::Timeout);
}

TEST(Client, AStopRequestEndsItAtOnce) {
  std::latch sent(1);
  TestServer server(stalling(kHalf, &sent));
  std::stop_source source;
  std::jthread stopper([&] {
    sent.wait();
    source.request_stop();
  });
  Error error =
      error_of(TestClient().get({.url = server.url(), .limit = Limit(source.get_token(), std::nullopt)}));
  EXPECT_EQ(error.kind, ErrorKind::Cancelled);
  Error before =
      error_of(TestClient().get({.url = server.url(), .limit = Limit(source.get_token(), std::nullopt)}));
  EXPECT_EQ(before.kind, ErrorKind::Cancelled);
  EXPECT_EQ(server.connections(), 1);
}

TEST(Client, NothingListensIsUnavailable) {
  int port = TestServer([](Peer&) {}).port();
  Error error = error_of(TestClient().fetch(cat("http://a.test:", port, "/x")));
  EXPECT_EQ(error, (Error{ErrorKind::Unavailable,
                          cat("fetching 'http://a.test:", port, "/x': connecting to 'a.test:", port,
                              "': Connection refused"),
                          {},
                          {}}));
}

TEST(Client, ServesManyThreads) {
  TempDir directory;
  Authority authority;
  std::string ca = directory.put("ca.pem", authority.pem());
  TestServer server(answering(answer(200, "ok")), TlsServer{authority.issue()});
  auto transport = TestClient{.ca_file = ca}.transport();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      auto got = transport->get({.url = server.url("localhost")});
      ASSERT_TRUE(got) << got.error().message;
      EXPECT_EQ(got->body, "ok");
    });
}

}  // namespace
}  // namespace eidos::net
