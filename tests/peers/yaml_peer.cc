// Our side of tests/peers/yaml_peers: makes the values, and reads and writes documents with src/data.
//
//   yaml_peer cases STRINGS   one value a line, as a tree: the tricky strings, then STRINGS random ones
//   yaml_peer plain TEXTS     one unquoted scalar a line, as base64: what a reader must make a type of
//   yaml_peer talk            answers requests on standard input, a line each:
//                               read yaml|json BASE64  →  the value as a tree, or "! why"
//                               write yaml|json TREE   →  the text as base64
//
// A tree is tokens separated by blanks: z (null), t, f, nTEXT (a number, its source text), sBASE64,
// [ item ... ], { key value ... }. Nothing in it is YAML or JSON, so that it cannot share their mistakes.

#include <cstdlib>
#include <iostream>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "data/document.h"
#include "support/tricky_strings.h"

namespace eidos::testing {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint64_t kSeed = 20'260'801;

std::string to_base64(std::string_view bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out += at + i > bytes.size() ? '=' : kBase64[group >> (18 - 6 * i) & 63];
  }
  return out;
}

std::string from_base64(std::string_view text) {
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (char c : text.substr(0, text.find('='))) {
    std::size_t digit = kBase64.find(c);
    EIDOS_ASSERT(digit != std::string_view::npos);
    held = held << 6 | static_cast<std::uint32_t>(digit);
    if ((bits += 6) < 8) continue;
    bits -= 8;
    out += static_cast<char>(held >> bits & 0xFF);
  }
  return out;
}

void append_tree(std::string& out, const data::Value& value) {
  switch (value.type()) {
    case data::Type::Null: out += 'z'; return;
    case data::Type::Bool: out += value.boolean() ? 't' : 'f'; return;
    case data::Type::Number: out += cat('n', value.number().text); return;
    case data::Type::String: out += cat('s', to_base64(value.string())); return;
    case data::Type::List:
      out += '[';
      for (const data::Value& item : value.list()) append_tree(out += ' ', item);
      out += " ]";
      return;
    case data::Type::Map:
      out += '{';
      for (const data::Map::Entry& entry : value.map())
        append_tree(out += cat(" s", to_base64(entry.key), " "), entry.value);
      out += " }";
      return;
  }
  std::unreachable();
}

std::string to_tree(const data::Value& value) {
  std::string out;
  append_tree(out, value);
  return out;
}

using Tokens = std::span<const std::string_view>;

std::string_view take(Tokens& tokens) {
  EIDOS_ASSERT(!tokens.empty());
  std::string_view token = tokens.front();
  tokens = tokens.subspan(1);
  return token;
}

data::Value take_tree(Tokens& tokens) {
  std::string_view token = take(tokens);
  std::string_view rest = token.substr(1);
  switch (token.front()) {
    case 'z': return {};
    case 't': return true;
    case 'f': return false;
    case 'n': return data::Number{std::string(rest)};
    case 's': return from_base64(rest);
    case '[': {
      data::List list;
      while (tokens.front() != "]") list.push_back(take_tree(tokens));
      take(tokens);
      return list;
    }
    default: break;
  }
  EIDOS_ASSERT(token == "{");
  data::Map map;
  while (tokens.front() != "}") {
    std::string key = from_base64(take(tokens).substr(1));
    map.set(key, take_tree(tokens));
  }
  take(tokens);
  return map;
}

// ---- cases ----

/// The text as value, key, item and nested: every place a writer treats in its own way.
data::Value everywhere(const std::string& text) {
  data::Map inner;
  inner.set("deep", text);
  inner.set("after", 1);
  data::Map map;
  map.set("value", text);
  map.set(text, "as key");
  map.set("list", data::List{text, data::List{text, data::List{}}, data::Map()});
  map.set("items", data::List{inner, inner});
  data::Map nested;
  nested.set(text, inner);
  map.set("nested", nested);
  return map;
}

// Every spelling here means the same number to YAML 1.1, to YAML 1.2 and to JSON after conversion.
constexpr std::string_view kNumbers[] = {"0",
                                         "1",
                                         "-1",
                                         "10",
                                         "18446744073709551615",
                                         "9223372036854775807",
                                         "-9223372036854775808",
                                         "1.10",
                                         "-2.25",
                                         "1.",
                                         "0.5",
                                         ".5",
                                         "1.5e+3",
                                         "6.02e+23",
                                         "-1.5e-07",
                                         "0x1F",
                                         "0755",
                                         "0b11",
                                         "1_000",
                                         "+7",
                                         "1.7976931348623157e+308"};
constexpr std::string_view kNotFinite[] = {".inf", "-.inf", ".nan"};

void print_cases(std::uint64_t count) {
  for (const std::string& text : tricky_strings()) {
    std::cout << to_tree(everywhere(text)) << '\n' << to_tree(text) << '\n';
  }
  std::mt19937_64 random(kSeed);
  for (std::uint64_t i = 0; i < count; ++i)
    std::cout << to_tree(everywhere(random_tricky_string(random))) << '\n';
  for (std::string_view number : kNumbers) {
    data::Value value{data::Number{std::string(number)}};
    std::cout << to_tree(data::List{value, data::List{value}}) << '\n';
  }
  for (std::string_view number : kNotFinite)
    std::cout << to_tree(data::List{data::Number{std::string(number)}}) << '\n';
  for (const data::Value& value : {data::Value(), data::Value(true), data::Value(data::List{}),
                                   data::Value(data::Map()), data::Value(data::List{false, data::Value()})})
    std::cout << to_tree(value) << '\n';
}

void print_plain_scalars(std::uint64_t count) {
  constexpr std::string_view kPieces[] = {"0",
                                          "1",
                                          "7",
                                          "8",
                                          "9",
                                          "12",
                                          "0xFFFFFFFFFFFFFFF",
                                          "99999999999999999999",
                                          "0x",
                                          "0X",
                                          "0o",
                                          "0O",
                                          "0b",
                                          "_",
                                          ".",
                                          "+",
                                          "-",
                                          "e",
                                          "E",
                                          "e+",
                                          "e-3",
                                          "e308",
                                          "e-999",
                                          "a",
                                          "F",
                                          ":",
                                          "~",
                                          "y",
                                          "n",
                                          "T",
                                          "Z",
                                          ".inf",
                                          ".nan",
                                          "true",
                                          "null",
                                          "NaN"};
  std::mt19937_64 random(kSeed);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string text;
    for (std::uint64_t left = random() % 5 + 1; left > 0; --left)
      text += kPieces[random() % std::size(kPieces)];
    std::cout << to_base64(text) << '\n';
  }
}

// ---- talk ----

std::string answer(std::string_view line) {
  std::vector<std::string_view> words = split(line, ' ');
  EIDOS_ASSERT(words.size() >= 3);
  bool json = words[1] == "json";
  if (words[0] == "write") {
    Tokens tokens = Tokens(words).subspan(2);
    data::Value value = take_tree(tokens);
    return to_base64(data::to_text(value, json ? data::Format::Json : data::Format::Yaml));
  }
  data::Sources sources;
  std::string text = from_base64(words[2]);
  auto value = json ? data::parse_json(text, sources, "peer") : data::parse_yaml(text, sources, "peer");
  return value ? to_tree(*value) : cat("! ", value.error().where, ": ", value.error().message);
}

void talk() {
  for (std::string line; std::getline(std::cin, line);) std::cout << answer(line) << std::endl;
}

}  // namespace
}  // namespace eidos::testing

int main(int argc, char** argv) {
  std::string_view mode = argc > 1 ? argv[1] : "";
  std::uint64_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  if (mode == "cases")
    eidos::testing::print_cases(count);
  else if (mode == "plain")
    eidos::testing::print_plain_scalars(count);
  else if (mode == "talk")
    eidos::testing::talk();
  else
    return 1;
  return 0;
}
