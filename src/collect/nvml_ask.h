#pragma once
// Private to this room: the questions that are put to NVML.

#include "collect/nvml_answer.h"
#include "collect/nvml_calls.h"

namespace eidos::collect::nvml {

/// Starts NVML, asks, shuts it down. Every call's result is looked at; a call that this driver does not have,
/// or that the device does not support, is a fact left out. With `identities` UUIDs and serial numbers are
/// asked, too.
Answer ask(const Calls& calls, bool identities);

}  // namespace eidos::collect::nvml
