#include "data/schema.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"

namespace eidos::data {
namespace {

Value parsed(std::string_view text, Sources& sources, std::string name) {
  auto value = parse_yaml(text, sources, std::move(name));
  EXPECT_TRUE(value) << text << value.error().message;
  return *std::move(value);
}

// "line:column path: what", one a line.
std::string violations(std::string_view schema, std::string_view document) {
  Sources sources;
  auto read = Schema::read(parsed(schema, sources, "s"), sources);
  if (!read) return cat("schema: ", read.error().message);
  std::vector<std::string> lines;
  for (const Violation& violation : read->check(parsed(document, sources, "d")))
    lines.push_back(
        cat(violation.at.line, ":", violation.at.column, " ", violation.path, ": ", violation.what));
  return join(lines, "\n");
}

struct Case {
  const char* schema;
  const char* document;
  const char* want;
};

TEST(Schema, SaysEveryWayADocumentBreaksIt) {
  const Case kCases[] = {
      {"{}", "a: [1, {b: null}]", ""},
      {"true", "a: 1", ""},
      {"false", "a: 1", "1:1 : nothing may stand here"},
      {"type: object", "- a", "1:1 : expected object; got a list"},
      {"type: [string, 'null']", "7", "1:1 : expected string, null; got a number ('7')"},
      {"type: integer", "1.0", ""},
      {"type: integer", "18446744073709551615", ""},
      {"type: integer", "1.5", "1:1 : expected integer; got a number ('1.5')"},
      {"type: integer", ".inf", "1:1 : expected integer; got a number ('.inf')"},
      {"type: number", "1.5", ""},
      {"type: boolean", "'true'", "1:1 : expected boolean; got a string ('true')"},
      {"enum: [helm, argocd, 3]", "hlem", "1:1 : 'hlem' is none of helm, argocd, 3; did you mean 'helm'?"},
      {"enum: [helm, argocd, 3]", "3", ""},
      {"const: {a: 1}", "{a: 1}", ""},
      {"const: {a: 1}", "{a: 2}", "1:1 : must be {\"a\":1}"},
      {"minimum: 0", "-1", "1:1 : -1 is less than 0"},
      {"maximum: 1.5", "2", "1:1 : 2 is more than 1.5"},
      {"minimum: 0", "text", ""},
      {"{minLength: 2, maxLength: 3}", "é", "1:1 : has 1 characters, at least 2 belong here"},
      {"{minLength: 2, maxLength: 3}", "éééé", "1:1 : has 4 characters, at most 3 belong here"},
      {"{minItems: 1}", "[]", "1:1 : has 0 items, at least 1 belong here"},
      {"{maxItems: 1}", "[1, 2]", "1:1 : has 2 items, at most 1 belong here"},
      {"items: {type: string}", "[a, 1, [b]]",
       "1:5 [1]: expected string; got a number ('1')\n1:8 [2]: expected string; got a list"},
      {"required: [kind, name]", "{}", "1:1 : key 'kind' is missing\n1:1 : key 'name' is missing"},
      {"{properties: {name: {type: string}}, additionalProperties: false}", "nmae: x",
       "1:1 : unknown key 'nmae'; did you mean 'name'?"},
      {"properties: {name: {type: string}}", "other: x", ""},
      {"additionalProperties: {type: integer}", "a.b: x",
       "1:6 \"a.b\": expected integer; got a string ('x')"},
      {"{$defs: {n: {type: string}, m: {$ref: '#/$defs/n'}}, items: {$ref: '#/$defs/m', maxLength: 1}}",
       "[a, bb, 1]",
       "1:5 [1]: has 2 characters, at most 1 belong here\n1:9 [2]: expected string; got a number ('1')"},
      {"{properties: {child: {$ref: '#'}}, additionalProperties: false}", "child: {child: {x: 1}}",
       "1:17 child.child: unknown key 'x'"},
  };
  for (const Case& c : kCases) EXPECT_EQ(violations(c.schema, c.document), c.want) << c.schema;
}

TEST(Schema, RefusesWhatItCannotCheck) {
  const std::pair<const char*, const char*> kCases[] = {
      {"pattern: ^a", "the keyword 'pattern' is none that eidos checks"},
      {"propertys: {}", "the keyword 'propertys' is none that eidos checks; did you mean 'properties'?"},
      {"properties: {a: {anyOf: []}}", "properties.a: the keyword 'anyOf' is none that eidos checks"},
      {"items: 3", "items: a schema is a map, true or false, not a number"},
      {"- type", "a schema is a map, true or false, not a list"},
      {"type: text",
       "type: expected null, boolean, integer, number, string, array, object, or a list of them"},
      {"type: []", "type: expected null, boolean, integer, number, string, array, object, or a list of them"},
      {"enum: []", "enum: expected a list of values"},
      {"required: name", "required: expected a list of keys"},
      {"minItems: -1", "minItems: expected a whole number, 0 or more"},
      {"maximum: high", "maximum: expected a number"},
      {"properties: []", "properties: expected a map of schemas, got a list"},
      {"$ref: 3", "$ref: expected a reference: #/$defs/NAME"},
      {"$ref: other.json", "$ref: 'other.json' is not here; only # and #/$defs/NAME are followed"},
      {"{$ref: '#/default', default: {minLength: x}}",
       "$ref: '#/default' is not here; only # and #/$defs/NAME are followed"},
      {"$ref: '#/$defs/x'", "$ref: '#/$defs/x' is not here; only # and #/$defs/NAME are followed"},
      {"{$defs: {a: {$ref: '#/$defs/b'}, b: {$ref: '#/$defs/a'}}}",
       "$defs.a.$ref: '#/$defs/b' goes round in a circle"},
  };
  for (const auto& [schema, want] : kCases) EXPECT_EQ(violations(schema, "a: 1"), cat("schema: ", want));
}

TEST(Schema, CountsNoFurtherThanItsBound) {
  std::string many = "[";
  for (int i = 0; i < 3000; ++i) many += "1,";
  Sources sources;
  auto schema = Schema::read(parsed("items: {type: string}", sources, "s"), sources);
  EXPECT_EQ(schema->check(parsed(many + "1]", sources, "d")).size(), Schema::kMostViolations);
}

}  // namespace
}  // namespace eidos::data
