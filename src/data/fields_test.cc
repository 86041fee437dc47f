#include "data/fields.h"

#include <gtest/gtest.h>

#include "data/document.h"

namespace eidos::data {
namespace {

enum class Color : std::uint8_t { Red, Green };

struct Leaf {
  std::string name;
  std::int64_t count = 0;
  Mark mark;
};
struct Tree {
  std::string title;
  bool ripe = false;
  Color color = Color::Red;
  std::vector<Leaf> leaves;
  std::optional<Leaf> best;
  std::map<std::string, std::string> labels;
  Map extra;
};

}  // namespace

template <>
struct Names<Color> {
  static constexpr std::pair<std::string_view, Color> kTable[] = {{"red", Color::Red},
                                                                  {"green", Color::Green}};
};
template <>
struct Fields<Leaf> {
  static constexpr std::string_view kTitle = "Leaf";
  static constexpr auto table() {
    return std::tuple{field("name", &Leaf::name, "Its name", kRequired),
                      field("count", &Leaf::count, "How many")};
  }
};
template <>
struct Fields<Tree> {
  static constexpr std::string_view kTitle = "Tree";
  static constexpr auto table() {
    return std::tuple{
        field("title", &Tree::title, "Title", kAlways), field("ripe", &Tree::ripe, "Ripe"),
        field("color", &Tree::color, "Colour"),         field("leaves", &Tree::leaves, "Leaves"),
        field("best", &Tree::best, "Best leaf"),        field("labels", &Tree::labels, "Labels"),
        field("extra", &Tree::extra, "Anything")};
  }
};

namespace {

struct Read {
  Tree tree;
  std::vector<std::string> problems;
  std::vector<std::string> warnings;
};

Read read(std::string_view text, bool lenient = false) {
  Sources sources;
  Value root = *parse_yaml(text, sources, "f.yaml");
  Reading reading{sources, lenient};
  Read out;
  read_value(root, out.tree, reading, nullptr);
  for (const Error& problem : reading.problems)
    out.problems.push_back(cat(problem.where, ": ", problem.message));
  out.warnings = reading.warnings;
  return out;
}

TEST(Fields, ReadAndWriteAreInverse) {
  constexpr std::string_view kText =
      "title: \"1.30\"\nripe: true\ncolor: green\nleaves:\n  - name: a\n    count: 3\nbest:\n  name: a\n"
      "labels:\n  k: v\nextra:\n  any: [1]\n";
  Read got = read(kText);
  EXPECT_TRUE(got.problems.empty());
  EXPECT_EQ(got.tree.leaves[0].mark.line, 5u);
  Sources sources;
  EXPECT_EQ(write_value(got.tree), *parse_yaml(kText, sources, ""));
}

TEST(Fields, AnUnquotedNumberInATextFieldKeepsItsSpelling) {
  EXPECT_EQ(read("title: 1.30").tree.title, "1.30");
}

TEST(Fields, EveryProblemIsReportedWithItsPlace) {
  struct Case {
    const char* text;
    const char* want;
  };
  const Case cases[] = {
      {"titel: x", "f.yaml:1:1: unknown key 'titel'; did you mean 'title'?"},
      {"leaves: [{name: a, cuont: 1}]", "f.yaml:1:20: leaves[0]: unknown key 'cuont'; did you mean 'count'?"},
      {"leaves: [null]", "f.yaml:1:10: leaves[0]: a null entry in a list"},
      {"leaves: [{count: 1}]", "f.yaml:1:10: leaves[0]: key 'name' is missing"},
      {"leaves: {}", "f.yaml:1:9: leaves: expected a list, got a map"},
      {"ripe: yes", "f.yaml:1:7: ripe: expected true or false, got a string ('yes')"},
      {"best: {name: a, count: 1.5}",
       "f.yaml:1:24: best.count: expected a whole number, got a number ('1.5')"},
      {"color: grene", "f.yaml:1:8: color: 'grene' is none of red, green; did you mean 'green'?"},
      {"title: [x]", "f.yaml:1:8: title: expected text, got a list"},
      {"labels: {\"a.b\": []}", "f.yaml:1:17: labels.\"a.b\": expected text, got a list"},
  };
  for (const Case& c : cases) EXPECT_EQ(read(c.text).problems, std::vector<std::string>{c.want}) << c.text;
  EXPECT_EQ(read("a: 1\nb: 2\nripe: 3").problems.size(), 3u);
}

TEST(Fields, LenientTurnsUnknownKeysIntoWarnings) {
  Read got = read("titel: x\nripe: true", true);
  EXPECT_TRUE(got.problems.empty());
  EXPECT_EQ(got.warnings,
            std::vector<std::string>{"f.yaml:1:1: unknown key 'titel'; did you mean 'title'?; ignored"});
  EXPECT_TRUE(got.tree.ripe);
}

TEST(Fields, TheSchemaComesFromTheSameTable) {
  Value schema = SchemaOf<Tree>::make();
  for (const char* key : {"title", "ripe", "color", "leaves", "best", "labels", "extra"})
    EXPECT_NE(schema.find("properties")->find(key), nullptr) << key;
  EXPECT_EQ(to_compact_json(*schema.find("properties")->find("color")->find("enum")), R"(["red","green"])");
  EXPECT_EQ(to_compact_json(*schema.find("properties")->find("leaves")->find("items")->find("required")),
            R"(["name"])");
}

}  // namespace
}  // namespace eidos::data
