#include "data/yaml_plain_reader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "support/corpus.h"

namespace eidos::data {
namespace {

bool same_mark(const Mark& a, const Mark& b) {
  return a.file == b.file && a.line == b.line && a.column == b.column;
}

// Values and where each stood: what == passes over.
bool same(const Value& a, const Value& b) {
  if (a.type() != b.type() || !same_mark(a.mark(), b.mark())) return false;
  if (a.is_list()) return std::ranges::equal(a.list(), b.list(), same);
  if (a.is_map())
    return std::ranges::equal(a.map(), b.map(), [](const Map::Entry& x, const Map::Entry& y) {
      return x.key == y.key && same_mark(x.mark, y.mark) && same(x.value, y.value);
    });
  return a == b;
}

// What the quick reader takes, the full one takes for the same. True when it was taken.
bool agrees(const std::string& text) {
  auto quick = read_plain_yaml(text, 0);
  if (!quick) return false;
  Sources sources;
  auto full = read_full_yaml(text, 0, sources);
  EXPECT_TRUE(full) << "read what is none: " << full.error().message << "\n" << text;
  if (full) {
    EXPECT_TRUE(same(*quick, *full)) << text << "\nquick:\n"
                                     << to_yaml(*quick) << "full:\n"
                                     << to_yaml(*full);
  }
  return true;
}

TEST(PlainYaml, TakesTheEveryday) {
  const char* kCases[] = {
      "a: 1\n",
      "a: 1",
      "# head\n\na: b c d\n# between\nb: 'x''y'\n  # deep\nc: \"q\\\"\\\\\\n\\t\"   \n\n",
      "a:\n  b:\n    c: 1\n  d: ~\ne:\n",
      "a:\n- 1\n- b: 2\n  c: 3\n-\n- - x\n  - y\n",
      "a:\n    - b: 1\n      c:\n        - d\n    -   e: 1\n        f: 2\n",
      "- a\n- b\n",
      "'q k': 1\n\"d k\": 2\na:b: 3\nhttp://x:80: 4\n",
      "a: {}\nb: []\nc: -1\nd: :x\ne: ?x\nf: a#b\ng: a:b\nh: x, [y] {z}\n",
      "a: true\nb: 0x1F\nc: 1e3\nd: .inf\ne: yes\nf: 2026-01-02\ng: 1_000\n",
      "x:\n  y: 1\n\n\n  z: 2\n",
      "a: |\n  text\n",
      "a: |-\n  one\n   two\n\n  # no comment\n  b: 1\n\n\nc: |\n d\n\n",
      "a:\n  b: |-\n    x\n  c: |\n      y\n    \n",  // of blanks: see below
      "a:\n  b: |-\n    x\n  c: |\n      y\n\n# end\n",
      "- |\n a\n- |-\n\n   b\n-  - |\n    c\n",
      "a:\n- |\n  b\n- c: |-\n    d\n  e: f\n",
      "a: - b\nb: x\n",  // refused by both: see below
  };
  int taken = 0;
  for (const char* text : kCases) taken += agrees(text) ? 1 : 0;
  EXPECT_EQ(taken, static_cast<int>(std::size(kCases)) - 2);
}

TEST(PlainYaml, LeavesTheRestToTheFullReader) {
  const char* kCases[] = {"",
                          "# nothing\n",
                          "a",
                          "  a: 1\n",
                          "a: 1\na: 2\n",
                          "a: &x 1\nb: *x\n",
                          "a: !!str 1\n",
                          "a: |\n",
                          "a: |\nb: 1\n",
                          "a: |\n  text",
                          "a: |\n    text\n  less\n",
                          "a: |+\n  text\n\n",
                          "a: |2\n  text\n",
                          "a: | # comment\n  text\n",
                          "a: |\n   \n text\n",
                          "a: >-\n  text\n",
                          "a: [1, 2]\n",
                          "a: {b: 1}\n",
                          "a: one\n  two\n",
                          "a: 'one\n  two'\n",
                          "a: \"\\u0041\"\n",
                          "a: \"x\" # comment\n",
                          "a: x # comment\n",
                          "a:\t1\n",
                          "a: \xc3\xa4\n",
                          "a: 1\r\n",
                          "--- \na: 1\n",
                          "a: 1\n---\nb: 2\n",
                          "a: 1\n...\n",
                          "%YAML 1.1\n---\na: 1\n",
                          "? a\n: 1\n",
                          "<<: {a: 1}\n",
                          "~: 1\n",
                          "null: 1\n",
                          "a : 1\n",
                          "a: b: c\n",
                          "a: b:\n",
                          "a:\n  b: 1\n c: 2\n",
                          "a:\n- 1\n - 2\n",
                          "a: 1\n- b\n",
                          "- a\nb: 1\n",
                          "a: @x\n",
                          "a: `x\n",
                          "a: - \n",
                          "- ? x\n",
                          "'a\n",
                          ": 1\n",
                          "'a'b: 1\n"};
  for (const char* text : kCases) EXPECT_FALSE(read_plain_yaml(text, 0)) << text;
  std::string key(1100, 'k');
  EXPECT_FALSE(read_plain_yaml(key + ": 1\n", 0));
  std::string deep;
  for (int i = 0; i < 120; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_FALSE(read_plain_yaml(deep, 0));
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> yaml_files(const std::filesystem::path& top) {
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(top))
    if (entry.is_regular_file() && entry.path().extension() == ".yaml")
      texts.push_back(bytes_of(entry.path()));
  std::ranges::sort(texts);
  return texts;
}

TEST(PlainYaml, AgreesOnEveryFileOfTheTree) {
  const std::filesystem::path tests = EIDOS_TEST_DATA;
  int taken = 0;
  for (const char* place : {"../examples", "../catalog", "golden"})
    for (const std::string& text : yaml_files(tests / place)) taken += agrees(text) ? 1 : 0;
  EXPECT_GT(taken, 20);
}

// Everyday text with something odd put into it, at every place and at random.
TEST(PlainYaml, AgreesOnWhateverIsMadeOfIt) {
  const std::string base =
      "# c\nkind: Snapshot\nmeta:\n  time: \"2026-01-02T18:01:13Z\"\n  n: 'it''s'\nlist:\n  - type: OS\n    "
      "sub:\n"
      "      - {}\n      - data:\n          a/b.c: 1\n          empty:\n          q: \"\\\"x\\n\"\n  -\n  - "
      "- 1\n    - two\n"
      "tail:\n- x\n- y: z\n";
  const std::string_view kBits[] = {" ",  "\n",   ":",  ": ",  "-",   "- ",   "#",  " #",  "'",  "\"",
                                    "\\", "\t",   "[",  "]",   "{",   "}",    "&",  "*",   "!",  "|",
                                    ">",  "%",    "@",  "~",   "?",   "? ",   ",",  "<<",  "\r", "é",
                                    "  ", "\n\n", "--", "---", "...", "null", "0x", "\n  "};
  int taken = 0;
  for (std::size_t at = 0; at <= base.size(); ++at) {
    for (std::string_view bit : kBits) {
      taken += agrees(std::string(base).insert(at, bit)) ? 1 : 0;
      if (at < base.size()) taken += agrees(std::string(base).replace(at, 1, bit)) ? 1 : 0;
    }
    if (at < base.size()) taken += agrees(std::string(base).erase(at, 1)) ? 1 : 0;
  }
  EXPECT_GT(taken, 1000);
  std::mt19937 random(7);
  auto below = [&](std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most - 1)(random);
  };
  for (int round = 0; round < 5'000; ++round) {
    std::string text = base;
    for (std::size_t n = 1 + below(4); n > 0; --n) {
      std::size_t at = below(text.size());
      text.replace(at, below(3), kBits[below(std::size(kBits))]);
    }
    agrees(text);
  }
}

TEST(PlainYaml, AgreesOnTheCorpus) {
  EIDOS_NEEDS_CORPUS(corpus);
  int taken = 0;
  for (const std::string& text : yaml_files(corpus)) taken += agrees(text) ? 1 : 0;
  EXPECT_GT(taken, 3);
}

}  // namespace
}  // namespace eidos::data
