#include "seal/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "data/document.h"

namespace eidos::seal {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Changes, NameWhatIsAddedRemovedAndChanged) {
  const FileTree before = {{"a", {"1\n"}}, {"gone", {"xyz"}}, {"run.sh", {"#!"}}, {"same", {"s"}}};
  const FileTree after = {{"a", {"2\n"}}, {"new", {"n"}}, {"run.sh", {"#!", true}}, {"same", {"s"}}};
  EXPECT_EQ(to_text(changes(before, after)),
            "changed  a  2 bytes\n"
            "  @@ -1 +1 @@\n"
            "  -1\n"
            "  +2\n"
            "removed  gone  3 bytes\n"
            "added    new  1 byte\n"
            "changed  run.sh  2 bytes, executable bit\n"
            "\n1 added, 1 removed, 2 changed; nothing was written\n");
  EXPECT_THAT(changes(before, before), IsEmpty());
  EXPECT_EQ(to_text({}), "no change; nothing was written\n");
}

TEST(Changes, AsADocumentTheyAreData) {
  const std::string json = data::to_json(to_document(changes({{"a", {"1"}}}, {{"a", {"22"}}, {"b", {""}}})));
  EXPECT_THAT(json, HasSubstr("\"path\": \"a\""));
  EXPECT_THAT(json, HasSubstr("\"oldSize\": 1"));
  EXPECT_THAT(json, HasSubstr("\"newSize\": 2"));
  EXPECT_THAT(json, HasSubstr("\"+22\""));
  EXPECT_THAT(json, HasSubstr("\"change\": \"added\""));
}

TEST(Changes, LinesAreThoseOfAUnifiedDiff) {
  struct Case {
    const char* name;
    std::string before;
    std::string after;
    std::vector<std::string> want;
  };
  const Case cases[] = {
      {"equal", "a\n", "a\n", {}},
      {"one of several",
       "1\n2\n3\n4\n5\n6\n7\n",
       "1\n2\n3\nx\n5\n6\n7\n",
       {"@@ -2,5 +2,5 @@", " 2", " 3", "-4", "+x", " 5", " 6"}},
      {"to nothing", "a\nb\n", "", {"@@ -1,2 +0,0 @@", "-a", "-b"}},
      {"from nothing", "", "a\n", {"@@ -0,0 +1 @@", "+a"}},
      {"two places",
       "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
       "x\n2\n3\n4\n5\n6\n7\n8\ny\n",
       {"@@ -1,3 +1,3 @@", "-1", "+x", " 2", " 3", "@@ -7,3 +7,3 @@", " 7", " 8", "-9", "+y"}},
      {"near each other",
       "1\n2\n3\n4\n5\n",
       "x\n2\n3\n4\ny\n",
       {"@@ -1,5 +1,5 @@", "-1", "+x", " 2", " 3", " 4", "-5", "+y"}},
      {"moved", "a\nb\nc\n", "b\nc\na\n", {"@@ -1,3 +1,3 @@", "-a", " b", " c", "+a"}},
      {"only the last line end", "a\n", "a", {"only the line end at the end of the file differs"}},
  };
  for (const Case& c : cases) EXPECT_EQ(line_changes(c.before, c.after), c.want) << c.name;
}

TEST(Changes, LongOnesAreCutAndTellHowMuch) {
  std::string before;
  std::string after;
  for (int i = 0; i < 5000; ++i) {
    before += cat("old ", i, "\n");
    after += cat("new ", i, "\n");
  }
  auto lines = line_changes(before, after);
  EXPECT_EQ(lines.size(), 41u);
  EXPECT_EQ(lines.front(), "@@ -1,5000 +1,5000 @@");
  EXPECT_EQ(lines.back(), "… 9961 more lines");
  lines = line_changes("", std::string(500, 'x') + "\n");
  EXPECT_EQ(lines.back(), cat("+", std::string(160, 'x'), "…"));
}

TEST(Changes, BytesAndChecksumsHaveNoLines) {
  const auto found = changes({{"b", {std::string("\0a", 2)}}, {"checksums.txt", {"1"}}, {"u", {"\xff"}}},
                             {{"b", {std::string("\0b", 2)}}, {"checksums.txt", {"2"}}, {"u", {"\xfe"}}});
  ASSERT_EQ(found.size(), 3u);
  for (const Change& change : found) EXPECT_THAT(change.lines, IsEmpty()) << change.path;
}

TEST(Changes, TextOfADocumentCannotPaint) {
  EXPECT_EQ(to_text(changes({{"a", {"\x1b[2J\n"}}}, {{"a", {"b\n"}}})),
            "changed  a  5 to 2 bytes\n  @@ -1 +1 @@\n  -\\x1b[2J\n  +b\n\n0 added, 0 removed, 1 changed; "
            "nothing was written\n");
}

}  // namespace
}  // namespace eidos::seal
