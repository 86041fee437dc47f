#pragma once
// What `nvidia-smi -q -x` writes, read: pure, any bytes may come in, at most 16 MiB.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "data/value.h"

namespace eidos::collect {

struct SmiReport {
  /// driver, cuda-version, gpu-count; `gpu.*` of the first GPU, `gpu.<n>.*` of each, counted from 0 in the
  /// order of the PCI bus as nvidia-smi lists them. What the driver answers with N/A is left out; UUID and
  /// serial number are never read.
  data::Map readings;
  std::int64_t gpus = 0;                   ///< Described in the report.
  std::vector<std::string> problems = {};  ///< What is missing and why; empty when the report is whole.
  std::vector<std::string> notes = {};     ///< What a reader of the first GPU's keys should know.
};

/// Reads a whole report, or as much as is sure of one that was cut: a GPU whose end is not there is left out.
/// Invalid: no nvidia-smi report at all, or nothing of it is sure.
Result<SmiReport> parse_smi_xml(std::string_view text);

}  // namespace eidos::collect
