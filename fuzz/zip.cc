// A zip from anywhere.

#include "fuzz/archive_property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  eidos::fuzz::check_archive(eidos::fuzz::text_of(data, size));
  return 0;
}
