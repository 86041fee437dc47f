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
      {"cert-manager",
       {"components/cert-manager/values.yaml\n", "usedBy     base\n", "\nhelm:\n"}},
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

}  // namespace
}  // namespace eidos::cli
