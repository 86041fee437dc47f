#include "collect/gpu_views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace eidos::collect {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string lines(const std::vector<Disagreement>& found) {
  std::string out;
  for (const Disagreement& one : found) out += cat(one.reading, ": ", one.text, "\n");
  return out;
}

TEST(GpuViews, DisagreeWithACause) {
  struct Case {
    const char* name;
    GpuViews views;
    std::vector<const char*> want;
  };
  const std::vector<SeenGpu> kTwo = {{"a", ""}, {"b", "bound to vfio-pci"}};
  const Case kCases[] = {
      {"nothing is known", {}, {}},
      {"only the bus", {.bus = kTwo}, {}},
      {"all agree", {.bus = kTwo, .driver = {{"a", "b"}}, .allocatable = 2}, {}},
      {"one is elsewhere",
       {.bus = kTwo, .driver = {{"a"}}},
       {"gpu.b.driver: the driver does not have it: bound to vfio-pci",
        "gpu-count: the bus has 2 GPUs, the driver 1; the driver does not have b: bound to vfio-pci"}},
      {"one does not answer",
       {.bus = kTwo, .driver = {{"b"}}},
       {"a: it is bound to nvidia, and does not answer"}},
      {"none is left", {.bus = kTwo, .driver = {{}}}, {"the bus has 2 GPUs, the driver 0"}},
      {"the driver has more", {.bus = kTwo, .driver = {{"a", "b", "c"}}}, {"the bus does not show c"}},
      {"a hidden bus", {.bus = {{}}, .driver = {{"a"}}}, {}},
      {"Kubernetes has fewer",
       {.driver = {{"a", "b"}}, .allocatable = 1},
       {"Kubernetes offers 1 nvidia.com/gpu"}},
      {"Kubernetes has none",
       {.driver = {{"a", "b"}}, .allocatable = 0},
       {"the driver has 2 GPUs, Kubernetes offers none: see whether the device plugin runs"}},
      {"Kubernetes has fewer than the bus",
       {.bus = {{{"a", ""}, {"b", "not given to this container"}, {"c", "bound to vfio-pci", false}}},
        .allocatable = 1},
       {"bound to nvidia: 2 GPUs, Kubernetes offers 1 nvidia.com/gpu"}},
      {"Kubernetes has what is bound",
       {.bus = {{{"a", ""}, {"c", "bound to vfio-pci", false}}}, .allocatable = 1},
       {}},
      {"Kubernetes shares them", {.driver = {{"a", "b"}}, .allocatable = 8}, {}},
      {"Kubernetes counts MIG devices", {.driver = {{"a", "b"}}, .allocatable = 0, .mig = true}, {}},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    auto found = compare(c.views);
    EXPECT_EQ(found.empty(), c.want.empty());
    for (const char* want : c.want) EXPECT_THAT(lines(found), HasSubstr(want));
  }
}

data::Map map_of(std::initializer_list<std::pair<const char*, data::Value>> entries) {
  data::Map out;
  for (const auto& [key, value] : entries) out.set(key, value);
  return out;
}

TEST(GpuViews, OfKubernetesAreWhatTheNodeOffers) {
  struct Case {
    data::Map readings;
    std::optional<std::int64_t> allocatable;
    bool mig;
  };
  const Case kCases[] = {
      {map_of({{"source-node", "n"}, {"nvidia.com/gpu", "8"}}), 8, false},
      {map_of({{"source-node", "n"}}), 0, false},
      {map_of({{"nvidia.com/gpu", "8"}, {"nvidia.com/mig-1g.10gb", "0"}}), 8, false},
      {map_of({{"nvidia.com/gpu", "0"}, {"nvidia.com/mig-1g.10gb", "7"}}), 0, true},
      {map_of({{"nvidia.com/gpu", "0"}, {"nvidia.com/gpu.shared", "32"}}), std::nullopt, false}};
  for (const Case& c : kCases) {
    model::Snapshot snapshot;
    snapshot.measurements.push_back({"K8s", {{"node", c.readings, {}, {}}}, {}});
    const GpuViews views = views_of(snapshot);
    EXPECT_EQ(views.allocatable, c.allocatable);
    EXPECT_EQ(views.mig, c.mig);
  }
  EXPECT_EQ(views_of({}).allocatable, std::nullopt);
}

model::Snapshot snapshot(data::Map hardware, data::Map smi) {
  model::Snapshot out;
  out.measurements.push_back(
      {"GPU", {{"hardware", std::move(hardware), {}, {}}, {"smi", std::move(smi), {}, {}}}, {}});
  out.collectors.push_back({"gpu.hardware", model::CollectorStatus::Ok, "1ms", ""});
  return out;
}

TEST(GpuViews, AreReadFromASnapshotAndTheirDisagreementWrittenIntoIt) {
  Collected collected;
  collected.snapshot =
      snapshot(map_of({{"driver-loaded", true},
                       {"driver-version", "570"},
                       {"gpu-count", 3},
                       {"gpu.0000:04:00.0.driver", "nvidia"},
                       {"gpu.0000:05:00.0.driver", "vfio-pci"},
                       {"gpu.0000:06:00.0.driver", "nvidia"},
                       {"gpu.0000:06:00.0.state", "no-answer"}}),
               map_of({{"driver", "570"}, {"gpu-count", 1}, {"gpu.0.pci-bus-id", "00000000:04:00.0"}}));
  note_disagreements(collected);
  ASSERT_THAT(collected.warnings, SizeIs(1));
  EXPECT_THAT(collected.warnings[0], HasSubstr("gpu.hardware: the bus has 3 GPUs, the driver 1"));
  const auto& outcome = collected.snapshot.collectors[0];
  EXPECT_EQ(outcome.status, model::CollectorStatus::Ok);
  EXPECT_THAT(outcome.detail, HasSubstr("0000:06:00.0: it has fallen off the bus"));
  const data::Map& context = collected.snapshot.measurements[0].subtypes[0].context;
  std::vector<std::string> keys;
  for (const auto& entry : context) keys.push_back(entry.key);
  EXPECT_THAT(keys, ElementsAre("gpu-count", "gpu.0000:05:00.0.driver", "gpu.0000:06:00.0.driver"));
}

TEST(GpuViews, ThatAreNotThereAreNotCompared) {
  struct Case {
    const char* name;
    data::Map smi;
  };
  const Case kCases[] = {{"no driver to be asked", map_of({{"gpu-count", 0}})},
                         {"a report that was cut", map_of({{"driver", "570"}, {"gpu-count", 8}})},
                         {"nothing", {}}};
  for (const Case& c : kCases) {
    Collected collected;
    collected.snapshot = snapshot(map_of({{"gpu.0000:04:00.0.driver", "nvidia"}}), c.smi);
    note_disagreements(collected);
    EXPECT_THAT(collected.warnings, IsEmpty()) << c.name;
  }
}

}  // namespace
}  // namespace eidos::collect
