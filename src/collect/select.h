#pragma once
// Private to this room: which collectors --filter and --exclude leave.

#include <vector>

#include "collect/collector.h"

namespace eidos::collect {

/// A name is a collector's ("os.grub"), its group's ("os") or its measurement type's ("NodeTopology"), in any
/// case. Invalid for any other, with the nearest; Invalid when nothing is left.
Result<std::vector<const Collector*>> select(const Options& options);

}  // namespace eidos::collect
