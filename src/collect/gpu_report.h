#pragma once
// Private to this room: what the driver says of its GPUs, and the readings made of it. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/value.h"

namespace eidos::collect {

/// A GPU that answered.
struct DriverGpu {
  std::int64_t index = 0;  ///< The driver's, in the order of the PCI bus; n of "gpu.<n>".
  data::Map facts = {};    ///< By the names of facts(); what there is no answer to is left out.
};

/// What the driver says, by whichever source.
struct DriverView {
  std::string driver = {};
  std::string cuda = {};
  std::optional<std::int64_t> count = {};  ///< Of GPUs that can be used, as far as it is sure.
  std::vector<DriverGpu> gpus = {};
  std::vector<std::string> problems = {};  ///< What is missing and why; empty when all was answered.
};

struct GpuReport {
  /// driver, cuda-version, gpu-count; `gpu.*` of the first GPU, `gpu.<n>.*` of each.
  data::Map readings = {};
  data::Map context = {};                  ///< Reading → what to know about it: one note each.
  std::int64_t gpus = 0;                   ///< That answered.
  std::vector<std::string> problems = {};  ///< As in the view.
  std::vector<std::string> notes = {};     ///< GPUs that differ, or wait for a reset, or are failing.
};

/// `identities`: with UUID and serial number, where the view has them.
GpuReport describe(const DriverView& view, bool identities);

/// "0-3, 5" of rising numbers.
std::string ranges_text(const std::vector<std::int64_t>& numbers);

}  // namespace eidos::collect
