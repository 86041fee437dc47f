#include "bundle/scheduling.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/document.h"

namespace eidos::bundle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Scheduling parsed(const SchedulingFlags& flags) {
  std::vector<std::string> warnings;
  auto got = parse_scheduling(flags, warnings);
  EXPECT_TRUE(got) << got.error().message;
  EXPECT_THAT(warnings, IsEmpty());
  return got ? *got : Scheduling{};
}

TEST(Scheduling, NothingGivenWritesNothing) {
  model::Component component;
  component.node_scheduling.system.toleration_paths = {"a.tolerations"};
  data::Value values = data::Map();
  ASSERT_TRUE(apply_scheduling(parsed({}), component, values));
  EXPECT_TRUE(values.map().empty());
}

TEST(Scheduling, TolerationsAreLists) {
  const std::pair<const char*, const char*> cases[] = {
      {"k=v:NoSchedule", R"([{"key":"k","operator":"Equal","value":"v","effect":"NoSchedule"}])"},
      {"nvidia.com/gpu:NoSchedule",
       R"([{"key":"nvidia.com/gpu","operator":"Exists","effect":"NoSchedule"}])"},
      {"k=:PreferNoSchedule", R"([{"key":"k","operator":"Exists","effect":"PreferNoSchedule"}])"},
      {"k=v:NoExecute:30",
       R"([{"key":"k","operator":"Equal","value":"v","effect":"NoExecute","tolerationSeconds":30}])"},
      {"k:NoExecute:0", R"([{"key":"k","operator":"Exists","effect":"NoExecute","tolerationSeconds":0}])"},
      {"k=007:NoSchedule", R"([{"key":"k","operator":"Equal","value":"007","effect":"NoSchedule"}])"},
  };
  for (const auto& [text, want] : cases)
    EXPECT_EQ(data::to_compact_json(parsed({.system_node_toleration = {text}}).system_tolerations), want);
}

TEST(Scheduling, SelectorValuesAreStrings) {
  Scheduling got = parsed({.accelerated_node_selector = {"nodeGroup=gpu", "pool=7", "on=true", "e="}});
  EXPECT_EQ(data::to_compact_json(got.accelerated_selector),
            R"({"nodeGroup":"gpu","pool":"7","on":"true","e":""})");
}

TEST(Scheduling, TheGateIsTextAndATaint) {
  Scheduling got = parsed({.workload_gate = "skyhook.io/runtime=required:NoSchedule"});
  EXPECT_EQ(got.gate.string(), "skyhook.io/runtime=required:NoSchedule");
  EXPECT_EQ(data::to_compact_json(got.gate_taints),
            R"([{"key":"skyhook.io/runtime","value":"required","effect":"NoSchedule"}])");
  EXPECT_EQ(parsed({.workload_gate = "k:NoExecute"}).gate.string(), "k:NoExecute");
}

TEST(Scheduling, BadFlagsAreRefusedTogether) {
  const std::pair<SchedulingFlags, const char*> cases[] = {
      {{.system_node_selector = {"a"}}, "--system-node-selector 'a': not key=value"},
      {{.system_node_selector = {"=v"}}, "--system-node-selector '=v': the key is empty"},
      {{.workload_selector = {"a=b,c=d"}}, "--workload-selector 'a=b,c=d': 'b,c=d' is no label value"},
      {{.workload_selector = {"a b=c"}}, "--workload-selector 'a b=c': 'a b' is no label key"},
      {{.system_node_toleration = {"k"}}, "--system-node-toleration 'k': not key=value:Effect"},
      {{.system_node_toleration = {":NoSchedule"}},
       "--system-node-toleration ':NoSchedule': the key is empty"},
      {{.system_node_toleration = {"k:"}}, "--system-node-toleration 'k:': '' is no effect"},
      {{.system_node_toleration = {"k:noschedule"}},
       "--system-node-toleration 'k:noschedule': 'noschedule' is no effect; did you mean 'NoSchedule'?"},
      {{.accelerated_node_toleration = {"k:NoSchedule:30"}},
       "--accelerated-node-toleration 'k:NoSchedule:30': seconds mean nothing with NoSchedule"},
      {{.accelerated_node_toleration = {"k:NoExecute:-1"}},
       "--accelerated-node-toleration 'k:NoExecute:-1': '-1' is no number of seconds"},
      {{.accelerated_node_toleration = {"k:NoExecute:1:2"}},
       "--accelerated-node-toleration 'k:NoExecute:1:2': not key=value:Effect"},
      {{.workload_gate = "k=v:NoExecute:30"}, "--workload-gate 'k=v:NoExecute:30': not key=value:Effect"},
      {{.workload_gate = "k=v"}, "--workload-gate 'k=v': not key=value:Effect"},
      {{.nodes = -1}, "--nodes -1: not a number of nodes"},
  };
  for (const auto& [flags, message] : cases) {
    std::vector<std::string> warnings;
    auto got = parse_scheduling(flags, warnings);
    ASSERT_FALSE(got) << message;
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
    EXPECT_EQ(got.error().message, message);
  }
  std::vector<std::string> warnings;
  auto got = parse_scheduling({.system_node_selector = {"a"}, .workload_gate = "b", .nodes = -2}, warnings);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().others.size(), 2U);
}

TEST(Scheduling, ASelectorKeyGivenTwiceIsSaid) {
  std::vector<std::string> warnings;
  auto got = parse_scheduling({.workload_selector = {"a=b", "a=c"}}, warnings);
  ASSERT_TRUE(got);
  EXPECT_EQ(data::to_compact_json(got->workload_selector), R"({"a":"c"})");
  EXPECT_THAT(warnings, ElementsAre("--workload-selector: 'a' is given twice; 'c' wins over 'b'"));
}

TEST(Scheduling, EachFlagReplacesWhatStandsAtItsPaths) {
  model::Component component;
  component.name = "x";
  component.node_scheduling.system = {.node_selector_paths = {"op.nodeSelector"},
                                      .toleration_paths = {"node.tolerations"},
                                      .taint_paths = {"taints"},
                                      .taint_str_paths = {"env.taint"}};
  component.node_scheduling.accelerated.toleration_paths = {"node.tolerations"};
  component.node_scheduling.node_count_paths = {"count"};
  component.pod_scheduling.workload.workload_selector_paths = {"w"};
  data::Sources sources;
  data::Value values =
      *data::parse("op: {nodeSelector: {old: x}, keep: 1}\nnode: null\n", sources, "values.yaml");
  Scheduling flags = parsed({.system_node_selector = {"a=b"},
                             .system_node_toleration = {"s:NoSchedule"},
                             .accelerated_node_toleration = {"g:NoSchedule"},
                             .workload_selector = {"app=train"},
                             .workload_gate = "k=v:NoSchedule",
                             .nodes = 16});
  ASSERT_TRUE(apply_scheduling(flags, component, values));
  EXPECT_EQ(data::to_compact_json(values),
            R"({"op":{"nodeSelector":{"a":"b"},"keep":1},)"
            R"("node":{"tolerations":[{"key":"g","operator":"Exists","effect":"NoSchedule"}]},)"
            R"("w":{"app":"train"},"env":{"taint":"k=v:NoSchedule"},)"
            R"("taints":[{"key":"k","value":"v","effect":"NoSchedule"}],"count":16})");
}

TEST(Scheduling, AFlagThatNoComponentTakesIsNamed) {
  model::Component component;
  component.node_scheduling.system.node_selector_paths = {"nodeSelector"};
  Scheduling flags = parsed({.system_node_selector = {"a=b"}, .workload_gate = "k=v:NoSchedule", .nodes = 3});
  EXPECT_THAT(unused_flags(flags, {&component}), ElementsAre("--workload-gate", "--nodes"));
  EXPECT_THAT(unused_flags(parsed({}), {&component}), IsEmpty());
}

TEST(Scheduling, APathThroughAScalarIsAnError) {
  model::Component component;
  component.name = "x";
  component.node_scheduling.system.node_selector_paths = {"op.nodeSelector"};
  data::Sources sources;
  data::Value values = *data::parse("op: text", sources, "values.yaml");
  auto got = apply_scheduling(parsed({.system_node_selector = {"a=b"}}), component, values);
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().message,
              HasSubstr("component 'x': --system-node-selector: path 'op.nodeSelector'"));
}

}  // namespace
}  // namespace eidos::bundle
