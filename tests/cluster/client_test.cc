// The client against a real API server, which tests/cluster/cluster.py starts. Run by tests/cluster/client.

#include "kube/client.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/process.h"
#include "base/text.h"
#include "data/document.h"
#include "kube/tree.h"
#include "kube/wire.h"
#include "support/capture_log.h"

namespace eidos::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A client of the cluster in KUBECONFIG.
class RealClient : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(std::getenv("EIDOS_CLUSTER"), nullptr) << "run it through tests/cluster/cluster.py";
    auto got = shared_->get();
    ASSERT_TRUE(got) << got.error().message;
    client_ = *got;
    ASSERT_NE(client_, nullptr);
  }

  static data::Value config_map(const std::string& name, const std::string& value) {
    data::Sources sources;
    return data::parse_json(
               cat(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":")", name,
                   R"(","namespace":"default","labels":{"test":"client"}},"data":{"k":")", value, "\"}}"),
               sources, "")
        .value();
  }
  static Target target(const std::string& name) { return {config_maps(), "default", name}; }

  std::unique_ptr<Files> files_ = real_files();
  std::unique_ptr<Clock> clock_ = real_clock();
  std::unique_ptr<Processes> processes_ = real_processes();
  testing::CaptureLog log_;
  std::unique_ptr<SharedClient> shared_ =
      shared_client({*files_, *clock_, *processes_, log_}, {}, {.user_agent = "eidos/test"});
  Client* client_ = nullptr;
};

TEST_F(RealClient, CreatesAppliesAndRemoves) {
  auto made = client_->create(target("a"), config_map("a", "1"), {});
  ASSERT_TRUE(made) << made.error().message;
  const std::string uid = text_at(*made, {"metadata", "uid"});
  auto again = client_->create(target("a"), config_map("a", "1"), {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::Invalid);
  EXPECT_THAT(again.error().message, HasSubstr("409 Conflict: configmaps \"a\" already exists"));

  ASSERT_TRUE(client_->apply(target("b"), config_map("b", "1"), {}, {}));
  auto other = client_->apply(target("b"), config_map("b", "2"), {.manager = "other"}, {});
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("conflict with \"eidos\": .data.k"));
  EXPECT_TRUE(client_->apply(target("b"), config_map("b", "2"), {.manager = "other", .force = true}, {}));
  EXPECT_EQ(text_at(*client_->get(target("b"), {}), {"data", "k"}), "2");

  EXPECT_FALSE(client_->remove(target("a"), {.uid = "00000000-0000-0000-0000-000000000000"}, {}).value());
  EXPECT_TRUE(client_->get(target("a"), {}));
  EXPECT_TRUE(client_->remove(target("a"), {.uid = uid}, {}).value());
  EXPECT_FALSE(client_->remove(target("a"), {.uid = uid}, {}).value());
  EXPECT_TRUE(client_->remove(target("b"), {}, {}).value());
  EXPECT_EQ(client_->get(target("a"), {}).error().kind, ErrorKind::NotFound);
}

TEST_F(RealClient, WhatIsInvalidIsSaidByTheServer) {
  data::Value bad = config_map("Bad_Name", "1");
  auto refused = client_->create(target("x"), bad, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Invalid);
  EXPECT_THAT(refused.error().message, HasSubstr("422"));
}

TEST_F(RealClient, ListsPageByPage) {
  for (int i = 0; i < 7; ++i)
    ASSERT_TRUE(client_->apply(target(cat("page-", i)), config_map(cat("page-", i), "x"), {}, {}));
  std::vector<std::string> names;
  ListSink sink{.begin = [&] { names.clear(); },
                .json = [&](const data::Value& object) -> Result<void> {
                  names.push_back(text_at(object, {"metadata", "name"}));
                  return {};
                }};
  auto listed = client_->list({config_maps(), "default"}, {.narrowing = {.labels = "test=client"}, .page = 2},
                              sink, {});
  ASSERT_TRUE(listed) << listed.error().message;
  EXPECT_THAT(names, ElementsAre("page-0", "page-1", "page-2", "page-3", "page-4", "page-5", "page-6"));
  // The same as protobuf, from the server's cache.
  sink.protobuf = [&](std::string_view object) -> Result<void> {
    names.emplace_back(wire_bytes(wire_bytes(object, 1), 1));
    return {};
  };
  sink.json = [](const data::Value&) -> Result<void> { return fail(ErrorKind::Internal, "not protobuf"); };
  listed = client_->list({config_maps(), "default"}, {.narrowing = {.labels = "test=client"}}, sink, {});
  ASSERT_TRUE(listed) << listed.error().message;
  EXPECT_THAT(names, ElementsAre("page-0", "page-1", "page-2", "page-3", "page-4", "page-5", "page-6"));
  auto refused = client_->list({config_maps(), "default"},
                               {.narrowing = {.labels = "a=="
                                                        "=b"}},
                               sink, {});
  EXPECT_EQ(refused.error().kind, ErrorKind::Invalid);
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(client_->remove(target(cat("page-", i)), {}, {}));
}

TEST_F(RealClient, WatchesWhatHappens) {
  auto first = client_->apply(target("w"), config_map("w", "1"), {}, {});
  ASSERT_TRUE(first);
  const std::string version = text_at(*first, {"metadata", "resourceVersion"});
  ASSERT_TRUE(client_->apply(target("w"), config_map("w", "2"), {}, {}));
  ASSERT_TRUE(client_->remove(target("w"), {}, {}));
  std::vector<std::string> seen;
  auto done = client_->watch(
      {config_maps(), "default"}, {.narrowing = {.fields = "metadata.name=w"}}, version,
      [&](const WatchEvent& news) -> Result<bool> {
        seen.push_back(cat(news.type, " ", text_at(news.object, {"data", "k"})));
        return news.type != "DELETED";
      },
      Limit().within(std::chrono::seconds(30)));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(seen, ElementsAre("MODIFIED 2", "DELETED 2"));
}

TEST_F(RealClient, KnowsItsRights) {
  EXPECT_TRUE(client_->may({"create", {.group = "batch", .plural = "jobs"}, "default"}, {}).value());
  EXPECT_THAT(log_.lines(), ::testing::IsEmpty());
}

TEST_F(RealClient, LogsOfAPodThatNeverRanAreRefused) {
  auto none =
      client_->logs("default", "nobody", {}, [](std::string_view) -> Result<bool> { return true; }, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::NotFound);
  EXPECT_THAT(none.error().message,
              HasSubstr("getting pods/log 'nobody' in namespace 'default': 404 Not Found"));
}

}  // namespace
}  // namespace eidos::kube
