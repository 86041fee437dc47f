// What a Job and its pods say, as a real cluster words it.

#include "agent/pod_state.h"

#include <gtest/gtest.h>

#include "data/document.h"

namespace eidos::agent {
namespace {

data::Value parsed(const std::string& text) {
  data::Sources sources;
  auto value = data::parse(text, sources, "test");
  EXPECT_TRUE(value) << text;
  return *value;
}

PodState state(const std::string& job, const std::vector<std::string>& pods,
               const std::vector<std::string>& events = {}) {
  std::vector<data::Value> all;
  std::vector<data::Value> about;
  for (const std::string& pod : pods) all.push_back(parsed(pod));
  for (const std::string& event : events) about.push_back(parsed(event));
  return state_of(parsed(job), all, about);
}

constexpr const char* kNew = R"({"status":{}})";
constexpr const char* kFailed =
    R"({"status":{"conditions":[{"type":"FailureTarget","status":"True"},{"type":"Failed","status":"True",
    "reason":"BackoffLimitExceeded","message":"Job has reached the specified backoff limit"}]}})";
constexpr const char* kLate =
    R"({"status":{"conditions":[{"type":"Failed","status":"True","reason":"DeadlineExceeded",
    "message":"Job was active longer than specified deadline"}]}})";

TEST(PodState, TellsWhyAPodWaits) {
  const PodState unschedulable = state(
      kNew, {R"({"metadata":{"name":"p"},"status":{"phase":"Pending","conditions":[{"type":"PodScheduled",
      "status":"False","reason":"Unschedulable","message":"0/3 nodes are available"}]}})"});
  EXPECT_EQ(unschedulable.phase, Phase::Waiting);
  EXPECT_EQ(unschedulable.pod, "p");
  EXPECT_EQ(unschedulable.why, "Unschedulable: 0/3 nodes are available");

  EXPECT_EQ(state(kNew, {R"({"metadata":{"name":"p"},"status":{"phase":"Pending","containerStatuses":[
      {"state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image x"}}}]}})"})
                .why,
            "ImagePullBackOff: Back-off pulling image x");
}

TEST(PodState, WithoutAPodTheLastWarningTellsWhy) {
  const PodState none = state(
      kNew, {},
      {R"({"type":"Warning","reason":"FailedCreate","message":"exceeded quota","lastTimestamp":"2026-01-02T00:00:00Z"})",
       R"({"type":"Warning","reason":"Old","message":"old","lastTimestamp":"2026-01-01T00:00:00Z"})",
       R"({"type":"Normal","reason":"Fine","message":"m","lastTimestamp":"2026-01-03T00:00:00Z"})"});
  EXPECT_EQ(none.phase, Phase::Waiting);
  EXPECT_EQ(none.why, "FailedCreate: exceeded quota");
}

TEST(PodState, TellsWhyItFailed) {
  struct Case {
    const char* job;
    const char* pod;
    const char* why;
  };
  const Case kCases[] = {
      {kFailed,
       R"({"status":{"phase":"Failed","containerStatuses":[{"state":{"terminated":{"reason":"OOMKilled","exitCode":137}}}]}})",
       "OOMKilled, exit status 137"},
      {kFailed, R"({"status":{"phase":"Failed","reason":"Evicted","message":"The node was low on memory"}})",
       "Evicted: The node was low on memory"},
      {kLate,
       R"({"status":{"phase":"Pending","containerStatuses":[{"state":{"waiting":{"reason":"ErrImagePull"}}}]}})",
       "DeadlineExceeded: Job was active longer than specified deadline; ErrImagePull"},
      {kLate, R"({"status":{"phase":"Running"}})",
       "DeadlineExceeded: Job was active longer than specified deadline"},
  };
  for (const Case& one : kCases) {
    const PodState failed = state(one.job, {one.pod});
    EXPECT_EQ(failed.phase, Phase::Failed);
    EXPECT_EQ(failed.why, one.why);
  }
}

TEST(PodState, TheNewestPodCounts) {
  const PodState two = state(kNew, {R"({"metadata":{"name":"new","creationTimestamp":"2026-01-02T00:00:00Z"},
                       "spec":{"nodeName":"n"},"status":{"phase":"Running"}})",
                                    R"({"metadata":{"name":"old","creationTimestamp":"2026-01-01T00:00:00Z"},
                       "status":{"phase":"Failed"}})"});
  EXPECT_EQ(two.phase, Phase::Running);
  EXPECT_EQ(two.pod, "new");
  EXPECT_EQ(two.node, "n");
}

TEST(PodState, WhatTheClusterSaysDoesNotPaint) {
  EXPECT_EQ(state(kNew, {"{\"status\":{\"phase\":\"Pending\",\"containerStatuses\":[{\"state\":{\"waiting\":"
                         "{\"reason\":\"a\\u001b[31mb\"}}}]}}"})
                .why.find('\x1b'),
            std::string::npos);
}

}  // namespace
}  // namespace eidos::agent
