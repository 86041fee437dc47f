#include "diff/outliers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace eidos::diff {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

struct Node {
  std::string name;
  std::string gpu = "H100";
  std::vector<std::pair<std::string, data::Value>> sysctl = {{"vm.swappiness", data::Value("10")}};
};

model::Snapshot snapshot_of(const Node& node) {
  model::Snapshot out;
  out.metadata.source_node = node.name;
  data::Map gpu;
  gpu.set("gpu.model", node.gpu);
  data::Map sysctl;
  for (const auto& [key, value] : node.sysctl) sysctl.set(key, value);
  out.measurements = {{"GPU", {{"smi", gpu, {}, {}}}}, {"OS", {{"sysctl", sysctl, {}, {}}}}};
  return out;
}

FleetSummary summary_of(const std::vector<Node>& nodes, std::vector<std::string> ignore = {},
                        std::vector<std::string> group_by = {}) {
  Fleet fleet(std::move(group_by), *Ignore::parse(ignore));
  for (const Node& node : nodes) fleet.add("file", snapshot_of(node));
  return fleet.finish();
}

// The names of a value that is not the majority's.
std::vector<std::string> apart(const Outlier& outlier, const data::Value& value) {
  for (const Held& held : outlier.values)
    if (held.value == value) return held.names;
  return {"no such value"};
}

TEST(Fleet, NamesWhoDiffersFromMost) {
  std::vector<Node> nodes;
  for (int i = 0; i < 20; ++i) nodes.push_back({.name = cat("n", i)});
  // The first to come is the odd one, so that the value that is only counted is not the majority's.
  nodes[0].sysctl = {{"vm.swappiness", data::Value("60")}};
  nodes[7].sysctl = {};
  const FleetSummary got = summary_of(nodes);
  ASSERT_EQ(got.groups.size(), 1U);
  EXPECT_THAT(got.groups[0].by,
              ElementsAre(Pair("GPU.smi.gpu.model", "H100"), Pair("K8s.node.instance-type", "")));
  ASSERT_EQ(got.groups[0].outliers.size(), 1U);
  const Outlier& outlier = got.groups[0].outliers[0];
  EXPECT_EQ(outlier.path, "OS.sysctl.vm.swappiness");
  EXPECT_FALSE(outlier.tie);
  ASSERT_EQ(outlier.values.size(), 3U);
  EXPECT_EQ(outlier.values[0].nodes, 18);
  EXPECT_THAT(outlier.values[0].names, IsEmpty()) << "who is as most are is not named";
  EXPECT_THAT(apart(outlier, data::Value("60")), ElementsAre("n0"));
  EXPECT_THAT(apart(outlier, data::Value()), ElementsAre("n7")) << "not there is a value, too";
  EXPECT_EQ(got.counts, (FleetCounts{20, 0, 1, 1, 2}));
}

TEST(Fleet, OnlyLikesAreCompared) {
  const FleetSummary got =
      summary_of({{.name = "a", .gpu = "H100"},
                  {.name = "b", .gpu = "H100"},
                  {.name = "c", .gpu = "GB200", .sysctl = {{"vm.swappiness", data::Value("1")}}}});
  ASSERT_EQ(got.groups.size(), 2U);
  EXPECT_EQ(got.groups[0].nodes, 2) << "the larger first";
  EXPECT_EQ(got.counts.outliers, 0);
  const FleetSummary all = summary_of({{.name = "a"}, {.name = "b", .gpu = "GB200"}}, {}, {"OS.release.ID"});
  EXPECT_EQ(all.groups.size(), 1U) << "neither has that reading";
  EXPECT_EQ(all.counts.outliers, 1);
}

TEST(Fleet, ATieHasNoMajority) {
  const FleetSummary got =
      summary_of({{.name = "a"}, {.name = "b", .sysctl = {{"vm.swappiness", data::Value("1")}}}});
  ASSERT_EQ(got.groups[0].outliers.size(), 1U);
  const Outlier& outlier = got.groups[0].outliers[0];
  EXPECT_TRUE(outlier.tie);
  EXPECT_THAT(outlier.values[0].names, ElementsAre("a"));
  EXPECT_THAT(outlier.values[1].names, ElementsAre("b"));
  EXPECT_EQ(got.counts.nodes, 0) << "nobody is apart";
}

TEST(Fleet, WhatNeverCountsDoesNotCountHere) {
  std::vector<Node> nodes;
  for (int i = 0; i < 3; ++i)
    nodes.push_back({.name = cat("n", i),
                     .sysctl = {{"/proc/sys/kernel/random/boot_id", data::Value(cat(i))},
                                {"vm.x", data::Value(cat(i % 2))}}});
  EXPECT_EQ(summary_of(nodes, {"OS.sysctl.vm"}).counts.outliers, 0);
  Fleet fleet({}, *Ignore::parse({}));
  for (const char* spelled : {"v1.2", "1.2"})
    fleet.add("f", snapshot_of({.name = "n", .sysctl = {{"v", data::Value(spelled)}}}));
  EXPECT_EQ(fleet.finish().counts.outliers, 0) << "two spellings of one value";
}

TEST(Fleet, AKeyThatTellsNodesApartIsNoFault) {
  std::vector<Node> nodes;
  for (int i = 0; i < 500; ++i)
    nodes.push_back({.name = cat("n", i), .sysctl = {{"some.name", data::Value(cat("of-", i))}}});
  const FleetSummary got = summary_of(nodes);
  EXPECT_THAT(got.groups[0].everywhere, ElementsAre("OS.sysctl.some.name"));
  EXPECT_EQ(got.counts.outliers, 0);
}

TEST(Fleet, FailuresStandByTheirCause) {
  Fleet fleet({}, *Ignore::parse({}));
  for (const char* name : {"b", "a"}) {
    model::Snapshot snapshot = snapshot_of({.name = name});
    snapshot.collectors.resize(2);
    snapshot.collectors[0].name = "gpu.smi";
    snapshot.collectors[0].status = model::CollectorStatus::TimedOut;
    snapshot.collectors[1].name = "systemd";
    snapshot.collectors[1].status = model::CollectorStatus::Absent;
    fleet.add("f", snapshot);
  }
  fleet.add_unreadable("c.yaml", {ErrorKind::Invalid, "a tab", {}, {}});
  const FleetSummary got = fleet.finish();
  ASSERT_EQ(got.failures.size(), 2U);
  EXPECT_EQ(got.failures[0], (Failure{"gpu.smi: timed-out", 2, {"a", "b"}}));
  EXPECT_EQ(got.failures[1], (Failure{"not readable: a tab", 1, {"c.yaml"}}));
}

TEST(Fleet, IsToldInWords) {
  std::vector<Node> nodes;
  for (int i = 0; i < 30; ++i) nodes.push_back({.name = cat("n", i)});
  for (int i = 0; i < 10; ++i)
    nodes[static_cast<std::size_t>(i)].sysctl[0].second = data::Value("60\x1b[31m");
  const std::string text = to_table(summary_of(nodes));
  EXPECT_THAT(text, HasSubstr("H100: 30 nodes\n"));
  EXPECT_THAT(text, HasSubstr("    20 × 10\n"));
  EXPECT_THAT(text, HasSubstr("n0, n1, n2, n3, n4, n5, n6, n7, and 2 more"));
  EXPECT_THAT(text, HasSubstr("30 snapshots in 1 group: 1 key differs, 10 nodes are apart\n"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace eidos::diff
