#include "data/patch.h"

#include <random>

#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"
#include "support/tricky_strings.h"

namespace eidos::data {
namespace {

Value parsed(std::string_view text) {
  Sources sources;
  auto value = parse_yaml(text, sources, "test");
  EXPECT_TRUE(value) << text << ": " << value.error().message << " " << value.error().where;
  return value ? *std::move(value) : Value();
}

TEST(Patch, AppliesEveryOperation) {
  struct Case {
    const char* document;
    const char* patch;
    const char* want;
  };
  const Case cases[] = {
      {"{a: 1}", "[{op: add, path: /b, value: 2}]", "{a: 1, b: 2}"},
      {"{a: 1}", "[{op: add, path: /a, value: [x]}]", "{a: [x]}"},
      {"{a: [1, 3]}", "[{op: add, path: /a/1, value: 2}]", "{a: [1, 2, 3]}"},
      {"{a: [1]}", "[{op: add, path: /a/-, value: 2}]", "{a: [1, 2]}"},
      {"{a: [1]}", "[{op: add, path: /a/1, value: 2}]", "{a: [1, 2]}"},
      {"{a: 1}", "[{op: add, path: '', value: [whole]}]", "[whole]"},
      {"{a: 1, b: 2}", "[{op: remove, path: /a}]", "{b: 2}"},
      {"{a: [1, 2, 3]}", "[{op: remove, path: /a/1}]", "{a: [1, 3]}"},
      {"{a: 1}", "[{op: remove, path: ''}]", "null"},
      {"{a: {b: 1}}", "[{op: replace, path: /a/b, value: null}]", "{a: {b: null}}"},
      {"{a: {b: 1}, c: {}}", "[{op: move, from: /a/b, path: /c/d}]", "{a: {}, c: {d: 1}}"},
      {"{a: [1, 2, 3]}", "[{op: move, from: /a/2, path: /a/0}]", "{a: [3, 1, 2]}"},
      {"{a: [1, 2, 3]}", "[{op: move, from: /a/0, path: /a/-}]", "{a: [2, 3, 1]}"},
      {"{a: 1}", "[{op: move, from: /a, path: /a}]", "{a: 1}"},
      {"{a: [1]}", "[{op: copy, from: /a, path: /b}, {op: add, path: /b/0, value: 0}]",
       "{a: [1], b: [0, 1]}"},
      {"{a: 1000}", "[{op: test, path: /a, value: 1e3}, {op: remove, path: /a}]", "{}"},
      {"{a/b: 1, m~n: 2}", "[{op: remove, path: /a~1b}, {op: remove, path: /m~0n}]", "{}"},
      {"{'': 1}", "[{op: replace, path: /, value: 2}]", "{'': 2}"},
      {"{a: 1}", "[{op: test, path: /a, value: 1, because: unknown members do not count}]", "{a: 1}"},
      {"{a: 1}", "[]", "{a: 1}"},
  };
  for (const Case& c : cases) {
    Value root = parsed(c.document);
    auto done = apply_patch(root, parsed(c.patch));
    ASSERT_TRUE(done) << c.patch << ": " << done.error().message;
    EXPECT_EQ(root, parsed(c.want)) << c.patch << "\n" << to_yaml(root);
  }
}

TEST(Patch, RefusesWholeWhatItCannotApplyWhole) {
  struct Case {
    const char* patch;
    const char* want;
  };
  const Case cases[] = {
      {"{op: add}", "a patch is a list of operations, not a map"},
      {"[1]", "patch[0]: expected an operation, got a number"},
      {"[{path: /a}]", "patch[0]: the operation has no 'op'"},
      {"[{op: 1}]", "patch[0]: 'op' is a number, not a string"},
      {"[{op: ad, path: /a}]",
       "patch[0]: op 'ad' is none of add, remove, replace, move, copy, test; did you mean 'add'?"},
      {"[{op: add, path: /b}]", "patch[0]: the operation has no 'value'"},
      {"[{op: move, path: /b}]", "patch[0]: the operation has no 'from'"},
      {"[{op: remove, path: b}]", "patch[0]: pointer 'b' does not begin with '/'"},
      {"[{op: remove, path: /a~2}]", "patch[0]: pointer '/a~2' has a '~' that is neither ~0 nor ~1"},
      {"[{op: remove, path: /a~}]", "patch[0]: pointer '/a~' has a '~' that is neither ~0 nor ~1"},
      {"[{op: remove, path: /none}]", "patch[0]: pointer '/none' leads nowhere"},
      {"[{op: replace, path: /none, value: 1}]", "patch[0]: pointer '/none' leads nowhere"},
      {"[{op: add, path: /none/x, value: 1}]", "patch[0]: pointer '/none/x' leads nowhere"},
      {"[{op: add, path: /a/x, value: 1}]", "patch[0]: pointer '/a/x' leads nowhere"},
      {"[{op: add, path: /list/3, value: 1}]", "patch[0]: pointer '/list/3' leads nowhere"},
      {"[{op: add, path: /list/01, value: 1}]", "patch[0]: pointer '/list/01' leads nowhere"},
      {"[{op: add, path: /list/x, value: 1}]", "patch[0]: pointer '/list/x' leads nowhere"},
      {"[{op: remove, path: /list/-}]", "patch[0]: pointer '/list/-' leads nowhere"},
      {"[{op: remove, path: /list/99999999999999999999}]",
       "patch[0]: pointer '/list/99999999999999999999' leads nowhere"},
      {"[{op: move, from: '', path: /b}]", "patch[0]: cannot move '' into itself, '/b'"},
      {"[{op: move, from: /list, path: /list/0}]", "patch[0]: cannot move '/list' into itself, '/list/0'"},
      {"[{op: remove, path: /a}, {op: test, path: /list, value: []}]", "patch[1]: the test of '/list' fails"},
  };
  for (const Case& c : cases) {
    const Value before = parsed("{a: 1, list: [1, 2]}");
    Value root = before;
    auto done = apply_patch(root, parsed(c.patch));
    ASSERT_FALSE(done) << c.patch;
    EXPECT_EQ(done.error().message, c.want);
    EXPECT_EQ(done.error().kind, ErrorKind::Invalid);
    EXPECT_EQ(root, before) << c.patch;
  }
}

TEST(Patch, IsBoundedWhateverItAsksFor) {
  List doubling;
  for (int i = 0; i < 40; ++i) {
    Map copy;
    copy.set("op", "copy");
    copy.set("from", "");
    copy.set("path", cat("/", i));
    doubling.emplace_back(std::move(copy));
  }
  Value root = parsed("{a: text}");
  auto doubled = apply_patch(root, Value(doubling));
  ASSERT_FALSE(doubled);
  EXPECT_EQ(doubled.error().message, "patch[20]: the patch adds more than 256 MiB");

  List deeper(120, parsed("{op: copy, from: '', path: /a}"));
  root = parsed("{a: text}");
  auto deep = apply_patch(root, Value(deeper));
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().message, "patch[99]: pointer '/a': the document would be nested deeper than 100");

  List items(100'000, Value(1));
  Value list(std::move(items));
  auto shifted = apply_patch(list, Value(List(3'000, parsed("{op: move, from: /99999, path: /0}"))));
  ASSERT_FALSE(shifted);
  EXPECT_EQ(shifted.error().message, "patch[167]: the patch moves too many items");
}

TEST(Patch, IsWhatAPersonWouldWrite) {
  struct Case {
    const char* from;
    const char* to;
    const char* want;
  };
  const Case cases[] = {
      {"{a: 1}", "{a: 1}", "[]"},
      {"{a: 1, b: 2}", "{b: 2, a: 1}", "[]"},
      {"{a: 1}", "{a: 2}", "[{op: replace, path: /a, value: 2}]"},
      {"{a: 1}", "[a]", "[{op: replace, path: '', value: [a]}]"},
      {"{a: 1, c: 1}", "{b: 2, c: 1}", "[{op: remove, path: /a}, {op: add, path: /b, value: 2}]"},
      {"{a/b: {m~n: 1}}", "{a/b: {m~n: 2}}", "[{op: replace, path: /a~1b/m~0n, value: 2}]"},
      {"[1, 2, 3]", "[1, 3]", "[{op: remove, path: /1}]"},
      {"[1, 3]", "[1, 2, 3]", "[{op: add, path: /1, value: 2}]"},
      {"[1, 2]", "[]", "[{op: remove, path: /1}, {op: remove, path: /0}]"},
      {"[{name: a, v: 1}, {name: b, v: 1}]", "[{name: b, v: 1}, {name: a, v: 2}]",
       "[{op: move, from: /1, path: /0}, {op: replace, path: /1/v, value: 2}]"},
      {"[{name: a}, {name: b}]", "[{name: c}, {name: b}]",
       "[{op: remove, path: /0}, {op: add, path: /0, value: {name: c}}]"},
      {"[{type: OS, x: 1}]", "[{type: GPU}, {type: OS, x: 2}]",
       "[{op: add, path: /0, value: {type: GPU}}, {op: replace, path: /1/x, value: 2}]"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(make_patch(parsed(c.from), parsed(c.to)), parsed(c.want)) << c.from << " to " << c.to;
}

class RandomTree {
 public:
  explicit RandomTree(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }

  Value tree(int depth) {
    switch (below(depth > 0 ? 8 : 4)) {
      case 0: return Value();
      case 1: return Value(below(2) == 0);
      case 2: return Value(static_cast<std::int64_t>(below(4)));
      case 3: return Value(testing::random_tricky_string(random_));
      case 4:
      case 5: return list(depth);
      default: return map(depth);
    }
  }

  // A few changes: most of it stays.
  void mutate(Value& value, int depth) {
    if (below(6) == 0 || value.is_scalar()) {
      if (below(3) == 0) value = tree(depth);
      return;
    }
    if (value.is_map()) return mutate_map(value.map(), depth);
    List& items = value.list();
    for (Value& item : items) mutate(item, depth - 1);
    if (below(3) == 0) std::shuffle(items.begin(), items.end(), random_);
    if (below(3) == 0 && !items.empty())
      items.erase(items.begin() + static_cast<std::ptrdiff_t>(below(items.size())));
    if (below(3) == 0)
      items.insert(items.begin() + static_cast<std::ptrdiff_t>(below(items.size() + 1)), tree(depth - 1));
  }

 private:
  Value list(int depth) {
    List items;
    bool named = below(2) == 0;
    for (std::size_t i = below(6); i > 0; --i) {
      items.push_back(tree(depth - 1));
      if (named) {
        Map item;
        item.set("name", cat("n", below(12)));
        item.set("value", std::exchange(items.back(), Value()));
        items.back() = Value(std::move(item));
      }
    }
    return Value(std::move(items));
  }

  std::string key() { return below(2) == 0 ? cat("k", below(6)) : testing::random_tricky_string(random_); }

  Value map(int depth) {
    Map map;
    for (std::size_t i = below(below(20) == 0 ? 40 : 6); i > 0; --i) map.set(key(), tree(depth - 1));
    return Value(std::move(map));
  }

  void mutate_map(Map& map, int depth) {
    for (Map::Entry& entry : map) mutate(entry.value, depth - 1);
    if (below(3) == 0 && !map.empty()) map.erase(std::string(map[below(map.size())].key));
    if (below(3) == 0) map.set(key(), tree(depth - 1));
    if (below(3) == 0) map.sort_by_key();
  }

  std::mt19937_64 random_;
};

TEST(Patch, OfTwoTreesMakesTheSecondOutOfTheFirst) {
  constexpr int kDepth = 5;
  std::size_t operations = 0;
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    RandomTree random(seed);
    const Value from = random.tree(kDepth);
    Value to = from;
    if (seed % 8 == 0)
      to = random.tree(kDepth);
    else
      random.mutate(to, kDepth);
    Value patch = make_patch(from, to);
    operations += patch.list().size();
    Value root = from;
    auto done = apply_patch(root, patch);
    ASSERT_TRUE(done) << "seed " << seed << ": " << done.error().message;
    ASSERT_EQ(root, to) << "seed " << seed << "\n" << to_json(patch);
    ASSERT_EQ(patch.list().empty(), from == to) << "seed " << seed;
  }
  EXPECT_GT(operations, 4000U);
}

// Where single steps would take too long or too much text, the whole is replaced; it still comes out right.
TEST(Patch, OfLargeTreesStaysWithinBounds) {
  auto numbered = [](std::size_t from, std::size_t to) {
    Map map;
    for (std::size_t i = from; i < to; ++i) map.append({cat("key", i), {}, Value(1)});
    map.finish();
    return Value(std::move(map));
  };
  List front(200'000, Value(1));
  List back(200'001, Value(1));
  back[0] = Value(2);
  back[100'000] = Value(2);
  Map long_key_from;
  long_key_from.set(std::string(1 << 20, 'k'), numbered(0, 1000));
  Value changed = numbered(0, 1000);
  for (Map::Entry& entry : changed.map()) entry.value = Value(2);
  Map long_key_to;
  long_key_to.set(std::string(1 << 20, 'k'), changed);
  Value deep_from(1);
  Value deep_to(2);
  for (int i = 0; i < kMaxDepth; ++i) {
    deep_from = Value(List{deep_from});
    deep_to = Value(List{deep_to});
  }
  const std::pair<Value, Value> pairs[] = {
      {numbered(0, 100'000), numbered(50'000, 150'000)},
      {numbered(0, 2'000), numbered(3, 2'010)},
      {Value(front), Value(back)},
      {Value(back), Value(front)},
      {Value(long_key_from), Value(long_key_to)},
      {deep_from, deep_to},
  };
  for (const auto& [from, to] : pairs) {
    Value patch = make_patch(from, to);
    Value root = from;
    auto done = apply_patch(root, patch);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_TRUE(root == to);
  }
}

}  // namespace
}  // namespace eidos::data
