#include "data/fields.h"

namespace eidos::data {

std::string PathStep::text() const {
  std::string before = parent != nullptr ? parent->text() : std::string();
  if (key.empty()) return cat(before, "[", index, "]");
  bool dotted = key.find_first_of(".[\" ") != std::string_view::npos;
  std::string own = dotted ? cat("\"", key, "\"") : std::string(key);
  return before.empty() ? own : cat(before, ".", own);
}

void Reading::problem(const Mark& at, const PathStep* path, std::string_view what, std::string hint) {
  constexpr std::size_t kMostProblems = 100;
  if (problems.size() >= kMostProblems) return;
  std::string message = path != nullptr ? cat(path->text(), ": ", what) : std::string(what);
  problems.push_back(Error{ErrorKind::Invalid, std::move(message), sources.place(at), std::move(hint)});
}

void Reading::unknown_key(const Mark& at, const PathStep* path, std::string_view key,
                          std::span<const std::string_view> known) {
  std::string what = cat("unknown key ", quote(key), did_you_mean(key, known));
  if (!lenient) {
    problem(at, path, what, cat("known keys: ", join(known, ", ")));
    return;
  }
  warnings.push_back(
      cat(sources.place(at), ": ", path != nullptr ? cat(path->text(), ": ") : "", what, "; ignored"));
}

Result<void> Reading::done() {
  if (problems.empty()) return {};
  return std::unexpected(together(std::move(problems)));
}

void wrong_type(const Value& value, std::string_view wanted, Reading& reading, const PathStep* path) {
  std::string got(describe(value.type()));
  if (value.is_scalar() && !value.is_null()) got += cat(" (", quote(value.scalar_text(), 40), ")");
  reading.problem(value.mark(), path, cat("expected ", wanted, ", got ", got));
}

void read_value(const Value& value, std::string& out, Reading& reading, const PathStep* path) {
  if (!value.is_scalar()) return wrong_type(value, "text", reading, path);
  out = value.scalar_text();
}

void read_value(const Value& value, bool& out, Reading& reading, const PathStep* path) {
  if (value.is_null()) return;
  if (!value.is_bool()) return wrong_type(value, "true or false", reading, path);
  out = value.boolean();
}

void read_value(const Value& value, std::int64_t& out, Reading& reading, const PathStep* path) {
  if (value.is_null()) return;
  auto number = value.is_number() ? to_int64(value.number()) : std::nullopt;
  if (!number) return wrong_type(value, "a whole number", reading, path);
  out = *number;
}

void read_value(const Value& value, Value& out, Reading&, const PathStep*) {
  out = value;
}

void read_value(const Value& value, Map& out, Reading& reading, const PathStep* path) {
  if (value.is_null()) return;
  if (!value.is_map()) return wrong_type(value, "a map", reading, path);
  out = value.map();
}

bool is_empty(const Value& value) {
  switch (value.type()) {
    case Type::Null: return true;
    case Type::Bool: return !value.boolean();
    case Type::Number: return value.number().text == "0";
    case Type::String: return value.string().empty();
    case Type::List: return value.list().empty();
    case Type::Map: return value.map().empty();
  }
  std::unreachable();
}

namespace {

Value type_schema(std::string_view type) {
  Map map;
  map.set("type", Value(type));
  return Value(std::move(map));
}

}  // namespace

// A reader takes any scalar where text is wanted (version: 1.30 keeps its spelling), so the schema does too.
Value SchemaOf<std::string>::make() {
  Map map;
  map.set("type", Value(List{Value("string"), Value("number"), Value("boolean"), Value("null")}));
  return Value(std::move(map));
}
Value SchemaOf<bool>::make() {
  return type_schema("boolean");
}
Value SchemaOf<std::int64_t>::make() {
  return type_schema("integer");
}
Value SchemaOf<Value>::make() {
  return Value(Map());
}
Value SchemaOf<Map>::make() {
  return type_schema("object");
}

Value schema_object(Map properties, List required, std::string_view title) {
  Map map;
  map.set("title", Value(title));
  map.set("type", Value("object"));
  map.set("properties", Value(std::move(properties)));
  if (!required.empty()) map.set("required", Value(std::move(required)));
  map.set("additionalProperties", Value(false));
  return Value(std::move(map));
}

Value schema_array(Value items) {
  Map map;
  map.set("type", Value("array"));
  map.set("items", std::move(items));
  return Value(std::move(map));
}

Value schema_map(Value items) {
  Map map;
  map.set("type", Value("object"));
  map.set("additionalProperties", std::move(items));
  return Value(std::move(map));
}

Value schema_enum(List names) {
  Map map;
  map.set("enum", Value(std::move(names)));
  return Value(std::move(map));
}

}  // namespace eidos::data
