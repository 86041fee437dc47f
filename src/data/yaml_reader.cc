#include <algorithm>
#include <map>

#include <yaml.h>

#include "base/text.h"
#include "data/document.h"
#include "data/text_check.h"
#include "data/yaml_plain_reader.h"

namespace eidos::data {
namespace {

std::optional<bool> yaml_bool(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

bool all_of_set(std::string_view text, std::string_view set) {
  return !text.empty() && text.find_first_not_of(set) == std::string_view::npos;
}

// Decimal: digits with an optional point and exponent, at least one digit before the exponent.
bool is_decimal(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  auto digits = [&text, kDigits] {
    std::size_t count = std::min(text.find_first_not_of(kDigits), text.size());
    text.remove_prefix(count);
    return count;
  };
  std::size_t count = digits();
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    count += digits();
  }
  if (count == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

bool is_special_float(std::string_view text, bool has_sign) {
  constexpr std::string_view kInfinity[] = {".inf", ".Inf", ".INF"};
  constexpr std::string_view kNan[] = {".nan", ".NaN", ".NAN"};
  return std::ranges::find(kInfinity, text) != std::end(kInfinity) ||
         (!has_sign && std::ranges::find(kNan, text) != std::end(kNan));
}

bool is_number_syntax(std::string_view source) {
  if (source.empty() || std::string_view("0123456789+-.").find(source.front()) == std::string_view::npos)
    return false;
  bool has_sign = source.starts_with('-') || source.starts_with('+');
  if (is_special_float(source.substr(has_sign ? 1 : 0), has_sign)) return true;
  if (source.starts_with('.')) return is_decimal(source);  // '_' counts only behind a digit or a sign
  std::string plain;
  for (char c : source)
    if (c != '_') plain += c;
  std::string_view text = plain;
  if (has_sign) text.remove_prefix(1);
  if (text.starts_with("0x") || text.starts_with("0X"))
    return all_of_set(text.substr(2), "0123456789abcdefABCDEF");
  if (text.starts_with("0o") || text.starts_with("0O")) return all_of_set(text.substr(2), "01234567");
  if (text.starts_with("0b") || text.starts_with("0B")) return all_of_set(text.substr(2), "01");
  return is_decimal(text);
}

}  // namespace

bool is_yaml_null(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

// As in go.yaml.in/yaml, a number that fits no number type is text.
bool is_yaml_number(std::string_view source) {
  return is_number_syntax(source) && converts(Number{std::string(source)});
}

Value resolve_plain(std::string_view text) {
  if (is_yaml_null(text)) return {};
  if (auto flag = yaml_bool(text)) return Value(*flag);
  if (is_yaml_number(text)) return Value(Number{std::string(text)});
  return Value(text);
}

namespace {

constexpr std::size_t kMaxTagDirectives = 100;

// Owns libyaml's parser and turns its events into a Value. Recursion is bounded by kMaxDepth.
class YamlReader {
 public:
  YamlReader(std::string_view text, std::uint32_t file, const Sources& sources)
      : text_(text), file_(file), sources_(sources) {
    EIDOS_ASSERT(yaml_parser_initialize(&parser_) == 1);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  YamlReader(const YamlReader&) = delete;
  YamlReader& operator=(const YamlReader&) = delete;
  ~YamlReader() {
    drop_event();
    yaml_parser_delete(&parser_);
  }

  Result<Value> document() {
    EIDOS_CHECK(next());  // stream start
    EIDOS_CHECK(next());
    if (event_.type == YAML_STREAM_END_EVENT) return Value().with_mark({file_, 0, 0});
    EIDOS_CHECK(next());
    EIDOS_TRY(Value root, node(1));
    EIDOS_CHECK(next());  // document end
    EIDOS_CHECK(next());
    if (event_.type != YAML_STREAM_END_EVENT)
      return error(mark(event_.start_mark), "a second document starts here; one document per source is read",
                   "keep one document, or split the file");
    return root;
  }

 private:
  // What a value takes in the expanded document.
  struct Extent {
    std::size_t nodes = 0;
    std::size_t bytes = 0;
    int levels = 1;
  };

  struct Anchor {
    Value value;
    Extent extent;
    bool complete = false;
  };

  std::unexpected<Error> error(const Mark& at, std::string message, std::string hint = {}) const {
    return fail(ErrorKind::Invalid, std::move(message), sources_.place(at), std::move(hint));
  }

  Mark mark(const yaml_mark_t& at) const {
    return {file_, static_cast<std::uint32_t>(at.line + 1), static_cast<std::uint32_t>(at.column + 1)};
  }

  void drop_event() {
    if (has_event_) yaml_event_delete(&event_);
    has_event_ = false;
  }

  Result<void> next() {
    drop_event();
    if (yaml_parser_parse(&parser_, &event_) == 1) {
      has_event_ = true;
      return {};
    }
    if (parser_.error == YAML_MEMORY_ERROR)
      return fail(ErrorKind::Internal, "out of memory while reading YAML");
    if (parser_.error == YAML_READER_ERROR)  // has no mark, only an offset
      return error(mark_at(text_, parser_.problem_offset, file_), cat("not valid YAML: ", parser_.problem));
    std::string message =
        cat("not valid YAML: ", parser_.problem != nullptr ? parser_.problem : "unknown problem");
    if (parser_.context != nullptr)
      message += cat(" ", parser_.context, " that starts at ", parser_.context_mark.line + 1, ":",
                     parser_.context_mark.column + 1);
    return error(mark(parser_.problem_mark), std::move(message));
  }

  Result<void> count(std::size_t nodes, std::size_t bytes) {
    nodes_ += nodes;
    bytes_ += bytes;
    if (nodes_ > kMaxNodes)
      return error(mark(event_.start_mark), cat("more than ", kMaxNodes, " values (aliases expanded)"));
    if (bytes_ > kMaxTextBytes)
      return error(mark(event_.start_mark),
                   cat("more than ", kMaxTextBytes / (1024 * 1024), " MiB of text (aliases expanded)"));
    return {};
  }

  Result<void> descend(int depth) {
    deepest_ = std::max(deepest_, depth);
    if (depth <= kMaxDepth) return {};
    return error(mark(event_.start_mark), cat("nested deeper than ", kMaxDepth, " levels"));
  }

  // The event that starts the node is current; on return its last event is.
  Result<Value> node(int depth) {
    EIDOS_CHECK(descend(depth));
    EIDOS_CHECK(count(1, 0));
    if (event_.type == YAML_ALIAS_EVENT) return alias(depth);
    std::string anchor = anchor_name();
    if (anchor.empty()) return content(depth);
    return anchored(anchor, depth);
  }

  Result<Value> anchored(const std::string& name, int depth) {
    anchors_[name] = Anchor{};
    std::size_t nodes_before = nodes_;
    std::size_t bytes_before = bytes_;
    int deepest_before = std::exchange(deepest_, depth);
    EIDOS_TRY(Value value, content(depth));
    Extent extent{nodes_ - nodes_before + 1, bytes_ - bytes_before, deepest_ - depth + 1};
    deepest_ = std::max(deepest_, deepest_before);
    EIDOS_CHECK(count(extent.nodes, extent.bytes));  // the copy kept here
    anchors_[name] = Anchor{value, extent, true};
    return value;
  }

  std::string anchor_name() const {
    const yaml_char_t* name = event_.type == YAML_SCALAR_EVENT           ? event_.data.scalar.anchor
                              : event_.type == YAML_SEQUENCE_START_EVENT ? event_.data.sequence_start.anchor
                                                                         : event_.data.mapping_start.anchor;
    return name == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(name));
  }

  Result<Value> content(int depth) {
    if (event_.type == YAML_SCALAR_EVENT) return scalar();
    if (event_.type == YAML_SEQUENCE_START_EVENT) return sequence(depth);
    return mapping(depth);
  }

  Result<Value> alias(int depth) {
    std::string name(reinterpret_cast<const char*>(event_.data.alias.anchor));
    Mark at = mark(event_.start_mark);
    auto found = anchors_.find(name);
    if (found == anchors_.end()) return error(at, cat("alias ", quote(name), " has no anchor above it"));
    if (!found->second.complete)
      return error(at, cat("alias ", quote(name), " stands inside its own anchor"));
    if (++aliases_ > kMaxAliases) return error(at, cat("more than ", kMaxAliases, " alias expansions"));
    const Extent& extent = found->second.extent;
    EIDOS_CHECK(descend(depth + extent.levels - 1));
    EIDOS_CHECK(count(extent.nodes, extent.bytes));
    return found->second.value;
  }

  Result<Value> scalar() {
    const auto& data = event_.data.scalar;
    std::string_view text(reinterpret_cast<const char*>(data.value), data.length);
    Mark at = mark(event_.start_mark);
    EIDOS_CHECK(count(0, text.size()));
    if (data.tag != nullptr) {
      EIDOS_TRY(Value tagged, tagged_scalar(reinterpret_cast<const char*>(data.tag), text, at));
      return std::move(tagged).with_mark(at);
    }
    if (data.style != YAML_PLAIN_SCALAR_STYLE) return Value(text).with_mark(at);
    return resolve_plain(text).with_mark(at);
  }

  // "str" of "tag:yaml.org,2002:str"; other tags as they are.
  static std::string_view core_name(std::string_view tag) {
    constexpr std::string_view kPrefix = "tag:yaml.org,2002:";
    return tag.starts_with(kPrefix) ? tag.substr(kPrefix.size()) : tag;
  }

  Result<Value> tagged_scalar(std::string_view tag, std::string_view text, const Mark& at) const {
    std::string_view name = core_name(tag);
    if (tag == "!" || name == "str") return Value(text);
    if (name == "merge" && text == "<<") return Value(text);
    if (name == "null" && is_yaml_null(text)) return Value();
    if (name == "bool" && yaml_bool(text)) return Value(*yaml_bool(text));
    if ((name == "int" || name == "float") && is_yaml_number(text)) return Value(Number{std::string(text)});
    return error(at, cat("tag ", quote(tag), " does not fit ", quote(text, 40)),
                 "the tags !!str, !!int, !!float, !!bool, !!null, !!map and !!seq are understood");
  }

  Result<void> check_collection_tag(const yaml_char_t* tag, std::string_view wanted) const {
    if (tag == nullptr) return {};
    std::string_view text(reinterpret_cast<const char*>(tag));
    if (text == wanted || text == "!") return {};
    return error(mark(event_.start_mark), cat("tag ", quote(text), " is not supported here"));
  }

  Result<Value> sequence(int depth) {
    EIDOS_CHECK(check_collection_tag(event_.data.sequence_start.tag, "tag:yaml.org,2002:seq"));
    Mark at = mark(event_.start_mark);
    List items;
    for (;;) {
      EIDOS_CHECK(next());
      if (event_.type == YAML_SEQUENCE_END_EVENT) return Value(std::move(items)).with_mark(at);
      EIDOS_TRY(Value item, node(depth + 1));
      items.push_back(std::move(item));
    }
  }

  Result<Value> mapping(int depth) {
    EIDOS_CHECK(check_collection_tag(event_.data.mapping_start.tag, "tag:yaml.org,2002:map"));
    Mark at = mark(event_.start_mark);
    Map map;
    std::vector<Value> merged;
    for (;;) {
      EIDOS_CHECK(next());
      if (event_.type == YAML_MAPPING_END_EVENT) break;
      Mark key_mark = mark(event_.start_mark);
      EIDOS_TRY(Key name, key(depth + 1));
      EIDOS_CHECK(next());
      EIDOS_TRY(Value value, node(depth + 1));
      if (name.is_merge)
        EIDOS_CHECK(add_merge(merged, std::move(value), key_mark));
      else
        map.append({std::move(name.text), key_mark, std::move(value)});
    }
    if (auto twice = map.finish())
      return error(map[twice->second].mark,
                   cat("key ", quote(map[twice->second].key), " stands twice in one map; first at ",
                       sources_.place(map[twice->first].mark)));
    for (Value& from : merged)
      for (Map::Entry& entry : from.map()) map.append(std::move(entry));
    if (!merged.empty()) map.keep_first_of_equal_keys();
    return Value(std::move(map)).with_mark(at);
  }

  struct Key {
    std::string text;
    bool is_merge = false;
  };

  Result<Key> key(int depth) {
    Mark at = mark(event_.start_mark);
    EIDOS_CHECK(count(1, 0));
    if (event_.type == YAML_ALIAS_EVENT) {
      EIDOS_TRY(Value value, alias(depth));
      if (!value.is_scalar() || value.is_null())
        return error(at, "a key must be text, not a list, a map or null");
      return Key{value.scalar_text(), false};
    }
    if (event_.type != YAML_SCALAR_EVENT) return error(at, "a key must be text, not a list or a map");
    const auto& data = event_.data.scalar;
    std::string text(reinterpret_cast<const char*>(data.value), data.length);
    bool plain = data.style == YAML_PLAIN_SCALAR_STYLE;
    bool as_text = data.tag != nullptr && core_name(reinterpret_cast<const char*>(data.tag)) != "merge";
    std::string anchor = anchor_name();
    EIDOS_TRY(Value value, scalar());
    if (value.is_null()) return error(at, "a key must be text, not null");
    if (!anchor.empty()) {
      EIDOS_CHECK(count(1, text.size()));
      anchors_[anchor] = Anchor{std::move(value), {1, text.size(), 1}, true};
    }
    bool is_merge = plain && !as_text && text == "<<";
    return Key{std::move(text), is_merge};
  }

  Result<void> add_merge(std::vector<Value>& merged, Value value, const Mark& at) const {
    if (!merged.empty()) return error(at, "merge key '<<' stands twice in one map");
    if (value.is_map()) {
      merged.push_back(std::move(value));
      return {};
    }
    bool all_maps = value.is_list() && std::ranges::all_of(value.list(), &Value::is_map);
    if (!all_maps) return error(at, "merge key '<<' takes a map or a list of maps");
    merged = std::move(value.list());
    return {};
  }

  yaml_parser_t parser_ = {};
  yaml_event_t event_ = {};
  bool has_event_ = false;
  std::string_view text_;
  std::uint32_t file_;
  const Sources& sources_;
  std::map<std::string, Anchor, std::less<>> anchors_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  std::size_t aliases_ = 0;
  int deepest_ = 0;  // of the nodes so far, or so far inside the innermost anchor
};

// libyaml compares every %TAG line with all before it, minutes for a document full of them.
Result<void> check_directives(std::string_view text, std::uint32_t file, const Sources& sources) {
  constexpr std::string_view kLastBytesOfBreaks = "\n\r\x85\xA8\xA9";
  std::size_t found = 0;
  for (std::size_t at = text.find("%TAG"); at != std::string_view::npos; at = text.find("%TAG", at + 1)) {
    bool starts_line = at == 0 || kLastBytesOfBreaks.find(text[at - 1]) != std::string_view::npos;
    if (starts_line && ++found > kMaxTagDirectives)
      return fail(ErrorKind::Invalid, cat("more than ", kMaxTagDirectives, " %TAG lines"),
                  sources.place(mark_at(text, at, file)));
  }
  return {};
}

}  // namespace

Result<Value> read_full_yaml(std::string_view text, std::uint32_t file, const Sources& sources) {
  EIDOS_CHECK(check_directives(text, file, sources));
  return YamlReader(text, file, sources).document();
}

Result<Value> parse_yaml(std::string_view text, Sources& sources, std::string name) {
  std::uint32_t file = sources.add(std::move(name));
  EIDOS_TRY(std::string_view clean, checked_text(text, file, sources));
  if (auto value = read_plain_yaml(clean, file)) return *std::move(value);
  return read_full_yaml(clean, file, sources);
}

Format format_of(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text = trim(text);
  return text.starts_with('{') || text.starts_with('[') ? Format::Json : Format::Yaml;
}

Result<Value> parse(std::string_view text, Sources& sources, std::string name) {
  if (format_of(text) == Format::Json) {
    auto value = parse_json(text, sources, std::move(name));
    if (value) return value;
    return std::unexpected(std::move(value).error().fix("text that starts with '{' or '[' is read as JSON"));
  }
  return parse_yaml(text, sources, std::move(name));
}

}  // namespace eidos::data
