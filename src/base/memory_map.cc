#include "base/memory_map.h"

#include <fstream>
#include <iterator>

namespace eidos {

std::string memory_map() {
  std::ifstream maps("/proc/self/maps", std::ios::binary);
  return {std::istreambuf_iterator<char>(maps), {}};
}

}  // namespace eidos
