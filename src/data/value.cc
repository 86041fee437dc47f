#include "data/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace eidos::data {

std::uint32_t Sources::add(std::string name) {
  names_.push_back(std::move(name));
  return static_cast<std::uint32_t>(names_.size() - 1);
}

std::string_view Sources::name(std::uint32_t file) const {
  return file < names_.size() ? std::string_view(names_[file]) : std::string_view();
}

std::string Sources::place(const Mark& mark) const {
  if (mark.line == 0) return std::string(name(mark.file));
  return cat(name(mark.file), ":", mark.line, ":", mark.column);
}

namespace {

struct Integer {
  bool negative = false;
  std::uint64_t magnitude = 0;
};

std::string without_underscores(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c != '_') out += c;
  return out;
}

constexpr auto kMaxInt64 = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

// An integer of 64 bits, as Go's ParseInt and then ParseUint (which takes no sign) read one; a decimal or
// octal that does not fit is no integer but may be a double.
std::optional<Integer> parse_integer(const std::string& source) {
  std::string digits = without_underscores(source);
  std::string_view text = digits;
  Integer out;
  bool has_sign = text.starts_with('-') || text.starts_with('+');
  out.negative = text.starts_with('-');
  if (has_sign) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X"))
    base = 16;
  else if (text.starts_with("0o") || text.starts_with("0O"))
    base = 8;
  else if (text.starts_with("0b") || text.starts_with("0B"))
    base = 2;
  if (base != 10)
    text.remove_prefix(2);
  else if (text.size() > 1 && text.front() == '0')
    base = 8;
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out.magnitude, base);
  if (ec != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (has_sign && out.magnitude > kMaxInt64 + (out.negative ? 1 : 0)) return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::int64_t> to_int64(const Number& number) {
  auto parsed = parse_integer(number.text);
  if (!parsed) return std::nullopt;
  if (!parsed->negative && parsed->magnitude > kMaxInt64) return std::nullopt;
  if (!parsed->negative) return static_cast<std::int64_t>(parsed->magnitude);
  return static_cast<std::int64_t>(0 - parsed->magnitude);
}

std::optional<std::uint64_t> to_uint64(const Number& number) {
  auto parsed = parse_integer(number.text);
  if (!parsed || (parsed->negative && parsed->magnitude != 0)) return std::nullopt;
  return parsed->magnitude;
}

namespace {

// Of a decimal number too large or too small for a double: which of the two.
bool is_above_one(std::string_view text) {
  std::size_t exponent_at = std::min(text.find_first_of("eE"), text.size());
  std::string_view mantissa = text.substr(0, exponent_at);
  std::string_view exponent = text.substr(std::min(exponent_at + 1, text.size()));
  if (exponent.starts_with('+')) exponent.remove_prefix(1);
  std::int64_t shift = 0;
  auto [end, ec] = std::from_chars(exponent.data(), exponent.data() + exponent.size(), shift);
  if (ec == std::errc::result_out_of_range) return !exponent.starts_with('-');
  std::size_t first = mantissa.find_first_not_of("0.");
  std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  if (first == std::string_view::npos) return false;
  return static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) + shift > 0;
}

}  // namespace

std::optional<double> to_double(const Number& number) {
  if (auto integer = parse_integer(number.text)) {
    auto magnitude = static_cast<double>(integer->magnitude);
    return integer->negative ? -magnitude : magnitude;
  }
  std::string digits = without_underscores(number.text);
  std::string_view text = digits;
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::string small = lower(text);
  double value = 0;
  if (small == ".inf")
    value = std::numeric_limits<double>::infinity();
  else if (small == ".nan")
    value = std::numeric_limits<double>::quiet_NaN();
  else {
    auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || text.empty() || ec == std::errc::invalid_argument)
      return std::nullopt;
    if (ec == std::errc::result_out_of_range) {
      if (is_above_one(text)) return std::nullopt;
      value = 0;
    }
  }
  return negative ? -value : value;
}

bool converts(const Number& number) {
  constexpr std::size_t kAlwaysFits = 15;
  if (number.text.size() <= kAlwaysFits && number.text.find_first_of("eE") == std::string::npos) return true;
  return to_int64(number) || to_uint64(number) || to_double(number);
}

bool is_json_number(std::string_view text) {
  auto digits = [&text] {
    std::size_t count = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      text.remove_prefix(1);
      ++count;
    }
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  bool leading_zero = text.starts_with('0');
  std::size_t whole = digits();
  if (whole == 0 || (leading_zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

std::string_view describe(Type type) {
  switch (type) {
    case Type::Null: return "null";
    case Type::Bool: return "a boolean";
    case Type::Number: return "a number";
    case Type::String: return "a string";
    case Type::List: return "a list";
    case Type::Map: return "a map";
  }
  std::unreachable();
}

Value::Value(std::int64_t number) : held_(Number{cat(number)}) {}
Value::Value(List list) : held_(Box<List>(std::move(list))) {}
Value::Value(Map map) : held_(Box<Map>(std::move(map))) {}

std::string Value::scalar_text() const {
  switch (type()) {
    case Type::Null: return {};
    case Type::Bool: return boolean() ? "true" : "false";
    case Type::Number: return number().text;
    case Type::String: return string();
    case Type::List:
    case Type::Map: break;
  }
  EIDOS_ASSERT(is_scalar());
  std::unreachable();
}

const Value* Value::find(std::string_view key) const {
  return is_map() ? map().find(key) : nullptr;
}

Value Value::with_mark(const Mark& mark) && {
  mark_ = mark;
  return std::move(*this);
}

bool Value::operator==(const Value& other) const {
  if (type() != other.type()) return false;
  switch (type()) {
    case Type::Null: return true;
    case Type::Bool: return boolean() == other.boolean();
    case Type::Number: return number() == other.number();
    case Type::String: return string() == other.string();
    case Type::List: return list() == other.list();
    case Type::Map: return map() == other.map();
  }
  std::unreachable();
}

std::vector<std::uint32_t>::const_iterator Map::index_slot(std::string_view key) const {
  return std::lower_bound(index_.begin(), index_.end(), key, [this](std::uint32_t at, std::string_view want) {
    return entries_[at].key < want;
  });
}

std::optional<std::size_t> Map::position(std::string_view key) const {
  if (!index_.empty()) {
    auto slot = index_slot(key);
    if (slot == index_.end() || entries_[*slot].key != key) return std::nullopt;
    return *slot;
  }
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].key == key) return i;
  return std::nullopt;
}

const Value* Map::find(std::string_view key) const {
  auto at = position(key);
  return at ? &entries_[*at].value : nullptr;
}

Value* Map::find(std::string_view key) {
  auto at = position(key);
  return at ? &entries_[*at].value : nullptr;
}

const Map::Entry* Map::entry(std::string_view key) const {
  auto at = position(key);
  return at ? &entries_[*at] : nullptr;
}

Value& Map::set(std::string_view key, Value value, const Mark& key_mark) {
  if (auto at = position(key)) {
    entries_[*at].value = std::move(value);
    entries_[*at].mark = key_mark;
    return entries_[*at].value;
  }
  if (!index_.empty()) index_.insert(index_slot(key), static_cast<std::uint32_t>(entries_.size()));
  entries_.push_back({std::string(key), key_mark, std::move(value)});
  if (index_.empty() && entries_.size() > kIndexAbove) rebuild_index();
  return entries_.back().value;
}

Value& Map::at_or_add(std::string_view key) {
  if (auto at = position(key)) return entries_[*at].value;
  return set(key, Value());
}

bool Map::erase(std::string_view key) {
  auto at = position(key);
  if (!at) return false;
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(*at));
  rebuild_index();
  return true;
}

void Map::sort_by_key() {
  std::ranges::stable_sort(entries_, {}, &Entry::key);
  rebuild_index();
}

std::vector<std::uint32_t> Map::positions_by_key() const {
  std::vector<std::uint32_t> order(entries_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
  std::ranges::stable_sort(order, {},
                           [this](std::uint32_t at) -> const std::string& { return entries_[at].key; });
  return order;
}

std::optional<std::pair<std::size_t, std::size_t>> Map::finish() {
  if (entries_.size() <= kIndexAbove) {
    index_.clear();
    for (std::size_t later = 1; later < entries_.size(); ++later)
      for (std::size_t first = 0; first < later; ++first)
        if (entries_[first].key == entries_[later].key) return std::pair{first, later};
    return std::nullopt;
  }
  std::vector<std::uint32_t> order = positions_by_key();
  std::optional<std::pair<std::size_t, std::size_t>> duplicate;
  for (std::size_t i = 1; i < order.size(); ++i) {
    bool same = entries_[order[i - 1]].key == entries_[order[i]].key;
    if (same && (!duplicate || order[i] < duplicate->second)) duplicate = {order[i - 1], order[i]};
  }
  if (!duplicate)
    index_ = std::move(order);
  else
    index_.clear();
  return duplicate;
}

void Map::keep_first_of_equal_keys() {
  std::vector<std::uint32_t> order = positions_by_key();
  std::vector<bool> repeated(entries_.size());
  for (std::size_t i = 1; i < order.size(); ++i)
    repeated[order[i]] = entries_[order[i - 1]].key == entries_[order[i]].key;
  std::vector<Entry> kept;
  kept.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (!repeated[i]) kept.push_back(std::move(entries_[i]));
  entries_ = std::move(kept);
  rebuild_index();
}

void Map::rebuild_index() {
  index_.clear();
  if (entries_.size() > kIndexAbove) finish();
}

bool Map::operator==(const Map& other) const {
  if (size() != other.size()) return false;
  return std::ranges::all_of(entries_, [&other](const Entry& entry) {
    const Value* there = other.find(entry.key);
    return there != nullptr && *there == entry.value;
  });
}

void merge(Value& base, const Value& over) {
  if (!base.is_map() || !over.is_map()) {
    base = over;
    return;
  }
  for (const Map::Entry& entry : over.map()) {
    Value* there = base.map().find(entry.key);
    if (there != nullptr && there->is_map() && entry.value.is_map())
      merge(*there, entry.value);
    else
      base.map().set(entry.key, entry.value, entry.mark);
  }
}

std::size_t count_nodes(const Value& value) {
  std::size_t count = 1;
  if (value.is_list())
    for (const Value& item : value.list()) count += count_nodes(item);
  if (value.is_map())
    for (const Map::Entry& entry : value.map()) count += count_nodes(entry.value);
  return count;
}

}  // namespace eidos::data
