// Versions, one a line: refused with one clear line, or read so that their text reads the same; their order
// is an order.

#include "model/version.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "fuzz/properties.h"

namespace eidos::fuzz {
namespace {

using model::Version;

void check_alone(const Version& version, std::string_view text) {
  EIDOS_ASSERT(!version.parts.empty());
  auto again = model::parse_version(model::to_text(version));
  EIDOS_ASSERT(again);
  EIDOS_ASSERT(again->parts == version.parts);
  EIDOS_ASSERT(again->extras == version.extras);
  auto with_v = model::parse_version(cat("v", text));
  if (!text.starts_with('v') && with_v) EIDOS_ASSERT(with_v->parts == version.parts);
  EIDOS_ASSERT(model::compare_to_bound(version, version) == 0);
  Version longer{version.parts, {}};
  longer.parts.push_back(7);
  Version plain{version.parts, {}};
  EIDOS_ASSERT(model::compare_to_bound(longer, plain) == 0);  // a bound stops where it stops
  EIDOS_ASSERT(model::compare_to_bound(plain, longer) < 0);   // a missing part is 0
}

// Without extras and with equally many parts the order is that of the parts.
void check_pair(const Version& a, const Version& b) {
  std::vector<std::uint64_t> padded = a.parts;
  padded.resize(b.parts.size());
  std::strong_ordering order = model::compare_to_bound({padded, {}}, {b.parts, {}});
  EIDOS_ASSERT(order == (padded <=> b.parts));
  EIDOS_ASSERT(model::compare_to_bound({b.parts, {}}, {padded, {}}) == (0 <=> order));
  EIDOS_ASSERT(model::compare_to_bound({a.parts, {}}, {b.parts, {}}) == order);
  // Extras decide among equal parts only.
  if (order != 0) EIDOS_ASSERT(model::compare_to_bound(a, b) == order);
}

void check_triple(const Version& a, const Version& b, const Version& c) {
  bool same_length = a.parts.size() == b.parts.size() && b.parts.size() == c.parts.size();
  if (!same_length) return;
  if (model::compare_to_bound(a, b) <= 0 && model::compare_to_bound(b, c) <= 0)
    EIDOS_ASSERT(model::compare_to_bound(a, c) <= 0);
}

}  // namespace
}  // namespace eidos::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eidos;
  constexpr std::size_t kMostVersions = 3;
  std::vector<model::Version> versions;
  for (std::string_view line : split(fuzz::text_of(data, size), '\n')) {
    auto version = model::parse_version(line);
    if (!version) {
      fuzz::check_error(version.error());
      continue;
    }
    fuzz::check_alone(*version, line);
    if (versions.size() < kMostVersions) versions.push_back(*std::move(version));
  }
  for (const model::Version& a : versions)
    for (const model::Version& b : versions) {
      fuzz::check_pair(a, b);
      for (const model::Version& c : versions) fuzz::check_triple(a, b, c);
    }
  return 0;
}
