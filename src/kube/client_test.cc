#include "kube/client.h"

#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "support/fake_api_server.h"

namespace eidos::kube {
namespace {

using testing::answer;
using testing::ApiClient;
using testing::ApiRequest;
using testing::chunk;
using ::testing::ElementsAre;
using testing::FakeApiServer;
using ::testing::HasSubstr;
using testing::json_answer;
using testing::kStream;
using testing::Peer;
using ::testing::SizeIs;
using testing::status_answer;

const Target kPod{pods(), "ns", "p"};

std::string name_of(const data::Value& object) {
  const data::Value* name = object.find("name");
  return name == nullptr ? "" : name->string();
}

// ---- what is asked -----------------------------------------------------------------------------

TEST(Client, AsksInTheApisOwnWords) {
  std::vector<std::string> bodies;
  FakeApiServer server([&](const ApiRequest& asked) {
    bodies.push_back(asked.body);
    return json_answer(200, R"({"status":{"allowed":true}})");
  });
  ApiClient api(server.url());
  const Resource jobs{.group = "batch", .plural = "jobs"};
  data::Map object;
  object.set("a", "b");
  const data::Value body(std::move(object));
  EXPECT_TRUE(api.client().get_path("/version", {}));
  EXPECT_TRUE(api.client().get({nodes(), {}, "a b/c"}, {}));
  EXPECT_TRUE(api.client().create({jobs, "ns", "j"}, body, {}));
  EXPECT_TRUE(api.client().apply(kPod, body, {.manager = "m", .force = true}, {}));
  EXPECT_TRUE(api.client().remove({jobs, "ns", "j"}, {.uid = "7", .propagation = "Foreground"}, {}).value());
  EXPECT_TRUE(api.client().may({"create", jobs, "ns", "j", "status"}, {}).value());
  EXPECT_THAT(server.asked(), ElementsAre("GET /version", "GET /api/v1/nodes/a%20b%2Fc",
                                          "POST /apis/batch/v1/namespaces/ns/jobs",
                                          "PATCH /api/v1/namespaces/ns/pods/p?fieldManager=m&force=true",
                                          "DELETE /apis/batch/v1/namespaces/ns/jobs/j",
                                          "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews"));
  EXPECT_EQ(bodies[2], R"({"a":"b"})");
  EXPECT_EQ(
      bodies[4],
      R"({"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Foreground","preconditions":{"uid":"7"}})");
  EXPECT_THAT(bodies[5], HasSubstr(R"("group":"batch")"));
  EXPECT_THAT(bodies[5], HasSubstr(R"("subresource":"status")"));
  EXPECT_EQ(server.connections(), 2);  // what may be sent once only gets a fresh one
}

TEST(Client, TheServersPathStandsInFront) {
  FakeApiServer server([](const ApiRequest&) { return json_answer(200, "{}"); });
  ApiClient api(server.url() + "/k8s/clusters/c-1/");
  EXPECT_TRUE(api.client().get(kPod, {}));
  EXPECT_THAT(server.asked(), ElementsAre("GET /k8s/clusters/c-1/api/v1/namespaces/ns/pods/p"));
}

TEST(Client, RemovingWhatIsNotThereIsNoError) {
  int status = 404;
  FakeApiServer server([&](const ApiRequest&) { return status_answer(status, "NotFound", "no"); });
  ApiClient api(server.url());
  EXPECT_FALSE(api.client().remove(kPod, {}, {}).value());
  status = 409;  // another one has its name by now
  EXPECT_FALSE(api.client().remove(kPod, {.uid = "old"}, {}).value());
  EXPECT_FALSE(api.client().remove(kPod, {}, {}));
}

// ---- what is refused ---------------------------------------------------------------------------

TEST(Client, ARefusalSaysEverything) {
  FakeApiServer server([](const ApiRequest&) {
    return status_answer(403, "Forbidden", "pods is forbidden: User 'u' cannot list");
  });
  ApiClient api(server.url());
  auto got = api.client().get(kPod, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Denied);
  EXPECT_EQ(got.error().message,
            "getting pods 'p' in namespace 'ns': 403 Forbidden: pods is forbidden: User 'u' cannot list");
  EXPECT_EQ(got.error().where, cat("context 'dev', server '", server.url(), "', user 'u'"));
  EXPECT_EQ(got.error().hint,
            "a Role in that namespace of this user needs the rule {apiGroups: [\"\"], resources: [pods], "
            "verbs: [get]}");
  EXPECT_THAT(server.asked(), SizeIs(1));
}

TEST(Client, EveryStatusHasItsKind) {
  struct Case {
    int status;
    ErrorKind kind;
    std::size_t tries;
  };
  const Case cases[] = {
      {400, ErrorKind::Invalid, 1},     {401, ErrorKind::Denied, 1},      {403, ErrorKind::Denied, 1},
      {404, ErrorKind::NotFound, 1},    {409, ErrorKind::Invalid, 1},     {410, ErrorKind::NotFound, 1},
      {422, ErrorKind::Invalid, 1},     {429, ErrorKind::RateLimited, 3}, {500, ErrorKind::Unavailable, 3},
      {503, ErrorKind::Unavailable, 3}, {504, ErrorKind::Timeout, 3},     {302, ErrorKind::Invalid, 1}};
  for (const Case& c : cases) {
    FakeApiServer server([&](const ApiRequest&) { return status_answer(c.status, "R", "the reason"); });
    ApiClient api(server.url());
    auto got = api.client().get(kPod, {});
    ASSERT_FALSE(got) << c.status;
    EXPECT_EQ(got.error().kind, c.kind) << c.status;
    EXPECT_THAT(got.error().message, HasSubstr(cat(c.status))) << c.status;
    EXPECT_THAT(got.error().message, HasSubstr("the reason")) << c.status;
    EXPECT_THAT(server.asked(), SizeIs(c.tries)) << c.status;
  }
}

TEST(Client, WhatIsNoApiServerIsToldApart) {
  for (const char* body : {"<html>\nnginx</html>", "", "[1", "{\"kind\":"}) {
    FakeApiServer server([&](const ApiRequest&) { return answer(200, body); });
    ApiClient api(server.url());
    auto got = api.client().get(kPod, {});
    ASSERT_FALSE(got) << body;
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid) << body;
    EXPECT_THAT(got.error().message, HasSubstr("is no JSON")) << body;
  }
  FakeApiServer proxy([](const ApiRequest&) { return answer(404, "<html>\nnot here</html>"); });
  ApiClient api(proxy.url());
  EXPECT_THAT(api.client().get(kPod, {}).error().message, HasSubstr("404 Not Found: '<html>'"));
}

// ---- tries -------------------------------------------------------------------------------------

TEST(Client, TriesAgainWhatMayBeTriedAgain) {
  struct Case {
    const char* name;
    std::string first;  ///< "" closes the connection.
  };
  const Case cases[] = {{"429", status_answer(429, "TooManyRequests", "slow", "Retry-After: 0\r\n")},
                        {"500", answer(500, "")},
                        {"503", status_answer(503, "ServiceUnavailable", "")},
                        {"lost", ""},
                        {"cut", "HTTP/1.1 200 OK\r\nContent-Le"}};
  for (const Case& c : cases) {
    std::atomic<int> count = 0;
    FakeApiServer server([&](const ApiRequest&, Peer& peer) {
      if (++count < 3) return !c.first.empty() && peer.send(c.first) && c.first.ends_with("}");
      return peer.send(json_answer(200, R"({"name":"x"})"));
    });
    ApiClient api(server.url());
    auto got = api.client().get(kPod, {});
    ASSERT_TRUE(got) << c.name << ": " << got.error().message;
    EXPECT_EQ(name_of(*got), "x");
  }
}

TEST(Client, WhatWasPerhapsDoneIsNotDoneTwice) {
  for (const std::string& first : {std::string(), answer(500, ""), answer(503, "")}) {
    FakeApiServer server([&](const ApiRequest&) { return first; });
    ApiClient api(server.url());
    EXPECT_FALSE(api.client().create(kPod, data::Value(data::Map()), {}));
    EXPECT_THAT(server.asked(), SizeIs(1));
  }
  FakeApiServer busy([](const ApiRequest&) { return status_answer(429, "TooManyRequests", ""); });
  ApiClient api(busy.url());
  EXPECT_FALSE(api.client().create(kPod, data::Value(data::Map()), {}));
  EXPECT_THAT(busy.asked(), SizeIs(3));  // it said that nothing was done
}

TEST(Client, AWaitThatWouldBeTooLongIsNotBegun) {
  FakeApiServer server([](const ApiRequest&) {
    return status_answer(429, "TooManyRequests", "later", "Retry-After: 3000\r\n");
  });
  ApiClient api(server.url());
  auto got = api.client().get(kPod, Limit().within(std::chrono::seconds(20)));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::RateLimited);
  EXPECT_THAT(server.asked(), SizeIs(1));
}

TEST(Client, AfterFiveFailuresItAsksNoMore) {
  FakeApiServer server([](const ApiRequest&) { return answer(503, ""); });
  ApiClient api(server.url());
  EXPECT_FALSE(api.client().get(kPod, {}));
  EXPECT_FALSE(api.client().get(kPod, {}));
  EXPECT_THAT(server.asked(), SizeIs(5));
  auto got = api.client().get(kPod, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Unavailable);
  EXPECT_THAT(got.error().message, HasSubstr("not asked: the API server failed five times in a row"));
  EXPECT_THAT(server.asked(), SizeIs(5));
}

TEST(Client, SilenceIsATimeoutThatCountsAsATry) {
  FakeApiServer server([](const ApiRequest&, Peer& peer) {
    peer.await_close();
    return false;
  });
  ApiClient api(server.url());
  api.options.head_time = Milliseconds(20);
  auto got = api.client().get(kPod, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Timeout);
  EXPECT_THAT(server.asked(), SizeIs(3));
}

TEST(Client, AStopRequestEndsACallAtOnce) {
  std::stop_source stop;
  FakeApiServer server([&](const ApiRequest&, Peer& peer) {
    stop.request_stop();
    peer.await_close();
    return false;
  });
  ApiClient api(server.url());
  auto got = api.client().get(kPod, Limit(stop.get_token(), std::nullopt));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Cancelled);
  EXPECT_THAT(server.asked(), SizeIs(1));
}

TEST(Client, NobodyThereIsUnavailable) {
  ApiClient api("http://127.0.0.1:1");
  auto got = api.client().get(kPod, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::Unavailable);
  EXPECT_THAT(got.error().message, HasSubstr("connecting to '127.0.0.1:1'"));
  EXPECT_THAT(got.error().hint, HasSubstr("check that the cluster is up"));
}

// ---- lists -------------------------------------------------------------------------------------

std::string page(const std::string& names, const std::string& resume = "") {
  std::string items;
  for (std::string_view name : split(names, ' '))
    if (!name.empty()) items += cat(items.empty() ? "" : ",", R"({"name":")", name, R"("})");
  return json_answer(
      200, cat(R"({"kind":"PodList","metadata":{"continue":")", resume, R"("},"items":[)", items, "]}"));
}

struct Listed {
  std::vector<std::string> names;
  int begins = 0;
  Result<void> result = {};
};

Listed list_all(ApiClient& api, const ListOptions& options = {}, bool protobuf = false) {
  Listed listed;
  ListSink sink{.begin =
                    [&] {
                      ++listed.begins;
                      listed.names.clear();
                    },
                .json = [&](const data::Value& object) -> Result<void> {
                  listed.names.push_back(name_of(object));
                  return {};
                }};
  if (protobuf)
    sink.protobuf = [&](std::string_view object) -> Result<void> {
      listed.names.emplace_back(object);
      return {};
    };
  listed.result = api.client().list({pods()}, options, sink, {});
  return listed;
}

TEST(ClientList, GoesThroughThePages) {
  FakeApiServer server([](const ApiRequest& asked) {
    if (asked.has("continue=two%2B")) return page("c");
    return page("a b", "two+");
  });
  ApiClient api(server.url());
  Listed listed = list_all(api, {.narrowing = {"app=x,y!=z", "spec.nodeName=n"}, .page = 2});
  ASSERT_TRUE(listed.result) << listed.result.error().message;
  EXPECT_THAT(listed.names, ElementsAre("a", "b", "c"));
  EXPECT_THAT(
      server.asked(),
      ElementsAre("GET /api/v1/pods?labelSelector=app%3Dx%2Cy%21%3Dz&fieldSelector=spec.nodeName%3Dn&limit=2",
                  "GET /api/v1/pods?labelSelector=app%3Dx%2Cy%21%3Dz&fieldSelector=spec.nodeName%3Dn&limit=2&"
                  "continue=two%2B"));
}

TEST(ClientList, AnExpiredTokenStartsItOverOnce) {
  std::atomic<int> firsts = 0;
  int good_at = 2;
  FakeApiServer server([&](const ApiRequest& asked) {
    if (!asked.has("continue")) return ++firsts, page("a", "x");
    return firsts >= good_at ? page("b") : status_answer(410, "Expired", "too old");
  });
  ApiClient api(server.url());
  Listed listed = list_all(api);
  ASSERT_TRUE(listed.result) << listed.result.error().message;
  EXPECT_THAT(listed.names, ElementsAre("a", "b"));
  EXPECT_EQ(listed.begins, 2);
  firsts = 0;
  good_at = 100;
  listed = list_all(api);
  EXPECT_FALSE(listed.result);
  EXPECT_EQ(listed.begins, 2);
}

TEST(ClientList, AConnectionCutInTheMiddleStartsItOverOnce) {
  std::atomic<int> count = 0;
  FakeApiServer server([&](const ApiRequest&, Peer& peer) {
    std::string whole = page("a b");
    if (++count == 1) return peer.send(whole.substr(0, whole.size() - 10)) && false;
    return peer.send(whole);
  });
  ApiClient api(server.url());
  Listed listed = list_all(api);
  ASSERT_TRUE(listed.result) << listed.result.error().message;
  EXPECT_THAT(listed.names, ElementsAre("a", "b"));
  EXPECT_EQ(listed.begins, 2);
}

TEST(ClientList, OneThatIsAlwaysCutIsAnError) {
  FakeApiServer server([&](const ApiRequest&, Peer& peer) {
    peer.send(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: "
        "chunked\r\n\r\n9\r\n{\"items\":");
    return false;
  });
  ApiClient api(server.url());
  Listed listed = list_all(api);
  ASSERT_FALSE(listed.result);
  EXPECT_EQ(listed.result.error().kind, ErrorKind::Unavailable);
  EXPECT_THAT(listed.result.error().message,
              HasSubstr("listing pods in all namespaces: the answer was cut off"));
  EXPECT_THAT(server.asked(), SizeIs(2));
}

TEST(ClientList, TheSamePageForEverIsNotFollowed) {
  FakeApiServer server([&](const ApiRequest&) { return page("a", "again"); });
  ApiClient api(server.url());
  Listed listed = list_all(api);
  ASSERT_FALSE(listed.result);
  EXPECT_THAT(listed.result.error().message, HasSubstr("does not come to an end"));
  EXPECT_THAT(server.asked(), SizeIs(2));
}

TEST(ClientList, AnObjectOfAGibibyteIsRefusedEarly) {
  FakeApiServer server([](const ApiRequest&, Peer& peer) {
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1073741900\r\n\r\n{\"items\":[{\"a\":\"");
    const std::string block(1 << 20, 'x');
    int sent = 0;
    while (sent < 1024 && peer.send(block)) ++sent;
    EXPECT_LT(sent, 1024);
    return false;
  });
  ApiClient api(server.url());
  Listed listed = list_all(api);
  ASSERT_FALSE(listed.result);
  EXPECT_THAT(listed.result.error().message, HasSubstr("an object is larger than 16777216 bytes"));
}

TEST(ClientList, TakesProtobufWhereItIsOffered) {
  using std::string_literals::operator""s;
  FakeApiServer server([](const ApiRequest& asked) {
    EXPECT_NE(asked.head.find("Accept: application/vnd.kubernetes.protobuf, application/json;q=0.9\r\n"),
              std::string::npos);
    EXPECT_TRUE(asked.has("?resourceVersion=0")) << asked.target;
    return answer(200,
                  "k8s\0\x12\x06\x12\x01"s
                  "a\x12\x01"
                  "b",
                  "Content-Type: application/vnd.kubernetes.protobuf\r\n");
  });
  ApiClient api(server.url());
  Listed listed = list_all(api, {.from_cache = true}, true);
  ASSERT_TRUE(listed.result) << listed.result.error().message;
  EXPECT_THAT(listed.names, ElementsAre("a", "b"));
}

TEST(ClientList, TakesJsonWhereProtobufIsNotOffered) {
  FakeApiServer server([](const ApiRequest&) { return page("a"); });
  ApiClient api(server.url());
  EXPECT_THAT(list_all(api, {.from_cache = true}, true).names, ElementsAre("a"));
}

TEST(ClientList, TheSinkCanEndIt) {
  FakeApiServer server([](const ApiRequest&) { return page("a b", "more"); });
  ApiClient api(server.url());
  ListSink sink{
      .begin = [] {},
      .json = [](const data::Value&) -> Result<void> { return fail(ErrorKind::Invalid, "enough"); }};
  auto result = api.client().list({pods()}, {}, sink, {});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("enough"));
  EXPECT_THAT(server.asked(), SizeIs(1));
}

// ---- streams -----------------------------------------------------------------------------------

std::string event(const std::string& type, const std::string& name, const std::string& version) {
  return cat(R"({"type":")", type, R"(","object":{"name":")", name, R"(","metadata":{"resourceVersion":")",
             version, "\"}}}\n");
}

TEST(ClientWatch, GoesOnWhereItWas) {
  std::atomic<int> count = 0;
  FakeApiServer server([&](const ApiRequest&, Peer& peer) {
    if (++count == 1) {
      std::string two = event("MODIFIED", "b", "6");
      peer.send(kStream + chunk(event("ADDED", "a", "5") + two.substr(0, 9)) + chunk(two.substr(9)) +
                chunk(event("BOOKMARK", "", "9")));
      return false;  // lost, without the last chunk
    }
    return peer.send(kStream + chunk(event("DELETED", "a", "10")) + "0\r\n\r\n");
  });
  ApiClient api(server.url());
  std::vector<std::string> seen;
  auto done = api.client().watch({pods(), "ns"}, {.narrowing = {.fields = "metadata.name=a"}}, "4",
                                 [&](const WatchEvent& news) -> Result<bool> {
                                   seen.push_back(cat(news.type, " ", name_of(news.object)));
                                   return news.type != "DELETED";
                                 },
                                 {});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(seen, ElementsAre("ADDED a", "MODIFIED b", "DELETED a"));
  const std::string rest = "&fieldSelector=metadata.name%3Da";
  const std::string path =
      "GET "
      "/api/v1/namespaces/ns/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=";
  EXPECT_THAT(server.asked(), ElementsAre(path + "4" + rest, path + "9" + rest));
}

TEST(ClientWatch, SaysWhenItsPlaceIsGone) {
  const std::string gone =
      R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}})";
  for (const std::string& reply :
       {kStream + chunk(gone + "\n") + "0\r\n\r\n", status_answer(410, "Expired", "too old")}) {
    FakeApiServer server([&](const ApiRequest&) { return reply; });
    ApiClient api(server.url());
    auto done =
        api.client().watch({pods()}, {}, "1", [](const WatchEvent&) -> Result<bool> { return true; }, {});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::NotFound);
    EXPECT_THAT(done.error().message, HasSubstr("410 Gone: too old"));
  }
}

TEST(ClientWatch, NonsenseEndsIt) {
  FakeApiServer server([&](const ApiRequest&) { return kStream + chunk("<html>\n") + "0\r\n\r\n"; });
  ApiClient api(server.url());
  auto done =
      api.client().watch({pods()}, {}, "", [](const WatchEvent&) -> Result<bool> { return true; }, {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::Invalid);
}

TEST(ClientWatch, AStopRequestEndsIt) {
  std::stop_source stop;
  FakeApiServer server([&](const ApiRequest&, Peer& peer) {
    peer.send(kStream + chunk(event("ADDED", "a", "5")));
    peer.await_close();
    return false;
  });
  ApiClient api(server.url());
  auto done = api.client().watch(
      {pods()}, {}, "",
      [&](const WatchEvent&) -> Result<bool> {
        stop.request_stop();
        return true;
      },
      Limit(stop.get_token(), std::nullopt));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::Cancelled);
}

TEST(ClientLogs, ComeAsTheyAreWritten) {
  FakeApiServer server(
      [](const ApiRequest&) { return kStream + chunk("one\n") + chunk("two\n") + "0\r\n\r\n"; });
  ApiClient api(server.url());
  std::string text;
  auto done = api.client().logs("ns", "p", {.container = "c", .follow = true, .tail_lines = 5},
                                [&](std::string_view piece) -> Result<bool> {
                                  text += piece;
                                  return true;
                                },
                                {});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(text, "one\ntwo\n");
  EXPECT_THAT(server.asked(),
              ElementsAre("GET /api/v1/namespaces/ns/pods/p/log?container=c&follow=true&tailLines=5"));
}

}  // namespace
}  // namespace eidos::kube
