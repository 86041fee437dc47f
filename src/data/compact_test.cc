#include "data/compact.h"

#include <gtest/gtest.h>

#include "data/document.h"

namespace eidos::data {
namespace {

TEST(Compact, DecodesToTheSameValueWithTheSameMarks) {
  Sources sources;
  Value value =
      *parse_yaml("a: [1, 0755, x, null, true]\nb:\n  c: {}\n  d: []\n  e: ''\n", sources, "c.yaml");
  std::string bytes;
  append_compact(bytes, value);
  std::string_view rest = bytes;
  auto back = take_compact(rest, 1);
  ASSERT_TRUE(back);
  EXPECT_TRUE(rest.empty());
  EXPECT_EQ(*back, value);
  EXPECT_EQ(to_yaml(*back), to_yaml(value));
  EXPECT_EQ(sources.place(back->map().entry("b")->mark), "c.yaml:2:1");
  EXPECT_EQ(sources.place(back->find("a")->list()[1].mark()), "c.yaml:1:8");
}

TEST(Compact, EveryCutIsRefused) {
  Sources sources;
  Value value = *parse_yaml("a: [1, two]\nb: {c: true}\n", sources, "");
  std::string bytes;
  append_compact(bytes, value);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view cut = std::string_view(bytes).substr(0, size);
    EXPECT_FALSE(take_compact(cut, 0)) << size;
  }
}

}  // namespace
}  // namespace eidos::data
