#include "cli/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.h"

namespace eidos::cli {
namespace {

using testing::FakeWorld;
using ::testing::HasSubstr;

const std::string kHere = "/home/x/.config/eidos/config.yaml";

TEST(Settings, FlagsBeatVariablesBeatTheFile) {
  FakeWorld fake;
  fake.environment["HOME"] = "/home/x";
  fake.files.put(kHere, "defaults: {format: json, gpu: h100}\n");
  EXPECT_EQ(fake.run({"recipe"}), 0) << fake.err;
  EXPECT_THAT(fake.out(), ::testing::StartsWith("{"));
  EXPECT_THAT(fake.out(), HasSubstr("\"accelerator\": \"h100\""));

  FakeWorld with_variable;
  with_variable.environment = {{"HOME", "/home/x"}, {"EIDOS_FORMAT", "yaml"}, {"EIDOS_ACCELERATOR", "gb200"}};
  with_variable.files.put(kHere, "defaults: {format: json, gpu: h100}\n");
  EXPECT_EQ(with_variable.run({"recipe"}), 0) << with_variable.err;
  EXPECT_THAT(with_variable.out(), HasSubstr("accelerator: gb200"));

  FakeWorld with_flag;
  with_flag.environment = with_variable.environment;
  EXPECT_EQ(with_flag.run({"recipe", "--gpu", "h200", "--format", "json"}), 0) << with_flag.err;
  EXPECT_THAT(with_flag.out(), HasSubstr("\"accelerator\": \"h200\""));
}

TEST(Settings, AreLookedForWhereXdgSays) {
  struct Case {
    std::map<std::string, std::string, std::less<>> environment;
    std::vector<std::string> arguments;
    std::string path;
  };
  const Case kCases[] = {
      {{{"XDG_CONFIG_HOME", "/xdg"}, {"HOME", "/home/x"}}, {"recipe"}, "/xdg/eidos/config.yaml"},
      {{{"XDG_CONFIG_HOME", "xdg"}, {"HOME", "/home/x"}}, {"recipe"}, kHere},
      {{{"HOME", "/home/x"}}, {"recipe", "--config", "mine.yaml"}, "mine.yaml"},
      {{{"EIDOS_CONFIG", "mine.yaml"}}, {"recipe"}, "mine.yaml"}};
  for (const Case& c : kCases) {
    FakeWorld fake;
    fake.environment = c.environment;
    fake.files.put(c.path, "defaults:\n  service: eks\n");
    EXPECT_EQ(fake.run(c.arguments), 0) << fake.err;
    EXPECT_THAT(fake.out(), HasSubstr("service: eks")) << c.path;
  }
  FakeWorld fake;
  EXPECT_EQ(fake.run({"recipe"}), 0) << "no HOME at all";
  EXPECT_TRUE(fake.files.read_log().empty());
}

TEST(Settings, OfOtherCommandsAreLeftAlone) {
  FakeWorld fake;
  fake.environment["HOME"] = "/home/x";
  fake.files.put(kHere, "defaults: {service: eks, data: []}\n");
  EXPECT_EQ(fake.run({"schema"}), 0) << fake.err;
}

TEST(Settings, ThatAreWrongNameTheirPlace) {
  struct Case {
    std::string config;
    int code;
    std::string want;
  };
  const Case kCases[] = {
      {"defaults: {sevice: eks}\n", 2, "mine.yaml:1:12: unknown key 'sevice'"},
      {"default: {service: eks}\n", 2, "unknown key 'default'"},
      {"defaults: {format: xml}\n", 2,
       "mine.yaml:1:20: default format must be one of: yaml, json, table; got 'xml'"},
      {"defaults: {output: x}\n", 2, "unknown key 'output'"},
      {"defaults: {service: [eks]}\n", 2, "default 'service' is a list, not a single value"},
      {"defaults: {timeout: 5}\n", 2, "'5' is not a duration"},
      {"defaults: [a]\n", 2, "a map"},
      {"a: b: c\n", 2, "mine.yaml:1:"},
      {"server: {uri: https://a}\n", 2, "unknown key 'uri'"},
      {"server: {url: [a]}\n", 2, "default 'server' is a list, not a single value"},
      {"server: https://a\n", 2, "a map"},
      {"defaults: {server: https://a}\nserver: {url: https://b}\n", 2,
       "server.url and the default 'server' are one setting"},
  };
  for (const Case& c : kCases) {
    FakeWorld fake;
    fake.files.put("mine.yaml", c.config);
    EXPECT_EQ(fake.run({"recipe", "--config", "mine.yaml"}), c.code) << c.config;
    EXPECT_THAT(fake.err, HasSubstr(c.want));
    EXPECT_EQ(fake.out(), "");
  }
  FakeWorld fake;
  EXPECT_EQ(fake.run({"recipe", "--config", "none.yaml"}), 3);
  EXPECT_THAT(fake.err, HasSubstr("none.yaml"));
  fake.environment["EIDOS_DEBUG"] = "maybe";
  EXPECT_EQ(fake.run({"recipe"}), 2);
  EXPECT_THAT(fake.err, HasSubstr("EIDOS_DEBUG must be one of: true, false; got 'maybe'"));
}

}  // namespace
}  // namespace eidos::cli
