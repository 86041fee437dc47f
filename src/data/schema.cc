#include "data/schema.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"
#include "data/document.h"
#include "data/fields.h"

namespace eidos::data {
namespace {

// What stands behind a keyword.
enum class Takes : std::uint8_t { Anything, Types, List, Texts, Schema, Schemas, Number, Count, Reference };

struct Keyword {
  std::string_view name;
  Takes takes;
};
constexpr Keyword kKeywords[] = {
    {"$schema", Takes::Anything},     {"$id", Takes::Anything},
    {"$comment", Takes::Anything},    {"title", Takes::Anything},
    {"description", Takes::Anything}, {"default", Takes::Anything},
    {"examples", Takes::Anything},    {"deprecated", Takes::Anything},
    {"$ref", Takes::Reference},       {"$defs", Takes::Schemas},
    {"type", Takes::Types},           {"enum", Takes::List},
    {"const", Takes::Anything},       {"properties", Takes::Schemas},
    {"required", Takes::Texts},       {"additionalProperties", Takes::Schema},
    {"items", Takes::Schema},         {"minimum", Takes::Number},
    {"maximum", Takes::Number},       {"minLength", Takes::Count},
    {"maxLength", Takes::Count},      {"minItems", Takes::Count},
    {"maxItems", Takes::Count},
};

bool is_whole(const Value& value) {
  if (to_int64(value.number())) return true;
  auto number = to_double(value.number());
  return number && std::isfinite(*number) && std::trunc(*number) == *number;
}

struct TypeName {
  std::string_view name;
  bool (*holds)(const Value&);
};
constexpr TypeName kTypes[] = {
    {"null", [](const Value& value) { return value.is_null(); }},
    {"boolean", [](const Value& value) { return value.is_bool(); }},
    {"integer", [](const Value& value) { return value.is_number() && is_whole(value); }},
    {"number", [](const Value& value) { return value.is_number(); }},
    {"string", [](const Value& value) { return value.is_string(); }},
    {"array", [](const Value& value) { return value.is_list(); }},
    {"object", [](const Value& value) { return value.is_map(); }},
};

bool is_type(const Value& value) {
  return value.is_string() && std::ranges::find(kTypes, value.string(), &TypeName::name) != std::end(kTypes);
}

bool is_count(const Value& value) {
  auto number = value.is_number() ? to_int64(value.number()) : std::nullopt;
  return number && *number >= 0;
}

bool all_texts(const Value& value) {
  return value.is_list() && std::ranges::all_of(value.list(), &Value::is_string);
}

// What "#" or "#/$defs/NAME" names in `root`; nullptr when nothing. No other place is followed: what stands
// under "default" was never looked over.
const Value* referred(const Value& root, std::string_view reference) {
  constexpr std::string_view kDefinitions = "#/$defs/";
  if (reference == "#") return &root;
  const Value* all = root.find("$defs");
  if (all == nullptr || !reference.starts_with(kDefinitions)) return nullptr;
  return all->find(reference.substr(kDefinitions.size()));
}

// Looks over a schema before it is used.
class Reader {
 public:
  Reader(const Value& root, const Sources& sources) : root_(root), reading_{sources} {}

  Result<void> run() {
    schema(root_, nullptr);
    return reading_.done();
  }

 private:
  void schema(const Value& value, const PathStep* path) {
    if (value.is_bool()) return;
    if (!value.is_map()) {
      reading_.problem(value.mark(), path,
                       cat("a schema is a map, true or false, not ", describe(value.type())));
      return;
    }
    for (const Map::Entry& entry : value.map()) {
      PathStep step{path, entry.key, 0};
      auto keyword = std::ranges::find(kKeywords, entry.key, &Keyword::name);
      if (keyword == std::end(kKeywords))
        unknown(entry, path);
      else if (keyword->takes == Takes::Schema)
        schema(entry.value, &step);
      else if (keyword->takes == Takes::Schemas)
        schemas(entry.value, step);
      else if (std::string wanted = wrong(entry.value, keyword->takes); !wanted.empty())
        reading_.problem(entry.value.mark(), &step, wanted);
    }
  }

  void schemas(const Value& value, const PathStep& path) {
    if (!value.is_map()) return wrong_type(value, "a map of schemas", reading_, &path);
    for (const Map::Entry& entry : value.map()) {
      PathStep step{&path, entry.key, 0};
      schema(entry.value, &step);
    }
  }

  void unknown(const Map::Entry& entry, const PathStep* path) {
    std::vector<std::string_view> names;
    for (const Keyword& keyword : kKeywords) names.push_back(keyword.name);
    reading_.problem(
        entry.mark, path,
        cat("the keyword ", quote(entry.key), " is none that eidos checks", did_you_mean(entry.key, names)),
        cat("known: ", join(names, ", ")));
  }

  // What belongs there instead; empty when it is right.
  std::string wrong(const Value& value, Takes takes) const {
    switch (takes) {
      case Takes::Types:
        if (is_type(value) ||
            (value.is_list() && !value.list().empty() && std::ranges::all_of(value.list(), is_type)))
          return {};
        return "expected null, boolean, integer, number, string, array, object, or a list of them";
      case Takes::List: return value.is_list() && !value.list().empty() ? "" : "expected a list of values";
      case Takes::Texts: return all_texts(value) ? "" : "expected a list of keys";
      case Takes::Number: return value.is_number() && to_double(value.number()) ? "" : "expected a number";
      case Takes::Count: return is_count(value) ? "" : "expected a whole number, 0 or more";
      case Takes::Reference: return wrong_reference(value);
      case Takes::Anything:
      case Takes::Schema:
      case Takes::Schemas: return {};
    }
    std::unreachable();
  }

  std::string wrong_reference(const Value& value) const {
    constexpr int kMostSteps = 100;
    const Value* at = &value;
    for (int step = 0; step < kMostSteps; ++step) {
      if (!at->is_string()) return "expected a reference: #/$defs/NAME";
      const Value* target = referred(root_, at->string());
      if (target == nullptr)
        return cat(quote(at->string()), " is not here; only # and #/$defs/NAME are followed");
      at = target->find("$ref");
      if (at == nullptr) return {};
    }
    return cat(quote(value.string()), " goes round in a circle");
  }

  const Value& root_;
  Reading reading_;
};

// Goes through a document and its schema side by side. Depth is that of the document, which its reader
// bounds.
class Checker {
 public:
  explicit Checker(const Value& root) : root_(root) {}

  void value(const Value& value, const Value& schema, const PathStep* path) {
    if (schema.is_bool()) {
      if (!schema.boolean()) violation(value.mark(), path, "nothing may stand here");
      return;
    }
    if (const Value* reference = schema.find("$ref"))
      this->value(value, *referred(root_, reference->string()), path);
    if (!type(value, schema, path)) return;
    one_of(value, schema, path);
    if (value.is_number()) number(value, schema, path);
    if (value.is_string()) text(value, schema, path);
    if (value.is_list()) list(value, schema, path);
    if (value.is_map()) map(value, schema, path);
  }

  std::vector<Violation> take() && { return std::move(found_); }

 private:
  void violation(const Mark& at, const PathStep* path, std::string what) {
    if (found_.size() < Schema::kMostViolations)
      found_.push_back({path != nullptr ? path->text() : std::string(), at, std::move(what)});
  }

  bool type(const Value& value, const Value& schema, const PathStep* path) {
    const Value* wanted = schema.find("type");
    if (wanted == nullptr) return true;
    std::vector<std::string_view> names;
    if (wanted->is_string()) names.push_back(wanted->string());
    if (wanted->is_list())
      for (const Value& name : wanted->list()) names.push_back(name.string());
    for (std::string_view name : names)
      if (std::ranges::find(kTypes, name, &TypeName::name)->holds(value)) return true;
    std::string got(describe(value.type()));
    if (value.is_scalar() && !value.is_null()) got += cat(" (", quote(value.scalar_text(), 40), ")");
    violation(value.mark(), path, cat("expected ", join(names, ", "), "; got ", got));
    return false;
  }

  void one_of(const Value& value, const Value& schema, const PathStep* path) {
    if (const Value* wanted = schema.find("const"); wanted != nullptr && *wanted != value)
      violation(value.mark(), path, cat("must be ", to_compact_json(*wanted)));
    const Value* all = schema.find("enum");
    if (all == nullptr || std::ranges::find(all->list(), value) != all->list().end()) return;
    std::vector<std::string> names;
    for (const Value& one : all->list())
      names.push_back(one.is_string() ? one.string() : to_compact_json(one));
    std::vector<std::string_view> views(names.begin(), names.end());
    std::string got = value.is_scalar() ? value.scalar_text() : std::string(describe(value.type()));
    violation(value.mark(), path,
              cat(quote(got), " is none of ", join(views, ", "), did_you_mean(got, views)));
  }

  void number(const Value& value, const Value& schema, const PathStep* path) {
    auto own = to_double(value.number());
    const Value* least = schema.find("minimum");
    const Value* most = schema.find("maximum");
    if (least != nullptr && own && *own < *to_double(least->number()))
      violation(value.mark(), path, cat(value.number().text, " is less than ", least->number().text));
    if (most != nullptr && own && *own > *to_double(most->number()))
      violation(value.mark(), path, cat(value.number().text, " is more than ", most->number().text));
  }

  // minLength and its kin: `size` things called `what`.
  void bounds(const Value& value, const Value& schema, const PathStep* path, std::int64_t size,
              std::string_view what) {
    bool text = value.is_string();
    if (const Value* least = schema.find(text ? "minLength" : "minItems");
        least != nullptr && size < *to_int64(least->number()))
      violation(value.mark(), path,
                cat("has ", size, " ", what, ", at least ", least->number().text, " belong here"));
    if (const Value* most = schema.find(text ? "maxLength" : "maxItems");
        most != nullptr && size > *to_int64(most->number()))
      violation(value.mark(), path,
                cat("has ", size, " ", what, ", at most ", most->number().text, " belong here"));
  }

  void text(const Value& value, const Value& schema, const PathStep* path) {
    std::int64_t characters = 0;
    for (std::size_t at = 0; at < value.string().size(); ++characters) next_code_point(value.string(), at);
    bounds(value, schema, path, characters, "characters");
  }

  void list(const Value& value, const Value& schema, const PathStep* path) {
    bounds(value, schema, path, static_cast<std::int64_t>(value.list().size()), "items");
    const Value* items = schema.find("items");
    if (items == nullptr) return;
    for (std::size_t i = 0; i < value.list().size(); ++i) {
      PathStep step{path, {}, i};
      this->value(value.list()[i], *items, &step);
    }
  }

  void map(const Value& value, const Value& schema, const PathStep* path) {
    if (const Value* required = schema.find("required"))
      for (const Value& key : required->list())
        if (value.find(key.string()) == nullptr)
          violation(value.mark(), path, cat("key ", quote(key.string()), " is missing"));
    const Value* properties = schema.find("properties");
    const Value* others = schema.find("additionalProperties");
    for (const Map::Entry& entry : value.map()) {
      PathStep step{path, entry.key, 0};
      const Value* own = properties != nullptr ? properties->find(entry.key) : nullptr;
      if (own != nullptr)
        this->value(entry.value, *own, &step);
      else if (others != nullptr && others->is_bool() && !others->boolean())
        unknown_key(entry, properties, path);
      else if (others != nullptr)
        this->value(entry.value, *others, &step);
    }
  }

  void unknown_key(const Map::Entry& entry, const Value* properties, const PathStep* path) {
    std::vector<std::string_view> known;
    if (properties != nullptr)
      for (const Map::Entry& property : properties->map()) known.push_back(property.key);
    violation(entry.mark, path, cat("unknown key ", quote(entry.key), did_you_mean(entry.key, known)));
  }

  const Value& root_;
  std::vector<Violation> found_;
};

}  // namespace

Result<Schema> Schema::read(Value root, const Sources& sources) {
  EIDOS_CHECK(Reader(root, sources).run());
  return Schema(std::move(root));
}

std::vector<Violation> Schema::check(const Value& document) const {
  Checker checker(root_);
  checker.value(document, root_, nullptr);
  return std::move(checker).take();
}

}  // namespace eidos::data
