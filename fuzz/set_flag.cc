// --set, --set-string and --set-json, one a line (its first character says which): refused with one clear
// line that does not show the value, or laid on the same values in turn, each to be found where it was put.

#include "base/text.h"
#include "bundle/set_flags.h"
#include "fuzz/properties.h"

namespace eidos::fuzz {
namespace {

bundle::SetFlag flag_of(std::string_view line) {
  constexpr bundle::SetKind kKinds[] = {bundle::SetKind::Auto, bundle::SetKind::String,
                                        bundle::SetKind::Json};
  if (line.empty()) return {bundle::SetKind::Auto, {}};
  return {kKinds[static_cast<unsigned char>(line.front()) % std::size(kKinds)], std::string(line.substr(1))};
}

void apply(const bundle::SetFlag& flag, data::Value& values) {
  auto setting = bundle::parse_setting(flag);
  if (!setting) {
    check_error(setting.error());
    return;
  }
  check_line(setting->flag);
  EIDOS_ASSERT(!setting->component.empty());
  EIDOS_ASSERT(!setting->path.empty());
  auto path = data::parse_path(data::to_text(setting->path));
  EIDOS_ASSERT(path);
  EIDOS_ASSERT(*path == setting->path);
  if (flag.kind == bundle::SetKind::String) EIDOS_ASSERT(setting->value.is_string());

  data::Value before = values;
  auto done = data::set(values, setting->path, setting->value);
  if (!done) {
    check_error(done.error());
    EIDOS_ASSERT(values == before);
    return;
  }
  const data::Value* found = data::find(values, setting->path);
  EIDOS_ASSERT(found != nullptr);
  EIDOS_ASSERT(*found == setting->value);
}

}  // namespace
}  // namespace eidos::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eidos;
  constexpr std::size_t kMostFlags = 64;  // Each is compared with all that were set before it.
  data::Value values;
  std::size_t flags = 0;
  for (std::string_view line : split(fuzz::text_of(data, size), '\n')) {
    if (++flags > kMostFlags) break;
    fuzz::apply(fuzz::flag_of(line), values);
  }
  fuzz::check_round_trips(values);
  return 0;
}
