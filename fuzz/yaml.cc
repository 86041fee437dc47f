// YAML from a stranger: read within bounds or refused with one clear line; what was read survives being
// written and read in every form.

#include "fuzz/properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eidos;
  data::Sources sources;
  auto value = data::parse_yaml(fuzz::text_of(data, size), sources, "input.yaml");
  if (!value) {
    fuzz::check_error(value.error());
    EIDOS_ASSERT(value.error().where.starts_with("input.yaml"));
    return 0;
  }
  fuzz::check_round_trips(*value);
  return 0;
}
