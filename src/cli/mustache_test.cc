#include "cli/mustache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "cli/snapshot_template.h"
#include "data/document.h"

namespace eidos::cli {
namespace {

using ::testing::HasSubstr;

Result<std::string> rendered(const std::string& text,
                             const std::map<std::string, std::string>& partials = {}) {
  data::Sources sources;
  auto root = data::parse_yaml(
      "name: gpu-7\nempty: ''\nnothing: ~\nyes: true\nno: false\nnumber: 8\nhtml: '<a href=\"x\">&'\n"
      "list: [{v: 1}, {v: 2}]\nnone: []\nmap: {inner: {deep: down}, a.b: dotted}\n",
      sources, "root");
  EXPECT_TRUE(root);
  return render({"t", text,
                 [&](const std::string& part) -> Result<std::string> {
                   auto found = partials.find(part);
                   if (found == partials.end()) return fail(ErrorKind::NotFound, "not there");
                   return found->second;
                 }},
                *root);
}

TEST(Mustache, Renders) {
  struct Case {
    const char* text;
    const char* want;
  };
  const Case kCases[] = {
      {"", ""},
      {"plain { } text\n", "plain { } text\n"},
      {"{{name}} has {{ number }}", "gpu-7 has 8"},
      {"{{html}}|{{{html}}}|{{&html}}", "<a href=\"x\">&|<a href=\"x\">&|<a href=\"x\">&"},
      {"[{{empty}}{{nothing}}]", "[]"},
      {"{{yes}}", "true"},
      {"{{#list}}{{v}},{{/list}}", "1,2,"},
      {"{{#list}}\n- {{v}} of {{name}}\n{{/list}}\nend\n", "- 1 of gpu-7\n- 2 of gpu-7\nend\n"},
      {"{{#none}}x{{/none}}{{^none}}nobody{{/none}}", "nobody"},
      {"{{#no}}x{{/no}}{{^no}}off{{/no}}", "off"},
      {"{{#gone}}x{{/gone}}{{^gone}}gone{{/gone}}", "gone"},
      {"{{map.inner.deep}} {{map.a.b}}", "down dotted"},
      {"{{#map}}{{inner.deep}}{{/map}}", "down"},
      {"{{! a comment }}x", "x"},
      {"\xc3\xa4{{name}}", "\xc3\xa4gpu-7"},
  };
  for (const Case& c : kCases) {
    auto got = rendered(c.text);
    ASSERT_TRUE(got) << c.text << ": " << got.error().message;
    EXPECT_EQ(*got, c.want) << c.text;
  }
  EXPECT_EQ(*rendered("{{> a}}{{> a}}", {{"a", "{{name}};"}}), "gpu-7;gpu-7;");
  EXPECT_EQ(*rendered("{{no}}"), "false");
}

TEST(Mustache, RefusesWithThePlace) {
  struct Case {
    const char* text;
    const char* where;
    const char* message;
  };
  const Case kCases[] = {
      {"a\n {{nam}}", "t:2:2", "nothing is called 'nam' here"},
      {"{{map.inner.deeper}}", "t:1:1", "nothing is called 'map.inner.deeper' here"},
      {"{{name.first}}", "t:1:1", "nothing is called 'name.first' here"},
      {"{{map}}", "t:1:1", "'map' is a map or a list, not a text"},
      {"{{list}}", "t:1:1", "'list' is a map or a list"},
      {"x{{name", "t:1:2", "has no }}"},
      {"{{{name}}", "t:1:1", "has no }}}"},
      {"{{}}", "t:1:1", "a tag without a name"},
      {"{{#}}{{/}}", "t:1:1", "a tag without a name"},
      {"{{#list}}", "t:1:1", "section 'list' is not closed"},
      {"{{/list}}", "t:1:1", "closes no section"},
      {"{{#list}}{{#map}}{{/list}}{{/map}}", "t:1:18", "the open one is 'map'"},
      {"{{=<% %>=}}", "t:1:1", "other delimiters"},
      {"\n{{> gone}}", "t:2:1", "partial 'gone': not there"},
      {"ab\xff", "t:1:3", "not valid UTF-8"},
  };
  for (const Case& c : kCases) {
    auto got = rendered(c.text);
    ASSERT_FALSE(got) << c.text;
    EXPECT_EQ(got.error().where, c.where) << c.text;
    EXPECT_THAT(got.error().message, HasSubstr(c.message)) << c.text;
  }
}

TEST(Mustache, PartialsMayNotIncludeThemselves) {
  for (const std::map<std::string, std::string>& loop :
       {std::map<std::string, std::string>{{"a", "{{> a}}"}},
        std::map<std::string, std::string>{
            {"a", "{{> b}}"}, {"b", "\n{{> c}}"}, {"c", "{{#list}}{{> a}}{{/list}}"}}}) {
    auto got = rendered("{{> a}}", loop);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
    EXPECT_THAT(got.error().message, HasSubstr("includes itself"));
  }
  std::map<std::string, std::string> chain;
  for (int i = 0; i < 20; ++i) chain[cat("p", i)] = cat("{{> p", i + 1, "}}");
  auto deep = rendered("{{> p0}}", chain);
  ASSERT_FALSE(deep);
  EXPECT_THAT(deep.error().message, HasSubstr("deep"));
}

TEST(Mustache, IsBounded) {
  std::string nested;
  for (int i = 0; i < 40; ++i) nested += "{{#list}}";
  nested += "x";
  for (int i = 0; i < 40; ++i) nested += "{{/list}}";
  auto many = rendered(nested);  // 2^40 of them
  ASSERT_FALSE(many);
  EXPECT_THAT(many.error().message, HasSubstr("repeats too much"));
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "{{#map}}";
  EXPECT_FALSE(rendered(deep));
  EXPECT_FALSE(rendered(std::string(kMaxTemplateBytes + 1, 'x')));
  // Each of 2^9 repeats writes the whole of a long text, with an end of line.
  std::string wide(100'000, 'y');
  std::string text = "{{> w}}";
  for (int i = 0; i < 9; ++i) text = cat("{{#list}}", text, "{{/list}}");
  auto large = rendered(text, {{"w", wide + "\n"}});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().kind, ErrorKind::Invalid);
}

TEST(SnapshotTemplate, SeesReadingsByPathAndInLists) {
  model::Snapshot snapshot;
  snapshot.kind = "Snapshot";
  snapshot.metadata.source_node = "gpu-7";
  model::Subtype sysctl{"sysctl", {}, {}, {}};
  sysctl.data.set("/proc/sys/kernel/osrelease", data::Value("6.8"));
  sysctl.data.set("/proc/sys/net/ipv4/ip_forward", data::Value("1"));
  snapshot.measurements = {{"OS", {sysctl}, {}}};
  auto got = render({"t",
                     "{{metadata.source-node}}: {{OS.sysctl./proc/sys/kernel/osrelease}}\n"
                     "{{#measurements}}{{#subtypes}}{{type}}.{{subtype}}\n{{#readings}}{{key}}={{value}}\n"
                     "{{/readings}}{{/subtypes}}{{/measurements}}",
                     {}},
                    template_view(snapshot));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(*got, "gpu-7: 6.8\nOS.sysctl\n/proc/sys/kernel/osrelease=6.8\n/proc/sys/net/ipv4/ip_forward=1\n");
}

}  // namespace
}  // namespace eidos::cli
