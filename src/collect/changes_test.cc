// What is heard of a cluster, against an API server of the test's own.

#include "collect/changes.h"

#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "collect/cluster_changes.h"
#include "support/fake_api_server.h"

namespace eidos::collect {
namespace {

using testing::ApiClient;
using testing::ApiRequest;
using testing::chunk;
using ::testing::ElementsAre;
using testing::FakeApiServer;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::json_answer;
using testing::kStream;
using testing::OneClient;
using testing::Peer;
using testing::status_answer;

std::string node(const std::string& labels, const std::string& status = "{}",
                 const std::string& version = "5") {
  return cat(R"({"metadata":{"name":"n","resourceVersion":")", version, R"(","labels":)", labels,
             R"(},"status":)", status, "}");
}

std::string list_of(const std::string& items) {
  return json_answer(200, cat(R"({"metadata":{"resourceVersion":"5"},"items":[)", items, "]}"));
}

std::string event(const std::string& type, const std::string& object) {
  return chunk(cat(R"({"type":")", type, R"(","object":)", object, "}\n"));
}

const Followed kNodes{.target = {kube::nodes()}, .whole = true};

// Follows nodes until nothing is left to play; how often it said that something changed.
int changes_of(const std::vector<std::string>& replies, std::vector<std::string>* asked = nullptr) {
  std::atomic<std::size_t> at = 0;
  FakeApiServer server([&](const ApiRequest&, Peer& peer) {
    const std::size_t i = at++;
    return peer.send(i < replies.size() ? replies[i] : status_answer(403, "Forbidden", "that is all"));
  });
  ApiClient api(server.url());
  int changes = 0;
  auto done = Follower(kNodes, [&] { ++changes; }).run(api.client(), {});
  EXPECT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("that is all"));
  if (asked != nullptr) *asked = server.asked();
  return changes;
}

TEST(Follower, WhatIsThereAtFirstIsNoChange) {
  std::vector<std::string> asked;
  EXPECT_EQ(changes_of({list_of(node("{}"))}, &asked), 0);
  EXPECT_THAT(
      asked,
      ElementsAre("GET /api/v1/nodes?resourceVersion=0",
                  HasSubstr("watch=true&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=5")));
}

TEST(Follower, OnlyWhatCollectorsReadIsAChange) {
  const std::string heartbeat =
      node("{}", R"({"conditions":[{"lastHeartbeatTime":"2026-01-01T00:00:00Z"}]})", "6");
  EXPECT_EQ(changes_of({list_of(node("{}")), kStream + event("MODIFIED", heartbeat) + "0\r\n\r\n"}), 0);
  EXPECT_EQ(
      changes_of({list_of(node("{}")), kStream + event("MODIFIED", node(R"({"a":"b"})")) + "0\r\n\r\n"}), 1);
  const std::string fewer = node("{}", R"({"allocatable":{"nvidia.com/gpu":"7"}})");
  EXPECT_EQ(changes_of({list_of(node("{}")),
                        kStream + event("MODIFIED", fewer) + event("MODIFIED", fewer) + "0\r\n\r\n"}),
            1)
      << "the second says nothing new";
}

TEST(Follower, ComingAndGoingAreChanges) {
  EXPECT_EQ(changes_of({list_of(""), kStream + event("ADDED", node("{}")) + event("DELETED", node("{}")) +
                                         event("DELETED", node("{}")) + "0\r\n\r\n"}),
            2)
      << "nothing goes twice";
}

TEST(Follower, WhatHappenedWhileItsPlaceWasLostIsAChange) {
  const std::string gone = status_answer(410, "Expired", "too old");
  EXPECT_EQ(changes_of({list_of(node("{}")), gone, list_of(node("{}"))}), 0);
  EXPECT_EQ(changes_of({list_of(node("{}")), gone, list_of(node(R"({"a":"b"})"))}), 1);
  EXPECT_EQ(changes_of({list_of(node("{}")), gone, list_of("")}), 1);
}

TEST(Followed, AreWhatTheChosenCollectorsRead) {
  OneClient none(nullptr);
  Options options;
  EXPECT_THAT(followed(options), IsEmpty()) << "no cluster is looked at";
  options.cluster = &none;
  auto paths = [&] {
    std::vector<std::string> out;
    for (const Followed& one : followed(options)) out.push_back(kube::path_of(one.target));
    return out;
  };
  EXPECT_THAT(paths(), ElementsAre("/api/v1/nodes", "/api/v1/pods", "/api/v1/secrets",
                                   "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                                   "/apis/nvidia.com/v1/clusterpolicies",
                                   "/apis/mellanox.com/v1alpha1/nicclusterpolicies"));
  options.filter = {"k8s.node", "os"};
  EXPECT_THAT(paths(), IsEmpty()) << "nobody knows which node this is";
  options.source_node = "n";
  ASSERT_THAT(paths(), ElementsAre("/api/v1/nodes"));
  EXPECT_EQ(followed(options)[0].narrowing.fields, "metadata.name=n");
  options.filter = {"k8s.image"};
  options.pod_namespace = "ns";
  EXPECT_THAT(paths(), ElementsAre("/api/v1/namespaces/ns/pods"));
  EXPECT_FALSE(followed(options)[0].whole);
}

class AllChanges : public ::testing::Test {
 protected:
  // Listens to what changes on a cluster whose nodes are followed.
  std::unique_ptr<Changes> changes(const FakeApiServer& server) {
    api_.emplace(server.url());
    cluster_.emplace(&api_->client());
    options_ = {.filter = {"topology"}, .cluster = &*cluster_};
    context_.emplace(Context{api_->files, api_->clock, api_->processes, log_, {}});
    return all_changes(*context_, options_);
  }

  testing::CaptureLog log_;
  std::optional<ApiClient> api_;
  std::optional<OneClient> cluster_;
  std::optional<Context> context_;
  Options options_;
};

TEST_F(AllChanges, AStreamWakesTheWait) {
  const FakeApiServer server([](const ApiRequest& asked, Peer& peer) {
    if (!asked.has("watch=true")) return peer.send(list_of(node("{}")));
    peer.send(kStream + event("DELETED", node("{}")));
    peer.await_close();
    return false;
  });
  const auto changed = changes(server)->wait({});
  ASSERT_TRUE(changed);
  EXPECT_TRUE(*changed);
}

TEST_F(AllChanges, WithoutTheRightTimePassesAndItIsSaid) {
  const FakeApiServer server([&](const ApiRequest& asked) {
    if (!asked.has("watch=true")) return list_of("");
    return status_answer(403, "Forbidden", "nodes is forbidden: cannot watch");
  });
  const auto listening = changes(server);
  while (log_.lines().empty()) {
    const auto changed = listening->wait(Limit().within(Milliseconds(20)));
    ASSERT_TRUE(changed);
    EXPECT_FALSE(*changed);
  }
  EXPECT_THAT(log_.lines()[0].message, HasSubstr("changes of nodes are seen only at the next look: "));
  EXPECT_THAT(log_.lines()[0].message, HasSubstr("resources: [nodes], verbs: [watch]"));
}

TEST_F(AllChanges, AStopEndsTheWait) {
  const FakeApiServer server([](const ApiRequest&) { return list_of(""); });
  std::stop_source stop;
  stop.request_stop();
  const auto changed = changes(server)->wait(Limit(stop.get_token(), std::nullopt));
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().kind, ErrorKind::Cancelled);
}

}  // namespace
}  // namespace eidos::collect
