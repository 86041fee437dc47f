// /etc/os-release of a machine, which may hold any bytes: readings that every document can carry, the same
// for the same bytes.

#include "collect/os_parse.h"
#include "fuzz/properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eidos;
  constexpr std::string_view kNameCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  std::string_view text = fuzz::text_of(data, size);
  data::Map readings = collect::parse_os_release(text);
  EIDOS_ASSERT(readings == collect::parse_os_release(text));
  for (const data::Map::Entry& entry : readings) {
    EIDOS_ASSERT(!entry.key.empty());
    EIDOS_ASSERT(entry.key.find_first_not_of(kNameCharacters) == std::string::npos);
    EIDOS_ASSERT(entry.value.is_string());
  }
  fuzz::check_round_trips(data::Value(readings));
  return 0;
}
