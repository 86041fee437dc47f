// YAML from a stranger: read within bounds or refused with one clear line; what was read survives being
// written and read in every form.

#include "base/text.h"
#include "data/yaml_plain_reader.h"
#include "fuzz/properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eidos;
  // What the quick reader takes, the full one takes for the same.
  data::Sources sources;
  std::string_view text = fuzz::text_of(data, size);
  if (auto quick = invalid_utf8(text) ? std::nullopt : data::read_plain_yaml(text, 0)) {
    auto full = data::read_full_yaml(text, 0, sources);
    EIDOS_ASSERT(full && *full == *quick);
  }
  auto value = data::parse_yaml(fuzz::text_of(data, size), sources, "input.yaml");
  if (!value) {
    fuzz::check_error(value.error());
    EIDOS_ASSERT(value.error().where.starts_with("input.yaml"));
    return 0;
  }
  fuzz::check_round_trips(*value);
  return 0;
}
