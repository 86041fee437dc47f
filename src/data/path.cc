#include "data/path.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "data/document.h"

namespace eidos::data {
namespace {

constexpr std::size_t kMaxParts = 100;
// What set() makes stands inside a larger document, which must be read again.
constexpr std::size_t kMaxLevelsSet = kMaxDepth - 10;

enum class Stars : bool { Literal, Wild };

class PathReader {
 public:
  PathReader(std::string_view text, Stars stars) : text_(text), stars_(stars) {}

  Result<Selector> read() {
    if (text_.empty()) return bad("it is empty");
    for (;;) {
      EIDOS_CHECK(key());
      while (at_ < text_.size() && text_[at_] == '[') EIDOS_CHECK(index());
      if (parts_.size() > kMaxParts) return bad(cat("it has more than ", kMaxParts, " parts"));
      if (at_ == text_.size()) return std::move(parts_);
      if (text_[at_] != '.') return bad("a '.' is missing behind ']' or a closing quote");
      ++at_;
    }
  }

 private:
  std::unexpected<Error> bad(std::string_view why) const {
    std::string how = "write keys joined by dots, list items as [2], keys with dots as \"a.b\" or a\\.b";
    if (stars_ == Stars::Wild) how += ", every key or item as *";
    return fail(ErrorKind::Invalid, cat("path ", quote(text_), ": ", why), {}, std::move(how));
  }

  Result<void> key() {
    if (at_ < text_.size() && text_[at_] == '"') return quoted_key();
    if (at_ < text_.size() && text_[at_] == '[' && parts_.empty()) return {};
    std::string out;
    bool star = false;
    for (; at_ < text_.size() && text_[at_] != '.' && text_[at_] != '['; ++at_) {
      star = star || text_[at_] == '*';
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_];
    }
    if (out.empty()) return bad("a part between dots is empty");
    if (star && stars_ == Stars::Wild && out != "*")
      return bad(cat("'*' stands for a whole part; a key ", quote(out), " needs double quotes"));
    if (star && stars_ == Stars::Wild)
      parts_.emplace_back(Each());
    else
      parts_.emplace_back(std::move(out));
    return {};
  }

  Result<void> quoted_key() {
    std::string out;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_];
    }
    if (at_ == text_.size()) return bad("a quote is not closed");
    ++at_;
    parts_.emplace_back(std::move(out));
    return {};
  }

  Result<void> index() {
    std::size_t close = text_.find(']', at_);
    if (close == std::string_view::npos) return bad("a '[' is not closed");
    std::string_view digits = text_.substr(at_ + 1, close - at_ - 1);
    at_ = close + 1;
    if (stars_ == Stars::Wild && digits == "*") {
      parts_.emplace_back(Each());
      return {};
    }
    std::size_t value = 0;
    auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || ec != std::errc{} || end != digits.data() + digits.size())
      return bad("a list index must be a whole number from 0");
    parts_.emplace_back(value);
    return {};
  }

  std::string_view text_;
  Stars stars_;
  std::size_t at_ = 0;
  Selector parts_;
};

void append_key(std::string& out, std::string_view key) {
  if (!out.empty()) out += '.';
  bool plain = !key.empty() && key.find_first_of(".[]\"\\ *") == std::string_view::npos;
  if (plain) {
    out += key;
    return;
  }
  out += '"';
  for (char c : key) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

std::size_t levels(const Value& value) {
  std::size_t below = 0;
  if (value.is_list())
    for (const Value& item : value.list()) below = std::max(below, levels(item));
  if (value.is_map())
    for (const Map::Entry& entry : value.map()) below = std::max(below, levels(entry.value));
  return below + 1;
}

const Value* step(const Value& from, const PathPart& part) {
  if (const auto* key = std::get_if<std::string>(&part)) return from.find(*key);
  std::size_t index = std::get<std::size_t>(part);
  return from.is_list() && index < from.list().size() ? &from.list()[index] : nullptr;
}

// Whether set() can go on from `from` with `part`; nothing is changed.
Result<void> check_step(const Value& from, const PathPart& part, const Path& whole, std::size_t depth) {
  if (from.is_null()) {
    if (std::holds_alternative<std::string>(part) || std::get<std::size_t>(part) == 0) return {};
  } else if (std::holds_alternative<std::string>(part)) {
    if (from.is_map()) return {};
  } else if (from.is_list() && std::get<std::size_t>(part) <= from.list().size()) {
    return {};
  }
  Path before(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(depth));
  std::string place = before.empty() ? std::string("the top") : quote(to_text(before));
  if (std::holds_alternative<std::size_t>(part) && from.is_list())
    return fail(ErrorKind::Invalid,
                cat("path ", quote(to_text(whole)), ": ", place, " has ", from.list().size(), " items"));
  return fail(ErrorKind::Invalid,
              cat("path ", quote(to_text(whole)), ": ", place, " is ", describe(from.type()), ", not ",
                  std::holds_alternative<std::string>(part) ? "a map" : "a list"));
}

}  // namespace

Result<Path> parse_path(std::string_view text) {
  EIDOS_TRY(Selector parts, PathReader(text, Stars::Literal).read());
  Path path;
  for (SelectorPart& part : parts) {
    if (auto* key = std::get_if<std::string>(&part))
      path.emplace_back(std::move(*key));
    else
      path.emplace_back(std::get<std::size_t>(part));
  }
  return path;
}

Result<Selector> parse_selector(std::string_view text) {
  if (text.starts_with('.')) text.remove_prefix(1);
  if (text.empty()) return Selector();
  return PathReader(text, Stars::Wild).read();
}

std::string to_text(const Path& path) {
  std::string out;
  for (const PathPart& part : path) {
    if (const auto* index = std::get_if<std::size_t>(&part))
      out += cat("[", *index, "]");
    else
      append_key(out, std::get<std::string>(part));
  }
  return out;
}

std::string to_text(const Selector& selector) {
  std::string out;
  for (const SelectorPart& part : selector) {
    if (const auto* index = std::get_if<std::size_t>(&part))
      out += cat("[", *index, "]");
    else if (const auto* key = std::get_if<std::string>(&part))
      append_key(out, *key);
    else
      out += out.empty() ? "*" : ".*";
  }
  return out;
}

const Value* find(const Value& root, const Path& path) {
  const Value* at = &root;
  for (const PathPart& part : path) {
    at = step(*at, part);
    if (at == nullptr) return nullptr;
  }
  return at;
}

Result<void> set(Value& root, const Path& path, Value value) {
  if (path.size() + levels(value) > kMaxLevelsSet)
    return fail(ErrorKind::Invalid,
                cat("path ", quote(to_text(path)), ": its value would be nested deeper than ", kMaxLevelsSet,
                    " levels"));
  const Value nothing;
  const Value* look = &root;
  for (std::size_t i = 0; i < path.size(); ++i) {
    EIDOS_CHECK(check_step(*look, path[i], path, i));
    look = step(*look, path[i]);
    if (look == nullptr) look = &nothing;
  }
  Value* at = &root;
  for (const PathPart& part : path) {
    if (const auto* key = std::get_if<std::string>(&part)) {
      if (at->is_null()) *at = Value(Map());
      at = &at->map().at_or_add(*key);
      continue;
    }
    if (at->is_null()) *at = Value(List());
    std::size_t index = std::get<std::size_t>(part);
    if (index == at->list().size()) at->list().emplace_back();
    at = &at->list()[index];
  }
  *at = std::move(value);
  return {};
}

}  // namespace eidos::data
