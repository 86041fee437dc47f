#include "collect/bus_text.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/secrets.h"
#include "support/canaries.h"

namespace eidos::collect {
namespace {

using Kind = BusValue::Kind;

BusValue basic(char type, std::string text) {
  return {.type = type, .text = std::move(text)};
}
BusValue text(std::string text) {
  return basic('s', std::move(text));
}
BusValue bytes(std::string text) {
  return {.kind = Kind::Bytes, .text = std::move(text)};
}
BusValue holds(Kind kind, std::vector<BusValue> items) {
  return {.kind = kind, .items = std::move(items)};
}
BusValue array(std::vector<BusValue> items) {
  return holds(Kind::Array, std::move(items));
}
BusValue record(std::vector<BusValue> items) {
  return holds(Kind::Struct, std::move(items));
}
BusValue variant(BusValue value) {
  return holds(Kind::Variant, {std::move(value)});
}

data::Value flattened(const BusValue& value) {
  std::int64_t withheld = 0;
  data::Value out = reading(value, withheld);
  EXPECT_EQ(withheld, 0);
  flatten(out);
  return out;
}

TEST(BusText, SpellsEveryTypeAsFleetsKnowIt) {
  struct Case {
    const char* what;
    BusValue value;
    data::Value want;
  };
  const Case kCases[] = {
      {"b", basic('b', "true"), data::Value(true)},
      {"b", basic('b', "false"), data::Value(false)},
      {"x", basic('x', "-9223372036854775808"), data::Value(data::Number{"-9223372036854775808"})},
      {"t", basic('t', "18446744073709551615"), data::Value(data::Number{"18446744073709551615"})},
      {"d", basic('d', "1.5"), data::Value(data::Number{"1.5"})},
      {"d that is no number", basic('d', "NaN"), data::Value("NaN")},
      {"y", basic('y', "7"), data::Value("7")},
      {"n", basic('n', "-7"), data::Value("-7")},
      {"q", basic('q', "65535"), data::Value("65535")},
      {"i", basic('i', "-999"), data::Value("-999")},
      {"u", basic('u', "18"), data::Value("18")},
      {"s", text("active"), data::Value("active")},
      {"s", text(""), data::Value("")},
      {"o", basic('o', "/"), data::Value("/")},
      {"g", basic('g', "a{sv}"), data::Value("a{sv}")},
      {"v", variant(basic('u', "18")), data::Value("18")},
      {"v", variant(basic('t', "18")), data::Value(data::Number{"18"})},
      {"as", array({text("network.target"), text("local-fs.target")}),
       data::Value("[network.target local-fs.target]")},
      {"as of none", array({}), data::Value("[]")},
      {"as of one without text", array({text("")}), data::Value("[]")},
      {"at", array({basic('t', "1"), basic('t', "2")}), data::Value("[1 2]")},
      {"ay", bytes("\x5d\x66\xff"), data::Value("[93 102 255]")},
      {"ay of none", bytes(""), data::Value("[]")},
      {"(ss)", record({text(""), text("")}), data::Value("[ ]")},
      {"(bs)", record({basic('b', "false"), text("")}), data::Value("[false ]")},
      {"(bas)", record({basic('b', "false"), array({})}), data::Value("[false []]")},
      {"(uo)", record({basic('u', "0"), basic('o', "/")}), data::Value("[0 /]")},
      {"a(ss)", array({record({text("k"), text("v")}), record({text(""), text("")})}),
       data::Value("[[k v] [ ]]")},
      {"a(sasbttttuii)",
       array({record({text("/usr/bin/x"), array({text("/usr/bin/x"), text("--a"), text("b")}),
                      basic('b', "false"), basic('t', "1"), basic('t', "2"), basic('t', "0"), basic('t', "0"),
                      basic('u', "38444"), basic('i', "0"), basic('i', "0")})}),
       data::Value("[[/usr/bin/x [/usr/bin/x --a b] false 1 2 0 0 38444 0 0]]")},
      {"a{ss}", holds(Kind::Dict, {text("z"), text("1"), text("a"), text("2")}), data::Value("map[a:2 z:1]")},
      {"a{ss} of none", holds(Kind::Dict, {}), data::Value("map[]")},
      {"a{sv}", holds(Kind::Dict, {text("z"), variant(text("1")), text("a"), variant(basic('u', "2"))}),
       data::Value("map[a:@u 2 z:\"1\"]")},
      {"av",
       array({variant(basic('i', "3")), variant(basic('b', "true")), variant(basic('o', "/x")),
              variant(record({text("a\"b"), bytes("\x01\x02")})), variant(array({text("x"), text("y")})),
              variant(variant(basic('d', "1.5"))), variant(holds(Kind::Dict, {text("k"), basic('y', "1")}))}),
       data::Value("[3 true @o \"/x\" (\"a\\\"b\", @ay [1, 2]) [\"x\", \"y\"] <1.5> {\"k\": @y 1}]")},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(flattened(c.value), c.want) << c.what << ": " << flattened(c.value).scalar_text();
    EXPECT_EQ(flattened(variant(c.value)), c.want) << c.what << " as a property";
  }
}

TEST(BusText, WritesDoublesAsShortAsTheyReadBack) {
  struct Case {
    double number;
    const char* want;
  };
  const Case kCases[] = {{0, "0"},
                         {3.0, "3"},
                         {1.5, "1.5"},
                         {0.1, "0.1"},
                         {1e-4, "0.0001"},
                         {1e-5, "1e-05"},
                         {1e20, "100000000000000000000"},
                         {1e21, "1e+21"},
                         {-2.5e300, "-2.5e+300"},
                         {std::numeric_limits<double>::infinity(), "+Inf"},
                         {-std::numeric_limits<double>::infinity(), "-Inf"},
                         {std::numeric_limits<double>::quiet_NaN(), "NaN"}};
  for (const Case& c : kCases) EXPECT_EQ(double_text(c.number), c.want);
}

// What a snapshot makes of a property: its parts redacted one by one, then joined.
std::string published(const std::string& name, const BusValue& value) {
  model::Snapshot snapshot;
  data::Map readings;
  std::int64_t withheld = 0;
  readings.set(name, reading(value, withheld));
  snapshot.measurements.push_back({"SystemD", {{"x.service", std::move(readings), {}, {}}}, {}});
  model::Redactor().redact(snapshot);
  flatten(snapshot);
  return snapshot.measurements[0].subtypes[0].data.begin()->value.scalar_text();
}

TEST(BusText, HidesASecretAndLeavesTheRest) {
  struct Case {
    const char* name;
    BusValue value;
    const char* want;
  };
  const Case kCases[] = {
      {"Environment", array({text("A=1"), text("DB_PASSWORD=Canary4711"), text("B=2")}),
       "[A=1 DB_PASSWORD=<redacted:1> B=2]"},
      {"Environment", array({text("HTTPS_PROXY=http://me:Canary4711@proxy:3128")}),
       "[HTTPS_PROXY=<redacted:1>]"},
      {"Environment",
       array({text("A_TOKEN=Canary4711"), text("B_TOKEN=Canary4711"), text("C_TOKEN=Canary0815")}),
       "[A_TOKEN=<redacted:1> B_TOKEN=<redacted:1> C_TOKEN=<redacted:2>]"},
      {"ExecStart",
       array({record({text("/bin/x"), array({text("/bin/x"), text("--token=Canary4711"), text("-v")}),
                      basic('b', "false")})}),
       "[[/bin/x [/bin/x --token=<redacted:1> -v] false]]"},
      {"ExecStart",
       array({record(
           {text("/bin/x"), array({text("/bin/x"), text("--password"), text("Canary4711"), text("up")})})}),
       "[[/bin/x [/bin/x --password <redacted:1> up]]]"},
      {"ExecStart",
       array({record(
           {text("/bin/sh"), array({text("/bin/sh"), text("-c"),
                                    text("curl -H 'Authorization: Bearer Canary4711Canary4711'")})})}),
       "[[/bin/sh [/bin/sh -c <redacted:1>]]]"},
      {"SetCredential", array({record({text("db"), bytes("Canary4711")})}), "[[<redacted:1> <redacted:2>]]"},
      {"LogExtraFields", array({bytes("PASSWORD=Canary4711"), bytes("A=1")}), "[<redacted> [65 61 49]]"},
      {"StatusText", text("connected to https://me:Canary4711@registry"), "<redacted:1>"},
      {"New", array({variant(record({bytes("PASSWORD=Canary4711")}))}), "[<redacted>]"},
  };
  for (const Case& c : kCases) {
    const std::string shown = published(c.name, c.value);
    EXPECT_EQ(shown, c.want);
    EXPECT_EQ(shown.find("Canary"), std::string::npos);
    EXPECT_EQ(shown.find("67 97 110"), std::string::npos) << "the canary in decimal";
  }
}

// Every disguise of a secret, in every place of a unit that can hold text.
TEST(BusText, LetsNoCanaryOut) {
  for (const testing::Planted& planted : testing::canaries()) {
    const std::string pair = planted.key + "=" + planted.value;
    const std::pair<const char*, BusValue> kPlaces[] = {
        {"Environment", array({text("A=1"), text(pair)})},
        {"ExecStart", array({record({text("/bin/x"), array({text("/bin/x"), text("--" + pair)})})})},
        {"ExecStart", array({record({text("/bin/x"), array({text("/bin/x"), text("--" + planted.key),
                                                            text(planted.value)})})})},
        {"LogExtraFields", array({bytes(pair)})},
        {"New", holds(Kind::Dict, {text(planted.key), variant(text(planted.value))})},
        {"New", array({variant(text(pair))})},
    };
    for (const auto& [name, value] : kPlaces) {
      if (planted.value.empty() && name != std::string_view("Environment")) continue;  // a secret as a name
      const std::string shown = published(name, value);
      EXPECT_EQ(testing::canary_found(shown), "") << planted.how << " in " << name;
      std::string decimal;  // as ay is spelled
      for (char byte : testing::kCanary) decimal += std::to_string(static_cast<int>(byte)) + " ";
      EXPECT_EQ(shown.find(decimal.substr(0, 30)), std::string::npos) << planted.how << " in " << name;
    }
  }
}

TEST(BusText, LeavesOtherReadingsAsTheyAre) {
  for (const data::Value& value :
       {data::Value("[a b]"), data::Value(true), data::Value(data::Number{"1"}), data::Value()}) {
    data::Value same = value;
    flatten(same);
    EXPECT_EQ(same, value);
  }
}

}  // namespace
}  // namespace eidos::collect
