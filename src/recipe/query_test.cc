#include "recipe/query.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "support/small_catalog.h"

namespace eidos::recipe {
namespace {

data::Value document(const char* json) {
  data::Sources sources;
  return *data::parse_json(json, sources, "");
}

data::Selector selector(const char* text) {
  auto selector = data::parse_selector(text);
  EXPECT_TRUE(selector) << text;
  return selector ? *selector : data::Selector();
}

constexpr const char* kDocument = R"({
  "kind": "X",
  "none": null,
  "empty": {},
  "list": [{"name": "a", "n": 1}, {"name": "b.c", "n": 2, "m": 3}, {"name": "a", "n": 4}],
  "plain": [5, 6],
  "words": ["x", "y"],
  "map": {"a.b": {"version": "1.10"}, "*": true}
})";

std::string found(const char* text) {
  data::Value root = document(kDocument);
  auto matches = select(root, selector(text));
  if (!matches) return matches.error().message;
  std::vector<std::string> lines;
  for (const Match& match : *matches) {
    EXPECT_EQ(data::find(root, match.path), match.value) << "a match's path leads to its value";
    lines.push_back(cat(data::to_text(match.path), "=", data::to_compact_json(*match.value)));
  }
  return join(lines, " ");
}

TEST(Select, FollowsKeysIndexesNamesAndStars) {
  struct Case {
    const char* selector;
    const char* want;
  };
  const Case kCases[] = {
      {"kind", R"(kind="X")"},
      {"none", "none=null"},
      {"map.\"a.b\".version", R"(map."a.b".version="1.10")"},
      {"map.\\*", "map.\"*\"=true"},
      {"plain[1]", "plain[1]=6"},
      {"plain[*]", "plain[0]=5 plain[1]=6"},
      {"list.\"b.c\".n", "list[1].n=2"},
      {"list.a.n", "list[0].n=1 list[2].n=4"},
      {"list.*.m", "list[1].m=3"},
      {"map.*.version", R"(map."a.b".version="1.10")"},
      {"words.y", R"(words[1]="y")"},
      {"words.y.z", "nothing at 'words.y.z': 'words[1]' is a string and has nothing below it"},
      {"kin", "nothing at 'kin'; did you mean 'kind'?"},
      {"kind.x", "nothing at 'kind.x': 'kind' is a string and has nothing below it"},
      {"none.x", "nothing at 'none.x': 'none' is null and has nothing below it"},
      {"empty.x", "nothing at 'empty.x': 'empty' is empty"},
      {"empty.*", "nothing at 'empty.*': 'empty' is empty"},
      {"plain[2]", "nothing at 'plain[2]': 'plain' has 2 items, counted from 0"},
      {"plain.x", "nothing at 'plain.x'"},
      {"map[0]", "nothing at 'map[0]': 'map' is a map, not a list"},
      {"list.b\\.d.n", "nothing at 'list.\"b.d\"'; did you mean 'b.c'?"},
      {"list.*.k", "nothing at 'list.*.k'"},
      {"[0]", "nothing at '[0]': the recipe is a map, not a list"},
  };
  for (const Case& c : kCases) EXPECT_EQ(found(c.selector), c.want) << c.selector;
}

TEST(Select, AMissIsNotFoundAndTellsWhatThereIs) {
  data::Value root = document(kDocument);
  struct Case {
    const char* selector;
    const char* hint;
  };
  const Case kCases[] = {{"x", "the recipe has: kind, none, empty, list, plain, words, map"},
                         {"list.x", "'list' has: a, b.c"},
                         {"words.z", "'words' has: x, y"},
                         {"list.*.k", "those places have: name, n, m"},
                         {"plain.x", "take a list item as [0], all of them as [*]"},
                         {"kind.x", ""}};
  for (const Case& c : kCases) {
    auto miss = select(root, selector(c.selector));
    ASSERT_FALSE(miss) << c.selector;
    EXPECT_EQ(miss.error().kind, ErrorKind::NotFound);
    EXPECT_EQ(miss.error().hint, c.hint) << c.selector;
  }
}

TEST(Select, ALongListOfSiblingsIsCut) {
  data::Map keys;
  for (int i = 0; i < 100; ++i) keys.set(cat("k", i), data::Value(i));
  auto miss = select(data::Value(std::move(keys)), selector("zzz"));
  ASSERT_FALSE(miss);
  EXPECT_TRUE(miss.error().hint.ends_with("k29 and 70 more")) << miss.error().hint;
}

class Hydrated : public ::testing::Test {
 protected:
  testing::FakeFiles files_ = testing::small_catalog_files();
  catalog::Catalog catalog_ = testing::load_catalog(std::move(files_));
  model::RecipeResult recipe_ = testing::resolve_recipe(catalog_);
};

TEST_F(Hydrated, ValuesAreComputedOnlyWhereASelectorReachesThem) {
  struct Case {
    const char* selector;
    std::vector<std::size_t> want;  // alpha, beta, gamma
  };
  const Case kCases[] = {{"", {0, 1, 2}},
                         {"*", {0, 1, 2}},
                         {"components", {0, 1, 2}},
                         {"components.beta", {1}},
                         {"components.beta.values.size", {1}},
                         {"components.*.values", {0, 1, 2}},
                         {"components.beta.version", {}},
                         {"components.*.version", {}},
                         {"components[0].values", {}},
                         {"componentRefs", {}},
                         {"kind", {}}};
  for (const Case& c : kCases)
    EXPECT_EQ(reached_values(recipe_, std::vector<data::Selector>{selector(c.selector)}), c.want)
        << c.selector;
}

TEST_F(Hydrated, ComponentsAreMapsWithTheValuesTheirChartsGet) {
  auto document = hydrated_document(catalog_, recipe_, {0, 1, 2});
  ASSERT_TRUE(document);
  struct Case {
    const char* selector;
    const char* want;
  };
  const Case kCases[] = {{"components.alpha.values.driver", R"({"version":"1.10","enabled":true})"},
                         {"components.alpha.version", R"("v1.2.3")"},
                         {"components.beta.values", R"({"size":1})"},
                         {"components.gamma.values", "{}"},
                         {"componentRefs.beta.overrides.size", "1"},
                         {"deploymentOrder", R"(["alpha","beta","gamma"])"}};
  for (const Case& c : kCases) {
    auto matches = select(*document, selector(c.selector));
    ASSERT_TRUE(matches) << c.selector;
    EXPECT_EQ(data::to_compact_json(*matches->front().value), c.want) << c.selector;
  }
  EXPECT_FALSE(select(*document, selector("components.alpha.overrides")));
}

}  // namespace
}  // namespace eidos::recipe
