#include "base/table.h"

#include <gtest/gtest.h>

namespace eidos {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirContent) {
  Table table({"NAME", "STATE", "REASON"});
  table.add_row({"a", "ok"});
  table.add_row({"longer", "日本", "x"});
  table.add_note("mend it");
  table.add_row({"", "b", " "});
  EXPECT_EQ(table.render({}),
            "NAME    STATE  REASON\n"
            "a       ok\n"
            "longer  日本   x\n"
            "    mend it\n"
            "        b\n");
  EXPECT_EQ(table.render({.header = false}),
            "a       ok\n"
            "longer  日本  x\n"
            "    mend it\n"
            "        b\n");
}

TEST(Table, PaintTakesNoWidthAndIsThereOnlyWhenAsked) {
  Table table({"VERDICT", "WHY"});
  table.add_row({{"failed", Paint::Bad}, "x"});
  EXPECT_EQ(table.render({}), "VERDICT  WHY\nfailed   x\n");
  EXPECT_EQ(table.render({.color = true}), "VERDICT  WHY\n\x1b[31mfailed\x1b[0m   x\n");
}

TEST(Table, ContentCannotPaintOnTheTerminal) {
  Table table({"NAME"});
  table.add_row({"\x1b[31mred\nnext\xff"});
  EXPECT_EQ(table.render({.header = false, .color = true}), "\\x1b[31mred\\nnext\\xff\n");
}

TEST(Table, WithoutRowsThereIsTheHeaderAlone) {
  EXPECT_EQ(Table({"A", "B"}).render({}), "A  B\n");
  EXPECT_EQ(Table({"A", "B"}).render({.header = false}), "");
}

}  // namespace
}  // namespace eidos
