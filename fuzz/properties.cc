#include "fuzz/properties.h"

#include <algorithm>

#include "base/text.h"
#include "data/compact.h"

namespace eidos::fuzz {
namespace {

bool same_number(const data::Number& yaml, const data::Value& json) {
  if (json.is_string()) return json.string() == yaml.text;
  if (!json.is_number()) return false;
  const data::Number& other = json.number();
  if (other == yaml) return true;
  // Text of a JSON number is kept, but for an exponent that JSON readers refuse.
  bool has_exponent = yaml.text.find_first_of("eE") != std::string::npos;
  if (data::is_json_number(yaml.text) && !has_exponent) return false;
  if (auto whole = data::to_int64(yaml)) return whole == data::to_int64(other);
  if (auto natural = data::to_uint64(yaml)) return natural == data::to_uint64(other);
  return data::to_double(yaml) == data::to_double(other);
}

}  // namespace

void check_line(std::string_view line) {
  constexpr std::size_t kLongestLine = 2000;
  EIDOS_ASSERT(line.size() <= kLongestLine);
  EIDOS_ASSERT(!invalid_utf8(line));
  for (std::size_t at = 0; at < line.size();) {
    char32_t c = next_code_point(line, at);
    EIDOS_ASSERT(c >= ' ' && (c < 0x7F || c >= 0xA0));
  }
}

void check_error(const Error& error, ErrorKind kind) {
  EIDOS_ASSERT(error.kind == kind);
  EIDOS_ASSERT(!error.message.empty());
  check_line(error.message);
  check_line(error.where);
  check_line(error.hint);
  for (const Error& other : error.others) check_error(other, kind);
}

void check_round_trips(const data::Value& value) {
  data::Sources sources;
  std::string yaml = data::to_yaml(value);
  auto from_yaml = data::parse_yaml(yaml, sources, "written.yaml");
  EIDOS_ASSERT(from_yaml);
  EIDOS_ASSERT(*from_yaml == value);
  EIDOS_ASSERT(data::to_yaml(*from_yaml) == yaml);

  std::string json = data::to_json(value);
  auto from_json = data::parse_json(json, sources, "written.json");
  EIDOS_ASSERT(from_json);
  EIDOS_ASSERT(same_in_json(value, *from_json));
  EIDOS_ASSERT(data::to_json(*from_json) == json);
  auto from_line = data::parse_json(data::to_compact_json(value), sources, "line.json");
  EIDOS_ASSERT(from_line);
  EIDOS_ASSERT(*from_line == *from_json);

  std::string bytes;
  data::append_compact(bytes, value);
  std::string_view left = bytes;
  auto from_compact = data::take_compact(left, 0);
  EIDOS_ASSERT(from_compact);
  EIDOS_ASSERT(left.empty());
  EIDOS_ASSERT(*from_compact == value);
}

bool same_in_json(const data::Value& yaml, const data::Value& json) {
  if (yaml.is_number()) return same_number(yaml.number(), json);
  if (yaml.type() != json.type()) return false;
  if (yaml.is_list()) return std::ranges::equal(yaml.list(), json.list(), same_in_json);
  if (!yaml.is_map()) return yaml == json;
  return std::ranges::equal(yaml.map(), json.map(), [](const auto& a, const auto& b) {
    return a.key == b.key && same_in_json(a.value, b.value);
  });
}

}  // namespace eidos::fuzz
