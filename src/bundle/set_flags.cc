#include "bundle/set_flags.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

#include "base/text.h"
#include "data/document.h"

namespace eidos::bundle {
namespace {

constexpr std::string_view kForm = "write component:path=value, as in gpu-operator:driver.version=570.86.16";
constexpr std::string_view kNulls[] = {"null", "Null", "NULL", "~"};
constexpr std::pair<std::string_view, bool> kBools[] = {{"true", true},   {"True", true},   {"TRUE", true},
                                                        {"false", false}, {"False", false}, {"FALSE", false}};
// Decimal numbers of so many digits survive a double and back; Helm reads numbers as doubles.
constexpr std::size_t kDoubleDigits = 15;

std::string_view flag_name(SetKind kind) {
  switch (kind) {
    case SetKind::Auto: return "--set";
    case SetKind::String: return "--set-string";
    case SetKind::Json: return "--set-json";
  }
  std::unreachable();
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_canonical_int(std::string_view text) {
  std::int64_t number = 0;
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  return ec == std::errc{} && end == text.data() + text.size() && cat(number) == text;
}

bool is_canonical_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return false;
  std::string_view whole = text.substr(0, dot);
  std::string_view part = text.substr(dot + 1);
  if (!all_digits(whole) || !all_digits(part)) return false;
  bool no_padding = part.back() != '0' && (whole == "0" || whole.front() != '0');
  return no_padding && whole.size() + part.size() <= kDoubleDigits;
}

// Where the path ends: the first '=' that is neither escaped nor inside quotes.
std::size_t find_equals(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      quoted = !quoted;
    else if (text[at] == '=' && !quoted)
      return at;
  }
  return std::string_view::npos;
}

// Values reach YAML, commands in README and terminals.
Result<void> check_text(std::string_view flag, std::string_view text) {
  bool control = std::ranges::any_of(text, [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
  });
  if (!control && !invalid_utf8(text)) return {};
  return fail(ErrorKind::Invalid,
              cat(flag, control ? ": it holds a control character" : ": it is not valid UTF-8"));
}

Result<data::Value> value_of(SetKind kind, std::string_view text) {
  switch (kind) {
    case SetKind::Auto: return typed(text);
    case SetKind::String: return data::Value(text);
    case SetKind::Json: {
      data::Sources sources;
      return data::parse_json(text, sources, "value");
    }
  }
  std::unreachable();
}

}  // namespace

bool Setting::is_switch() const {
  return path.size() == 1 && std::holds_alternative<std::string>(path.front()) &&
         std::get<std::string>(path.front()) == "enabled";
}

data::Value typed(std::string_view text) {
  if (std::ranges::find(kNulls, text) != std::end(kNulls)) return {};
  const auto* found =
      std::ranges::find(kBools, text, [](const std::pair<std::string_view, bool>& row) { return row.first; });
  if (found != std::end(kBools)) return data::Value(found->second);
  if (is_canonical_int(text) || is_canonical_decimal(text)) return data::Number{std::string(text)};
  return text;
}

Result<Setting> parse_setting(const SetFlag& flag) {
  std::string_view text = flag.text;
  // Messages show the path, never the value: it may be a secret.
  std::string name = cat(flag_name(flag.kind), " ", quote(text.substr(0, find_equals(text))));
  EIDOS_CHECK(check_text(name, text));
  std::size_t colon = text.find(':');
  // A ':' behind the first '=' belongs to the value.
  if (colon == std::string_view::npos || text.substr(0, colon).find('=') != std::string_view::npos)
    return fail(ErrorKind::Invalid, cat(name, ": no component in front of a ':'"), {}, std::string(kForm));
  std::string_view rest = text.substr(colon + 1);
  std::size_t equals = find_equals(rest);
  if (equals == std::string_view::npos)
    return fail(ErrorKind::Invalid, cat(name, ": no '=' behind the path"), {}, std::string(kForm));
  if (colon == 0)
    return fail(ErrorKind::Invalid, cat(name, ": the component is empty"), {}, std::string(kForm));

  auto path = data::parse_path(rest.substr(0, equals));
  if (!path) return std::unexpected(std::move(path).error().within(name));
  auto value = value_of(flag.kind, rest.substr(equals + 1));
  if (!value) return std::unexpected(std::move(value).error().within(name));
  return Setting{std::string(text.substr(0, colon)), *std::move(path), *std::move(value), std::move(name)};
}

}  // namespace eidos::bundle
