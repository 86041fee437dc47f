#include <algorithm>

#include "base/text.h"
#include "data/document.h"
#include "data/printable.h"

namespace eidos::data {
namespace {

// Words that some YAML 1.1 or 1.2 reader takes for a boolean, null, number, merge or default key.
constexpr std::string_view kWords[] = {"y",    "n", "yes", "no", "on",   "off",   "true",  "false",
                                       "null", "~", "<<",  "=",  ".inf", "-.inf", "+.inf", ".nan"};
// Text of only these that starts like a number may be an int, float, base-60 number or date somewhere.
constexpr std::string_view kNumberLike = "0123456789abcdefABCDEFxXoO_:.+-tTzZ ";
constexpr std::string_view kNumberStart = "0123456789+-.";
constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`";

bool all_print(std::string_view text, std::string_view also) {
  for (std::size_t at = 0; at < text.size();) {
    char32_t c = next_code_point(text, at);
    bool allowed = c < 0x80 && also.find(static_cast<char>(c)) != std::string_view::npos;
    if (!allowed && !prints_plain(c)) return false;
  }
  return true;
}

bool means_something_else(std::string_view text) {
  constexpr std::size_t kLongestWord = 5;
  if (text.size() <= kLongestWord && std::ranges::find(kWords, lower(text)) != std::end(kWords)) return true;
  return kNumberStart.find(text.front()) != std::string_view::npos &&
         text.find_first_not_of(kNumberLike) == std::string_view::npos;
}

bool can_be_plain(std::string_view text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  if (kIndicators.find(text.front()) != std::string_view::npos) return false;
  if (text.starts_with("...")) return false;
  if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos) return false;
  return all_print(text, "") && !means_something_else(text);
}

void append_double_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  auto hex = [&](char32_t c, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += kHex[(c >> shift) & 0xF];
  };
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    std::size_t start = at;
    char32_t c = next_code_point(text, at);
    if (std::string_view escape = short_escape(c); !escape.empty())
      out += escape;
    else if (prints_plain(c))
      out += text.substr(start, at - start);
    else if (c < 0x100) {
      out += "\\x";
      hex(c, 2);
    } else {
      out += "\\u";
      hex(c, 4);
    }
  }
  out += '"';
}

// A literal block keeps every byte as long as no line is blank-only and the first does not start with a
// blank.
bool can_be_literal(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.front() == '\n') return false;
  if (!all_print(text, "\n\t")) return false;
  for (std::string_view line : split(text, '\n')) {
    bool blank_only = !line.empty() && line.find_first_not_of(" \t") == std::string_view::npos;
    if (blank_only) return false;
  }
  return text.front() != ' ' && text.front() != '\t';
}

class YamlWriter {
 public:
  void write_root(const Value& value) {
    if (value.is_map() && !value.map().empty())
      write_map(value.map(), 0);
    else if (value.is_list() && !value.list().empty())
      write_list(value.list(), 0);
    else {
      write_scalar(value, 0);
      end_line();
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void end_line() {
    if (!out_.ends_with('\n')) out_ += '\n';
  }

  // Scalars and empty collections, at the current position; `depth` is that of the parent.
  void write_scalar(const Value& value, std::size_t depth) {
    switch (value.type()) {
      case Type::Null: out_ += "null"; return;
      case Type::Bool: out_ += value.boolean() ? "true" : "false"; return;
      case Type::Number: out_ += value.number().text; return;
      case Type::String: write_string(value.string(), depth); return;
      case Type::List: out_ += "[]"; return;
      case Type::Map: out_ += "{}"; return;
    }
    std::unreachable();
  }

  void write_string(std::string_view text, std::size_t depth) {
    if (can_be_plain(text))
      out_ += text;
    else if (can_be_literal(text))
      write_literal(text, depth);
    else
      append_double_quoted(out_, text);
  }

  void write_literal(std::string_view text, std::size_t depth) {
    std::string_view body = text.substr(0, text.find_last_not_of('\n') + 1);
    std::size_t newlines = text.size() - body.size();
    out_ += newlines == 0 ? "|-" : newlines == 1 ? "|" : "|+";
    for (std::string_view line : split(body, '\n')) {
      out_ += '\n';
      if (!line.empty()) out_.append((depth + 1) * 2, ' ');
      out_ += line;
    }
    out_.append(newlines == 0 ? 1 : newlines, '\n');
  }

  void write_map(const Map& map, std::size_t depth, bool first_inline = false) {
    for (const Map::Entry& entry : map) {
      if (!first_inline) out_.append(depth * 2, ' ');
      first_inline = false;
      write_key(entry.key, depth);
      out_ += ':';
      write_child(entry.value, depth);
    }
  }

  // A key that is no "simple key" (YAML 1.2 section 7.4.2: 1,024 characters, escapes counted) takes the '?'
  // form.
  void write_key(std::string_view key, std::size_t depth) {
    constexpr std::size_t kSimpleKeyBytes = 1000;
    std::string text;
    if (can_be_plain(key))
      text = key;
    else
      append_double_quoted(text, key);
    if (text.size() <= kSimpleKeyBytes) {
      out_ += text;
      return;
    }
    out_ += cat("? ", text, "\n");
    out_.append(depth * 2, ' ');
  }

  void write_child(const Value& value, std::size_t depth) {
    if (value.is_map() && !value.map().empty()) {
      out_ += '\n';
      write_map(value.map(), depth + 1);
    } else if (value.is_list() && !value.list().empty()) {
      out_ += '\n';
      write_list(value.list(), depth + 1);
    } else {
      out_ += ' ';
      write_scalar(value, depth);
      end_line();
    }
  }

  void write_list(const List& list, std::size_t depth, bool first_inline = false) {
    for (const Value& item : list) {
      if (!first_inline) out_.append(depth * 2, ' ');
      first_inline = false;
      out_ += "- ";
      if (item.is_map() && !item.map().empty())
        write_map(item.map(), depth + 1, true);
      else if (item.is_list() && !item.list().empty())
        write_list(item.list(), depth + 1, true);
      else {
        write_scalar(item, depth);
        end_line();
      }
    }
  }

  std::string out_;
};

}  // namespace

std::string to_yaml(const Value& value) {
  YamlWriter writer;
  writer.write_root(value);
  return writer.take();
}

}  // namespace eidos::data
