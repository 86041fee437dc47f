// TOML through toml++ (docs/decisions/tomlplusplus.md): the one file that sees the library.

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/text.h"
#include "data/document.h"
#include "data/toml.h"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
// What the library takes for granted of its input need not be: "[[[" breaks what parse_key() assumes, which
// would be undefined behaviour, while the line below it refuses the character well.
#include <toml++/impl/preprocessor.h>
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT_ASSUME(expr) static_assert(true)

#include <toml++/toml.h>

namespace eidos::data {

namespace {

constexpr std::size_t kMostBytes = std::size_t{1024} * 1024;
// "a.b.c = 1" makes a table of each part, and the library takes tables down one inside the other: more parts
// than the stack has room for must never get there. No real configuration has a tenth of this.
constexpr std::ptrdiff_t kMostDots = 10'000;

class Conversion {
 public:
  explicit Conversion(std::uint32_t file) : file_(file) {}

  Result<Value> value(const toml::node& node, int depth) {
    if (depth > kMaxDepth) return fail(ErrorKind::Invalid, cat("nested deeper than ", kMaxDepth, " levels"));
    Mark mark = mark_of(node.source().begin);
    if (const toml::table* table = node.as_table()) return map(*table, depth);
    if (const toml::array* array = node.as_array()) return list(*array, depth);
    return scalar(node).with_mark(mark);
  }

 private:
  Mark mark_of(const toml::source_position& position) const {
    return {file_, position.line, position.column};
  }

  Result<Value> map(const toml::table& table, int depth) {
    Map out;
    for (const auto& [key, node] : table) {
      EIDOS_TRY(Value inside, value(node, depth + 1));
      out.append({std::string(key.str()), mark_of(key.source().begin), std::move(inside)});
    }
    out.finish();
    return Value(std::move(out)).with_mark(mark_of(table.source().begin));
  }

  Result<Value> list(const toml::array& array, int depth) {
    List out;
    for (const toml::node& node : array) {
      EIDOS_TRY(Value inside, value(node, depth + 1));
      out.push_back(std::move(inside));
    }
    return Value(std::move(out)).with_mark(mark_of(array.source().begin));
  }

  static Value scalar(const toml::node& node) {
    if (const auto* text = node.as_string()) return Value(std::string(text->get()));
    if (const auto* number = node.as_integer()) return Value(number->get());
    if (const auto* flag = node.as_boolean()) return Value(flag->get());
    if (const auto* number = node.as_floating_point()) return float_value(number->get());
    std::ostringstream text;
    if (const auto* date = node.as_date()) text << date->get();
    if (const auto* time = node.as_time()) text << time->get();
    if (const auto* moment = node.as_date_time()) text << moment->get();
    return Value(std::move(text).str());
  }

  static Value float_value(double number) {
    if (std::isnan(number)) return Value(Number{".nan"});
    if (std::isinf(number)) return Value(Number{number < 0 ? "-.inf" : ".inf"});
    std::string text = cat(number);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return Value(Number{std::move(text)});
  }

  std::uint32_t file_;
};

}  // namespace

Result<Value> parse_toml(std::string_view text, Sources& sources, std::string name) {
  const std::uint32_t file = sources.add(std::move(name));
  auto refuse = [&](std::string_view message, const Mark& mark) {
    return fail(ErrorKind::Invalid, cat("no TOML: ", message), sources.place(mark));
  };
  if (text.size() > kMostBytes) return refuse(cat("larger than ", kMostBytes, " bytes"), {file, 0, 0});
  if (std::ranges::count(text, '.') > kMostDots)
    return refuse(cat("more than ", kMostDots, " dots, which could nest too deep"), {file, 0, 0});
  toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::source_position at = parsed.error().source().begin;
    return refuse(show(parsed.error().description()), {file, at.line, at.column});
  }
  auto value = Conversion(file).value(parsed.table(), 0);
  if (!value) return refuse(value.error().message, {file, 0, 0});
  return value;
}

}  // namespace eidos::data
