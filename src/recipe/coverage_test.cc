// Criteria that nobody used: which, and what could be stated instead.

#include "recipe/coverage.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "recipe/criteria.h"
#include "recipe/resolve.h"
#include "support/small_catalog.h"

namespace eidos::recipe {
namespace {

/// base, and an overlay for each of `asks`: the inside of a flow map, the name made of its values.
catalog::Catalog catalog_of(std::initializer_list<const char*> asks) {
  testing::FakeFiles files{
      {"c/registry.yaml", "kind: ComponentRegistry\napiVersion: eidos.nvidia.com/v1alpha1\ncomponents: []\n"},
      {"c/overlays/base.yaml",
       "kind: RecipeMetadata\napiVersion: eidos.nvidia.com/v1alpha1\nmetadata: {name: base}\nspec: {}\n"}};
  int number = 0;
  for (const char* criteria : asks) {
    std::string name = cat("o", ++number);
    files.put(cat("c/overlays/", name, ".yaml"),
              cat("kind: RecipeMetadata\napiVersion: eidos.nvidia.com/v1alpha1\nmetadata: {name: ", name,
                  "}\nspec: {criteria: {", criteria, "}}\n"));
  }
  return testing::load_catalog(std::move(files));
}

std::string described(const std::vector<model::Criteria>& all) {
  std::vector<std::string> out;
  for (const model::Criteria& one : all) out.push_back(describe(one));
  return join(out, " | ");
}

catalog::Catalog usual() {
  return catalog_of({
      "",  // always applies
      "service: eks",
      "service: eks, intent: training",
      "service: eks, accelerator: h100, intent: training",
      "service: eks, accelerator: h100, intent: training, os: ubuntu",
      "service: eks, accelerator: h100, intent: training, os: ubuntu, platform: kubeflow",
      "service: eks, accelerator: gb200, intent: training, os: ubuntu",
      "service: kind, accelerator: h100, intent: training",
      "service: gke, accelerator: h100, intent: inference, os: cos",
      "service: gke, accelerator: h100, intent: inference, os: cos, nodes: 8",
      "intent: training",   // narrowed by others
      "intent: inference",  // narrowed by gke
      "service: EKS, intent: Training",
  });
}

TEST(Combinations, AreTheOnesThatNothingNarrows) {
  EXPECT_EQ(described(usual().combinations()),
            "service=eks accelerator=gb200 intent=training os=ubuntu | "
            "service=eks accelerator=h100 intent=training os=ubuntu | "
            "service=eks accelerator=h100 intent=training os=ubuntu platform=kubeflow | "
            "service=gke accelerator=h100 intent=inference os=cos | "
            "service=gke accelerator=h100 intent=inference os=cos nodes=8 | "
            "service=kind accelerator=h100 intent=training");
  EXPECT_EQ(described(catalog_of({"", "platform: dynamo", "nodes: 8"}).combinations()),
            "nodes=8 | platform=dynamo");
  EXPECT_EQ(described(catalog_of({""}).combinations()), "");
}

TEST(Coverage, NamesWhatNobodyAskedForAndTheNearest) {
  struct Case {
    model::Criteria stated;
    const char* unused;
    const char* nearest;
  };
  const Case cases[] = {
      {{"eks", "", "training", "", "", 0}, "", ""},
      {{"eks", "h100", "training", "ubuntu", "kubeflow", 0}, "", ""},
      // One step away: the service that nobody knows.
      {{"oke", "h100", "training", "", "", 0},
       "service=oke accelerator=h100",
       "service=kind accelerator=h100 intent=training | "
       "service=eks accelerator=h100 intent=training os=ubuntu | "
       "service=eks accelerator=h100 intent=training os=ubuntu platform=kubeflow"},
      // Those that have the unused one as stated come first, however far.
      {{"eks", "gb200", "", "", "", 0},
       "accelerator=gb200",
       "service=eks accelerator=gb200 intent=training os=ubuntu | "
       "service=eks accelerator=h100 intent=training os=ubuntu | "
       "service=kind accelerator=h100 intent=training"},
      {{"eks", "h100", "training", "ubuntu", "dynamo", 0},
       "platform=dynamo",
       "service=eks accelerator=h100 intent=training os=ubuntu | "
       "service=eks accelerator=h100 intent=training os=ubuntu platform=kubeflow | "
       "service=eks accelerator=gb200 intent=training os=ubuntu"},
      {{"gke", "h100", "inference", "cos", "", 4},
       "nodes=4",
       "service=gke accelerator=h100 intent=inference os=cos | "
       "service=gke accelerator=h100 intent=inference os=cos nodes=8 | "
       "service=eks accelerator=h100 intent=training os=ubuntu"},
  };
  catalog::Catalog catalog = usual();
  for (const Case& c : cases) {
    auto got = resolve(catalog, c.stated, nullptr);
    ASSERT_TRUE(got) << describe(c.stated);
    std::vector<std::string> unused;
    for (const model::UnusedCriterion& one : got->result.metadata.unused_criteria) {
      unused.push_back(cat(one.dimension, "=", one.value));
      EXPECT_EQ(join(one.nearest, " | "), c.nearest) << describe(c.stated);
    }
    EXPECT_EQ(join(unused, " "), c.unused) << describe(c.stated);
    EXPECT_EQ(got->warnings.empty(), *c.unused == '\0') << describe(c.stated);
  }
  EXPECT_EQ(resolve(catalog, {"oke", "", "", "", "", 0}, nullptr)->warnings,
            std::vector<std::string>{
                "no applied overlay asks for service (stated: service=oke); nearest complete combinations: "
                "service=kind accelerator=h100 intent=training | "
                "service=eks accelerator=gb200 intent=training os=ubuntu | "
                "service=eks accelerator=h100 intent=training os=ubuntu"});
}

TEST(Coverage, WhatTheSnapshotKeptOutIsNotOffered) {
  catalog::Catalog catalog = usual();
  std::vector<model::UnusedCriterion> unused = {{"accelerator", "gb200", {}}};
  EXPECT_EQ(described(nearest_combinations(catalog, {"eks", "gb200", "", "", "", 0}, unused, {"o3"}, 2)),
            "service=kind accelerator=h100 intent=training | "
            "service=gke accelerator=h100 intent=inference os=cos");
}

TEST(Coverage, TheSizeOfTheClusterIsNoWish) {
  catalog::Catalog catalog = usual();
  data::Sources sources;
  auto root = data::parse(
      "kind: Snapshot\napiVersion: eidos.nvidia.com/v1alpha1\nmeasurements:\n"
      "- {type: NodeTopology, subtypes: [{subtype: summary, data: {node-count: 12}}]}\n",
      sources, "s");
  ASSERT_TRUE(root);
  data::Reading reading{sources};
  auto snapshot = model::read_snapshot(*root, reading);
  ASSERT_TRUE(snapshot);
  EXPECT_TRUE(resolve(catalog, {"eks", "", "", "", "", 12}, &*snapshot)->warnings.empty());
  EXPECT_EQ(resolve(catalog, {"eks", "", "", "", "", 8}, &*snapshot)->warnings.size(), 1u);
  EXPECT_EQ(resolve(catalog, {"eks", "", "", "", "", 12}, nullptr)->warnings.size(), 1u);
}

}  // namespace
}  // namespace eidos::recipe
