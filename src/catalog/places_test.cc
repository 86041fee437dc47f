#include "catalog/places.h"

#include <gtest/gtest.h>

namespace eidos::catalog {
namespace {

TEST(Places, OnlyTheseFilesBelongToACatalog) {
  const std::pair<const char*, bool> cases[] = {
      {"registry.yaml", true},
      {"overlays/eks.yaml", true},
      {"components/gpu-operator/values.yaml", true},
      {"components/gpu-operator/values-eks.yaml", true},
      {"components/gpu-operator/images.yaml", true},
      {"components/gpu-operator/values.schema.json", true},
      {"components/gpu-operator/manifests/x.yaml", true},
      {"tuning/sysctl.yaml", true},
      {"schema/overlay.json", true},
      {"README.md", false},
      {"registry.yml", false},
      {"overlays/eks.yml", false},
      {"overlays/deep/eks.yaml", false},
      {"overlays/.hidden.yaml", false},
      {"components/values.yaml", false},
      {"components/gpu-operator/other.yaml", false},
      {"components/gpu-operator/manifests/deep/x.yaml", false},
      {"checks/gpu-operator/health-check.yaml", false},
      {".github/workflows/ci.yaml", false},
  };
  for (const auto& [path, want] : cases) EXPECT_EQ(is_catalog_path(path), want) << path;
}

}  // namespace
}  // namespace eidos::catalog
