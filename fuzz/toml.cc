// The configuration of a container runtime, which may hold any bytes: refused with one clear line that names
// its place, or a document like any other; what is taken from it can stand in a snapshot, and importing it
// over itself changes nothing.

#include "data/toml.h"

#include "collect/runtime_configs.h"
#include "fuzz/properties.h"

namespace {

using namespace eidos;

void check_readings(const data::Map& readings) {
  for (const data::Map::Entry& entry : readings) {
    EIDOS_ASSERT(!entry.key.empty());
    EIDOS_ASSERT(entry.value.is_scalar());
  }
  fuzz::check_round_trips(data::Value(readings));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  data::Sources sources;
  auto config = data::parse_toml(text, sources, "config.toml");
  if (!config) {
    fuzz::check_error(config.error());
    EIDOS_ASSERT(config.error().where.starts_with("config.toml"));
    return 0;
  }
  EIDOS_ASSERT(config->is_map());
  auto again = data::parse_toml(text, sources, "config.toml");
  EIDOS_ASSERT(again && *again == *config);
  check_readings(collect::containerd_readings(*config));
  check_readings(collect::crio_readings(*config));
  check_readings(collect::toolkit_readings(*config));
  check_readings(collect::docker_readings(*config));
  data::Value imported = *config;
  collect::import_containerd(imported, *config);
  EIDOS_ASSERT(imported == *config);
  return 0;
}
