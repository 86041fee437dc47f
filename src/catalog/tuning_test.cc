#include "catalog/tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "catalog/lint.h"
#include "support/fake_files.h"

namespace eidos::catalog {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kHead = "kind: TuningProfile\napiVersion: eidos.nvidia.com/v1alpha1\n";
constexpr const char* kRest = "priority: low, reason: r, source: s";

testing::FakeFiles small() {
  constexpr const char* kVersion = "apiVersion: eidos.nvidia.com/v1alpha1\n";
  return {{"c/registry.yaml", cat("kind: ComponentRegistry\n", kVersion, "components: []\n")},
          {"c/overlays/base.yaml",
           cat("kind: RecipeMetadata\n", kVersion, "metadata: {name: base}\nspec: {}\n")}};
}

/// Line 6 is where the settings begin.
std::string profile(std::string_view name, std::string_view criteria, std::string_view settings) {
  return cat(kHead, "metadata: {name: ", name, "}\nspec:\n  criteria: {", criteria, "}\n  settings:\n",
             settings);
}

std::vector<std::string> problems(std::vector<std::pair<std::string, std::string>> files,
                                  bool lenient = false) {
  auto catalog = small();
  for (auto& [path, text] : files) catalog.put(cat("c/", path), text);
  auto loaded = load(catalog, {.embedded = {}, .catalog_dir = "c", .lenient = lenient});
  if (loaded) return loaded->warnings;
  std::vector<std::string> out{cat(loaded.error().where, ": ", loaded.error().message)};
  for (const Error& other : loaded.error().others) out.push_back(cat(other.where, ": ", other.message));
  return out;
}

TEST(Tuning, WhatCannotBeReadOrSetIsRefusedWithItsPlace) {
  struct Case {
    const char* setting;
    const char* want;  // behind "c/tuning/t.yaml:7:5: setting "; "": fine
  };
  const Case kCases[] = {
      {"path: OS.sysctl./proc/sys/vm/swappiness, value: '<= 10'", ""},
      {"path: OS.grub.nokaslr", ""},
      {"path: OS.kmod.gdrdrv, withdrawn: true", ""},
      {"path: GPU.smi.gpu.*.mig-mode, value: Disabled", ""},
      {"path: SystemD.my-agent.service.LimitNOFILE, value: '>= 65536'", ""},
      {"path: swappiness, value: '1'",
       "'swappiness': path 'swappiness': type 'swappiness' is none of K8s, OS, SystemD, GPU, NodeTopology"},
      {"path: OS.release.ID, value: ubuntu", "'OS.release.ID': nobody sets 'OS.release.ID'"},
      {"path: K8s.server.version, value: v1", "'K8s.server.version': nobody sets 'K8s.server.version'"},
      {"path: GPU.smi.gpu.persistance-mode, value: Enabled",
       "'GPU.smi.gpu.persistance-mode': no collector reads 'GPU.smi.gpu.persistance-mode'; did you mean "
       "'GPU.smi.gpu.persistence-mode'?"},
      {"path: OS.sysctl.vm.swappiness, value: '1'",
       "'OS.sysctl.vm.swappiness': 'vm.swappiness' is no key of sysctl"},
      {"path: OS.sysctl./proc/sys/../../etc/passwd, value: '1'",
       "'OS.sysctl./proc/sys/../../etc/passwd': '/proc/sys/../../etc/passwd' is no key of sysctl"},
      {"path: \"OS.grub.a b\", value: '1'", "'OS.grub.a b': 'a b' is no key of grub"},
      {"path: \"OS.sysctl./proc/sys/vm/a\\nkernel.b = 1\", value: '1'",
       "'OS.sysctl./proc/sys/vm/a\\nkernel.b = 1': '/proc/sys/vm/a\\nkernel.b = 1' is no key of sysctl"},
      {"path: OS.sysctl./proc/sys/vm/*, value: '1'",
       "'OS.sysctl./proc/sys/vm/*': '/proc/sys/vm/*' is no key of sysctl"},
      {"path: OS.sysctl./proc/sys/vm/swappiness, value: '=> 10'",
       "'OS.sysctl./proc/sys/vm/swappiness': expression '=> 10': '=>' is no operator"},
      {"path: OS.sysctl./proc/sys/vm/swappiness", "'OS.sysctl./proc/sys/vm/swappiness': has no value"},
      {"path: OS.sysctl./proc/sys/vm/swappiness, value: '< 10'",
       "'OS.sysctl./proc/sys/vm/swappiness': '< 10' names no one value"},
      {"path: OS.sysctl./proc/sys/vm/swappiness, value: '>= 1, <= 10'",
       "'OS.sysctl./proc/sys/vm/swappiness': '>= 1, <= 10' names no one value"},
      {"path: OS.sysctl./proc/sys/vm/swappiness, value: '< 10', set: '9'", ""},
      {"path: OS.sysctl./proc/sys/vm/swappiness, value: '< 10', set: '10'",
       "'OS.sysctl./proc/sys/vm/swappiness': 'set' is '10', which does not satisfy '< 10'"},
      {"path: OS.sysctl./proc/sys/vm/swappiness, value: \"1\\nkernel.x 2\"",
       "'OS.sysctl./proc/sys/vm/swappiness': '1\\nkernel.x 2' cannot be written into a setting of sysctl"},
      {"path: OS.grub.iommu, value: 'pt init=/bin/sh'",
       "'OS.grub.iommu': 'pt init=/bin/sh' cannot be written into a setting of grub"},
      {"path: OS.grub.iommu, value: 'pt\"'",
       "'OS.grub.iommu': 'pt\"' cannot be written into a setting of grub"},
      {"path: OS.kmod.gdrdrv, value: 'yes'", "'OS.kmod.gdrdrv': a module is loaded or not; got 'yes'"},
      {"path: OS.kmod.gdrdrv, value: 'true', withdrawn: true",
       "'OS.kmod.gdrdrv': is withdrawn and has a value"},
  };
  for (const Case& c : kCases) {
    std::string text = profile("t", "", cat("  - {", c.setting, ", ", kRest, "}\n"));
    std::vector<std::string> want;
    if (*c.want != '\0') want.push_back(cat("c/tuning/t.yaml:7:5: setting ", c.want));
    EXPECT_EQ(problems({{"tuning/t.yaml", text}}), want) << c.setting;
  }
}

TEST(Tuning, ShapeCriteriaAndNamesAreCheckedToo) {
  const std::string good = profile("t", "", cat("  - {path: OS.grub.nokaslr, ", kRest, "}\n"));
  struct Case {
    std::vector<std::pair<std::string, std::string>> files;
    std::vector<std::string> want;
  };
  const Case kCases[] = {
      {{{"tuning/t.yaml", good}}, {}},
      {{{"tuning/t.yaml", ""}}, {"c/tuning/t.yaml: the document is empty"}},
      {{{"tuning/t.yaml", profile("t", "intent: trainin", "")}},
       {"c/tuning/t.yaml:5:13: intent 'trainin' must be one of: training, inference, any; did you mean "
        "'training'?"}},
      {{{"tuning/t.yaml", cat(kHead, "metadata: {name: t}\nspec: {}\n")}},
       {"c/tuning/t.yaml:4:7: spec: key 'criteria' is missing"}},
      {{{"tuning/t.yaml",
         profile("t", "", "  - {path: OS.grub.nokaslr, priority: urgent, reason: r, source: s}\n")}},
       {"c/tuning/t.yaml:7:39: spec.settings[0].priority: 'urgent' is none of high, medium, low"}},
      {{{"tuning/t.yaml", profile("t", "", "  - {path: OS.grub.nokaslr, priority: low}\n")}},
       {"c/tuning/t.yaml:7:5: spec.settings[0]: key 'reason' is missing",
        "c/tuning/t.yaml:7:5: spec.settings[0]: key 'source' is missing"}},
      {{{"tuning/t.yaml", good}, {"tuning/u.yaml", good}},
       {"c/tuning/u.yaml:1:1: profile name 't' is taken by the one at c/tuning/t.yaml:1:1"}},
      {{{"tuning/t.yaml", good + cat("  - {path: OS.grub.nokaslr, ", kRest, "}\n")}},
       {"c/tuning/t.yaml:8:5: setting 'OS.grub.nokaslr': is set twice in one profile; first at "
        "c/tuning/t.yaml:7:5"}},
      {{{"tuning/t.yaml",
         cat(kHead, "metadata: {name: t}\nspec: {criteria: {}, driverCuda: {R580: '13.0'}}\n")}},
       {"c/tuning/t.yaml:1:1: driverCuda: 'R580' is no branch of the driver"}},
      {{{"tuning/t.yaml", cat(good, "  notes: x\n")}}, {"c/tuning/t.yaml:8:3: spec: unknown key 'notes'"}},
  };
  for (const Case& c : kCases) EXPECT_EQ(problems(c.files), c.want) << c.files.back().second;
  EXPECT_THAT(problems({{"tuning/t.yaml", cat(good, "  notes: x\n")}}, true),
              ElementsAre("c/tuning/t.yaml:8:3: spec: unknown key 'notes'; ignored"));
}

TEST(Tuning, ALayerReplacesAProfileByItsPath) {
  auto files = small();
  files.put("c/tuning/t.yaml", profile("t", "", cat("  - {path: OS.grub.nokaslr, ", kRest, "}\n")));
  files.put("d/tuning/t.yaml", profile("mine", "intent: TRAINING", ""));
  auto loaded = load(files, {.embedded = {}, .catalog_dir = "c", .data_dirs = {"d"}});
  ASSERT_TRUE(loaded) << loaded.error().message;
  auto profiles = tuning_profiles(loaded->catalog);
  ASSERT_TRUE(profiles);
  ASSERT_EQ(profiles->size(), 1u);
  EXPECT_EQ(profiles->front().metadata.name, "mine");
  EXPECT_EQ(profiles->front().spec.criteria.intent, "training");
}

TEST(Tuning, LintNamesProfilesThatDisagreeAtOneRank) {
  constexpr const char* kPath = "OS.sysctl./proc/sys/vm/swappiness";
  auto setting = [&](std::string_view value) {
    return cat("  - {path: ", kPath, ", ", value, ", ", kRest, "}\n");
  };
  auto found = [&](std::string_view criteria_a, std::string_view a, std::string_view criteria_b,
                   std::string_view b) {
    auto files = small();
    files.put("c/tuning/a.yaml", profile("a", criteria_a, setting(a)));
    files.put("c/tuning/b.yaml", profile("b", criteria_b, setting(b)));
    auto inspected = inspect(files, {.embedded = {}, .catalog_dir = "c"});
    EXPECT_TRUE(inspected);
    std::vector<std::string> out;
    for (const Finding& finding : lint(*inspected))
      if (finding.rule->id == "tuning-conflict" || finding.rule->id == "bad-setting")
        out.push_back(cat(finding.file, ":", finding.line, " ", finding.rule->id, ": ", finding.message));
    return out;
  };
  EXPECT_THAT(found("intent: training", "value: '1'", "service: eks", "value: '2'"),
              ElementsAre("c/tuning/b.yaml:7 tuning-conflict: profiles 'a' (1) and 'b' (2) both set "
                          "OS.sysctl./proc/sys/vm/swappiness"));
  EXPECT_THAT(found("intent: training", "value: '1'", "service: eks", "withdrawn: true"),
              ElementsAre("c/tuning/b.yaml:7 tuning-conflict: profiles 'a' (1) and 'b' (withdrawn) both set "
                          "OS.sysctl./proc/sys/vm/swappiness"));
  EXPECT_THAT(found("intent: training", "value: '1'", "service: eks", "value: '1'"), IsEmpty());
  EXPECT_THAT(found("intent: training", "value: '1'", "intent: inference", "value: '2'"), IsEmpty());
  EXPECT_THAT(found("", "value: '1'", "service: eks", "value: '2'"), IsEmpty());
  EXPECT_THAT(found("", "value: '1'", "service: eks", "value: '< 2'"),
              ElementsAre("c/tuning/b.yaml:7 bad-setting: setting 'OS.sysctl./proc/sys/vm/swappiness': '< 2' "
                          "names no one value"));
}

}  // namespace
}  // namespace eidos::catalog
