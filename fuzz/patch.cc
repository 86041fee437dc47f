// A document and a patch for it, or two documents, separated by a line "---8<---": a patch from a stranger is
// applied whole or refused with one clear line and nothing changed; a patch made between two documents makes
// the second out of the first, and so does what is left of it after being written and read.

#include "data/patch.h"

#include "base/text.h"
#include "fuzz/properties.h"

namespace eidos::fuzz {
namespace {

constexpr std::string_view kSeparator = "\n---8<---\n";

std::optional<data::Value> parsed(std::string_view text) {
  data::Sources sources;
  auto value = data::parse(text, sources, "input");
  if (!value) {
    check_error(value.error());
    return std::nullopt;
  }
  return *std::move(value);
}

void check_applied(const data::Value& document, const data::Value& patch) {
  data::Value root = document;
  auto done = data::apply_patch(root, patch);
  if (done) return;
  check_error(done.error());
  EIDOS_ASSERT(root == document);
}

// In JSON's spelling: 0755 is 493 there.
std::optional<data::Value> as_json(const data::Value& value) {
  data::Sources sources;
  auto read = data::parse_json(data::to_json(value), sources, "again.json");
  return read ? std::optional(*std::move(read)) : std::nullopt;
}

void check_made(const data::Value& from, const data::Value& to) {
  data::Value patch = data::make_patch(from, to);
  EIDOS_ASSERT(patch.list().empty() == (from == to));
  data::Value root = from;
  EIDOS_ASSERT(data::apply_patch(root, patch));
  EIDOS_ASSERT(root == to);

  auto read = as_json(patch);
  if (!read) return;  // an operation stands two levels above its value, which may be too deep then
  data::Value again = from;
  EIDOS_ASSERT(data::apply_patch(again, *read));
  EIDOS_ASSERT(data::same_value(*as_json(again), *as_json(to)));
}

}  // namespace
}  // namespace eidos::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eidos;
  std::string_view text = fuzz::text_of(data, size);
  std::size_t middle = text.find(fuzz::kSeparator);
  if (middle == std::string_view::npos) return 0;
  auto first = fuzz::parsed(text.substr(0, middle));
  auto second = fuzz::parsed(text.substr(middle + fuzz::kSeparator.size()));
  if (!first || !second) return 0;
  fuzz::check_applied(*first, *second);
  fuzz::check_made(*first, *second);
  fuzz::check_made(*second, *first);
  return 0;
}
