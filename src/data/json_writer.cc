#include <charconv>
#include <cmath>

#include "base/text.h"
#include "data/document.h"
#include "data/printable.h"

namespace eidos::data {
namespace {

bool is_plain_ascii(char c) {
  return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    std::size_t start = at;
    while (at < text.size() && is_plain_ascii(text[at])) ++at;
    out += text.substr(start, at - start);
    if (at == text.size()) break;
    start = at;
    char32_t c = next_code_point(text, at);
    if (std::string_view escape = short_escape(c); !escape.empty()) {
      out += escape;
    } else if (prints_plain(c)) {
      out += text.substr(start, at - start);
    } else {
      out += "\\u";
      for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(c >> shift) & 0xF];
    }
  }
  out += '"';
}

// RapidJSON and others refuse an exponent past a double's range, even of 0e999 or 0.001e310.
bool has_large_exponent(std::string_view number) {
  constexpr int kLargest = 300;
  std::size_t at = number.find_first_of("eE");
  if (at == std::string_view::npos) return false;
  std::string_view exponent = number.substr(at + 1);
  if (exponent.starts_with('+') || exponent.starts_with('-')) exponent.remove_prefix(1);
  int value = 0;
  auto [end, ec] = std::from_chars(exponent.data(), exponent.data() + exponent.size(), value);
  return ec != std::errc{} || value > kLargest;
}

void append_number(std::string& out, const Number& number) {
  if (is_json_number(number.text) && !has_large_exponent(number.text)) {
    out += number.text;
    return;
  }
  if (auto integer = to_int64(number))
    out += cat(*integer);
  else if (auto natural = to_uint64(number))
    out += cat(*natural);
  else if (auto real = to_double(number); real && std::isfinite(*real))
    out += cat(*real);
  else
    append_escaped(out, number.text);
}

class JsonWriter {
 public:
  explicit JsonWriter(bool indented) : indented_(indented) {}

  void write(const Value& value) {
    switch (value.type()) {
      case Type::Null: out_ += "null"; return;
      case Type::Bool: out_ += value.boolean() ? "true" : "false"; return;
      case Type::Number: append_number(out_, value.number()); return;
      case Type::String: append_escaped(out_, value.string()); return;
      case Type::List: write_list(value.list()); return;
      case Type::Map: write_map(value.map()); return;
    }
    std::unreachable();
  }

  std::string take() { return std::move(out_); }

 private:
  void write_list(const List& list) {
    if (list.empty()) {
      out_ += "[]";
      return;
    }
    out_ += '[';
    ++depth_;
    for (std::size_t i = 0; i < list.size(); ++i) {
      separate(i);
      write(list[i]);
    }
    close(']');
  }

  void write_map(const Map& map) {
    if (map.empty()) {
      out_ += "{}";
      return;
    }
    out_ += '{';
    ++depth_;
    std::size_t i = 0;
    for (const Map::Entry& entry : map) {
      separate(i++);
      append_escaped(out_, entry.key);
      out_ += indented_ ? ": " : ":";
      write(entry.value);
    }
    close('}');
  }

  void separate(std::size_t index) {
    if (index > 0) out_ += ',';
    new_line();
  }

  void close(char bracket) {
    --depth_;
    new_line();
    out_ += bracket;
  }

  void new_line() {
    if (!indented_) return;
    out_ += '\n';
    out_.append(depth_ * 2, ' ');
  }

  bool indented_;
  std::size_t depth_ = 0;
  std::string out_;
};

}  // namespace

std::string to_json(const Value& value) {
  JsonWriter writer(true);
  writer.write(value);
  return writer.take() + "\n";
}

std::string to_compact_json(const Value& value) {
  JsonWriter writer(false);
  writer.write(value);
  return writer.take();
}

std::string to_text(const Value& value, Format format) {
  return format == Format::Json ? to_json(value) : to_yaml(value);
}

}  // namespace eidos::data
