#include "kube/wire.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace eidos::kube {
namespace {

using std::string_literals::operator""s;

TEST(Wire, FieldsComeInTheirOrder) {
  // 1: 150 (the example of the format's own page), 2: "testing", 3: fixed32 1, 4: fixed64 2
  const std::string bytes = "\x08\x96\x01\x12\x07testing\x1d\x01\0\0\0\x21\x02\0\0\0\0\0\0\0"s;
  WireReader in(bytes);
  ASSERT_TRUE(in.next());
  EXPECT_EQ(in.field().number, 1);
  EXPECT_EQ(in.field().value, 150);
  ASSERT_TRUE(in.next());
  EXPECT_TRUE(in.is(2));
  EXPECT_EQ(in.field().bytes, "testing");
  ASSERT_TRUE(in.next());
  EXPECT_EQ(in.field().type, WireType::Fixed32);
  EXPECT_EQ(in.field().value, 1);
  ASSERT_TRUE(in.next());
  EXPECT_EQ(in.field().value, 2);
  EXPECT_FALSE(in.next());
  EXPECT_FALSE(in.broken());
}

TEST(Wire, WhatIsNoMessageIsBroken) {
  const std::string broken[] = {
      "\x08"s,  // a tag without a value
      "\x12\x05"
      "abc"s,  // shorter than it says
      "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
      "a"s,                                                 // a length of 2^64 - 1
      "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s,      // a varint of more than 64 bits
      "\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"s,  // of eleven bytes
      "\x00\x01"s,                                          // field 0
      "\x0b\x0c"s,                                          // a group
      "\x1d\x01\0"s,                                        // half of a fixed32
      "\x0e\x01"s,                                          // type 6
  };
  for (const std::string& bytes : broken) {
    WireReader in(bytes);
    EXPECT_FALSE(in.next()) << ::testing::PrintToString(bytes);
    EXPECT_TRUE(in.broken()) << ::testing::PrintToString(bytes);
    EXPECT_FALSE(in.next());
  }
}

TEST(Wire, OneFieldIsFound) {
  EXPECT_EQ(wire_bytes("\x08\x01\x12\x02hi\x12\x02no", 2), "hi");
  EXPECT_EQ(wire_bytes("\x08\x01", 1), "");  // a number, no bytes
  EXPECT_EQ(wire_bytes("", 1), "");
}

TEST(Wire, ALookupRemembersWhatWasBroken) {
  WireLookup find;
  EXPECT_EQ(find("\x12\x02hi", 2), "hi");
  EXPECT_EQ(find("\x12\x02hi", 3), "");
  EXPECT_FALSE(find.broken());
  EXPECT_EQ(find("\x12\x05hi", 2), "");
  EXPECT_TRUE(find.broken());
  EXPECT_EQ(find("\x12\x02hi", 2), "hi");
  EXPECT_TRUE(find.broken());
}

TEST(Wire, AHeadSaysWhetherMoreWouldHelp) {
  WireHead head;
  EXPECT_EQ(read_head("", head), WireState::Short);
  EXPECT_EQ(read_head("\x12", head), WireState::Short);
  EXPECT_EQ(read_head("\x12\x80", head), WireState::Short);
  EXPECT_EQ(read_head("\x12\x80\x01", head), WireState::Good);
  EXPECT_EQ(head.number, 2);
  EXPECT_EQ(head.value, 128);
  EXPECT_EQ(head.size, 3);
  EXPECT_EQ(read_head("\x0b", head), WireState::Broken);
}

}  // namespace
}  // namespace eidos::kube
