// /proc/cmdline of a machine, which may hold any bytes: readings that every document can carry, the same for
// the same bytes.

#include "collect/os_parse.h"
#include "fuzz/properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eidos;
  std::string_view text = fuzz::text_of(data, size);
  data::Map readings = collect::parse_cmdline(text);
  EIDOS_ASSERT(readings == collect::parse_cmdline(text));
  for (const data::Map::Entry& entry : readings) {
    EIDOS_ASSERT(!entry.key.empty());
    EIDOS_ASSERT(entry.value.is_string());
  }
  fuzz::check_round_trips(data::Value(readings));
  return 0;
}
