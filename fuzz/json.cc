// JSON from a stranger: read within bounds or refused with one clear line; every mark points at what it
// marks; what was read survives being written and read in every form.

#include <string>
#include <vector>

#include "base/text.h"
#include "fuzz/properties.h"

namespace eidos::fuzz {
namespace {

class Marks {
 public:
  explicit Marks(std::string_view text)
      : lines_(split(text.substr(text.starts_with("\xEF\xBB\xBF") ? 3 : 0), '\n')) {}

  void check(const data::Value& value) const {
    check_start(value);
    if (value.is_list())
      for (const data::Value& item : value.list()) check(item);
    if (value.is_map())
      for (const data::Map::Entry& entry : value.map()) {
        EIDOS_ASSERT(at(entry.mark).starts_with('"'));
        check(entry.value);
      }
  }

 private:
  std::string_view at(const data::Mark& mark) const {
    EIDOS_ASSERT(mark.line >= 1 && mark.line <= lines_.size());
    std::string_view line = lines_[mark.line - 1];
    std::size_t offset = 0;
    for (std::uint32_t column = 1; column < mark.column; ++column) {
      EIDOS_ASSERT(offset < line.size());
      next_code_point(line, offset);
    }
    return line.substr(offset);
  }

  void check_start(const data::Value& value) const {
    std::string_view text = at(value.mark());
    switch (value.type()) {
      case data::Type::Null: EIDOS_ASSERT(text.starts_with("null")); return;
      case data::Type::Bool: EIDOS_ASSERT(text.starts_with(value.boolean() ? "true" : "false")); return;
      case data::Type::Number: EIDOS_ASSERT(text.starts_with(value.number().text)); return;
      case data::Type::String: EIDOS_ASSERT(text.starts_with('"')); return;
      case data::Type::List: EIDOS_ASSERT(text.starts_with('[')); return;
      case data::Type::Map: EIDOS_ASSERT(text.starts_with('{')); return;
    }
  }

  std::vector<std::string_view> lines_;
};

}  // namespace
}  // namespace eidos::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace eidos;
  std::string_view text = fuzz::text_of(data, size);
  data::Sources sources;
  auto value = data::parse_json(text, sources, "input.json");
  if (!value) {
    fuzz::check_error(value.error());
    EIDOS_ASSERT(value.error().where.starts_with("input.json:"));
    return 0;
  }
  // Finding a column is linear: enough marks in long lines would take the time, not the reader.
  constexpr std::size_t kLongestChecked = 4096;
  if (text.size() <= kLongestChecked) fuzz::Marks(text).check(*value);
  fuzz::check_round_trips(*value);
  return 0;
}
