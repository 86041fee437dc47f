#pragma once
// What `nvidia-smi -q -x` writes, read: pure, any bytes may come in, at most 16 MiB.

#include <string_view>

#include "base/error.h"
#include "collect/gpu_report.h"

namespace eidos::collect {

/// Reads a whole report, or as much as is sure of one that was cut: a GPU whose end is not there is left out,
/// and so is one that is lost. GPUs are numbered in the order of the report, which is that of the PCI bus.
/// What the driver answers with N/A is left out. Invalid: no nvidia-smi report at all, or nothing of it is
/// sure.
Result<DriverView> read_smi_xml(std::string_view text);

/// The readings of it, without UUIDs and serial numbers.
Result<GpuReport> parse_smi_xml(std::string_view text);

}  // namespace eidos::collect
