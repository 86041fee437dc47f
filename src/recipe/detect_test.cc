// Criteria from a snapshot: names that products, services and systems really have.

#include <gtest/gtest.h>

#include "base/text.h"
#include "recipe/criteria.h"
#include "support/small_catalog.h"

namespace eidos::recipe {
namespace {

const catalog::Catalog& small() {
  static const catalog::Catalog kCatalog = testing::load_catalog(testing::small_catalog_files());
  return kCatalog;
}

model::Snapshot snapshot(std::string_view measurements) {
  data::Sources sources;
  auto root =
      data::parse(cat("kind: Snapshot\napiVersion: eidos.nvidia.com/v1alpha1\nmeasurements:\n", measurements),
                  sources, "s");
  EIDOS_ASSERT(root.has_value());
  data::Reading reading{sources};
  auto read = model::read_snapshot(*root, reading);
  EIDOS_ASSERT(read.has_value());
  return *std::move(read);
}

/// One measurement of one subtype; `data` is the inside of a flow map.
std::string measurement(std::string_view type, std::string_view subtype, std::string_view data) {
  return cat("- {type: ", type, ", subtypes: [{subtype: ", subtype, ", data: {", data, "}}]}\n");
}

Detected detected(std::string_view measurements) {
  return detect(small().registry(), snapshot(measurements));
}

std::string notes(const Detected& detected) {
  std::string out;
  for (const DetectionNote& note : detected.notes) out += cat(note.dimension, ": ", note.text, "\n");
  return out;
}

std::string values(const Detected& detected) {
  std::string out;
  for (const model::DetectedValue& value : detected.values)
    out += cat(value.dimension, "=", value.value, " from ", value.reading, " '", value.actual, "'\n");
  return out;
}

TEST(Detect, AcceleratorsByTheNamesOfRealProducts) {
  struct Case {
    const char* product;
    const char* want;  // "": no accelerator of the catalog
  };
  const Case cases[] = {
      {"NVIDIA H100 80GB HBM3", "h100"},
      {"NVIDIA H100 NVL", "h100"},
      {"NVIDIA H100 PCIe", "h100"},
      {"NVIDIA-H100-80GB-HBM3", "h100"},
      {"NVIDIA H100 80GB HBM3 MIG 1g.10gb", "h100"},
      {"NVIDIA H200", "h200"},
      {"NVIDIA H200 NVL", "h200"},
      {"NVIDIA GH200 480GB", ""},
      {"NVIDIA GH200 96GB HBM3", ""},
      {"NVIDIA H800", ""},
      {"NVIDIA H20", ""},
      {"NVIDIA GB200", "gb200"},
      {"NVIDIA GB300", "gb300"},
      {"NVIDIA B200", "b200"},
      {"NVIDIA B300 SXM6 AC", "b300"},
      {"NVIDIA A100-SXM4-40GB", "a100"},
      {"NVIDIA A100-SXM4-80GB", "a100"},
      {"NVIDIA A100 80GB PCIe", "a100"},
      {"A100-SXM4-80GB", "a100"},
      {"NVIDIA A100X", ""},
      {"NVIDIA RTX A1000", ""},
      {"NVIDIA RTX A1000 Laptop GPU", ""},
      {"NVIDIA A10", ""},
      {"NVIDIA A10G", ""},
      {"NVIDIA L4", "l4"},
      {"NVIDIA L40", "l40"},
      {"NVIDIA L40S", "l40s"},
      {"NVIDIA L40G", ""},
      {"Tesla T4", ""},
      {"Tesla V100-SXM2-32GB", ""},
      {"NVIDIA GeForce RTX 4090", ""},
  };
  for (const Case& c : cases) {
    Detected got = detected(measurement("GPU", "smi", cat("gpu.model: ", c.product)));
    EXPECT_EQ(got.criteria.accelerator, c.want) << c.product;
    EXPECT_EQ(values(got), cat("accelerator=", c.want, " from GPU.smi.gpu.model '", c.product, "'\n"));
    EXPECT_EQ(notes(got), *c.want != '\0' ? ""
                                          : cat("accelerator: GPU '", c.product,
                                                "' is no accelerator the catalog knows\n"));
  }
}

TEST(Detect, AllGpusOfTheMachineAndTheFleetCount) {
  constexpr const char* kH100 = "gpu.model: NVIDIA H100 80GB HBM3";
  struct Case {
    std::string measurements;
    const char* want;
    const char* values;
    const char* notes;
  };
  const Case cases[] = {
      {measurement("GPU", "smi",
                   cat(kH100, ", gpu.0.model: NVIDIA H100 80GB HBM3, gpu.1.model: NVIDIA H100 NVL")),
       "h100",
       "accelerator=h100 from GPU.smi.gpu.model 'NVIDIA H100 80GB HBM3'\n"
       "accelerator=h100 from GPU.smi.gpu.1.model 'NVIDIA H100 NVL'\n",
       ""},
      {measurement("GPU", "smi", cat(kH100, ", gpu.7.model: NVIDIA H200")), "",
       "accelerator=h100 from GPU.smi.gpu.model 'NVIDIA H100 80GB HBM3'\n"
       "accelerator=h200 from GPU.smi.gpu.7.model 'NVIDIA H200'\n",
       "accelerator: the snapshot shows several GPU models (h100, h200); accelerator is left open: state "
       "--accelerator\n"},
      {measurement("GPU", "smi", cat(kH100, ", gpu.1.model: NVIDIA RTX A1000")), "",
       "accelerator=h100 from GPU.smi.gpu.model 'NVIDIA H100 80GB HBM3'\n"
       "accelerator= from GPU.smi.gpu.1.model 'NVIDIA RTX A1000'\n",
       "accelerator: the snapshot shows several GPU models (h100, 'NVIDIA RTX A1000'); accelerator is left "
       "open: state --accelerator\n"},
      {measurement("GPU", "smi", kH100) +
           measurement("NodeTopology", "label", "nvidia.com/gpu.product: \"NVIDIA-H100-80GB-HBM3|n1,n2\""),
       "h100", "accelerator=h100 from GPU.smi.gpu.model 'NVIDIA H100 80GB HBM3'\n", ""},
      {measurement("GPU", "smi", kH100) +
           measurement("NodeTopology", "label",
                       "nvidia.com/gpu.product.NVIDIA-H100-80GB-HBM3: \"NVIDIA-H100-80GB-HBM3|n1\", "
                       "nvidia.com/gpu.product.NVIDIA-L40S: \"NVIDIA-L40S|n2\""),
       "",
       "accelerator=h100 from GPU.smi.gpu.model 'NVIDIA H100 80GB HBM3'\n"
       "accelerator=l40s from NodeTopology.label.nvidia.com/gpu.product.NVIDIA-L40S 'NVIDIA-L40S'\n",
       "accelerator: the snapshot shows several GPU models (h100, l40s); accelerator is left open: state "
       "--accelerator\n"},
      {measurement("GPU", "smi", "gpu-count: 0") +
           measurement("NodeTopology", "label", "nvidia.com/gpu.product: \"NVIDIA-GB200|n1\""),
       "gb200", "accelerator=gb200 from NodeTopology.label.nvidia.com/gpu.product 'NVIDIA-GB200'\n", ""},
      {measurement("GPU", "smi", "gpu-name: NVIDIA GB200"), "gb200",
       "accelerator=gb200 from GPU.smi.gpu-name 'NVIDIA GB200'\n", ""},
      {measurement("GPU", "smi", "gpu-count: 0, gpu.model: ''"), "", "", ""},
  };
  for (const Case& c : cases) {
    Detected got = detected(c.measurements);
    EXPECT_EQ(got.criteria.accelerator, c.want) << c.measurements;
    EXPECT_EQ(values(got), c.values) << c.measurements;
    EXPECT_EQ(notes(got), c.notes) << c.measurements;
  }
}

TEST(Detect, ServicesByProviderThenByVersion) {
  struct Case {
    const char* provider;  // "": the reading is not there
    const char* version;
    const char* want;
    const char* from;  // "": nothing is detected
  };
  const Case cases[] = {
      {"", "v1.33.5-eks-3025e55", "eks", "K8s.server.version"},
      {"", "v1.30.14-eks-3025e55", "eks", "K8s.server.version"},
      {"", "v1.31.6-gke.1020000", "gke", "K8s.server.version"},
      {"", "v1.32.4-gke.1106006", "gke", "K8s.server.version"},
      {"", "v1.30.0-aks", "aks", "K8s.server.version"},
      {"", "v1.31.7", "", ""},          // AKS, OKE, kind, kubeadm
      {"", "v1.30.4+k3s1", "", ""},     // k3s
      {"", "v1.30.4+rke2r1", "", ""},   // RKE2
      {"", "v1.29.6+aba1e8d", "", ""},  // OpenShift
      {"", "v1.33.0-beta.1", "", ""},
      {"", "v1.31.0-weeks-1", "", ""},
      {"aks", "v1.31.7", "aks", "K8s.node.provider"},
      {"oke", "v1.31.1", "oke", "K8s.node.provider"},
      {"kind", "v1.32.0", "kind", "K8s.node.provider"},
      {"EKS", "v1.33.5", "eks", "K8s.node.provider"},
      {"gke", "v1.33.5-eks-3025e55", "gke", "K8s.node.provider"},
  };
  for (const Case& c : cases) {
    std::string provider =
        *c.provider == '\0' ? "" : measurement("K8s", "node", cat("provider: ", c.provider));
    Detected got = detected(provider + measurement("K8s", "server", cat("version: ", c.version)));
    EXPECT_EQ(got.criteria.service, c.want) << c.provider << c.version;
    ASSERT_EQ(got.values.size(), *c.from == '\0' ? 0u : 1u) << c.provider << c.version;
    if (!got.values.empty()) {
      EXPECT_EQ(got.values[0].reading, c.from);
    }
    EXPECT_EQ(notes(got), "");
  }
}

TEST(Detect, WhatTheCatalogDoesNotKnowIsSaidAndLeftOpen) {
  Detected got =
      detected(measurement("K8s", "node", "provider: openstack") +
               measurement("K8s", "server", "version: v1.34.2") + measurement("OS", "release", "ID: rocky"));
  EXPECT_EQ(describe(got.criteria), "any");
  EXPECT_EQ(values(got),
            "service= from K8s.node.provider 'openstack'\n"
            "os= from OS.release.ID 'rocky'\n");
  EXPECT_EQ(notes(got),
            "service: K8s.node.provider 'openstack' is no service the catalog knows\n"
            "os: OS.release.ID 'rocky' is no os the catalog knows\n");
}

TEST(Detect, SystemsByTheirIdAndNodesByTheirCount) {
  struct Case {
    const char* id;
    const char* want;
  };
  const Case cases[] = {
      {"ubuntu", "ubuntu"},        {"rhel", "rhel"}, {"cos", "cos"}, {"amzn", "amazonlinux"},
      {"\"amzn\"", "amazonlinux"}, {"debian", ""},   {"rocky", ""},  {"flatcar", ""},
      {"bottlerocket", ""}};
  for (const Case& c : cases) {
    Detected got = detected(measurement("OS", "release", cat("ID: ", c.id)));
    EXPECT_EQ(got.criteria.os, c.want) << c.id;
    EXPECT_EQ(got.notes.empty(), *c.want != '\0') << c.id;
  }
  Detected nodes = detected(measurement("NodeTopology", "summary", "node-count: 12"));
  EXPECT_EQ(nodes.criteria.nodes, 12);
  EXPECT_EQ(values(nodes), "nodes=12 from NodeTopology.summary.node-count '12'\n");
  for (const char* count : {"0", "-3", "many", "''"}) {
    Detected got = detected(measurement("NodeTopology", "summary", cat("node-count: ", count)));
    EXPECT_EQ(got.criteria.nodes, 0) << count;
    EXPECT_EQ(values(got), "") << count;
  }
  EXPECT_EQ(nodes.criteria.intent, "");
  EXPECT_EQ(nodes.criteria.platform, "");
}

TEST(Detect, ACatalogsOwnWordsCount) {
  testing::FakeFiles files = testing::small_catalog_files();
  files.put("d/registry.yaml",
            "kind: ComponentRegistry\napiVersion: eidos.nvidia.com/v1alpha1\n"
            "criteria: {accelerator: {values: [h100-nvl, rtx-pro-6000], aliases: {gh200: h200}}}\n");
  auto loaded = catalog::load(files, {.catalog_dir = "c", .data_dirs = {"d"}});
  ASSERT_TRUE(loaded) << loaded.error().message;
  const std::pair<const char*, const char*> cases[] = {{"NVIDIA H100 NVL", "h100-nvl"},
                                                       {"NVIDIA H100 80GB HBM3", "h100"},
                                                       {"NVIDIA RTX PRO 6000 Blackwell", "rtx-pro-6000"},
                                                       {"NVIDIA GH200 480GB", "h200"}};
  for (const auto& [product, want] : cases)
    EXPECT_EQ(
        detect(loaded->catalog.registry(), snapshot(measurement("GPU", "smi", cat("gpu.model: ", product))))
            .criteria.accelerator,
        want);
}

}  // namespace
}  // namespace eidos::recipe
