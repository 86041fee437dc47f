#pragma once
// Private to this room: the GPUs as the bus, the driver and Kubernetes see them, held against each other.
// Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collect/collect.h"

namespace eidos::collect {

struct SeenGpu {
  std::string id;      ///< plain_bus_id()
  std::string reason;  ///< Why the driver may not drive it; empty: none known.
  bool bound = true;   ///< To nvidia, on this machine.
};

/// What each has; nullopt: it was not asked, or did not answer.
struct GpuViews {
  std::optional<std::vector<SeenGpu>> bus = {};
  std::optional<std::vector<std::string>> driver = {};  ///< Bus ids of the GPUs that answer it.
  std::optional<std::int64_t> allocatable = {};  ///< nvidia.com/gpu of this node, when that is all it offers.
  bool mig = false;                              ///< On anywhere: Kubernetes may count MIG devices then.
};

struct Disagreement {
  std::string reading;  ///< Of GPU.hardware, that it is about.
  std::string text;     ///< With cause and fix, as far as they are known.
};

std::vector<Disagreement> compare(const GpuViews& views);

/// The views in the readings of a snapshot: GPU.hardware, GPU.smi, K8s.node.
GpuViews views_of(const model::Snapshot& snapshot);

/// Compares, and writes what disagrees into the context of GPU.hardware, the detail of its collector and the
/// warnings.
void note_disagreements(Collected& collected);

}  // namespace eidos::collect
