// A run against an API server of the test's own that keeps objects: what is left when it ends, however it
// ends.

#include "agent/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/cleanup.h"
#include "data/document.h"
#include "support/fake_cluster.h"

namespace eidos::agent {
namespace {

using testing::ApiRequest;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeCluster;
using ::testing::HasSubstr;
using testing::kDocument;
using testing::parsed;

RunOptions plain() {
  RunOptions options;
  options.agent = {.ns = "gpus", .image = "registry.example/eidos:v1", .seconds = 5, .run = "r1"};
  options.agent.make_namespace = false;
  options.between_looks = Milliseconds(1);
  options.patience = Milliseconds(0);
  return options;
}

struct Cluster : testing::FakeCluster {
  std::vector<std::string> said;
  Result<RunResult> run(const RunOptions& options = plain(), const Limit& limit = {}) {
    return run_agent(
        api.client(), options, [this](std::string_view line) { said.emplace_back(line); }, limit);
  }
};

TEST(Run, BringsTheSnapshotAndLeavesNothing) {
  Cluster cluster;
  auto done = cluster.run();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->document, kDocument);
  EXPECT_FALSE(done->failure);
  EXPECT_TRUE(cluster.paths().empty());
  EXPECT_THAT(cluster.said, Contains("agent: collecting"));
}

TEST(Run, KeepsWhatItMadeWhenAskedTo) {
  Cluster cluster;
  RunOptions options = plain();
  options.keep = true;
  ASSERT_TRUE(cluster.run(options));
  EXPECT_EQ(cluster.paths().size(), 8U) << "five of RBAC, ConfigMap, Job, pod";
  EXPECT_THAT(cluster.said.back(), HasSubstr("eidos agent cleanup -n gpus --run r1"));
  auto removed = remove_runs(cluster.api.client(), "gpus", "r1", Limit{});
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(removed->size(), 7U);
  EXPECT_TRUE(cluster.paths().empty());
}

// What others made is neither used, changed nor removed.
TEST(Run, ATakenNameGetsTheRunsId) {
  const std::string taken[] = {"/api/v1/namespaces/gpus/configmaps/eidos-snapshot",
                               "/api/v1/namespaces/gpus/serviceaccounts/eidos",
                               "/apis/batch/v1/namespaces/gpus/jobs/eidos"};
  for (const std::string& path : taken) {
    Cluster cluster;
    Cluster::put(cluster, path, parsed(R"({"metadata":{"name":"x"},"data":{"mine":"1"}})"));
    const std::string before = data::to_compact_json(cluster.objects[path]);
    auto done = cluster.run();
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->document, kDocument);
    EXPECT_THAT(cluster.paths(), ElementsAre(path));
    EXPECT_EQ(data::to_compact_json(cluster.objects[path]), before);
  }
}

TEST(Run, StoppedAtEachRequestItLeavesNothing) {
  testing::expect_nothing_left_when_stopped<Cluster>(
      15, 7, [](Cluster& cluster, const Limit& limit) { return cluster.run(plain(), limit); });
}

// The server did it, and the connection broke before it said so.
TEST(Run, LostAnswersLeaveNothing) {
  for (int n = 1; n <= 7; ++n) {
    Cluster cluster;
    int creates = 0;
    cluster.after = [&](const ApiRequest& request) { return request.method == "POST" && ++creates == n; };
    auto done = cluster.run();
    ASSERT_TRUE(done) << n << ": " << done.error().message;
    EXPECT_EQ(done->document, kDocument);
    EXPECT_TRUE(cluster.paths().empty()) << n;
  }
}

TEST(Run, WhatCannotBeRemovedIsNamedAndTheSnapshotIsNotLost) {
  Cluster cluster;
  cluster.before = [](const ApiRequest& request, int) {
    return request.method == "DELETE" && request.has("/clusterroles/");
  };
  auto done = cluster.run();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->document, kDocument);
  ASSERT_TRUE(done->failure);
  EXPECT_EQ(done->failure->kind, ErrorKind::Unavailable);
  EXPECT_THAT(done->failure->message, HasSubstr("clusterroles"));
  EXPECT_THAT(done->failure->hint, HasSubstr("eidos agent cleanup --run r1"));
  EXPECT_THAT(cluster.paths(), ElementsAre(HasSubstr("/clusterroles/")));
}

TEST(Run, APodThatFailsIsExplained) {
  Cluster cluster;
  cluster.on_job = [](FakeCluster& c, const std::string& job) {
    Cluster::pod(c, job, R"({"phase":"Failed","containerStatuses":[
        {"state":{"terminated":{"reason":"OOMKilled","exitCode":137}}}]})");
    Cluster::end_job(c, job, "Failed");
  };
  auto done = cluster.run();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(done->document.empty());
  ASSERT_TRUE(done->failure);
  EXPECT_EQ(done->failure->message, "the agent failed in pod eidos-x on node n1: OOMKilled, exit status 137");
  EXPECT_TRUE(cluster.paths().empty());
}

TEST(Run, AFailedPodThatWroteItsSnapshotGivesBoth) {
  Cluster cluster;
  cluster.on_job = [](FakeCluster& c, const std::string& job) {
    Cluster::pod(c, job,
                 R"({"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":4}}}]})");
    Cluster::write(c, job);
    Cluster::end_job(c, job, "Failed");
  };
  auto done = cluster.run();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->document, kDocument);
  ASSERT_TRUE(done->failure);
  EXPECT_THAT(done->failure->message, HasSubstr("exit status 4"));
}

TEST(Run, APodThatNeverRunsSaysWhyAtTheEnd) {
  Cluster cluster;
  cluster.on_job = [](FakeCluster& c, const std::string& job) {
    Cluster::pod(c, job, R"({"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False",
        "reason":"Unschedulable","message":"0/3 nodes are available"}]})");
  };
  auto done = cluster.run(plain(), Limit().within(Milliseconds(300)));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::Timeout);
  EXPECT_THAT(done.error().message, HasSubstr("Unschedulable: 0/3 nodes are available"));
  EXPECT_THAT(cluster.said, Contains(HasSubstr("0/3 nodes are available")));
  EXPECT_TRUE(cluster.paths().empty());
}

TEST(Run, AnApiServerThatRestartsIsWaitedFor) {
  Cluster cluster;
  int asked = 0;
  cluster.before = [&](const ApiRequest& request, int) {
    return request.method == "GET" && request.has("/jobs/") && ++asked <= 5;
  };
  auto done = cluster.run();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->document, kDocument);
  EXPECT_TRUE(cluster.paths().empty());
}

TEST(Run, SuccessWithoutASnapshotIsNone) {
  Cluster cluster;
  cluster.on_job = [](FakeCluster& c, const std::string& job) {
    Cluster::pod(c, job, R"({"phase":"Succeeded"})");
    Cluster::end_job(c, job, "Complete");
  };
  auto done = cluster.run();
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("wrote no snapshot"));
  EXPECT_TRUE(cluster.paths().empty());
}

TEST(Cleanup, OneRunOfOneNamespace) {
  Cluster cluster;
  RunOptions options = plain();
  options.keep = true;
  ASSERT_TRUE(cluster.run(options));
  auto none = remove_runs(cluster.api.client(), "gpus", "r2", Limit{});
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_TRUE(none->empty());
  auto elsewhere = remove_runs(cluster.api.client(), "other", "", Limit{});
  ASSERT_TRUE(elsewhere) << elsewhere.error().message;
  EXPECT_TRUE(elsewhere->empty());
  EXPECT_EQ(cluster.paths().size(), 8U);
}

}  // namespace
}  // namespace eidos::agent
