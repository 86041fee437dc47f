#include "catalog/lint.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "support/fake_files.h"

namespace eidos::catalog {
namespace {

using ::testing::ElementsAre;
using testing::FakeFiles;
using ::testing::IsEmpty;

constexpr const char* kHead = "apiVersion: eidos.nvidia.com/v1alpha1\n";

std::string registry(std::string_view components) {
  return cat("kind: ComponentRegistry\n", kHead, "components:\n", components);
}

/// Line 1 is the description, the spec begins at line 6.
std::string overlay(std::string_view name, std::string_view spec) {
  return cat("# What ", name, " is for.\nkind: RecipeMetadata\n", kHead, "metadata: {name: ", name,
             "}\nspec:\n", spec);
}

constexpr const char* kComponents =
    "- name: a\n  displayName: A\n  helm: {defaultRepository: https://x, defaultVersion: 1.0.0}\n";

FakeFiles clean() {
  return FakeFiles{
      {"c/registry.yaml", registry(kComponents)},
      {"c/overlays/base.yaml",
       overlay("base",
               "  componentRefs:\n  - {name: a, valuesFile: components/a/values.yaml}\n"
               "  constraints:\n  - {name: K8s.server.version, value: '>= 1.30'}\n")},
      {"c/overlays/eks.yaml", overlay("eks", "  criteria: {service: eks}\n")},
      {"c/components/a/values.yaml", "k: {l: 1}\n"},
  };
}

/// "file:line:column rule", and '!' behind what is allowed.
std::vector<std::string> found(FakeFiles& files, std::vector<std::string> data_dirs = {}) {
  auto inspected = inspect(files, {.embedded = {}, .catalog_dir = "c", .data_dirs = std::move(data_dirs)});
  if (!inspected) return {cat("error: ", inspected.error().message)};
  std::vector<std::string> out;
  for (const Finding& finding : settled(inspected->loaded.catalog, lint(*inspected)))
    out.push_back(cat(finding.file, finding.line == 0 ? "" : cat(":", finding.line, ":", finding.column), " ",
                      finding.rule->id, finding.allowed ? "!" : ""));
  return out;
}

TEST(Lint, ACleanCatalogHasNoFindings) {
  FakeFiles files = clean();
  EXPECT_THAT(found(files), IsEmpty());
}

struct Case {
  const char* path;
  std::string text;
  std::vector<std::string> want;
};

TEST(Lint, SaysWhatLoadsAndIsHardlyMeant) {
  const Case kCases[] = {
      {"c/overlays/x.yaml", overlay("x", "  base: eks\n"), {"c/overlays/x.yaml:4:18 unreachable-overlay"}},
      {"c/overlays/x.yaml", overlay("x", "  base: base\n  criteria: {}\n"), {}},
      {"c/overlays/x.yaml",
       cat("kind: RecipeMetadata\n", kHead, "metadata: {name: x}\nspec: {criteria: {}}\n"),
       {"c/overlays/x.yaml:3:18 empty-description"}},
      {"c/overlays/x.yaml",
       overlay("x",
               "  criteria: {}\n  componentRefs:\n  - name: a\n    version: 1.1.0\n    source: https://y\n"),
       {"c/overlays/x.yaml:9:5 version-drift", "c/overlays/x.yaml:10:5 source-drift"}},
      {"c/overlays/x.yaml",
       overlay("x", "  criteria: {}\n  componentRefs:\n  - {name: a, version: 1.0.0}\n"),
       {}},
      {"c/overlays/x.yaml",
       overlay("x", "  criteria: {}\n  constraints:\n  - {name: K8s.server.version, value: '>= 1.29'}\n"),
       {"c/overlays/x.yaml:8:5 loosened-constraint"}},
      {"c/components/a/values-other.yaml", "k: 1\n", {"c/components/a/values-other.yaml:1:1 unused-file"}},
      {"c/components/a/manifests/m.yaml", "kind: X\n", {"c/components/a/manifests/m.yaml:1:1 unused-file"}},
      {"c/overlays/x.yml", "", {"c/overlays/x.yml stray-file"}},
      {"c/notes/readme.txt", "", {"c/notes/ stray-file"}},
      {"c/.github/workflows/x.yaml", "", {}},
      {"c/registry.yaml",
       registry(cat(kComponents, "- {name: b, displayName: B}\n")),
       {"c/registry.yaml:7:3 unused-component"}},
      {"c/registry.yaml", registry("- name: a\n"), {"c/registry.yaml:4:3 empty-description"}},
      {"c/registry.yaml",
       registry(cat(kComponents, "  healthCheck: {assertFile: components/a/check.yaml}\n")),
       {"c/registry.yaml:4:3 missing-check"}},
      {"c/registry.yaml",
       registry(cat(kComponents, "  nodeScheduling: {system: {nodeSelectorPaths: [k.l, k.m]}}\n")),
       {"c/registry.yaml:7:54 unknown-scheduling-path"}},
      {"c/registry.yaml", registry(cat(kComponents, "  nodeScheduling: {nodeCountPaths: [k]}\n")), {}},
  };
  for (const Case& c : kCases) {
    FakeFiles files = clean();
    files.put(c.path, c.text);
    EXPECT_EQ(found(files), c.want) << c.path << "\n" << c.text;
  }
}

TEST(Lint, ASchemaOfTheChartKnowsPathsToo) {
  struct Schema {
    const char* text;
    std::size_t want;
  };
  const Schema kCases[] = {
      {R"({"properties": {"x": {"properties": {"y": {}}, "additionalProperties": false}}})", 0},
      {R"({"properties": {"x": {"properties": {"z": {}}, "additionalProperties": false}}})", 1},
      {R"({"properties": {"x": {"properties": {"z": {}}}}})", 0},
      {R"({"properties": {"x": {"type": "object"}}})", 0},
      {R"({"properties": {"z": {}}, "additionalProperties": false})", 1},
      {"not JSON", 1},
  };
  for (const Schema& c : kCases) {
    FakeFiles files = clean();
    files.put("c/registry.yaml",
              registry(cat(kComponents, "  nodeScheduling: {system: {tolerationPaths: [x.y]}}\n")));
    files.put("c/components/a/values.schema.json", c.text);
    EXPECT_EQ(found(files).size(), c.want) << c.text;
  }
}

TEST(Lint, OverlaysOfOneRankThatWriteOneValueDifferently) {
  struct Pair {
    const char* one;
    const char* other;
    bool conflict;
  };
  const Pair kCases[] = {
      {"  criteria: {service: eks, os: ubuntu}\n  componentRefs: [{name: a, overrides: {k: {l: 1}}}]\n",
       "  criteria: {service: eks, intent: training}\n  componentRefs: [{name: a, overrides: {k: {l: 2}}}]\n",
       true},
      // The same value, another value, criteria that exclude each other, another rank.
      {"  criteria: {os: ubuntu}\n  componentRefs: [{name: a, overrides: {k: {l: 1}}}]\n",
       "  criteria: {intent: training}\n  componentRefs: [{name: a, overrides: {k: {l: 1}}}]\n", false},
      {"  criteria: {os: ubuntu}\n  componentRefs: [{name: a, overrides: {k: {l: 1}}}]\n",
       "  criteria: {intent: training}\n  componentRefs: [{name: a, overrides: {k: {m: 2}}}]\n", false},
      {"  criteria: {os: ubuntu}\n  componentRefs: [{name: a, overrides: {k: {l: 1}}}]\n",
       "  criteria: {os: rhel}\n  componentRefs: [{name: a, overrides: {k: {l: 2}}}]\n", false},
      {"  criteria: {os: ubuntu}\n  componentRefs: [{name: a, overrides: {k: {l: 1}}}]\n",
       "  criteria: {intent: training, service: eks}\n  componentRefs: [{name: a, overrides: {k: {l: 2}}}]\n",
       false},
      {"  criteria: {nodes: 8}\n  constraints: [{name: OS.release.ID, value: ubuntu}]\n",
       "  criteria: {intent: training}\n  constraints: [{name: OS.release.ID, value: rhel}]\n", true},
      {"  criteria: {nodes: 8}\n  validation: {deployment: {checks: [a]}}\n",
       "  criteria: {nodes: 16}\n  validation: {deployment: {checks: [b]}}\n", false},
      // One is the other's ancestor.
      {"  criteria: {os: ubuntu}\n  componentRefs: [{name: a, chart: x}]\n",
       "  base: one\n  criteria: {os: ubuntu}\n  componentRefs: [{name: a, chart: y}]\n", false},
  };
  for (const Pair& c : kCases) {
    FakeFiles files = clean();
    files.put("c/overlays/one.yaml", overlay("one", c.one));
    files.put("c/overlays/two.yaml", overlay("two", c.other));
    std::vector<std::string> got = found(files);
    EXPECT_EQ(got.size(), c.conflict ? 1U : 0U) << c.one << c.other << ::testing::PrintToString(got);
    if (c.conflict) {
      EXPECT_THAT(got.front(), ::testing::MatchesRegex("c/overlays/two.yaml:7:[0-9]+ sibling-conflict"));
    }
  }
}

TEST(Lint, AChildMayAskForMoreButNotForLess) {
  struct Pair {
    const char* parent;
    const char* child;
    bool loosened;
  };
  const Pair kCases[] = {
      {">= 1.30", ">= 1.30", false}, {">= 1.30", ">= 1.31", false},
      {">= 1.30", ">= 1.29", true},  {">= 1.30", "> 1.30", false},
      {"> 1.30", ">= 1.30", true},   {"> 1.30", ">= 1.31", false},
      {">= 1.30", "1.31", false},    {">= 1.30", "1.29", true},
      {">= 1.30", "< 1.40", true},   {"< 1.40", "< 1.39", false},
      {"< 1.40", "<= 1.40", true},   {">= 1.30, < 1.40", ">= 1.31", true},
      {"!= 1.30", ">= 1.31", false}, {"!= 1.30", ">= 1.29", true},
      {"!= 1.30", "!= 1.30", false}, {"1.30", "1.30", false},
      {"1.30", "1.31", true},        {"1.30", ">= 1.30", true},
      {"a, b", "a, b", false},       {">= 1.30", ">= 1.31, < 1.40", false},
      {"ubuntu", "rhel", true},
  };
  for (const Pair& c : kCases) {
    FakeFiles files = clean();
    auto with = [](const char* value) {
      return cat("  constraints: [{name: OS.release.VERSION_ID, value: '", value, "'}]\n");
    };
    files.put("c/overlays/one.yaml", overlay("one", cat("  criteria: {os: ubuntu}\n", with(c.parent))));
    files.put(
        "c/overlays/two.yaml",
        overlay("two", cat("  base: one\n  criteria: {os: ubuntu, intent: training}\n", with(c.child))));
    EXPECT_EQ(found(files).size(), c.loosened ? 1U : 0U) << c.parent << " / " << c.child;
  }
}

TEST(Lint, TenMistakesAreTenFindingsWithPlacesInOrder) {
  FakeFiles files = clean();
  files.put("c/overlays/a1.yaml", overlay("a1", "  criteria: {service: esk}\n"));
  files.put("c/overlays/a2.yaml", overlay("a2", "  base: nope\n"));
  files.put("c/overlays/a3.yaml", overlay("a3", "  base: a3\n"));
  files.put("c/overlays/a4.yaml", overlay("a4", "  base: eks\n  criteria: {os: ubuntu}\n"));
  files.put("c/overlays/a5.yaml", overlay("a5", "  criteria: {}\n  componentRefs: [{name: aa}]\n"));
  files.put(
      "c/overlays/a6.yaml",
      overlay("a6", "  criteria: {}\n  componentRefs: [{name: a, valuesFile: components/a/valeus.yaml}]\n"));
  files.put("c/overlays/a7.yaml", overlay("a7", "  criteria: {}\n  crtieria: {}\n"));
  files.put("c/overlays/a8.yaml",
            overlay("a8", "  criteria: {}\n  constraints: [{name: K8s.server.version, value: '~> 1'}]\n"));
  files.put("c/overlays/a9.yaml", "kind: RecipeMetadata\n\tx: [\n");
  files.put("c/registry.yaml", registry(cat(kComponents, "- {name: a, displayName: A}\n")));
  EXPECT_THAT(
      found(files),
      ElementsAre("c/overlays/a1.yaml:6:13 unknown-criteria-value", "c/overlays/a2.yaml:6:3 missing-parent",
                  "c/overlays/a3.yaml:6:3 inheritance-cycle", "c/overlays/a4.yaml:7:13 changed-dimension",
                  "c/overlays/a5.yaml:7:19 unregistered-component", "c/overlays/a6.yaml:7:19 missing-file",
                  "c/overlays/a7.yaml:7:3 unknown-key", "c/overlays/a8.yaml:7:17 bad-constraint",
                  "c/overlays/a9.yaml:2:1 not-yaml", "c/registry.yaml:7:10 duplicate-name"));
}

TEST(Lint, EveryProblemOfLoadingHasARuleOfItsOwn) {
  const Case kCases[] = {
      {"c/overlays/x.yaml",
       "kind: Snapshot\napiVersion: eidos.nvidia.com/v1alpha1\n",
       {"c/overlays/x.yaml:1:7 wrong-kind"}},
      {"c/overlays/x.yaml",
       "kind: RecipeMetdata\napiVersion: eidos.nvidia.com/v1alpha1\n",
       {"c/overlays/x.yaml:1:7 wrong-kind"}},
      {"c/overlays/x.yaml",
       "kind: RecipeMetadata\napiVersion: v9\nmetadata: {name: x}\n",
       {"c/overlays/x.yaml:2:13 wrong-kind"}},
      {"c/overlays/x.yaml", "- list\n", {"c/overlays/x.yaml:1:1 wrong-kind"}},
      {"c/overlays/x.yaml", "a: 1\na: 2\n", {"c/overlays/x.yaml:2:1 not-yaml"}},
      {"c/overlays/x.yaml", "a: *b\n", {"c/overlays/x.yaml:1:4 not-yaml"}},
      {"c/overlays/x.yaml", "a: \xff\n", {"c/overlays/x.yaml:1:4 not-yaml"}},
      {"c/overlays/x.yaml", overlay("x", "  criteria: []\n"), {"c/overlays/x.yaml:6:13 invalid-document"}},
      {"c/overlays/x.yaml", overlay("eks", "  criteria: {}\n"), {"c/overlays/x.yaml:2:1 duplicate-name"}},
      {"c/overlays/x.yaml",
       overlay("x", "  criteria: {}\n  constraints: [{name: K8s, value: x}]\n"),
       {"c/overlays/x.yaml:7:17 bad-constraint"}},
      {"c/overlays/x.yaml",
       overlay("x", "  criteria: {}\n  constraints: [{name: Nope.a.b, value: x}]\n"),
       {"c/overlays/x.yaml:7:17 bad-constraint"}},
      {"c/components/a/values.yaml", "- x\n", {"c/components/a/values.yaml:1:1 invalid-document"}},
      {"c/overlays/base.yaml",
       overlay(
           "base",
           "  componentRefs:\n  - {name: a, dependencyRefs: [a], valuesFile: components/a/values.yaml}\n"),
       {"c/overlays/base.yaml:6:3 broken-dependency"}},
      {"d/overlays/eks.yaml",
       overlay("eks", "  criteria: {service: eks}\n"),
       {"d/overlays/eks.yaml:2:1 layer-conflict"}},
      {"d/overlays/x.yaml",
       cat("kind: RecipeMetadata\n", kHead, "metadata: {name: x, replaces: true}\nspec: {}\n"),
       {"d/overlays/x.yaml:1:1 layer-conflict"}},
  };
  for (const Case& c : kCases) {
    FakeFiles files = clean();
    files.put(c.path, c.text);
    bool layered = std::string_view(c.path).starts_with("d/");
    EXPECT_EQ(found(files, layered ? std::vector<std::string>{"d"} : std::vector<std::string>{}), c.want)
        << c.text;
  }
}

TEST(Lint, AnAllowCommentCoversWhatStandsBelowIt) {
  auto drift = [](std::string_view before, std::string_view version) {
    return overlay("x", cat("  criteria: {}\n", before, "  componentRefs:\n  - name: a\n", version));
  };
  const Case kCases[] = {
      {"above the key",
       drift("", "    # lint: allow version-drift tested so\n    version: 2\n"),
       {"10:5 version-drift!"}},
      {"behind it",
       drift("", "    version: 2 # lint: allow version-drift tested so\n"),
       {"9:5 version-drift!"}},
      {"above the list",
       drift("  # lint: allow version-drift tested so\n  # and so\n", "    version: 2\n"),
       {"11:5 version-drift!"}},
      {"above something else",
       drift("", "    version: 2\n    # lint: allow version-drift tested so\n    chart: y\n"),
       {"9:5 version-drift", "10:5 unused-allow"}},
      {"another rule",
       drift("", "    # lint: allow source-drift tested so\n    version: 2\n"),
       {"9:5 unused-allow", "10:5 version-drift"}},
      {"no reason",
       drift("", "    # lint: allow version-drift\n    version: 2\n"),
       {"9:5 bad-allow", "10:5 version-drift"}},
      {"no rule",
       drift("", "    # lint: allow verson-drift tested\n    version: 2\n"),
       {"9:5 bad-allow", "10:5 version-drift"}},
      {"no verb", drift("", "    # lint: ignore version-drift x\n    version: 1.0.0\n"), {"9:5 bad-allow"}},
      {"not what keeps it from loading",
       drift("", "    # lint: allow unknown-key so\n    version: 1.0.0\n"),
       {"9:5 bad-allow"}},
  };
  for (const Case& c : kCases) {
    FakeFiles files = clean();
    files.put("c/overlays/x.yaml", c.text);
    std::vector<std::string> want;
    for (const std::string& one : c.want) want.push_back(cat("c/overlays/x.yaml:", one));
    EXPECT_EQ(found(files), want) << c.path;
  }
  FakeFiles files = clean();
  files.put("c/components/a/manifests/m.yaml", "# Whatever.\n# lint: allow unused-file for later\nkind: X\n");
  EXPECT_THAT(found(files), ElementsAre("c/components/a/manifests/m.yaml:1:1 unused-file!"));
}

TEST(Lint, CommentsOfARegistryHoldBelowOtherLayers) {
  FakeFiles files = clean();
  files.put(
      "c/registry.yaml",
      registry(cat(kComponents, "# lint: allow unused-component for later\n- {name: b, displayName: B}\n")));
  files.put("d/registry.yaml", registry("- {name: a, valueOverrideKeys: [aa]}\n"));
  EXPECT_THAT(found(files, {"d"}), ElementsAre("c/registry.yaml:8:3 unused-component!"));
}

TEST(Lint, OverlaysWhoseChainIsCutAreNotCalledUnreachable) {
  FakeFiles files = clean();
  files.put("c/overlays/x.yaml", overlay("x", "  base: y\n"));
  files.put("c/overlays/y.yaml", overlay("y", "  base: x\n"));
  EXPECT_THAT(found(files), ElementsAre("c/overlays/x.yaml:6:3 inheritance-cycle"));
}

TEST(Lint, WhatCouldNotBeReadMakesNoFollowUps) {
  FakeFiles files = clean();
  // The overlay that names the manifest is no YAML: the manifest is not called unused.
  files.put("c/overlays/x.yaml", "a: [\n");
  files.put("c/components/a/manifests/m.yaml", "kind: X\n");
  EXPECT_THAT(found(files), ElementsAre("c/overlays/x.yaml:2:1 not-yaml"));
}

TEST(Lint, RuleNamesAreUniqueAndWellFormed) {
  std::set<std::string_view> seen;
  for (const Rule& rule : lint_rules()) {
    EXPECT_TRUE(seen.insert(rule.id).second) << rule.id;
    EXPECT_THAT(std::string(rule.id), ::testing::MatchesRegex("[a-z]+(-[a-z]+)*"));
    EXPECT_FALSE(rule.about.empty() || rule.about.ends_with('.')) << rule.id;
    EXPECT_EQ(find_rule(rule.id), &rule);
  }
}

TEST(Description, IsTheCommentAtTheHeadWithoutItsLicence) {
  struct Text {
    const char* text;
    const char* want;
  };
  const Text kCases[] = {
      {"# SPDX-License-Identifier: Apache-2.0\n# Amazon EKS.\nkind: x\n# not this\n", "Amazon EKS."},
      {"# Copyright X. All rights reserved.\n#\n# Licensed under Y.\n\n# One\n# two.\n#\n# Three.\n\nkind: "
       "x\n",
       "One two.\nThree."},
      {"# lint: allow x y\n# Text.\n", "Text."},
      {"kind: x\n", ""},
      {"", ""},
      {"\xEF\xBB\xBF# A.\r\nkind: x\r\n", "A."},
      {"\n\n# a\n\n# b\n", "a\nb"},
  };
  for (const Text& c : kCases) EXPECT_EQ(description_of(c.text), c.want) << c.text;
}

}  // namespace
}  // namespace eidos::catalog
