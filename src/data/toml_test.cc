#include "data/toml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"

namespace eidos::data {
namespace {

using ::testing::HasSubstr;

std::string repeated(std::string_view piece, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += piece;
  return out;
}

TEST(Toml, ReadsWhatTheSpecificationSays) {
  struct Case {
    const char* text;
    const char* want;  // compact JSON
  };
  const Case kCases[] = {
      {"", "{}"},
      {"# nothing\n", "{}"},
      {"version = 2\n", R"({"version":2})"},
      {"\xEF\xBB\xBF"
       "a = 1\r\n",
       R"({"a":1})"},
      {"[plugins.\"io.containerd.grpc.v1.cri\".containerd]\ndefault_runtime_name = \"nvidia\"",
       R"({"plugins":{"io.containerd.grpc.v1.cri":{"containerd":{"default_runtime_name":"nvidia"}}}})"},
      {"[plugins.'a.b']\nx = true", R"({"plugins":{"a.b":{"x":true}}})"},
      {"a.b.c = 1\na.b.d = 2", R"({"a":{"b":{"c":1,"d":2}}})"},
      {"a = [1, 2,\n  3, # three\n]", R"({"a":[1,2,3]})"},
      {"a = {b = 'x', c = {d = []}}", R"({"a":{"b":"x","c":{"d":[]}}})"},
      {"[[a]]\nb=1\n[[a]]\nb=2", R"({"a":[{"b":1},{"b":2}]})"},
      {"a = \"\\u00fc\\t\\\"\"", R"({"a":"ü\t\""})"},
      {"a = '''\nno \\ escape\n'''", R"({"a":"no \\ escape\n"})"},
      {"a = \"\"\"\none \\\n   line\"\"\"", R"({"a":"one line"})"},
      {"a = 0xDEADBEEF\nb = 1_000\nc = -9223372036854775808",
       R"({"a":3735928559,"b":1000,"c":-9223372036854775808})"},
      {"a = 1e3\nb = 0.5\nc = 1.0", R"({"a":1000.0,"b":0.5,"c":1.0})"},
      {"a = 1979-05-27T07:32:00Z\nb = 1979-05-27\nc = 07:32:00",
       R"({"a":"1979-05-27T07:32:00Z","b":"1979-05-27","c":"07:32:00"})"},
  };
  for (const Case& c : kCases) {
    Sources sources;
    auto value = parse_toml(c.text, sources, "t");
    ASSERT_TRUE(value) << c.text << ": " << value.error().message;
    EXPECT_EQ(to_compact_json(*value), c.want) << c.text;
  }
}

TEST(Toml, RefusesWithAPlace) {
  struct Case {
    std::string text;
    const char* where;
    const char* says;
  };
  const Case kCases[] = {
      {"a = ", "t:1:", "no TOML: "},
      {"a = 1\na = 2\n", "t:2:", "no TOML: "},
      {"[a]\n[a]\n", "t:2:", "no TOML: "},
      {"a = 'x", "t:1:", "no TOML: "},
      {"a\n", "t:1:", "no TOML: "},
      {"a = yes\n", "t:1:", "no TOML: "},
      {"a = \"\xff\"\n", "t:1:", "no TOML: "},
      {"a = 99999999999999999999\n", "t:1:", "no TOML: "},
      {"{\"version\": 2}", "t:1:", "no TOML: "},
      {"[[[", "t:1:", "expected bare key starting character"},
      {"[[.a]]", "t:1:", "no TOML: "},
      {"a = 1980-05-01\u00e9", "t:1:", "no TOML: "},
      {"a = 1 \u04de", "t:1:", "no TOML: "},
      {"[.", "t:1:", "no TOML: "},
      {repeated("a.", 20'000) + "a = 1", "t", "more than 10000 dots"},
      {repeated("a.", 9'000) + "a = 1", "t", "nested deeper than 100 levels"},
      {"a = " + repeated("[", 100'000), "t", "no TOML: "},
      {"a = " + repeated("{a=", 100'000), "t", "no TOML: "},
      {repeated("#", 1'048'577), "t", "larger than 1048576 bytes"},
  };
  for (const Case& c : kCases) {
    Sources sources;
    auto value = parse_toml(c.text, sources, "t");
    ASSERT_FALSE(value) << c.text.substr(0, 80);
    EXPECT_EQ(value.error().kind, ErrorKind::Invalid);
    EXPECT_THAT(value.error().where, HasSubstr(c.where)) << c.text.substr(0, 80);
    EXPECT_THAT(value.error().message, HasSubstr(c.says)) << c.text.substr(0, 80);
    EXPECT_LE(value.error().message.size(), 300U);
  }
}

TEST(Toml, KeepsPlaces) {
  Sources sources;
  auto value = parse_toml("[a]\n  b = 1\n", sources, "config.toml");
  ASSERT_TRUE(value);
  const Value* a = value->find("a");
  ASSERT_NE(a, nullptr);
  const Map::Entry* b = a->map().entry("b");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(sources.place(b->mark), "config.toml:2:3");
}

}  // namespace
}  // namespace eidos::data
