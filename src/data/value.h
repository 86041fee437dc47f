#pragma once
// The one tree every document becomes: null, bool, number (as its source text), string, list, ordered map.
// Every value and key carries the mark of where it was written; merge and copy carry marks along, and that is
// all provenance needs.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace eidos::data {

enum class Type : std::uint8_t { Null, Bool, Number, String, List, Map };

/// "a map", "a string": for messages.
std::string_view describe(Type type);

/// A position in a source: `file` indexes a Sources table, line and column count from 1 (column in
/// characters). Line 0: made by us, not read from anywhere.
struct Mark {
  std::uint32_t file = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  /// Where a thing stood is no part of what it is: structs that carry a Mark compare by content.
  bool operator==(const Mark&) const { return true; }
};

/// Names of the sources that marks point into. Entry 0 is the empty name. Cheap to copy, not synchronised.
class Sources {
 public:
  std::uint32_t add(std::string name);
  std::string_view name(std::uint32_t file) const;
  /// "catalog/overlays/eks.yaml:12:3"; the bare name for line 0.
  std::string place(const Mark& mark) const;

 private:
  std::vector<std::string> names_ = {""};
};

/// A number as it was written. It is converted only when asked, and written back unchanged.
struct Number {
  std::string text;
  bool operator==(const Number&) const = default;
};

/// Exact conversions, nullopt where the number does not fit or is no integer. Read as the Kubernetes
/// ecosystem's YAML reader does: 0x, 0o and 0b prefixes, a leading 0 means octal, '_' between digits is
/// skipped.
std::optional<std::int64_t> to_int64(const Number& number);
std::optional<std::uint64_t> to_uint64(const Number& number);
/// Nearest double, 0 for what is too small for one; nullopt on overflow. ".inf" and ".nan" convert.
std::optional<double> to_double(const Number& number);
/// True when one of the three takes it: all but what overflows a double (1e999), and uint64 in another base
/// than ten.
bool converts(const Number& number);
/// True when `text` is a number to RFC 8259, and so may stand in JSON as it is.
bool is_json_number(std::string_view text);

class Value;
class Map;
using List = std::vector<Value>;

/// A value on the heap that copies deeply: breaks the recursion of Value.
template <class T>
class Box {
 public:
  Box() : held_(std::make_unique<T>()) {}
  explicit Box(T value) : held_(std::make_unique<T>(std::move(value))) {}
  Box(const Box& other) : held_(std::make_unique<T>(*other.held_)) {}
  Box(Box&&) noexcept = default;
  Box& operator=(const Box& other) {
    held_ = std::make_unique<T>(*other.held_);
    return *this;
  }
  Box& operator=(Box&&) noexcept = default;
  ~Box() {}  // Not defaulted: clang would want T complete while Value is still being declared.
  T& operator*() { return *held_; }
  const T& operator*() const { return *held_; }

 private:
  std::unique_ptr<T> held_;  // null only after a move
};

class Value {
 public:
  Value() = default;
  Value(std::same_as<bool> auto value) : held_(value) {}
  Value(std::string text) : held_(std::move(text)) {}
  Value(std::string_view text) : held_(std::string(text)) {}
  Value(const char* text) : held_(std::string(text)) {}
  Value(Number number) : held_(std::move(number)) {}
  Value(std::int64_t number);
  Value(int number) : Value(static_cast<std::int64_t>(number)) {}
  Value(List list);
  Value(Map map);

  Type type() const { return static_cast<Type>(held_.index()); }
  bool is_null() const { return type() == Type::Null; }
  bool is_bool() const { return type() == Type::Bool; }
  bool is_number() const { return type() == Type::Number; }
  bool is_string() const { return type() == Type::String; }
  bool is_list() const { return type() == Type::List; }
  bool is_map() const { return type() == Type::Map; }
  bool is_scalar() const { return type() <= Type::String; }

  // Accessors of the wrong type are a broken invariant: check first.
  bool boolean() const { return get<bool>(); }
  const Number& number() const { return get<Number>(); }
  const std::string& string() const { return get<std::string>(); }
  const List& list() const { return *get<Box<List>>(); }
  List& list() { return *get<Box<List>>(); }
  const Map& map() const { return *get<Box<Map>>(); }
  Map& map() { return *get<Box<Map>>(); }

  /// A scalar as text: a string itself, a number's source text, "true"/"false", "" for null.
  std::string scalar_text() const;

  /// The value under `key` when this is a map that has it, else nullptr.
  const Value* find(std::string_view key) const;

  const Mark& mark() const { return mark_; }
  void set_mark(const Mark& mark) { mark_ = mark; }
  Value with_mark(const Mark& mark) &&;

  /// Content only: marks do not count, map order does not count, numbers compare by source text.
  bool operator==(const Value& other) const;

 private:
  template <class T>
  const T& get() const {
    const T* held = std::get_if<T>(&held_);
    EIDOS_ASSERT(held != nullptr);
    return *held;
  }
  template <class T>
  T& get() {
    T* held = std::get_if<T>(&held_);
    EIDOS_ASSERT(held != nullptr);
    return *held;
  }

  std::variant<std::monostate, bool, Number, std::string, Box<List>, Box<Map>> held_;
  Mark mark_;
};

/// Keys in the order written; lookups go through a sorted index once there are more than 16.
class Map {
 public:
  struct Entry {
    std::string key;
    Mark mark;
    Value value;
  };

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  auto begin() { return entries_.begin(); }  // values may be changed through these, keys may not
  auto end() { return entries_.end(); }

  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  const Entry* entry(std::string_view key) const;
  bool contains(std::string_view key) const { return find(key) != nullptr; }

  /// Replaces the value (and mark) under `key`, or appends. Returns the value in place.
  Value& set(std::string_view key, Value value, const Mark& key_mark = {});
  /// The value under `key`, appended as null when there is none.
  Value& at_or_add(std::string_view key);
  bool erase(std::string_view key);
  /// Byte order of keys, this level only.
  void sort_by_key();

  /// For readers: append without looking, then finish() once. finish() returns the positions of the first
  /// pair of equal keys (in source order), or nullopt. Together O(n log n) whatever the keys are.
  void append(Entry entry) { entries_.push_back(std::move(entry)); }
  std::optional<std::pair<std::size_t, std::size_t>> finish();
  /// For readers, after appending without looking: of entries with equal keys only the first stays.
  /// O(n log n).
  void keep_first_of_equal_keys();
  const Entry& operator[](std::size_t position) const { return entries_[position]; }

  bool operator==(const Map& other) const;

 private:
  static constexpr std::size_t kIndexAbove = 16;
  std::optional<std::size_t> position(std::string_view key) const;
  std::vector<std::uint32_t>::const_iterator index_slot(std::string_view key) const;
  void rebuild_index();
  std::vector<std::uint32_t> positions_by_key() const;

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> index_;  // positions sorted by key; empty while entries_ is small
};

/// `over` laid on `base`: maps merge key by key at any depth, everything else (lists, scalars, null, a
/// mismatch of types) is replaced. Null stays as an explicit null.
void merge(Value& base, const Value& over);

/// How many values there are in the tree, itself included.
std::size_t count_nodes(const Value& value);

}  // namespace eidos::data
