// `eidos catalog …`: exit codes, what is written, what is told.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.h"

namespace eidos::cli {
namespace {

using testing::FakeWorld;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Arguments = std::vector<std::string>;

TEST(CatalogShow, ShowsWhatIsNamedAndWhatStandsAroundIt) {
  struct Case {
    const char* name;
    std::vector<std::string> want;
  };
  const Case kCases[] = {
      {"gb200-eks-training",
       {"chain       base → eks → eks-training → gb200-eks-training\n",
        "criteria    service=eks accelerator=gb200 intent=training\n",
        "parentOf    gb200-eks-ubuntu-training\n", "\n# Training on EKS with GB200.\n"}},
      {"base", {"chain       base\n", "\n# The root: what every cluster gets."}},
      {"cert-manager", {"components/cert-manager/values.yaml\n", "usedBy     base\n", "\nhelm:\n"}},
      {"registry.yaml", {"path    registry.yaml\n", "digest  sha256:"}},
      {"components/gpu-operator/values-aks.yaml", {"usedBy  overlay aks\n"}},
      {"components/gpu-operator/values.yaml", {"usedBy  component gpu-operator\n        overlay base\n"}},
      {"catalog/overlays/eks.yaml", {"path    overlays/eks.yaml\n"}},
  };
  for (const Case& c : kCases) {
    FakeWorld fake;
    EXPECT_EQ(fake.run({"catalog", "show", c.name}), 0) << fake.err;
    for (const std::string& want : c.want) EXPECT_THAT(fake.out(), HasSubstr(want)) << c.name;
  }
}

TEST(CatalogShow, TheSourceTextIsThereInEveryFormat) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"catalog", "show", "eks", "-t", "json"}), 0);
  EXPECT_THAT(fake.out(), StartsWith("{\n  \"overlay\": \"eks\",\n"));
  EXPECT_THAT(fake.out(), HasSubstr("\"text\": \"# SPDX-License-Identifier: Apache-2.0\\n# Amazon EKS.\\n"));
}

TEST(CatalogShow, AnUnknownNameIsNotFoundWithTheNearest) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"catalog", "show", "gpu-operatr"}), 3);
  EXPECT_THAT(fake.err, HasSubstr("did you mean 'gpu-operator'?"));
  EXPECT_EQ(fake.out(), "");
}

TEST(CatalogList, ListsEveryCombinationWithWhatIsBehindIt) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"catalog", "list", "--service", "EKS", "--gpu", "gb200"}), 0) << fake.err;
  EXPECT_EQ(fake.out(),
            "SERVICE  ACCELERATOR  INTENT     OS      PLATFORM  NODES  OVERLAYS  COMPONENTS  CONSTRAINTS\n"
            "eks      gb200        inference  ubuntu  any       any    6         14          4\n"
            "eks      gb200        inference  ubuntu  dynamo    any    7         16          4\n"
            "eks      gb200        training   ubuntu  any       any    6         12          4\n"
            "eks      gb200        training   ubuntu  kubeflow  any    7         13          4\n");
}

TEST(CatalogList, DocumentsNameTheOverlaysThatAsk) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"catalog", "list", "--platform", "kubeflow", "--service", "gke", "-t", "yaml"}), 0);
  EXPECT_EQ(fake.out(),
            "combinations:\n"
            "  - criteria:\n"
            "      service: gke\n"
            "      accelerator: h100\n"
            "      intent: training\n"
            "      os: cos\n"
            "      platform: kubeflow\n"
            "    askedBy:\n"
            "      - h100-gke-cos-training-kubeflow\n"
            "    overlays: 6\n"
            "    components: 12\n"
            "    constraints: 1\n");
}

TEST(CatalogList, FiltersAreCheckedAndSettingsDoNotFilter) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"catalog", "list", "--service", "esk"}), 2);
  EXPECT_THAT(fake.err, HasSubstr("did you mean 'eks'?"));
  EXPECT_EQ(fake.run({"catalog", "list", "--service", "oke"}), 0);
  EXPECT_THAT(fake.err, HasSubstr("no combination of this catalog has service=oke"));
  FakeWorld set;
  set.environment["EIDOS_SERVICE"] = "eks";
  EXPECT_EQ(set.run({"catalog", "list"}), 0);
  EXPECT_THAT(set.out(), HasSubstr("\ngke "));
}

TEST(CatalogList, AllAddsWhatOthersNarrow) {
  FakeWorld some;
  FakeWorld all;
  EXPECT_EQ(some.run({"catalog", "list", "--service", "aks"}), 0);
  EXPECT_EQ(all.run({"catalog", "list", "--service", "aks", "--all"}), 0);
  EXPECT_THAT(some.out(), ::testing::Not(HasSubstr("\naks      any")));
  EXPECT_THAT(all.out(), HasSubstr("\naks      any"));
}

TEST(CatalogLint, OurOwnCatalogIsCleanButForWhatItExplains) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"catalog", "lint", "--strict"}), 0) << fake.out();
  EXPECT_THAT(fake.out(), ::testing::MatchesRegex("0 errors, 0 warnings, [0-9]+ allowed\n"));
}

constexpr const char* kLayer =
    "kind: RecipeMetadata\napiVersion: eidos.nvidia.com/v1alpha1\nmetadata: {name: x}\nspec: ";

struct LintCase {
  std::string overlay;
  Arguments flags;
  int code;
  const char* want;
};

TEST(CatalogLint, ErrorsAreNineWarningsOnlyWhenStrictAndWhatDoesNotLoadIsTwo) {
  const LintCase kCases[] = {
      {"{criteria: {}}\n", {}, 0, "d/overlays/x.yaml:3:18: warning: overlay 'x' does not say"},
      {"{criteria: {}}\n", {"--strict"}, 9, "0 errors, 1 warning, "},
      {"{criteria: {service: esk}}\n", {}, 2, "d/overlays/x.yaml:4:18: error: service 'esk' must be one of"},
      {"{criteria: {service: oke}, componentRefs: [{name: aws-efa, dependencyRefs: [kgateway]}]}\n",
       {},
       9,
       "d/overlays/x.yaml:4:50: error: component 'aws-efa' depends on 'kgateway', which is not in the recipe "
       "(service=oke) [broken-dependency]"},
  };
  for (const LintCase& c : kCases) {
    FakeWorld fake;
    fake.files.put("d/overlays/x.yaml", kLayer + c.overlay);
    Arguments arguments = {"catalog", "lint", "--data", "d"};
    arguments.insert(arguments.end(), c.flags.begin(), c.flags.end());
    EXPECT_EQ(fake.run(arguments), c.code) << fake.out() << fake.err;
    EXPECT_THAT(fake.out(), HasSubstr(c.want));
    EXPECT_EQ(fake.err, "");
  }
}

TEST(CatalogLint, SarifHasTheFindingsAndThoseThatAreAllowed) {
  FakeWorld fake;
  fake.files.put("d/overlays/x.yaml", std::string(kLayer) + "{criteria: {}}\n");
  EXPECT_EQ(fake.run({"catalog", "lint", "--data", "d", "-o", "lint.sarif"}), 0);
  std::string sarif = fake.files.files().at("lint.sarif");
  EXPECT_THAT(sarif, HasSubstr("\"version\": \"2.1.0\""));
  EXPECT_THAT(sarif, HasSubstr("\"uri\": \"d/overlays/x.yaml\""));
  EXPECT_THAT(sarif, HasSubstr("\"kind\": \"inSource\""));
}

TEST(CatalogLint, RefusesWhatItCannotLookAt) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"catalog", "lint", "nowhere"}), 3);
  EXPECT_THAT(fake.err, HasSubstr("'nowhere' does not exist"));
  EXPECT_EQ(fake.run({"catalog", "lint", "a", "--catalog", "b"}), 1);
  fake.files.put("empty/readme.txt", "x");
  EXPECT_EQ(fake.run({"catalog", "lint", "empty"}), 2);
  EXPECT_THAT(fake.err, HasSubstr("holds no catalog file"));
}

TEST(CatalogLint, ListsItsRules) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"catalog", "lint", "--rules"}), 0);
  EXPECT_THAT(fake.out(), HasSubstr("\nversion-drift            warning   an overlay and the registry"));
}

constexpr const char* kTemplateError =
    "Error: template: lint/templates/gpu-operator/dcgm-exporter.yaml:12:3: executing \"x\" at <.y>: nil "
    "pointer\n\n"
    "Use --debug flag to render out invalid YAML\n";

TEST(CatalogLint, RenderingNeedsHelmAndTellsWhatItRefuses) {
  FakeWorld none;
  EXPECT_EQ(none.run({"catalog", "lint", "--render"}), 3);
  EXPECT_THAT(none.err, HasSubstr("--render needs Helm, and there is no program 'helm'"));
  EXPECT_EQ(none.out(), "");
  EXPECT_EQ(none.run({"catalog", "lint", "--helm", "x"}), 1);

  FakeWorld fine;
  fine.processes.answer("/opt/helm", {});
  EXPECT_EQ(fine.run({"catalog", "lint", "--render", "--helm", "/opt/helm", "--strict"}), 0) << fine.out();
  ASSERT_GT(fine.processes.commands().size(), 5U);
  const std::vector<std::string>& argv = fine.processes.commands()[1].argv;
  EXPECT_EQ(argv[1], "template");
  EXPECT_TRUE(fine.files.files().contains(argv[3] + "/templates/gpu-operator/dcgm-exporter.yaml"));

  FakeWorld broken;
  broken.processes.answer("helm", {1, "", kTemplateError});
  EXPECT_EQ(broken.run({"catalog", "lint", "--render"}), 9);
  EXPECT_THAT(broken.out(),
              HasSubstr("catalog/components/gpu-operator/manifests/dcgm-exporter.yaml:12:1: error: "
                        "template: lint/templates/gpu-operator/dcgm-exporter.yaml:12:3: "));
  EXPECT_THAT(broken.out(), HasSubstr("1 error, 0 warnings, "));
}

struct ScaffoldCase {
  Arguments flags;
  const char* name;
  const char* base;
};

TEST(CatalogScaffold, WritesAnOverlayThatLintsCleanInALayer) {
  const ScaffoldCase kCases[] = {
      {{"--service", "gke", "--accelerator", "a100", "--intent", "training"}, "a100-gke-training", "base"},
      {{"--service", "gke", "--os", "cos", "--accelerator", "a100", "--intent", "training"},
       "a100-gke-cos-training",
       "gke-cos-training"},
      {{"--service", "EKS", "--gpu", "h100", "--intent", "training", "--os", "ubuntu"},
       "h100-eks-ubuntu-training-local",
       "h100-eks-ubuntu-training"},
      {{"--service", "oke"}, "oke", "base"},
      {{"--service", "aks", "--accelerator", "h100", "--intent", "inference", "--os", "ubuntu", "--platform",
        "dynamo", "--nodes", "8"},
       "h100-aks-ubuntu-inference-dynamo-8-nodes",
       "h100-aks-ubuntu-inference-dynamo"},
      {{"--service", "kind", "--name", "lab"}, "lab", "kind"},
  };
  for (const ScaffoldCase& c : kCases) {
    FakeWorld fake;
    std::string path = std::string("d/overlays/") + c.name + ".yaml";
    Arguments arguments = {"catalog", "scaffold", "-o", path};
    arguments.insert(arguments.end(), c.flags.begin(), c.flags.end());
    EXPECT_EQ(fake.run(arguments), 0) << fake.err;
    EXPECT_EQ(fake.out(), std::string("wrote overlay ") + c.name + " on " + c.base + ": " + path + "\n");
    EXPECT_EQ(fake.err, "");
    EXPECT_EQ(fake.run({"catalog", "lint", "--data", "d", "--strict"}), 0) << fake.out();
    EXPECT_EQ(fake.run({"catalog", "show", c.name, "--data", "d"}), 0);
  }
}

TEST(CatalogScaffold, NamesOverlaysThatWouldBeCloser) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"catalog", "scaffold", "--service", "gke", "--gpu", "a100", "-i", "training"}), 0);
  EXPECT_THAT(fake.out(), HasSubstr("  #   gke-cos-training (with --os cos)\n"));
  EXPECT_THAT(fake.out(), HasSubstr("  #   K8s.server.version >= 1.25\n"));
}

TEST(CatalogScaffold, Refuses) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"catalog", "scaffold"}), 2);
  EXPECT_THAT(fake.err, HasSubstr("state what it is for"));
  EXPECT_EQ(fake.run({"catalog", "scaffold", "--service", "esk"}), 2);
  EXPECT_EQ(fake.run({"catalog", "scaffold", "--service", "oke", "--name", "../x"}), 2);
  EXPECT_EQ(fake.run({"catalog", "scaffold", "--service", "oke", "--name", "eks"}), 2);
  fake.files.put("mine.yaml", "kept\n");
  EXPECT_EQ(fake.run({"catalog", "scaffold", "--service", "oke", "-o", "mine.yaml"}), 2);
  EXPECT_THAT(fake.err, HasSubstr("'mine.yaml' is there already"));
  EXPECT_EQ(fake.files.files().at("mine.yaml"), "kept\n");
  EXPECT_EQ(fake.run({"catalog", "scaffold", "--service", "oke", "-o", "mine.yaml", "--force"}), 0);
  EXPECT_THAT(fake.err, HasSubstr("others will look for it in oke.yaml"));
}

TEST(CatalogDoc, HasAPageForEachOverlayAndComponentAndEveryLinkLeadsSomewhere) {
  FakeWorld fake;
  EXPECT_EQ(fake.run({"catalog", "doc", "-o", "d"}), 0) << fake.err;
  const auto& files = fake.files.files();
  EXPECT_THAT(files.at("d/overlays/eks-training.md"),
              HasSubstr("Chain: [base](base.md) → [eks](eks.md) → eks-training\n"));
  EXPECT_THAT(files.at("d/components/cert-manager.md"),
              HasSubstr("| [base](../overlays/base.md) | `v1.17.2` |"));
  EXPECT_TRUE(files.contains("d/checksums.txt"));
  for (const auto& [path, text] : files) {
    std::string dir = path.substr(0, path.rfind('/'));
    for (std::size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at + 1)) {
      std::string to = text.substr(at + 2, text.find(')', at) - at - 2);
      std::string target = to.starts_with("../") ? "d/" + to.substr(3) : dir + "/" + to;
      EXPECT_TRUE(files.contains(target)) << path << ": " << to;
    }
  }
  FakeWorld again;
  EXPECT_EQ(again.run({"catalog", "doc", "-o", "d"}), 0);
  EXPECT_EQ(again.files.files(), files);
  EXPECT_EQ(again.run({"catalog", "doc"}), 0);
  EXPECT_THAT(again.out(), HasSubstr("<!-- overlays/eks.md -->\n# Overlay eks\n"));
}

}  // namespace
}  // namespace eidos::cli
