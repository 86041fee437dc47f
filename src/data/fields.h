#pragma once
// Struct ↔ document through one table per struct. The table drives strict reading (unknown keys are errors
// with the nearest known key), writing, and the JSON Schema.
//
//   template <> struct data::Fields<Constraint> {
//     static constexpr std::string_view kTitle = "One requirement on the cluster";
//     static constexpr auto table() {
//       return std::tuple{field("name", &Constraint::name, "Path in a snapshot", kRequired),
//                         field("unit", &Constraint::unit, "Unit of the value")};
//     }
//   };
//
// A member may be std::string, bool, std::int64_t, data::Value (anything), data::Map (any map), an enum with
// Names<E>, a struct with Fields<>, or std::vector, std::optional or std::map<std::string, …> of those. A
// struct with a member `data::Mark mark` learns where it stood.

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/text.h"
#include "data/value.h"

namespace eidos::data {

/// The table of a struct; specialise per struct.
template <class T>
struct Fields;

/// The texts of an enum; specialise with `static constexpr std::pair<std::string_view, E> kTable[]`.
template <class E>
struct Names;

enum Rule : unsigned {
  kPlain = 0,
  kRequired = 1,  ///< Reading fails without it.
  kAlways = 2,    ///< Written even when empty.
};

template <class T, class M>
struct Field {
  std::string_view name;
  M T::* member;
  std::string_view doc;
  unsigned rules = kPlain;
};

template <class T, class M>
constexpr Field<T, M> field(std::string_view name, M T::* member, std::string_view doc,
                            unsigned rules = kPlain) {
  return {name, member, doc, rules};
}

/// Where in the document we are, for messages: "spec.componentRefs[3].name". A chain on the stack.
struct PathStep {
  const PathStep* parent = nullptr;
  std::string_view key = {};
  std::size_t index = 0;  ///< Used when key is empty.
  std::string text() const;
};

/// What a reading collects. With `lenient`, unknown keys become warnings.
struct Reading {
  const Sources& sources;
  bool lenient = false;
  std::vector<Error> problems = {};
  std::vector<std::string> warnings = {};

  void problem(const Mark& at, const PathStep* path, std::string_view what, std::string hint = {});
  void unknown_key(const Mark& at, const PathStep* path, std::string_view key,
                   std::span<const std::string_view> known);
  /// The result of a reading: nothing, or all problems together.
  Result<void> done();
};

// Readers of one value into one member type. Problems are recorded, never thrown; the target keeps its
// default.
void read_value(const Value& value, std::string& out, Reading& reading, const PathStep* path);
void read_value(const Value& value, bool& out, Reading& reading, const PathStep* path);
void read_value(const Value& value, std::int64_t& out, Reading& reading, const PathStep* path);
void read_value(const Value& value, Value& out, Reading& reading, const PathStep* path);
void read_value(const Value& value, Map& out, Reading& reading, const PathStep* path);
void wrong_type(const Value& value, std::string_view wanted, Reading& reading, const PathStep* path);

template <class T>
concept HasFields = requires { Fields<T>::table(); };
template <class T>
concept HasNames = requires { Names<T>::kTable; };

template <HasFields T>
void read_value(const Value& value, T& out, Reading& reading, const PathStep* path);
template <HasNames E>
void read_value(const Value& value, E& out, Reading& reading, const PathStep* path);

template <class T>
void read_value(const Value& value, std::vector<T>& out, Reading& reading, const PathStep* path) {
  if (value.is_null()) return;
  if (!value.is_list()) return wrong_type(value, "a list", reading, path);
  for (std::size_t i = 0; i < value.list().size(); ++i) {
    PathStep step{path, {}, i};
    const Value& item = value.list()[i];
    if (item.is_null()) {
      reading.problem(item.mark(), &step, "a null entry in a list", "remove it, or fill it in");
      continue;
    }
    read_value(item, out.emplace_back(), reading, &step);
  }
}

template <class T>
void read_value(const Value& value, std::optional<T>& out, Reading& reading, const PathStep* path) {
  if (value.is_null()) return;
  read_value(value, out.emplace(), reading, path);
}

template <class T>
void read_value(const Value& value, std::map<std::string, T>& out, Reading& reading, const PathStep* path) {
  if (value.is_null()) return;
  if (!value.is_map()) return wrong_type(value, "a map", reading, path);
  for (const Map::Entry& entry : value.map()) {
    PathStep step{path, entry.key, 0};
    read_value(entry.value, out[entry.key], reading, &step);
  }
}

template <HasNames E>
void read_value(const Value& value, E& out, Reading& reading, const PathStep* path) {
  std::vector<std::string_view> known;
  std::string text = value.is_scalar() ? value.scalar_text() : std::string();
  for (const auto& [name, number] : Names<E>::kTable) {
    if (name == text) {
      out = number;
      return;
    }
    known.push_back(name);
  }
  reading.problem(value.mark(), path,
                  cat(quote(text), " is none of ", join(known, ", "), did_you_mean(text, known)));
}

template <HasFields T>
void read_value(const Value& value, T& out, Reading& reading, const PathStep* path) {
  if constexpr (requires { out.mark = value.mark(); }) out.mark = value.mark();
  if (value.is_null()) return;
  if (!value.is_map()) return wrong_type(value, "a map", reading, path);
  constexpr auto kFields = Fields<T>::table();
  std::size_t used = 0;
  std::apply(
      [&](const auto&... f) {
        auto one = [&](const auto& field_of) {
          const Value* there = value.map().find(field_of.name);
          PathStep step{path, field_of.name, 0};
          if (there != nullptr) {
            ++used;
            read_value(*there, out.*field_of.member, reading, &step);
          }
          if ((field_of.rules & kRequired) != 0 && (there == nullptr || there->is_null()))
            reading.problem(value.mark(), path, cat("key ", quote(field_of.name), " is missing"));
        };
        (one(f), ...);
      },
      kFields);
  if (used == value.map().size()) return;
  auto known = std::apply([](const auto&... f) { return std::vector<std::string_view>{f.name...}; }, kFields);
  for (const Map::Entry& entry : value.map())
    if (std::find(known.begin(), known.end(), entry.key) == known.end())
      reading.unknown_key(entry.mark, path, entry.key, known);
}

// Writers. An empty member is left out unless kAlways.
inline Value write_value(const std::string& text) {
  return Value(text);
}
inline Value write_value(bool flag) {
  return Value(flag);
}
inline Value write_value(std::int64_t number) {
  return Value(number);
}
inline Value write_value(const Value& value) {
  return value;
}
inline Value write_value(const Map& map) {
  return Value(map);
}
template <HasFields T>
Value write_value(const T& in);
template <HasNames E>
Value write_value(E in);
template <class T>
Value write_value(const std::vector<T>& in);
template <class T>
Value write_value(const std::map<std::string, T>& in);

template <class T>
Value write_value(const std::optional<T>& in) {
  return in ? write_value(*in) : Value();
}
template <class T>
Value write_value(const std::vector<T>& in) {
  List list;
  for (const T& item : in) list.push_back(write_value(item));
  return Value(std::move(list));
}
template <class T>
Value write_value(const std::map<std::string, T>& in) {
  Map map;
  for (const auto& [key, item] : in) map.set(key, write_value(item));
  return Value(std::move(map));
}
template <HasNames E>
Value write_value(E in) {
  for (const auto& [name, number] : Names<E>::kTable)
    if (number == in) return Value(name);
  std::unreachable();
}

/// Null, "", 0, false, [] and {}: what a writer leaves out.
bool is_empty(const Value& value);

template <HasFields T>
Value write_value(const T& in) {
  Map map;
  std::apply(
      [&](const auto&... f) {
        auto one = [&](const auto& field_of) {
          Value value = write_value(in.*field_of.member);
          if ((field_of.rules & kAlways) != 0 || !is_empty(value)) map.set(field_of.name, std::move(value));
        };
        (one(f), ...);
      },
      Fields<T>::table());
  return Value(std::move(map));
}

// JSON Schema (2020-12) of a member type.
template <class M>
struct SchemaOf;
template <>
struct SchemaOf<std::string> {
  static Value make();
};
template <>
struct SchemaOf<bool> {
  static Value make();
};
template <>
struct SchemaOf<std::int64_t> {
  static Value make();
};
template <>
struct SchemaOf<Value> {
  static Value make();
};
template <>
struct SchemaOf<Map> {
  static Value make();
};
Value schema_object(Map properties, List required, std::string_view title);
Value schema_array(Value items);
Value schema_map(Value items);
Value schema_enum(List names);

template <class T>
struct SchemaOf<std::vector<T>> {
  static Value make() { return schema_array(SchemaOf<T>::make()); }
};
template <class T>
struct SchemaOf<std::optional<T>> {
  static Value make() { return SchemaOf<T>::make(); }
};
template <class T>
struct SchemaOf<std::map<std::string, T>> {
  static Value make() { return schema_map(SchemaOf<T>::make()); }
};
template <HasNames E>
struct SchemaOf<E> {
  static Value make() {
    List names;
    for (const auto& [name, number] : Names<E>::kTable) names.push_back(Value(name));
    return schema_enum(std::move(names));
  }
};
template <HasFields T>
struct SchemaOf<T> {
  static Value make() {
    Map properties;
    List required;
    std::apply(
        [&](const auto&... f) {
          auto one = [&]<class S, class M>(const Field<S, M>& field_of) {
            Value schema = SchemaOf<M>::make();
            schema.map().set("description", Value(field_of.doc));
            properties.set(field_of.name, std::move(schema));
            if ((field_of.rules & kRequired) != 0) required.push_back(Value(field_of.name));
          };
          (one(f), ...);
        },
        Fields<T>::table());
    return schema_object(std::move(properties), std::move(required), Fields<T>::kTitle);
  }
};

}  // namespace eidos::data
