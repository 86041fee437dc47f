#pragma once
// A snapshot of the size and shape that real machines give (about 80 kB, most of it sysctl), made up.

#include <string>

#include "base/text.h"

namespace eidos::bench {

inline std::string snapshot_text() {
  constexpr int kSettings = 1150;
  constexpr int kModules = 180;
  constexpr int kImages = 60;
  std::string out =
      "kind: Snapshot\napiVersion: eidos.nvidia.com/v1alpha1\nmetadata:\n  version: v0.0.0\n"
      "  timestamp: \"2026-01-02T03:04:05Z\"\n  source-node: node-1\nmeasurements:\n"
      "  - type: OS\n    subtypes:\n      - subtype: release\n        data:\n          ID: ubuntu\n"
      "          VERSION_ID: \"24.04\"\n          PRETTY_NAME: Ubuntu 24.04.2 LTS\n"
      "      - subtype: kmod\n        data:\n";
  for (int i = 0; i < kModules; ++i) out += cat("          module_", i, ": true\n");
  out += "      - subtype: sysctl\n        data:\n";
  for (int i = 0; i < kSettings; ++i)
    out += cat("          /proc/sys/net/ipv4/group_", i % 37, "/setting_", i, ": \"", (i * 7919) % 65536,
               "\"\n");
  out +=
      "  - type: GPU\n    subtypes:\n      - subtype: smi\n        data:\n          driver: 570.86.16\n"
      "          cuda-version: \"12.8\"\n          gpu-count: 8\n          gpu.model: NVIDIA H100 80GB HBM3\n"
      "  - type: K8s\n    subtypes:\n      - subtype: server\n        data:\n"
      "          version: v1.33.5-eks-3025e55\n      - subtype: node\n        data:\n"
      "          provider: eks\n      - subtype: image\n        data:\n";
  for (int i = 0; i < kImages; ++i) out += cat("          image-", i, ": v1.", i, ".0\n");
  return out;
}

}  // namespace eidos::bench
