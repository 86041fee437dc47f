#pragma once
// NVML, the library of the NVIDIA driver, asked in a process of its own: a driver that hangs or crashes then
// costs that process, never the snapshot. `eidos read-nvml` is that process; whoever uses this library
// without the command line brings one that prints nvml_document(), and names it in Options::nvml_probe.

#include <string>

namespace eidos::collect {

struct NvmlQuestion {
  std::string library = {};  ///< To open; empty: libnvidia-ml.so.1 where the loader and the vendors put it.
  bool identities = false;   ///< With UUIDs and serial numbers.
};

/// Opens the library and asks it. What came of it, failures too, as one line of JSON, at most 4 MiB. May
/// hang, or end the process, as long as the driver lets it.
std::string nvml_document(const NvmlQuestion& question);

}  // namespace eidos::collect
