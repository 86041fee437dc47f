#include "data/yaml_plain_reader.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "data/document.h"

namespace eidos::data {
namespace {

// Deeper, longer or more than this is left to the reader that tells what is too much.
constexpr int kDeepest = kMaxDepth - 2;
constexpr std::size_t kLongestKey = 1000;  // a simple key of YAML has at most 1024 characters
constexpr std::size_t kMostNodes = kMaxNodes - 1;

// Of a scalar without quotes; '-', '?' and ':' may when something follows.
constexpr std::string_view kNeverFirst = ",[]{}#&*!|>'\"%@`";
constexpr std::string_view kFirstIfFollowed = "-?:";

constexpr bool is_everyday(char c) {
  return (c >= ' ' && c <= '~') || c == '\n';
}

// Eight bytes at a time: most words have no end of line in them, and then three tests answer for all eight.
bool is_everyday(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x80 * kOnes;
  while (text.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    const std::uint64_t no_delete = word ^ (0x7F * kOnes);
    const std::uint64_t below_blank = (word - ' ' * kOnes) & ~word & kHighs;
    const std::uint64_t zeros = (no_delete - kOnes) & ~no_delete & kHighs;
    if (((word & kHighs) | below_blank | zeros) != 0 &&
        !std::ranges::all_of(text.substr(0, sizeof word), [](char c) { return is_everyday(c); }))
      return false;
    text.remove_prefix(sizeof word);
  }
  return std::ranges::all_of(text, [](char c) { return is_everyday(c); });
}

// One line after the other, blank ones and comments passed over. `indent` is that of the line at hand.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) { next(); }

  bool at_end() const { return end_of_text_; }
  std::size_t indent() const { return indent_; }
  std::string_view content() const { return content_; }  ///< Without blanks at its ends.
  std::uint32_t number() const { return number_; }       ///< From 1.
  /// Whether a line so far begins or ends a document, or is a directive.
  bool seen_marker() const { return seen_marker_; }

  void next() {
    for (;;) {
      if (at_ >= text_.size()) {
        end_of_text_ = true;
        indent_ = 0;
        content_ = {};
        return;
      }
      const std::string_view line = raw();
      pass(line);
      indent_ = std::min(line.find_first_not_of(' '), line.size());
      content_ = line.substr(indent_);
      if (content_.empty() || content_.front() == '#') continue;
      if (indent_ == 0) seen_marker_ |= is_marker(content_);
      content_ = content_.substr(0, content_.find_last_not_of(' ') + 1);
      return;
    }
  }

  /// The lines of a block scalar ("|" or, when the newline at its end is no part of it, "|-") below the line
  /// at hand, which stays what it is. False: not everyday, or none.
  bool literal(std::size_t parent, bool strip, std::string& out) {
    std::size_t deep = 0;    // indentation of its lines; 0: not known yet
    std::size_t breaks = 0;  // that count when another line of it follows
    while (at_ < text_.size()) {
      const std::string_view line = raw();
      const std::size_t blanks = line.find_first_not_of(' ');
      const bool blank = blanks == std::string_view::npos;
      if (blank ? !line.empty() : blanks <= parent) {
        if (blank) return false;  // of blanks, which may be text
        break;
      }
      if (!blank && deep == 0) deep = blanks;
      if (!blank && blanks < deep) return false;
      pass(line);
      if (!blank) {
        out.append(breaks, '\n').append(line.substr(deep));
        breaks = 0;
      }
      ++breaks;
    }
    if (out.empty()) return false;
    if (!strip) out += '\n';
    return at_ < text_.size() || text_.ends_with('\n');  // else the last line has none
  }

 private:
  std::string_view raw() const {
    const std::string_view rest = text_.substr(at_);
    return rest.substr(0, rest.find('\n'));
  }
  void pass(std::string_view line) {
    at_ += line.size() + 1;
    ++number_;
  }

  static bool is_marker(std::string_view line) {
    return line.starts_with("---") || line.starts_with("...") || line.front() == '%';
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t number_ = 0;
  std::size_t indent_ = 0;
  std::string_view content_;
  bool end_of_text_ = false;
  bool seen_marker_ = false;
};

// A piece of the line at hand.
struct Piece {
  std::string_view text;
  std::size_t column = 0;  // from 0
};

struct Key {
  std::string text;
  std::size_t column = 0;
  Piece rest;  // behind the ':' and the blanks after it
  std::size_t after_colon = 0;
};

// Every function answers false or nullopt for what is not everyday; then all is dropped.
class PlainReader {
 public:
  PlainReader(std::string_view text, std::uint32_t file) : lines_(text), file_(file) {}

  std::optional<Value> document() {
    if (lines_.at_end() || lines_.indent() != 0) return std::nullopt;
    Value root;
    if (!block(root, 1) || !lines_.at_end() || lines_.seen_marker()) return std::nullopt;
    return root;
  }

 private:
  Mark mark(std::size_t column) const {
    return {file_, lines_.number(), static_cast<std::uint32_t>(column + 1)};
  }

  static bool is_entry(std::string_view content) {
    return content.starts_with('-') && (content.size() == 1 || content[1] == ' ');
  }

  bool count(int depth) { return ++nodes_ < kMostNodes && depth < kDeepest; }

  // The block that begins with the line at hand.
  bool block(Value& out, int depth) {
    Piece whole{lines_.content(), lines_.indent()};
    return is_entry(whole.text) ? list(out, whole, depth) : map(out, whole, depth);
  }

  // Entries at the column of the first, which may stand behind a "- " of a list around it.
  bool list(Value& out, Piece first, int depth) {
    const std::size_t column = first.column;
    if (!count(depth)) return false;
    out = Value(List());
    out.set_mark(mark(column));
    List& items = out.list();
    for (Piece entry = first;;) {
      if (!item(items.emplace_back(), entry, depth + 1)) return false;
      if (lines_.at_end() || lines_.indent() < column || !is_entry(lines_.content())) return true;
      if (lines_.indent() != column) return false;
      entry = {lines_.content(), column};
    }
  }

  bool item(Value& out, Piece entry, int depth) {
    std::size_t blanks = std::min(entry.text.find_first_not_of(' ', 1), entry.text.size());
    Piece rest{entry.text.substr(blanks), entry.column + blanks};
    if (rest.text.empty()) {
      Mark empty = mark(entry.column + 1);
      lines_.next();
      if (!lines_.at_end() && lines_.indent() > entry.column) return block(out, depth);
      out = Value().with_mark(empty);
      return count(depth);
    }
    if (is_entry(rest.text)) return list(out, rest, depth);
    if (key_end(rest.text)) return map(out, rest, depth);
    return scalar(out, rest, entry.column, depth);
  }

  // Keys at the column of the first.
  bool map(Value& out, Piece first, int depth) {
    const std::size_t column = first.column;
    if (!count(depth)) return false;
    Mark start = mark(column);
    Map entries;
    for (Piece line = first;;) {
      auto name = key(line);
      if (!name || !count(depth)) return false;
      Mark key_mark = mark(name->column);
      Value value;
      if (!value_of(value, *name, column, depth + 1)) return false;
      entries.append({std::move(name->text), key_mark, std::move(value)});
      if (lines_.at_end() || lines_.indent() < column) break;
      if (lines_.indent() != column) return false;
      if (is_entry(lines_.content())) break;  // of a list around, if there is one; else nobody takes it
      line = {lines_.content(), column};
    }
    if (entries.finish()) return false;
    out = Value(std::move(entries)).with_mark(start);
    return true;
  }

  bool value_of(Value& out, const Key& name, std::size_t column, int depth) {
    if (!name.rest.text.empty()) return scalar(out, name.rest, column, depth);
    Mark empty = mark(name.after_colon);
    lines_.next();
    bool deeper = !lines_.at_end() && lines_.indent() > column;
    bool beside = !lines_.at_end() && lines_.indent() == column && is_entry(lines_.content());
    if (deeper || beside) return block(out, depth);
    out = Value().with_mark(empty);
    return count(depth);
  }

  // The rest of a line as a value. A line below that is deeper than `column` would belong to it.
  bool scalar(Value& out, Piece piece, std::size_t column, int depth) {
    if (!count(depth)) return false;
    Mark at = mark(piece.column);
    if (piece.text == "|" || piece.text == "|-") {
      std::string held;
      if (!lines_.literal(column, piece.text == "|-", held)) return false;
      out = Value(std::move(held));
    } else if (!scalar_text(out, piece.text)) {
      return false;
    }
    out.set_mark(at);
    lines_.next();
    return lines_.at_end() || lines_.indent() <= column;
  }

  static bool scalar_text(Value& out, std::string_view text) {
    if (text == "{}") {
      out = Value(Map());
      return true;
    }
    if (text == "[]") {
      out = Value(List());
      return true;
    }
    if (text.front() == '"' || text.front() == '\'') {
      std::string held;
      std::size_t end = quoted(text, held);
      if (end != text.size()) return false;
      out = Value(std::move(held));
      return true;
    }
    if (!may_be_plain(text)) return false;
    out = resolve_plain(text);
    return true;
  }

  // No quotes: begins as it may, and has nothing in it that ends it.
  static bool may_be_plain(std::string_view text) {
    if (kNeverFirst.find(text.front()) != std::string_view::npos) return false;
    bool followed = text.size() > 1 && text[1] != ' ';
    if (kFirstIfFollowed.find(text.front()) != std::string_view::npos && !followed) return false;
    if (text.back() == ':') return false;
    for (std::size_t at = text.find(' '); at != std::string_view::npos; at = text.find(' ', at + 1))
      if (text[at - 1] == ':' || text[at + 1] == '#') return false;  // blanks are never at the ends
    return true;
  }

  // Unquotes into `out`; where the text goes on behind the closing quote, or npos.
  static std::size_t quoted(std::string_view text, std::string& out) {
    return text.front() == '"' ? double_quoted(text, out) : single_quoted(text, out);
  }

  static std::size_t single_quoted(std::string_view text, std::string& out) {
    for (std::size_t at = 1;;) {
      std::size_t quote = text.find('\'', at);
      if (quote == std::string_view::npos) return std::string_view::npos;
      out.append(text, at, quote - at);
      if (quote + 1 >= text.size() || text[quote + 1] != '\'') return quote + 1;
      out += '\'';
      at = quote + 2;
    }
  }

  static std::size_t double_quoted(std::string_view text, std::string& out) {
    constexpr std::string_view kEscapes = "\"\\nt";
    constexpr std::string_view kMeant = "\"\\\n\t";
    for (std::size_t at = 1;;) {
      std::size_t stop = text.find_first_of("\"\\", at);
      if (stop == std::string_view::npos) return std::string_view::npos;
      out.append(text, at, stop - at);
      if (text[stop] == '"') return stop + 1;
      std::size_t which = stop + 1 < text.size() ? kEscapes.find(text[stop + 1]) : std::string_view::npos;
      if (which == std::string_view::npos) return std::string_view::npos;
      out += kMeant[which];
      at = stop + 2;
    }
  }

  // Where the ':' stands that ends a key without quotes.
  static std::optional<std::size_t> plain_key_end(std::string_view text) {
    for (std::size_t at = text.find(':'); at != std::string_view::npos; at = text.find(':', at + 1))
      if (at + 1 == text.size() || text[at + 1] == ' ') return at;
    return std::nullopt;
  }

  static std::optional<std::size_t> key_end(std::string_view text) {
    if (text.front() != '"' && text.front() != '\'') return plain_key_end(text);
    std::string ignored;
    std::size_t end = quoted(text, ignored);
    bool colon = end < text.size() && text[end] == ':' && (end + 1 == text.size() || text[end + 1] == ' ');
    return colon ? std::optional(end) : std::nullopt;
  }

  static std::optional<Key> key(Piece line) {
    auto colon = key_end(line.text);
    if (!colon || *colon == 0 || *colon > kLongestKey) return std::nullopt;
    std::string_view spelled = line.text.substr(0, *colon);
    Key out;
    if (spelled.front() == '"' || spelled.front() == '\'') {
      (void)quoted(spelled, out.text);
    } else {
      if (spelled.back() == ' ' || !may_be_plain(spelled) || is_yaml_null(spelled) || spelled == "<<")
        return std::nullopt;
      out.text = spelled;
    }
    out.column = line.column;
    out.after_colon = line.column + *colon + 1;
    std::size_t start = std::min(line.text.find_first_not_of(' ', *colon + 1), line.text.size());
    out.rest = {line.text.substr(start), line.column + start};
    return out;
  }

  Lines lines_;
  std::uint32_t file_;
  std::size_t nodes_ = 0;
};

}  // namespace

std::optional<Value> read_plain_yaml(std::string_view text, std::uint32_t file) {
  if (!is_everyday(text)) return std::nullopt;
  return PlainReader(text, file).document();
}

}  // namespace eidos::data
