#include "bundle/set_flags.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "data/document.h"

namespace eidos::bundle {
namespace {

using data::Number;
using data::Value;

TEST(SetFlags, ValuesAreTypedAsTheyPrintBack) {
  const std::pair<const char*, Value> cases[] = {
      {"true", true},
      {"False", false},
      {"null", {}},
      {"~", {}},
      {"", ""},
      {"0", Number{"0"}},
      {"-12", Number{"-12"}},
      {"9223372036854775807", Number{"9223372036854775807"}},
      {"9223372036854775808", "9223372036854775808"},
      {"0.5", Number{"0.5"}},
      {"-570.133", Number{"-570.133"}},
      {"1.10", "1.10"},
      {"1.0", "1.0"},
      {"007", "007"},
      {"00.5", "00.5"},
      {".5", ".5"},
      {"5.", "5."},
      {"1e3", "1e3"},
      {"+5", "+5"},
      {"-0", "-0"},
      {"-0.0", "-0.0"},
      {"0x10", "0x10"},
      {"0o17", "0o17"},
      {"1_000", "1_000"},
      {".inf", ".inf"},
      {"NaN", "NaN"},
      {"-", "-"},
      {"-.5", "-.5"},
      {"0.1234567890123456789", "0.1234567890123456789"},
      {"570.133.20", "570.133.20"},
      {"yes", "yes"},
      {"tRUE", "tRUE"},
      {"2026-01-02", "2026-01-02"},
      {"\"quoted\"", "\"quoted\""},
      {" 5", " 5"},
      {"[1]", "[1]"},
      {"a,b=c", "a,b=c"},
  };
  for (const auto& [text, want] : cases) {
    Value got = typed(text);
    EXPECT_EQ(got.type(), want.type()) << text;
    EXPECT_TRUE(got == want) << text;
  }
}

TEST(SetFlags, WhatWasSetReadsBackFromYaml) {
  const char* cases[] = {"true", "",     "0",   "-12", "0.5",  "1.10", "007", "1e3", "+5", "0x10", "1_000",
                         ".inf", "null", "yes", "on",  "a: b", "#x",   "- a", "1:2", "\t", "~x",   "é"};
  for (const char* text : cases) {
    data::Map map;
    map.set("k", typed(text));
    data::Sources sources;
    auto read = data::parse(data::to_yaml(map), sources, "values.yaml");
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->find("k")->type(), typed(text).type()) << text;
    EXPECT_TRUE(*read->find("k") == typed(text)) << text;
  }
}

struct SplitCase {
  SetKind kind = SetKind::Auto;
  const char* text = "";
  const char* component = "";
  const char* path = "";
  Value value;
};

TEST(SetFlags, SplitsAtTheFirstColonAndTheFirstPlainEquals) {
  const SplitCase cases[] = {
      {SetKind::Auto, "gpu-operator:driver.version=570.86.16", "gpu-operator", "driver.version", "570.86.16"},
      {SetKind::Auto, "a:b=c=d:e", "a", "b", "c=d:e"},
      {SetKind::Auto, "a:b=", "a", "b", ""},
      {SetKind::Auto, "a:\"x.y/z=w\".c=1", "a", "\"x.y/z=w\".c", Number{"1"}},
      {SetKind::Auto, "a:x\\.y\\=z=1", "a", "\"x.y=z\"", Number{"1"}},
      {SetKind::Auto, "a:list[2].key=v", "a", "list[2].key", "v"},
      {SetKind::Auto, "a:b=x,c=y", "a", "b", "x,c=y"},
      {SetKind::String, "a:b=007", "a", "b", "007"},
      {SetKind::String, "a:b=null", "a", "b", "null"},
      {SetKind::String, "a:b=5", "a", "b", "5"},
      {SetKind::Json, "a:b=[1,{\"c\":null}]", "a", "b",
       data::List{Number{"1"},
                  [] {
                    data::Map map;
                    map.set("c", Value());
                    return Value(map);
                  }()}},
      {SetKind::Json, "a:b=\"5\"", "a", "b", "5"},
      {SetKind::Json, "a:b=1.10", "a", "b", Number{"1.10"}},
  };
  for (const SplitCase& row : cases) {
    auto got = parse_setting({row.kind, row.text});
    ASSERT_TRUE(got) << row.text << ": " << got.error().message;
    EXPECT_EQ(got->component, row.component) << row.text;
    EXPECT_EQ(data::to_text(got->path), row.path) << row.text;
    EXPECT_TRUE(got->value == row.value) << row.text;
  }
}

TEST(SetFlags, AFlagThatIsNoSettingIsRefused) {
  const std::pair<SetFlag, const char*> cases[] = {
      {{SetKind::Auto, ""}, "--set '': no component in front of a ':'"},
      {{SetKind::Auto, "a.b=c"}, "--set 'a.b': no component in front of a ':'"},
      {{SetKind::Auto, "a=b:c"}, "--set 'a': no component in front of a ':'"},
      {{SetKind::Auto, "a:b"}, "--set 'a:b': no '=' behind the path"},
      {{SetKind::Auto, ":b=c"}, "--set ':b': the component is empty"},
      {{SetKind::Auto, "a:=c"}, "--set 'a:': path '': it is empty"},
      {{SetKind::Auto, "a:b..c=1"}, "--set 'a:b..c': path 'b..c': a part between dots is empty"},
      {{SetKind::Auto, "a:b[x]=1"},
       "--set 'a:b[x]': path 'b[x]': a list index must be a whole number from 0"},
      {{SetKind::Auto, "a:\"b=1"}, "--set 'a:\"b=1': no '=' behind the path"},
      {{SetKind::Auto, std::string("a:b=\0", 5)}, "--set 'a:b': it holds a control character"},
      {{SetKind::Auto, "a:b=\x1b[31m"}, "--set 'a:b': it holds a control character"},
      {{SetKind::String, "a:b=\xff"}, "--set-string 'a:b': it is not valid UTF-8"},
  };
  for (const auto& [flag, message] : cases) {
    auto got = parse_setting(flag);
    ASSERT_FALSE(got) << flag.text;
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid);
    EXPECT_EQ(got.error().message, message);
  }
}

TEST(SetFlags, BadJsonIsRefusedWithoutShowingTheWholeValue) {
  for (const char* text : {"a:b=", "a:b={", "a:b={'x':1}", "a:b=1 2", "a:b=tru"}) {
    auto got = parse_setting({SetKind::Json, text});
    ASSERT_FALSE(got) << text;
    EXPECT_EQ(got.error().kind, ErrorKind::Invalid) << text;
    EXPECT_TRUE(got.error().message.starts_with("--set-json 'a:b': ")) << got.error().message;
  }
}

TEST(SetFlags, OnlyTheWholePathEnabledIsTheSwitch) {
  const std::pair<const char*, bool> cases[] = {{"a:enabled=false", true},
                                                {"a:\"enabled\"=false", true},
                                                {"a:enabled.x=1", false},
                                                {"a:x.enabled=1", false}};
  for (const auto& [text, want] : cases) EXPECT_EQ(parse_setting({SetKind::Auto, text})->is_switch(), want);
}

}  // namespace
}  // namespace eidos::bundle
