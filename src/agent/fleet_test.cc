// Many nodes through a cluster that keeps objects: what comes, in what number, and what is left.

#include "agent/fleet.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/document.h"
#include "support/fake_cluster.h"

namespace eidos::agent {
namespace {

using testing::ApiRequest;
using ::testing::Contains;
using testing::FakeCluster;
using ::testing::HasSubstr;
using testing::kDocument;

FleetOptions plain(int nodes) {
  FleetOptions options;
  options.run.agent = {.ns = "gpus", .image = "registry.example/eidos:v1", .seconds = 5, .run = "r1"};
  options.run.agent.make_namespace = false;
  options.run.between_looks = Milliseconds(1);
  options.workers = 4;
  for (int i = 0; i < nodes; ++i) options.nodes.push_back(cat("n", i));
  return options;
}

// Which node a Job is for.
std::string node_of(FakeCluster& cluster, const std::string& job) {
  const std::string text = data::to_compact_json(cluster.objects[job]);
  constexpr std::string_view kBefore = R"("values":[")";
  const std::size_t at = text.find(kBefore) + kBefore.size();
  return text.substr(at, text.find('"', at) - at);
}

struct Cluster : FakeCluster {
  std::vector<NodeOutcome> outcomes;
  std::vector<std::string> said;
  Result<void> run(const FleetOptions& options, const Limit& limit = {}) {
    return run_fleet(
        api.client(), options,
        [this](const NodeOutcome& outcome) -> Result<void> {
          outcomes.push_back(outcome);
          return {};
        },
        [this](std::string_view line) { said.emplace_back(line); }, limit);
  }
  std::set<std::string> nodes() const {
    std::set<std::string> out;
    for (const NodeOutcome& outcome : outcomes) out.insert(outcome.node);
    return out;
  }
};

TEST(FleetRun, EachNodeOnceAndNothingLeft) {
  Cluster cluster;
  ASSERT_TRUE(cluster.run(plain(10)));
  EXPECT_EQ(cluster.outcomes.size(), 10U);
  EXPECT_EQ(cluster.nodes().size(), 10U);
  for (const NodeOutcome& outcome : cluster.outcomes) EXPECT_EQ(outcome.result.document, kDocument);
  EXPECT_TRUE(cluster.paths().empty());
}

TEST(FleetRun, KeepsWhatItMadeWhenAskedTo) {
  Cluster cluster;
  FleetOptions options = plain(6);
  options.run.keep = true;
  ASSERT_TRUE(cluster.run(options));
  EXPECT_EQ(cluster.outcomes.size(), 6U);
  EXPECT_EQ(cluster.paths().size(), 5U + 6 * 3U) << "RBAC; a ConfigMap, a Job and a pod each";
  EXPECT_THAT(cluster.said.back(), HasSubstr("eidos agent cleanup -n gpus --run r1"));
}

TEST(FleetRun, NeverMoreJobsThanWorkers) {
  Cluster cluster;
  std::size_t most = 0;
  cluster.on_job = [&](FakeCluster& c, const std::string& job) {
    std::size_t now = 0;
    for (const auto& [path, object] : c.objects)
      if (path.find("/jobs/") != std::string::npos) ++now;
    most = std::max(most, now);
    FakeCluster::succeed(c, job);
  };
  ASSERT_TRUE(cluster.run(plain(20)));
  EXPECT_EQ(most, 4U);
}

TEST(FleetRun, ANodeThatFailsIsAnOutcomeAndTheOthersGoOn) {
  Cluster cluster;
  cluster.on_job = [](FakeCluster& c, const std::string& job) {
    if (node_of(c, job) != "n3") return FakeCluster::succeed(c, job);
    FakeCluster::pod(c, job, R"({"phase":"Failed","reason":"Evicted","message":"low on memory"})");
    FakeCluster::end_job(c, job, "Failed");
  };
  ASSERT_TRUE(cluster.run(plain(8)));
  EXPECT_EQ(cluster.nodes().size(), 8U);
  for (const NodeOutcome& outcome : cluster.outcomes) {
    EXPECT_EQ(outcome.result.failure.has_value(), outcome.node == "n3");
    EXPECT_EQ(outcome.result.document.empty(), outcome.node == "n3");
  }
  EXPECT_THAT(cluster.said, Contains(HasSubstr("node n3: ")));
  EXPECT_THAT(cluster.said, Contains(HasSubstr("Evicted: low on memory")));
  EXPECT_TRUE(cluster.paths().empty());
}

TEST(FleetRun, StoppedAtEachRequestItLeavesNothing) {
  testing::expect_nothing_left_when_stopped<Cluster>(
      30, 15, [](Cluster& cluster, const Limit& limit) { return cluster.run(plain(5), limit); });
}

TEST(FleetRun, LostAnswersCostNoNodeAndLeaveNothing) {
  for (int n = 1; n <= 15; ++n) {
    Cluster cluster;
    int creates = 0;
    cluster.after = [&](const ApiRequest& request) { return request.method == "POST" && ++creates == n; };
    auto done = cluster.run(plain(5));
    ASSERT_TRUE(done) << n << ": " << done.error().message;
    EXPECT_EQ(cluster.outcomes.size(), 5U);
    EXPECT_EQ(cluster.nodes().size(), 5U);
    EXPECT_TRUE(cluster.paths().empty()) << n;
  }
}

TEST(FleetRun, TheRequestsDoNotGrowWithTheWorkers) {
  Cluster cluster;
  FleetOptions options = plain(40);
  options.workers = 40;
  ASSERT_TRUE(cluster.run(options));
  // For each node: ConfigMap made, read, looked at and removed; Job made and removed. The rest is shared.
  EXPECT_LT(cluster.requests, 40 * 7);
}

TEST(FleetRun, AJobsNameThatIsTooLongIsRefusedBeforeAnything) {
  Cluster cluster;
  FleetOptions options = plain(5);
  options.run.agent.job_name = std::string(60, 'a');
  auto done = cluster.run(options);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::Invalid);
  EXPECT_EQ(cluster.requests, 0);
}

TEST(FleetRun, AnErrorOfTheSinkEndsItAndLeavesNothing) {
  Cluster cluster;
  auto done = run_fleet(
      cluster.api.client(), plain(8),
      [](const NodeOutcome&) -> Result<void> { return fail(ErrorKind::Internal, "the disk is full"); },
      [](std::string_view) {}, Limit{});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "the disk is full");
  EXPECT_TRUE(cluster.paths().empty());
}

}  // namespace
}  // namespace eidos::agent
