#include "data/document.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/tricky_strings.h"

namespace eidos::data {
namespace {

Result<Value> yaml(std::string_view text) {
  Sources sources;
  return parse_yaml(text, sources, "t.yaml");
}

Result<Value> json(std::string_view text) {
  Sources sources;
  return parse_json(text, sources, "t.json");
}

std::string compact(std::string_view text) {
  auto value = yaml(text);
  return value ? to_compact_json(*value) : cat("error: ", value.error().where, ": ", value.error().message);
}

TEST(Yaml, ScalarsReadAsTheEcosystemReadsThem) {
  struct Case {
    const char* text;
    Type want;
  };
  const Case cases[] = {
      {"yes", Type::String},
      {"No", Type::String},
      {"on", Type::String},
      {"~", Type::Null},
      {"null", Type::Null},
      {"1e3", Type::Number},
      {"0755", Type::Number},
      {"0o17", Type::Number},
      {"1_000", Type::Number},
      {"12:30", Type::String},
      {"-", Type::String},
      {"2026-01-02", Type::String},
      {".inf", Type::Number},
      {"-.inf", Type::Number},
      {".nan", Type::Number},
      {"-.nan", Type::String},
      {"1.10", Type::Number},
      {"True", Type::Bool},
      {"tRue", Type::String},
      {"0x1F", Type::Number},
      {"0xG", Type::String},
      {"1.2.3", Type::String},
      {"08", Type::Number},
      {"_1", Type::String},
      {"+12", Type::Number},
      {"1e", Type::String},
      {".", Type::String},
      {"1.", Type::Number},
      {"._1", Type::String},
      {"1e999", Type::String},
      {"1e-999", Type::Number},
      {"0xFFFFFFFFFFFFFFFFF", Type::String},
      {"0xFFFFFFFFFFFFFFFF", Type::Number},
      {"-0x8000000000000000", Type::Number},
      {"-0x8000000000000001", Type::String},
      {"+0xFFFFFFFFFFFFFFFF", Type::String},
      {".inf_", Type::String},
      {"-._5", Type::Number},
      {".5", Type::Number},
      {"\"1\"", Type::String},
      {"!!str 1", Type::String},
      {"!!int 1", Type::Number},
      {"''", Type::String},
      {"v1.2", Type::String},
      {"18446744073709551615", Type::Number},
  };
  for (const Case& c : cases) {
    std::string document = cat("key: ", c.text);
    if (std::string_view(c.text) == "-") document = "key: '-'";
    auto value = yaml(document);
    ASSERT_TRUE(value) << c.text << ": " << value.error().message;
    EXPECT_EQ(value->find("key")->type(), c.want) << c.text;
  }
}

TEST(Yaml, NumbersKeepTheirText) {
  auto value = yaml("mode: 0755\nversion: 1.10\nrate: 1e3\nbig: 18446744073709551615\n");
  ASSERT_TRUE(value);
  EXPECT_EQ(to_compact_json(*yaml("[0e101000, 0.001e310, 1e-999, 1e300]")), "[0,1e+307,0,1e300]");
  EXPECT_EQ(to_yaml(*value), "mode: 0755\nversion: 1.10\nrate: 1e3\nbig: 18446744073709551615\n");
  EXPECT_EQ(to_compact_json(*value), R"({"mode":493,"version":1.10,"rate":1e3,"big":18446744073709551615})");
}

TEST(Number, ConvertsExactlyOrNotAtAll) {
  struct Case {
    const char* text;
    std::optional<std::int64_t> want;
  };
  const Case cases[] = {{"0755", 493},
                        {"0o17", 15},
                        {"0x10", 16},
                        {"-0b11", -3},
                        {"1_000", 1000},
                        {"+7", 7},
                        {"1.0", std::nullopt},
                        {"08", std::nullopt},
                        {"", std::nullopt},
                        {"-9223372036854775808", INT64_MIN},
                        {"9223372036854775808", std::nullopt}};
  for (const Case& c : cases) EXPECT_EQ(to_int64(Number{c.text}), c.want) << c.text;
  EXPECT_EQ(to_uint64(Number{"18446744073709551615"}), 18446744073709551615ull);
  EXPECT_EQ(to_uint64(Number{"-1"}), std::nullopt);
  EXPECT_EQ(to_double(Number{"1e3"}), 1000.0);
  EXPECT_EQ(to_double(Number{"08"}), 8.0);
  EXPECT_EQ(to_double(Number{"-01777777777777777777777"}), -1777777777777777777777.0);
  EXPECT_EQ(to_double(Number{"1e999"}), std::nullopt);
  EXPECT_EQ(to_double(Number{"-1e-999"}), 0.0);
  EXPECT_EQ(to_double(Number{cat("0.", std::string(400, '0'), "1")}), 0.0);
  EXPECT_EQ(to_double(Number{cat("0.", std::string(400, '0'), "1e401")}), 1.0);
  EXPECT_EQ(to_double(Number{cat("1", std::string(400, '0'))}), std::nullopt);
  EXPECT_EQ(to_double(Number{"1e99999999999999999999"}), std::nullopt);
  EXPECT_EQ(to_double(Number{"1e-99999999999999999999"}), 0.0);
}

TEST(Yaml, AnchorsAliasesAndMergeKeys) {
  EXPECT_EQ(compact("a: &x {p: 1, q: 2}\nb: *x\nc:\n  <<: *x\n  q: 3\n"),
            R"({"a":{"p":1,"q":2},"b":{"p":1,"q":2},"c":{"q":3,"p":1}})");
  EXPECT_EQ(compact("a: &x {p: 1}\nb: &y {p: 2, r: 5}\nc:\n  <<: [*x, *y]\n"),
            R"({"a":{"p":1},"b":{"p":2,"r":5},"c":{"p":1,"r":5}})");
  EXPECT_EQ(compact("a: &x {p: 1}\nc:\n  !!merge <<: *x\n"), R"({"a":{"p":1},"c":{"p":1}})");
  EXPECT_EQ(compact("!!str <<: a\n!!str ~: &k 1\n\"\": *k\n"), R"({"<<":"a","~":1,"":1})");
  EXPECT_EQ(compact("&k 7: *k\n"), R"({"7":7})");
  EXPECT_EQ(compact("a: !!merge <<\n"), R"({"a":"<<"})");
}

TEST(Yaml, RefusalsNameTheirPlace) {
  struct Case {
    std::string text;
    const char* where;
    const char* message;
  };
  const Case cases[] = {
      {"a: 1\nb: 2\na: 3\n", "t.yaml:3:1", "key 'a' stands twice in one map; first at t.yaml:1:1"},
      {"a: *x\n", "t.yaml:1:4", "alias 'x' has no anchor above it"},
      {"a: &x [*x]\n", "t.yaml:1:8", "alias 'x' stands inside its own anchor"},
      {"a: 1\n---\nb: 2\n", "t.yaml:2:1", "a second document starts here; one document per source is read"},
      {"? [a]\n: 1\n", "t.yaml:1:3", "a key must be text, not a list or a map"},
      {"~: 1\n", "t.yaml:1:1", "a key must be text, not null"},
      {"a: !thing 1\n", "t.yaml:1:4", "tag '!thing' does not fit '1'"},
      {"a: !!int x\n", "t.yaml:1:4", "tag 'tag:yaml.org,2002:int' does not fit 'x'"},
      {"<<: 1\n", "t.yaml:1:1", "merge key '<<' takes a map or a list of maps"},
      {std::string("a: \0b", 5), "t.yaml:1:4", "a NUL byte; this is not a text document"},
      {"a: größe\nb: \xff\n", "t.yaml:2:4", "not valid UTF-8"},
      {"a: größe\nb: \x01\n", "t.yaml:2:4", "not valid YAML: control characters are not allowed"},
      {"a: größe\nb: x\uFFFE\n", "t.yaml:2:5", "not valid YAML: control characters are not allowed"},
  };
  for (const Case& c : cases) {
    auto value = yaml(c.text);
    ASSERT_FALSE(value) << c.text;
    EXPECT_EQ(value.error().where, c.where) << c.text;
    EXPECT_EQ(value.error().message, c.message) << c.text;
    EXPECT_EQ(value.error().kind, ErrorKind::Invalid);
  }
  for (const char* cut : {"a: [1, 2", "a: {b", "a: 'x", "a: \"x", "a:\n  - b\n c: d", "\t- a", "a: b: c"}) {
    auto value = yaml(cut);
    ASSERT_FALSE(value) << cut;
    EXPECT_TRUE(value.error().where.starts_with("t.yaml:")) << cut << " " << value.error().where;
  }
}

TEST(Yaml, BoundsHold) {
  std::string deep(200'000, '[');
  EXPECT_FALSE(yaml(deep));
  EXPECT_FALSE(json(deep));
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    std::string before = cat("*a", i - 1);
    bomb += cat("a", i, ": &a", i, " [");
    for (int j = 0; j < 10; ++j) bomb += cat(j > 0 ? ", " : "", before);
    bomb += "]\n";
  }
  auto value = yaml(bomb);
  ASSERT_FALSE(value);
  EXPECT_TRUE(value.error().message.find("1000000 values") != std::string::npos) << value.error().message;
  // Each expansion may hold what is already expanded: depth, text and nodes count as in the whole document.
  std::string chain = "a0: &a0 []\n";
  for (int i = 1; i <= 100; ++i) chain += cat("a", i, ": &a", i, " [*a", i - 1, "]\n");
  value = yaml(chain);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().message, "nested deeper than 100 levels");
  EXPECT_EQ(value.error().where, "t.yaml:100:12");
  std::string heavy = cat("a: &a ", std::string(1024 * 1024, 'x'), "\nb: [*a");
  for (int i = 0; i < 15; ++i) heavy += ", *a";
  value = yaml(heavy + "]\n");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().message, "more than 16 MiB of text (aliases expanded)");
  std::string directives;
  for (int i = 0; i <= 100; ++i) directives += cat("%TAG !a", i, "! tag:a,2000:\n");
  value = yaml(directives + "--- x\n");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().message, "more than 100 %TAG lines");
  EXPECT_EQ(value.error().where, "t.yaml:101:1");
  std::string aliases = "a: &a x\nb:\n";
  for (int i = 0; i <= 100'000; ++i) aliases += " - *a\n";
  value = yaml(aliases);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().message, "more than 100000 alias expansions");
  EXPECT_FALSE(yaml(std::string(kMaxTextBytes + 1, ' ')));
}

TEST(Yaml, EmptyAndCommentOnlyDocumentsAreNull) {
  for (const char* text : {"", "# nothing\n", "---\n", "\xEF\xBB\xBF", "\r\n"}) {
    auto value = yaml(text);
    ASSERT_TRUE(value) << quote(text);
    EXPECT_TRUE(value->is_null()) << quote(text);
  }
}

TEST(Yaml, BomAndCrlfAreAccepted) {
  EXPECT_EQ(compact("\xEF\xBB\xBF"
                    "a: 1\r\nb: two\r\n"),
            R"({"a":1,"b":"two"})");
}

TEST(Yaml, MarksSayWhereKeysAndValuesStood) {
  Sources sources;
  auto value = parse_yaml("a:\n  b: [x, y]\n", sources, "m.yaml");
  ASSERT_TRUE(value);
  const Map::Entry* b = value->find("a")->map().entry("b");
  EXPECT_EQ(sources.place(b->mark), "m.yaml:2:3");
  EXPECT_EQ(sources.place(b->value.list()[1].mark()), "m.yaml:2:10");
}

TEST(Json, MarksSayWhereKeysAndValuesStood) {
  Sources sources;
  auto value = parse_json("{\"ä\": 1,\n  \"b\": [true, \"\\u00e4\"]}", sources, "m.json");
  ASSERT_TRUE(value) << value.error().message;
  const Map::Entry* b = value->map().entry("b");
  EXPECT_EQ(sources.place(b->mark), "m.json:2:3");
  EXPECT_EQ(sources.place(b->value.mark()), "m.json:2:8");
  EXPECT_EQ(sources.place(b->value.list()[1].mark()), "m.json:2:15");
  EXPECT_EQ(sources.place(value->find("ä")->mark()), "m.json:1:7");
  EXPECT_EQ(sources.place(value->map().entry("ä")->mark), "m.json:1:2");
  EXPECT_EQ(sources.place(b->value.list()[0].mark()), "m.json:2:9");
  auto nested = parse_json("[[1], [[2]],\n{\"a\": {}}, 3]", sources, "n.json");
  ASSERT_TRUE(nested);
  const List& items = nested->list();
  EXPECT_EQ(sources.place(items[0].list()[0].mark()), "n.json:1:3");
  EXPECT_EQ(sources.place(items[1].list()[0].mark()), "n.json:1:8");
  EXPECT_EQ(sources.place(items[1].list()[0].list()[0].mark()), "n.json:1:9");
  EXPECT_EQ(sources.place(items[2].map().entry("a")->mark), "n.json:2:2");
  EXPECT_EQ(sources.place(items[2].find("a")->mark()), "n.json:2:7");
  EXPECT_EQ(sources.place(items[3].mark()), "n.json:2:12");
}

TEST(Json, RefusalsNameTheirPlace) {
  struct Case {
    const char* text;
    const char* where;
  };
  const Case cases[] = {{"{\"a\": 1, \"a\": 2}", "t.json:1:10"},
                        {"{\"a\": 1", "t.json:1:8"},
                        {"[1] x", "t.json:1:5"},
                        {"{\"a\": 01}", "t.json:1:8"},
                        {"{'a': 1}", "t.json:1:2"},
                        {"[\"\\ud800\"]", "t.json:1:3"},
                        {"[\"\\udc00\"]", "t.json:1:2"},
                        {"{\"\\udfff\": 1}", "t.json:1:2"},
                        {"[\"\\ud83d\", \"\\ude00\"]", "t.json:1:3"},
                        {"[1,]", "t.json:1:4"},
                        {"", "t.json:1:1"},
                        {"[NaN]", "t.json:1:2"},
                        {"[1.8e308]", "t.json:1:2"},
                        {"[1e309]", "t.json:1:2"}};
  for (const Case& c : cases) {
    auto value = json(c.text);
    ASSERT_FALSE(value) << c.text;
    EXPECT_EQ(value.error().where, c.where) << c.text << ": " << value.error().message;
  }
}

TEST(Json, OutputKeepsComparisonSignsAndNumbers) {
  auto value = json(R"({"a": ">= 1.30 & <b>", "n": 1.10, "e": 1E5, "empty": {}, "none": []})");
  ASSERT_TRUE(value);
  EXPECT_EQ(
      to_json(*value),
      "{\n  \"a\": \">= 1.30 & <b>\",\n  \"n\": 1.10,\n  \"e\": 1E5,\n  \"empty\": {},\n  \"none\": []\n}\n");
}

TEST(Json, WhatAYamlReaderOrATerminalWouldTakeForSomethingElseIsEscaped) {
  EXPECT_EQ(to_compact_json(Value("a\u0085\u2028\u202E\uFEFF\uFFFE\x7f\x01é😀")),
            R"("a\u0085\u2028\u202e\ufeff\ufffe\u007f\u0001é😀")");
}

TEST(Format, ContentDecides) {
  EXPECT_EQ(format_of(" \n{\"a\": 1}"), Format::Json);
  EXPECT_EQ(format_of("[1]"), Format::Json);
  EXPECT_EQ(format_of("a: 1"), Format::Yaml);
  EXPECT_EQ(format_of(""), Format::Yaml);
}

TEST(YamlProperty, EveryStringIsReadBackEqualAsValueKeyAndItem) {
  for (const std::string& text : testing::tricky_strings()) {
    Map map;
    map.set("value", Value(text));
    map.set(text.empty() ? "''" : text, Value("as key"));
    map.set("list", Value(List{Value(text), Value(List{Value(text)}), Value(Map())}));
    Map inner;
    inner.set("deep", Value(text));
    inner.set("after", Value(1));
    map.set("items", Value(List{Value(inner), Value(inner)}));
    Value whole{std::move(map)};
    std::string written = to_yaml(whole);
    auto back = yaml(written);
    ASSERT_TRUE(back) << quote(text) << "\n"
                      << back.error().where << " " << back.error().message << "\n"
                      << written;
    EXPECT_EQ(*back, whole) << quote(text) << "\n" << written;
    auto back_json = json(to_json(whole));
    ASSERT_TRUE(back_json) << quote(text);
    EXPECT_EQ(*back_json, whole) << quote(text);
    auto root = yaml(to_yaml(Value(text)));
    ASSERT_TRUE(root) << quote(text);
    EXPECT_EQ(*root, Value(text)) << quote(text) << to_yaml(Value(text));
  }
}

}  // namespace
}  // namespace eidos::data
