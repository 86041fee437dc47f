// Which settings apply, what of them a snapshot lacks, and the same in the words of other tools.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "support/small_catalog.h"
#include "tune/change_files.h"
#include "tune/recommend.h"
#include "tune/settings.h"

namespace eidos::tune {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string profile(std::string_view name, std::string_view criteria, std::string_view settings) {
  return cat("kind: TuningProfile\napiVersion: eidos.nvidia.com/v1alpha1\nmetadata: {name: ", name,
             "}\nspec:\n  criteria: {", criteria, "}\n  settings:\n", settings);
}

/// One setting; `value` with what else belongs to it.
std::string setting(std::string_view path, std::string_view value, std::string_view priority = "medium") {
  return cat("  - {path: \"", path, "\", ", value, ", priority: ", priority,
             ", reason: It helps., source: A document}\n");
}

catalog::Catalog with(std::vector<std::pair<std::string, std::string>> profiles) {
  auto files = testing::small_catalog_files();
  for (auto& [name, text] : profiles) files.put(cat("c/tuning/", name, ".yaml"), text);
  return testing::load_catalog(std::move(files));
}

catalog::Catalog with_any(std::string_view settings) {
  return with({{"any", profile("any", "", settings)}});
}

model::Snapshot snapshot(std::string_view measurements) {
  data::Sources sources;
  auto root = data::parse(cat("kind: Snapshot\napiVersion: eidos.nvidia.com/v1alpha1\n"
                              "metadata: {timestamp: t, version: v, source-node: n}\nmeasurements:\n",
                              measurements),
                          sources, "s");
  EIDOS_ASSERT(root.has_value());
  data::Reading reading{sources};
  auto read = model::read_snapshot(*root, reading);
  EIDOS_ASSERT(read.has_value());
  return *std::move(read);
}

std::string measurement(std::string_view type, std::string_view subtype, std::string_view data) {
  return cat("- {type: ", type, ", subtypes: [{subtype: ", subtype, ", data: {", data, "}}]}\n");
}

Recommended recommended(const catalog::Catalog& catalog, std::string_view measurements,
                        const model::Criteria& criteria = {}) {
  auto made = recommend(catalog, criteria, snapshot(measurements));
  EXPECT_TRUE(made) << made.error().message;
  return made ? *std::move(made) : Recommended();
}

/// "category parameter: current → recommended", and "? parameter: reason" for what could not be compared.
std::vector<std::string> lines(const Recommended& made) {
  std::vector<std::string> out;
  for (const Recommendation& one : made.document.recommendations)
    out.push_back(
        cat(one.category, " ", one.parameter, ": ", one.current_value, " → ", one.recommended_value));
  for (const NotCompared& one : made.document.metadata.not_compared)
    out.push_back(cat("? ", one.parameter, ": ", one.reason));
  return out;
}

TEST(Recommend, SaysOnlyWhatDiffers) {
  struct Case {
    std::string setting;
    std::string measurements;
    std::vector<std::string> want;
  };
  const Case kCases[] = {
      // A bound that holds differs in nothing.
      {setting("OS.sysctl./proc/sys/vm/max_map_count", "value: '>= 262144'"),
       measurement("OS", "sysctl", "/proc/sys/vm/max_map_count: '262144'"),
       {}},
      {setting("OS.sysctl./proc/sys/vm/max_map_count", "value: '>= 262144'"),
       measurement("OS", "sysctl", "/proc/sys/vm/max_map_count: '1048576'"),
       {}},
      {setting("OS.sysctl./proc/sys/vm/max_map_count", "value: '>= 262144'"),
       measurement("OS", "sysctl", "/proc/sys/vm/max_map_count: '65530'"),
       {"sysctl vm.max_map_count: 65530 → >= 262144"}},
      {setting("OS.sysctl./proc/sys/net/ipv4/conf/eth0.1/rp_filter", "value: '0'"),
       measurement("OS", "sysctl", "/proc/sys/net/ipv4/conf/eth0.1/rp_filter: '1'"),
       {"sysctl net.ipv4.conf.eth0/1.rp_filter: 1 → 0"}},
      // A sysctl that is not there: this kernel has none, so nothing is compared.
      {setting("OS.sysctl./proc/sys/kernel/numa_balancing", "value: '0'"),
       measurement("OS", "sysctl", "/proc/sys/vm/swappiness: '60'"),
       {"? kernel.numa_balancing: OS.sysctl has no key '/proc/sys/kernel/numa_balancing'"}},
      {setting("OS.sysctl./proc/sys/vm/swappiness", "value: '0'"),
       measurement("GPU", "smi", "gpu-count: 0"),
       {"? vm.swappiness: the snapshot holds no OS readings"}},
      // The list of boot parameters is whole: what is not there is not set.
      {setting("OS.grub.iommu", "value: pt"),
       measurement("OS", "grub", "ro: ''"),
       {"grub iommu: not set → pt"}},
      {setting("OS.grub.iommu", "value: pt"), measurement("OS", "grub", "iommu: pt"), {}},
      {setting("OS.grub.iommu", "value: pt"),
       measurement("OS", "kmod", "nvidia: true"),
       {"? iommu: the snapshot holds no OS.grub readings"}},
      {setting("OS.grub.nokaslr", "set: ''"),
       measurement("OS", "grub", "ro: ''"),
       {"grub nokaslr: not set → set"}},
      {setting("OS.grub.nokaslr", "set: ''"), measurement("OS", "grub", "nokaslr: ''"), {}},
      // Two page sizes: which number belongs to which cannot be told.
      {setting("OS.grub.hugepages", "value: '>= 5128'"),
       measurement("OS", "grub", "hugepages: '2,5128'"),
       {"? hugepages: the reading '2,5128' is neither a version nor a number"}},
      {setting("OS.kmod.gdrdrv", "value: 'true'"),
       measurement("OS", "kmod", "nvidia: true"),
       {"kmod gdrdrv: not loaded → loaded"}},
      {setting("OS.kmod.gdrdrv", "value: 'true'"), measurement("OS", "kmod", "gdrdrv: true"), {}},
      {setting("OS.kmod.gdrdrv", "value: 'true'"),
       measurement("OS", "kmod", ""),
       {"? gdrdrv: the snapshot holds no OS readings"}},
      {setting("SystemD.containerd.service.LimitMEMLOCK", "value: '18446744073709551615'"),
       measurement("SystemD", "containerd.service", "LoadState: loaded, LimitMEMLOCK: 8388608"),
       {"systemd containerd.service.LimitMEMLOCK: 8388608 → 18446744073709551615"}},
      // systemd has properties of units that are not there, too.
      {setting("SystemD.containerd.service.LimitMEMLOCK", "value: '18446744073709551615'"),
       measurement("SystemD", "containerd.service", "LoadState: not-found, LimitMEMLOCK: 8388608"),
       {"? containerd.service.LimitMEMLOCK: unit containerd.service is not-found"}},
      {setting("K8s.policy.driver.kernelModuleType", "value: '!= proprietary', set: auto"),
       measurement("K8s", "policy", "driver.kernelModuleType: proprietary"),
       {"kubernetes driver.kernelModuleType: proprietary → != proprietary"}},
      {setting("GPU.smi.gpu.*.mig-mode", "value: Disabled"),
       measurement("GPU", "smi",
                   "gpu.0.mig-mode: Disabled, gpu.1.mig-mode: Enabled, gpu.10.mig-mode: Enabled"),
       {"gpu gpu.*.mig-mode: Enabled (gpu 1, gpu 10) → Disabled"}},
      {setting("GPU.smi.gpu.*.mig-mode", "value: Disabled"),
       measurement("GPU", "smi", "gpu.0.mig-mode: Disabled, gpu.x.mig-mode: Enabled"),
       {}},
      {setting("GPU.smi.gpu.*.mig-mode", "value: Disabled"),
       measurement("GPU", "smi", "gpu-count: 8"),
       {"? gpu.*.mig-mode: the snapshot holds no GPU.smi.gpu.*.mig-mode"}},
  };
  for (const Case& c : kCases)
    EXPECT_EQ(lines(recommended(with_any(c.setting), c.measurements)), c.want) << c.setting << c.measurements;
}

TEST(Recommend, TellsWhyACollectorBroughtNothing) {
  catalog::Catalog catalog = with_any(setting("GPU.smi.gpu.persistence-mode", "value: Enabled"));
  model::Snapshot taken = snapshot(measurement("OS", "release", "ID: ubuntu"));
  taken.collectors.push_back({"gpu", model::CollectorStatus::TimedOut, "10s", "nvidia-smi did not end"});
  auto made = recommend(catalog, {}, taken);
  ASSERT_TRUE(made);
  EXPECT_THAT(lines(*made),
              ElementsAre("? gpu.persistence-mode: the collector gpu timed out: nvidia-smi did not end"));
}

TEST(Recommend, SortsByPriorityThenCategoryThenParameter) {
  catalog::Catalog catalog =
      with_any(cat(setting("OS.sysctl./proc/sys/vm/b", "value: '1'", "low"),
                   setting("OS.sysctl./proc/sys/vm/a", "value: '1'", "low"),
                   setting("OS.grub.z", "value: '1'", "low"), setting("OS.kmod.m", "value: 'true'", "high")));
  auto made =
      recommended(catalog, cat(measurement("OS", "grub", "ro: ''"), measurement("OS", "kmod", "x: true"),
                               measurement("OS", "sysctl", "/proc/sys/vm/a: '0', /proc/sys/vm/b: '0'")));
  EXPECT_THAT(lines(made), ElementsAre("kmod m: not loaded → loaded", "grub z: not set → 1",
                                       "sysctl vm.a: 0 → 1", "sysctl vm.b: 0 → 1"));
  EXPECT_EQ(made.document.snapshot.node, "n");
  EXPECT_EQ(made.document.intent, "any");
  EXPECT_EQ(made.document.recommendations.front().reason, "It helps. Source: A document.");
}

TEST(Choose, TheMostSpecificProfileWins) {
  constexpr const char* kPath = "OS.sysctl./proc/sys/vm/swappiness";
  catalog::Catalog catalog = with({
      {"a", profile("a", "intent: training, service: eks", setting(kPath, "value: '3'"))},
      {"b", profile("b", "", setting(kPath, "value: '1'"))},
      {"c", profile("c", "intent: training", setting(kPath, "value: '2'"))},
      {"d", profile("d", "intent: inference", setting(kPath, "withdrawn: true"))},
  });
  struct Case {
    model::Criteria stated;
    std::vector<std::string> want;
  };
  const Case kCases[] = {
      {{}, {"sysctl vm.swappiness: 60 → 1"}},
      {{.intent = "training"}, {"sysctl vm.swappiness: 60 → 2"}},
      {{.service = "eks", .intent = "training"}, {"sysctl vm.swappiness: 60 → 3"}},
      {{.service = "eks"}, {"sysctl vm.swappiness: 60 → 1"}},
      {{.intent = "inference"}, {}},
  };
  for (const Case& c : kCases)
    EXPECT_EQ(
        lines(recommended(catalog, measurement("OS", "sysctl", "/proc/sys/vm/swappiness: '60'"), c.stated)),
        c.want)
        << c.stated.service << c.stated.intent;
}

Recommended several() {
  return recommended(
      with_any(cat(setting("OS.sysctl./proc/sys/vm/swappiness", "value: '<= 1'"),
                   setting("OS.grub.hugepages", "value: '>= 8'"), setting("OS.grub.hugepagesz", "value: 2M"),
                   setting("OS.grub.iommu", "value: pt"), setting("OS.grub.nokaslr", "set: ''"),
                   setting("OS.kmod.gdrdrv", "value: 'true'"),
                   setting("SystemD.containerd.service.LimitMEMLOCK", "value: '18446744073709551615'"))),
      cat(measurement("OS", "sysctl", "/proc/sys/vm/swappiness: '60'"), measurement("OS", "kmod", "x: true"),
          measurement("OS", "grub", "hugepagesz: 2M, hugepages: '4'"),
          measurement("SystemD", "containerd.service", "LoadState: loaded, LimitMEMLOCK: 1")));
}

TEST(ChangeFiles, Sysctl) {
  ChangeFile file = sysctl_file(several().changes);
  EXPECT_EQ(file.text, "# It helps. Source: A document.\nvm.swappiness = 1\n");
  EXPECT_THAT(file.left_out, ElementsAre("grub hugepages", "grub iommu", "grub nokaslr", "kmod gdrdrv",
                                         "systemd containerd.service.LimitMEMLOCK"));
}

TEST(ChangeFiles, AReasonIsToldWholeAndStaysAComment) {
  std::vector<Chosen> changes = several().changes;
  std::string reason = "It";
  for (int i = 0; i < 60; ++i) reason += cat(" helps", i);
  for (Chosen& change : changes) change.setting.reason = cat(reason, "\nkernel.panic = 1");
  ChangeFile file = sysctl_file(changes);
  std::string told;
  for (std::string_view line : split(file.text, '\n'))
    if (line.starts_with("# ")) told += cat(told.empty() ? "" : " ", line.substr(2));
  EXPECT_EQ(told, cat(reason, "\\nkernel.panic = 1 Source: A document."));
  EXPECT_THAT(file.text, EndsWith("\nvm.swappiness = 1\n"));
  EXPECT_THAT(file.text, Not(HasSubstr("\nkernel.panic")));
}

TEST(ChangeFiles, BootParametersPutThePageSizeInFrontOfTheNumber) {
  Recommended made = several();
  model::Snapshot none = snapshot(" []\n");
  ChangeFile file = grub_line(made.changes, made.chosen, none);
  // The size is set already, and said all the same: the kernel reads from left to right.
  EXPECT_EQ(file.text, "hugepagesz=2M hugepages=8 iommu=pt nokaslr\n");
  EXPECT_THAT(file.left_out,
              ElementsAre("kmod gdrdrv", "sysctl vm.swappiness", "systemd containerd.service.LimitMEMLOCK"));
  ChangeFile nothing = grub_line({}, made.chosen, none);
  EXPECT_EQ(nothing.text, "");
  EXPECT_THAT(nothing.left_out, IsEmpty());
}

TEST(ChangeFiles, TheSizeThatTheMachineWasBootedWithCounts) {
  model::Snapshot booted = snapshot(measurement("OS", "grub", "hugepagesz: 1G, hugepages: '2'"));
  auto made = recommend(with_any(setting("OS.grub.hugepages", "value: '>= 8'")), {}, booted);
  ASSERT_TRUE(made);
  EXPECT_EQ(grub_line(made->changes, made->chosen, booted).text, "hugepagesz=1G hugepages=8\n");
}

TEST(ChangeFiles, Skyhook) {
  Recommended made = several();
  ChangeFile file = skyhook_resource(made.changes, made.chosen, snapshot(" []\n"));
  EXPECT_EQ(file.text, R"(apiVersion: skyhook.nvidia.com/v1alpha1
kind: Skyhook
metadata:
  name: eidos-tuning
  labels:
    app.kubernetes.io/part-of: skyhook-operator
    app.kubernetes.io/created-by: eidos
spec:
  nodeSelectors:
    matchLabels:
      nvidia.com/gpu.present: "true"
  packages:
    tuning:
      image: ghcr.io/nvidia/skyhook-packages/tuning
      version: "1.1.4"
      interrupt:
        type: reboot
      configMap:
        grub.conf: |
          hugepagesz=2M
          hugepages=8
          iommu=pt
          nokaslr
        sysctl.conf: |
          vm.swappiness = 1
        service_containerd.conf: |
          [Service]
          LimitMEMLOCK=infinity
)");
  EXPECT_THAT(file.left_out, ElementsAre("kmod gdrdrv"));
}

TEST(ChangeFiles, ASkyhookThatChangesNoBootParameterRestartsServicesOnly) {
  auto made = recommended(with_any(setting("OS.sysctl./proc/sys/vm/swappiness", "value: '1'")),
                          measurement("OS", "sysctl", "/proc/sys/vm/swappiness: '60'"));
  ChangeFile file = skyhook_resource(made.changes, made.chosen, snapshot(" []\n"));
  EXPECT_THAT(file.text, HasSubstr("        type: service\n        services:\n          - systemd-sysctl\n"));
  EXPECT_EQ(skyhook_resource({}, made.chosen, snapshot(" []\n")).text, "");
}

TEST(Settings, AreReadingsInASnapshotsOwnShape) {
  catalog::Catalog catalog =
      with_any(cat(setting("OS.sysctl./proc/sys/vm/swappiness", "value: '<= 1'"),
                   setting("OS.kmod.gdrdrv", "value: 'true'"), setting("OS.grub.nokaslr", "set: ''"),
                   setting("GPU.smi.gpu.*.mig-mode", "value: Disabled"),
                   setting("SystemD.containerd.service.LimitSTACK", "value: '>= 67108864'")));
  auto text = [&](bool context) {
    Measurements out;
    EXPECT_TRUE(add_settings(catalog, {}, context, out));
    return data::to_compact_json(data::write_value(std::move(out).take()));
  };
  EXPECT_EQ(
      text(false),
      R"([{"type":"OS","subtypes":[{"subtype":"grub","data":{"nokaslr":""}},)"
      R"({"subtype":"kmod","data":{"gdrdrv":true}},)"
      R"({"subtype":"sysctl","data":{"/proc/sys/vm/swappiness":"1"}}]},)"
      R"({"type":"SystemD","subtypes":[{"subtype":"containerd.service","data":{"LimitSTACK":"67108864"}}]}])");
  EXPECT_THAT(text(true),
              HasSubstr(R"("context":{"/proc/sys/vm/swappiness":"It helps. Any value <= 1 will do. )"
                        R"(Source: A document."})"));
}

TEST(Settings, ComponentValuesSayWhatTheOperatorDoes) {
  struct Case {
    const char* overrides;
    const char* want;
  };
  const Case kCases[] = {
      {"cdi: {enabled: true}, mig: {strategy: mixed}, driver: {version: 580.105.08, rdma: {enabled: false}}",
       R"([{"type":"GPU","subtypes":[{"subtype":"smi","data":{"cuda-version":"13.0","driver":"580.105.08"}}]},)"
       R"({"type":"K8s","subtypes":[{"subtype":"config","data":{"cdi":true,"mig":"mixed","rdma":false}}]}])"},
      {"driver: {kernelModuleType: open}",
       R"([{"type":"K8s","subtypes":[{"subtype":"config","data":{"useOpenKernelModule":true}}]}])"},
      // auto: the operator chooses.
      {"driver: {kernelModuleType: auto}", "[]"},
      {"driver: {version: 999.1}",
       R"([{"type":"GPU","subtypes":[{"subtype":"smi","data":{"driver":"999.1"}}]}])"},
      // The driver is somebody else's.
      {"driver: {enabled: false, version: 580.105.08}", "[]"},
      {"enabled: false, cdi: {enabled: true}", "[]"},
  };
  catalog::Catalog catalog =
      with({{"d", cat("kind: TuningProfile\napiVersion: eidos.nvidia.com/v1alpha1\nmetadata: {name: d}\n",
                      "spec: {criteria: {}, driverCuda: {'580': '13.0'}}\n")}});
  for (const Case& c : kCases) {
    data::Sources sources;
    auto overrides = data::parse(cat("o: {", c.overrides, "}"), sources, "o");
    ASSERT_TRUE(overrides) << c.overrides;
    model::RecipeResult recipe;
    recipe.component_refs.push_back({.name = "gpu-operator", .overrides = overrides->find("o")->map()});
    Measurements out;
    ASSERT_TRUE(add_component_settings(catalog, recipe, false, out));
    EXPECT_EQ(data::to_compact_json(data::write_value(std::move(out).take())), c.want) << c.overrides;
  }
}

TEST(Table, HasTheReasonsBelowAndWhatCouldNotBeCompared) {
  auto made = recommended(with_any(cat(setting("OS.sysctl./proc/sys/vm/swappiness", "value: '1'", "high"),
                                       setting("OS.grub.iommu", "value: pt"))),
                          measurement("OS", "sysctl", "/proc/sys/vm/swappiness: \"6\\e[31m\""));
  EXPECT_EQ(to_table(made.document, false),
            "SNAPSHOT  n\n"
            "taken     t\n"
            "for       any\n"
            "\n"
            "PRIORITY  CATEGORY  PARAMETER      CURRENT    RECOMMENDED\n"
            "high      sysctl    vm.swappiness  6\\x1b[31m  1\n"
            "    It helps. Source: A document.\n"
            "\n"
            "NOT COMPARED  CATEGORY  RECOMMENDED  BECAUSE\n"
            "iommu         grub      pt           the snapshot holds no OS.grub readings\n"
            "\n"
            "1 change, 1 not compared\n");
  EXPECT_THAT(to_table(Recommended().document, false), HasSubstr("\nnothing to change\n"));
}

}  // namespace
}  // namespace eidos::tune
