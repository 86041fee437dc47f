// `eidos explain` on values of real recipes of our own catalog. Each file of golden/explain/ was held against
// the catalog's files by hand, line by line, when it was written: places, values, comments and their order.
// After EIDOS_GOLDEN=write do the same with what changed.

#include <gtest/gtest.h>

#include "support/fake_world.h"
#include "support/golden.h"

namespace eidos {
namespace {

using Arguments = std::vector<std::string>;

const Arguments kGb200 = {"--service", "eks",      "--accelerator", "gb200",
                          "--intent",  "training", "--os",          "ubuntu"};
const Arguments kGke = {"--service", "gke", "--accelerator", "h100", "--intent", "training", "--os", "cos"};
const Arguments kDynamo = {"--service", "eks",  "--accelerator", "h100",       "--intent",
                           "inference", "--os", "ubuntu",        "--platform", "dynamo"};

struct Case {
  const char* name;
  Arguments criteria;
  Arguments rest;
};
const Case kCases[] = {
    {"values-file-and-override", kGb200, {"components.gpu-operator.values.cdi.enabled"}},
    {"one-values-file", kGb200, {"components.gpu-operator.values.driver.version"}},
    {"two-values-files", kGke, {"components.gpu-operator.values.gdrcopy.enabled"}},
    {"constraint-down-a-chain", kGb200, {"constraints[0].value"}},
    {"registry-default", kGb200, {"components.aws-efa.version"}},
    {"null-takes-a-map-away",
     kGb200,
     {"components.kube-prometheus-stack.values.prometheus.prometheusSpec.storageSpec.emptyDir"}},
    {"list-replaced", kGke, {"componentRefs.gpu-operator.dependencyRefs"}},
    {"list-of-a-values-file", kGke, {"components.gpu-operator.values.toolkit.env"}},
    {"checks-of-a-phase", kGke, {"validation.conformance.checks"}},
    {"comment-on-the-value", kGb200, {"components.nvidia-dra-driver-gpu.values.nvidiaDriverRoot"}},
    {"values-file-chosen", kGke, {"components.gpu-operator.valuesFile"}},
    {"place-in-the-order", kGb200, {"deploymentOrder[10]"}},
    {"several-values", kDynamo, {"components.*.version"}},
    {"flags-of-a-bundle",
     kGb200,
     {"components.gpu-operator.values.driver", "--set", "gpuoperator:driver.version=570.86.16", "--set",
      "gpu-operator:driver.rdma.enabled=false"}},
    {"overview", kGb200, {}},
};

TEST(ExplainGolden, SaysWhatStandsInTheCatalog) {
  for (const Case& c : kCases) {
    testing::FakeWorld fake;
    Arguments arguments = {"explain"};
    arguments.insert(arguments.end(), c.criteria.begin(), c.criteria.end());
    arguments.insert(arguments.end(), c.rest.begin(), c.rest.end());
    ASSERT_EQ(fake.run(arguments), 0) << c.name << fake.err;
    EXPECT_EQ(fake.err, "") << c.name;
    EXPECT_GOLDEN(std::string("explain/") + c.name + ".txt", fake.out());
  }
}

// Defaults that nobody typed show who set them.
TEST(ExplainGolden, CriteriaNameTheirSource) {
  for (const char* path : {"criteria", "criteria.accelerator"}) {
    testing::FakeWorld fake;
    fake.environment = {{"HOME", "/home/me"}, {"EIDOS_INTENT", "training"}};
    fake.files.put("/home/me/.config/eidos/config.yaml",
                   "defaults:\n  os: ubuntu\n  gpu: h100\n  intent: inference\n");
    fake.files.put("criteria.yaml", "kind: RecipeCriteria\nspec:\n  # The new cluster.\n  service: EKS\n");
    ASSERT_EQ(fake.run({"explain", "-c", "criteria.yaml", "--accelerator", "GB200", path}), 0) << fake.err;
    EXPECT_GOLDEN(std::string("explain/") + path + ".txt", fake.out());
  }
}

}  // namespace
}  // namespace eidos
