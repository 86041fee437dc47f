#pragma once
// Private to this room.

#include <string>

namespace eidos {

/// /proc/self/maps: which addresses are of which file, as profiles end with it.
std::string memory_map();

}  // namespace eidos
