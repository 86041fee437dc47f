#include "net/session.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/test_server.h"

namespace eidos::net {
namespace {

using testing::answer;
using testing::Authority;
using testing::Peer;
using testing::TestServer;
using testing::TlsServer;

Files& files() {
  static const std::unique_ptr<Files> kFiles = real_files();
  return *kFiles;
}

std::unique_ptr<Session> session_to(const std::string& url, SessionOptions options = {}) {
  options.server = parse_url(url).value();
  options.environment = [](const char*) { return std::string(); };
  auto session = open_session(files(), std::move(options));
  EXPECT_TRUE(session);
  return *std::move(session);
}

/// Answers every request of a connection with what `reply` makes of its head.
testing::Script keeping(std::function<std::string(const std::string&)> reply) {
  return [reply = std::move(reply)](Peer& peer) {
    for (;;) {
      std::string head = peer.read_head();
      if (!head.ends_with("\r\n\r\n")) return;
      if (std::string text = reply(head); text.empty() || !peer.send(text)) return;
    }
  };
}

std::string body_of(Session& session, const Call& call, const Limit& limit = {}) {
  auto exchange = session.send(call, limit);
  if (!exchange) return "error: " + exchange.error().message;
  auto body = read_body(**exchange, 1000);
  return body ? *body : "error: " + body.error().message;
}

TEST(Session, KeepsItsConnection) {
  TestServer server(
      keeping([](const std::string& head) { return answer(200, head.substr(0, head.find(" HTTP"))); }));
  auto session = session_to(server.url());
  EXPECT_EQ(body_of(*session, {.target = "/a"}), "GET /a");
  EXPECT_EQ(body_of(*session, {.method = "DELETE", .target = "/b"}), "DELETE /b");
  EXPECT_EQ(server.connections(), 1);
}

TEST(Session, SendsFieldsAndBody) {
  std::string seen;
  TestServer server([&](Peer& peer) {
    seen = peer.read_head();
    seen += peer.read();
    peer.send(answer(201, "made"));
  });
  auto session = session_to(server.url(), {.user_agent = "eidos/test"});
  EXPECT_EQ(body_of(*session, {.method = "POST", .target = "/x", .fields = {{"A", "b"}}, .body = "{}"}),
            "made");
  EXPECT_EQ(seen, cat("POST /x HTTP/1.1\r\nHost: 127.0.0.1:", server.port(),
                      "\r\nUser-Agent: eidos/test\r\nA: b\r\nContent-Length: 2\r\n\r\n{}"));
}

TEST(Session, ARequestCannotBeSplit) {
  auto session = session_to("http://127.0.0.1:1/");
  for (const Call& call : {Call{.target = "/a\r\nB: c"}, Call{.fields = {{"A", "b\nC: d"}}}})
    EXPECT_EQ(body_of(*session, call), "error: a line end within a request");
}

TEST(Session, AnAbandonedBodyClosesItsConnection) {
  TestServer server(keeping([](const std::string&) { return answer(200, "text"); }));
  auto session = session_to(server.url());
  {
    auto exchange = session->send({}, {});
    ASSERT_TRUE(exchange);
    EXPECT_EQ((*exchange)->head().status, 200);
  }
  EXPECT_EQ(body_of(*session, {}), "text");
  EXPECT_EQ(server.connections(), 2);
}

TEST(Session, AConnectionTheServerClosedIsReplaced) {
  TestServer server([](Peer& peer) {
    peer.read_head();
    peer.send(answer(200, "once"));  // and goodbye, without saying so
  });
  auto session = session_to(server.url());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(body_of(*session, {}), "once");
  EXPECT_EQ(server.connections(), 3);
}

TEST(Session, WhatMayNotBeSentTwiceIsNot) {
  std::atomic<int> posts = 0;
  TestServer server([&](Peer& peer) {
    if (peer.read_head().starts_with("POST")) {
      ++posts;
      return;  // taken, and no answer
    }
    peer.send(answer(200, "x"));
  });
  auto session = session_to(server.url());
  EXPECT_EQ(body_of(*session, {}), "x");
  EXPECT_EQ(body_of(*session, {.method = "POST", .repeatable = false}),
            "error: the connection was closed without an answer");
  EXPECT_EQ(posts, 1);
}

TEST(Session, AStreamComesAsItIsSent) {
  std::atomic<bool> first_seen = false;
  TestServer server([&](Peer& peer) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
    first_seen.wait(false);
    peer.send("3\r\ntwo\r\n0\r\n\r\n");
  });
  auto session = session_to(server.url());
  auto exchange = session->send({}, {});
  ASSERT_TRUE(exchange);
  EXPECT_EQ((*exchange)->next().value(), "one");
  first_seen = true;
  first_seen.notify_all();
  EXPECT_EQ((*exchange)->next().value(), "two");
  EXPECT_EQ((*exchange)->next().value(), "");
}

TEST(Session, SilenceEnds) {
  TestServer mute([](Peer& peer) { peer.await_close(); });
  auto session = session_to(mute.url(), {.head_time = Milliseconds(30)});
  auto none = session->send({}, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::Timeout);

  TestServer halting([](Peer& peer) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    peer.await_close();
  });
  session = session_to(halting.url(), {.idle_time = Milliseconds(30)});
  auto half = session->send({}, {});
  ASSERT_TRUE(half);
  EXPECT_EQ((*half)->next().value(), "half");
  EXPECT_EQ((*half)->next().error().kind, ErrorKind::Timeout);
}

TEST(Session, AStopRequestEndsTheWait) {
  std::stop_source stop;
  TestServer server([&](Peer& peer) {
    peer.read_head();
    stop.request_stop();
    peer.await_close();
  });
  auto session = session_to(server.url());
  auto none = session->send({}, Limit(stop.get_token(), std::nullopt));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::Cancelled);
}

TEST(Session, ManyThreadsShareIt) {
  TestServer server(keeping([](const std::string& head) { return answer(200, head.substr(5, 4)); }));
  auto session = session_to(server.url());
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 20; ++i) {
          std::string name = cat(t, "-", 10 + i);
          if (body_of(*session, {.target = "/" + name}) == name) ++good;
        }
      });
  }
  EXPECT_EQ(good, 80);
  EXPECT_LE(server.connections(), 8);
}

TEST(Session, TrustIsWhatTheSettingsSay) {
  Authority ours;
  Authority other("another authority");
  TestServer server(keeping([](const std::string&) { return answer(200, "x"); }),
                    TlsServer{ours.issue({.names = "DNS:kubernetes"})});
  struct Case {
    SessionOptions options;
    std::string want;
  };
  const std::string refused = "error: the certificate of '127.0.0.1' is not to be trusted: ";
  const Case cases[] = {
      {{.server_name = "kubernetes", .tls = {.authorities = ours.pem()}}, "x"},
      {{.tls = {.authorities = ours.pem()}}, refused + "it is for 'kubernetes'"},
      {{.tls = {.insecure = true}}, "x"},
      {{.tls = {.authorities = "no pem"}}, "error: no certificate of an authority"},
  };
  for (const Case& c : cases) EXPECT_EQ(body_of(*session_to(server.url(), c.options), {}), c.want);
  auto session = session_to(
      server.url(),
      {.server_name = "kubernetes", .tls = {.authorities = other.pem()}, .trust_hint = "the hint"});
  auto untrusted = session->send({}, {});
  ASSERT_FALSE(untrusted);
  EXPECT_EQ(untrusted.error().kind, ErrorKind::Denied);
  EXPECT_EQ(untrusted.error().hint, "the hint");
  session->use({.authorities = ours.pem()});
  EXPECT_EQ(body_of(*session, {}), "x");
}

TEST(Session, ShowsItsCertificate) {
  Authority ours;
  testing::Identity client = ours.issue();
  testing::Identity stranger = ours.issue();
  std::atomic<int> shown = 0;
  TestServer server(
      [&](Peer& peer) {
        peer.read_head();
        testing::X509Ptr certificate(SSL_get1_peer_certificate(peer.ssl()));
        shown = certificate ? 1 : 0;
        peer.send(answer(200, "x"));
      },
      TlsServer{.identity = ours.issue(), .ask_client = true});
  TlsSettings tls{.authorities = ours.pem()};
  EXPECT_EQ(body_of(*session_to(server.url(), {.tls = tls}), {}), "x");
  EXPECT_EQ(shown, 0);
  tls.certificate = client.certificate;
  tls.key = client.key;
  EXPECT_EQ(body_of(*session_to(server.url(), {.tls = tls}), {}), "x");
  EXPECT_EQ(shown, 1);
  tls.key = stranger.key;
  EXPECT_EQ(body_of(*session_to(server.url(), {.tls = tls}), {}),
            "error: the client key belongs to another certificate");
  tls.key = "";
  EXPECT_EQ(body_of(*session_to(server.url(), {.tls = tls}), {}), "error: the client key cannot be read");
  tls.certificate = "x";
  EXPECT_EQ(body_of(*session_to(server.url(), {.tls = tls}), {}),
            "error: the client certificate cannot be read");
}

TEST(Session, TheEndOfACertificateIsKnown) {
  Authority ours;
  auto end = certificate_end(ours.issue({.to_days = 10}).certificate);
  ASSERT_TRUE(end);
  auto left = *end - std::chrono::system_clock::now();
  EXPECT_GT(left, std::chrono::hours(24 * 9));
  EXPECT_LT(left, std::chrono::hours(24 * 11));
  EXPECT_FALSE(certificate_end("x"));
}

}  // namespace
}  // namespace eidos::net
