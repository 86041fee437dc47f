#include "cli/duration.h"

#include "base/text.h"

namespace eidos::cli {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
// Largest first; "ms" before "m" and "s" is not needed because a unit is read to its last letter.
constexpr Unit kUnits[] = {{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};
constexpr std::int64_t kMost = 1000 * kUnits[0].milliseconds;

std::string_view take_while(std::string_view& text, bool digits) {
  std::size_t n = 0;
  while (n < text.size() && (text[n] >= '0' && text[n] <= '9') == digits) ++n;
  std::string_view taken = text.substr(0, n);
  text.remove_prefix(n);
  return taken;
}

}  // namespace

Result<Milliseconds> parse_duration(std::string_view text) {
  auto bad = [&] {
    return fail(ErrorKind::Invalid, cat(quote(text), " is not a duration"), {},
                "write a number with its unit: 500ms, 10s, 2m, 1m30s, 1h");
  };
  std::int64_t total = 0;
  std::int64_t last = kMost;
  std::string_view rest = text;
  while (!rest.empty()) {
    auto number = to_int(take_while(rest, true));
    std::string_view name = take_while(rest, false);
    const Unit* unit = nullptr;
    for (const Unit& one : kUnits)
      if (one.name == name) unit = &one;
    if (!number || unit == nullptr || unit->milliseconds >= last || *number > kMost / unit->milliseconds)
      return bad();
    total += *number * unit->milliseconds;
    last = unit->milliseconds;
  }
  if (total <= 0 || total > kMost) return bad();
  return Milliseconds(total);
}

}  // namespace eidos::cli
