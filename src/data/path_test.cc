#include "data/path.h"

#include <gtest/gtest.h>

#include "data/document.h"

namespace eidos::data {
namespace {

TEST(Path, ReadsAndWritesTheShortestSpelling) {
  struct Case {
    const char* text;
    const char* want;  // nullptr: refused
  };
  const Case cases[] = {{"a", "a"},
                        {"a.b.c", "a.b.c"},
                        {"a[2].b", "a[2].b"},
                        {"a[0][1]", "a[0][1]"},
                        {"[3]", "[3]"},
                        {"a.\"b.c/d\".e", "a.\"b.c/d\".e"},
                        {"a.b\\.c", "a.\"b.c\""},
                        {"\"q\\\"x\"", "\"q\\\"x\""},
                        {"\"\"", "\"\""},
                        {"a.*", "a.\"*\""},
                        {"", nullptr},
                        {".a", nullptr},
                        {"a.", nullptr},
                        {"a..b", nullptr},
                        {"a[x]", nullptr},
                        {"a[", nullptr},
                        {"a[1]b", nullptr},
                        {"\"open", nullptr},
                        {"a[-1]", nullptr},
                        {"a[99999999999999999999999]", nullptr}};
  for (const Case& c : cases) {
    auto path = parse_path(c.text);
    ASSERT_EQ(path.has_value(), c.want != nullptr) << c.text;
    if (path) {
      EXPECT_EQ(to_text(*path), c.want);
      EXPECT_EQ(*parse_path(to_text(*path)), *path);
    }
  }
  std::string long_path = "a";
  for (int i = 0; i < 200; ++i) long_path += ".a";
  EXPECT_FALSE(parse_path(long_path));
}

TEST(Selector, IsAPathWithStars) {
  struct Case {
    const char* text;
    const char* want;  // nullptr: refused
  };
  const Case cases[] = {{"", ""},
                        {".", ""},
                        {".a.b", "a.b"},
                        {"a.*.b", "a.*.b"},
                        {"*", "*"},
                        {"a[*].b", "a.*.b"},
                        {"[*]", "*"},
                        {"a.\"*\".b", "a.\"*\".b"},
                        {"a[2].*", "a[2].*"},
                        {"a.\"x*\"", "a.\"x*\""},
                        {"..a", nullptr},
                        {"a.x*", nullptr},
                        {"a.\\*", "a.\"*\""},
                        {"a.**", nullptr},
                        {"a[**]", nullptr},
                        {"a.", nullptr}};
  for (const Case& c : cases) {
    auto selector = parse_selector(c.text);
    ASSERT_EQ(selector.has_value(), c.want != nullptr) << c.text;
    if (selector) {
      EXPECT_EQ(to_text(*selector), c.want);
      EXPECT_EQ(*parse_selector(to_text(*selector)), *selector);
    }
  }
}

TEST(Path, SetMakesMapsAndRefusesToGoThroughScalars) {
  struct Case {
    const char* before;
    const char* path;
    const char* after;  // nullptr: refused, document unchanged
  };
  const Case cases[] = {{"{}", "a.b", R"({"a":{"b":1}})"},
                        {"{\"a\":null}", "a.b", R"({"a":{"b":1}})"},
                        {"{\"a\":{\"c\":2}}", "a.b", R"({"a":{"c":2,"b":1}})"},
                        {"{\"a\":[5,6]}", "a[1]", R"({"a":[5,1]})"},
                        {"{\"a\":[5]}", "a[1]", R"({"a":[5,1]})"},
                        {"{\"a\":[{\"k\":2}]}", "a[0].k", R"({"a":[{"k":1}]})"},
                        {"{}", "a[0]", R"({"a":[1]})"},
                        {"{\"a\":\"x\"}", "a.b", nullptr},
                        {"{\"a\":[5]}", "a[3]", nullptr},
                        {"{\"a\":[5]}", "a.b", nullptr},
                        {"{\"a\":{}}", "a[0]", nullptr},
                        {"{}", "a.b[4]", nullptr}};
  for (const Case& c : cases) {
    Sources sources;
    Value root = *parse_json(c.before, sources, "");
    auto done = set(root, *parse_path(c.path), Value(1));
    ASSERT_EQ(done.has_value(), c.after != nullptr) << c.before << " " << c.path;
    EXPECT_EQ(to_compact_json(root), c.after != nullptr ? c.after : c.before);
    if (done) {
      EXPECT_EQ(*find(root, *parse_path(c.path)), Value(1));
    }
  }
}

TEST(Path, SetRefusesWhatNoReaderWouldTakeBack) {
  Path path(89, PathPart(std::string("k")));
  Value root;
  EXPECT_TRUE(set(root, path, Value(1)));
  auto done = set(root, path, Value(List{Value(1)}));
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().message.ends_with("nested deeper than 90 levels")) << done.error().message;
  EXPECT_EQ(*find(root, path), Value(1));
}

TEST(Path, FindReturnsNullWhereNothingIs) {
  Sources sources;
  Value root = *parse_json(R"({"a":[{"b":1}]})", sources, "");
  EXPECT_NE(find(root, *parse_path("a[0].b")), nullptr);
  for (const char* miss : {"b", "a[1]", "a.b", "a[0].c", "a[0].b.c"})
    EXPECT_EQ(find(root, *parse_path(miss)), nullptr);
}

}  // namespace
}  // namespace eidos::data
