#pragma once
// Private to this room: a message of sd-bus as a BusValue. The other side may send anything that passes for a
// message; sd-bus checks each piece as it is read.

#include "collect/bus.h"
#include "collect/sd_bus_api.h"

namespace eidos::collect {

/// What one answer may hold. A unit has about 400 properties, and some 3,000 values in them.
constexpr std::int64_t kMostBusValues = 65'536;
constexpr int kMostBusDepth = 32;

/// The first value of the message's body. Invalid: there is none, it holds a file descriptor, it is no value
/// of its type, or there is more than the limits above.
Result<BusValue> read_body(const SdBusApi& api, sd_bus_message* message);

}  // namespace eidos::collect
