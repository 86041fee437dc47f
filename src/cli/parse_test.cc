#include "cli/parse.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace eidos::cli {
namespace {

using Arguments = std::vector<std::string>;

std::string shown(const Invocation& invocation) {
  std::string out(invocation.command == nullptr ? "-" : invocation.command->name);
  for (const std::string& argument : invocation.arguments) out += " " + argument;
  for (const Given& given : invocation.flags.given()) {
    out += " ";
    out += given.flag->name;
    out += "=";
    out += given.value;
  }
  return out;
}

struct Accepted {
  Arguments arguments;
  std::string want;
};

TEST(Parse, UnderstandsEverySpellingOfAFlag) {
  const Accepted kCases[] = {
      {{}, "-"},
      {{"recipe"}, "recipe"},
      {{"recipe", "--service", "eks"}, "recipe service=eks"},
      {{"recipe", "--service=eks"}, "recipe service=eks"},
      {{"recipe", "--service="}, "recipe service="},
      {{"recipe", "--service", ""}, "recipe service="},
      {{"recipe", "--gpu", "h100"}, "recipe accelerator=h100"},
      {{"recipe", "-i", "training"}, "recipe intent=training"},
      {{"recipe", "-itraining"}, "recipe intent=training"},
      {{"recipe", "-i=training"}, "recipe intent=training"},
      {{"recipe", "-qo", "x.yaml"}, "recipe quiet=true output=x.yaml"},
      {{"recipe", "-qox.yaml"}, "recipe quiet=true output=x.yaml"},
      {{"recipe", "-o", "-"}, "recipe output=-"},
      {{"recipe", "--osv", "-1.0"}, "recipe osv=-1.0"},
      {{"recipe", "--osv=-1.0"}, "recipe osv=-1.0"},
      {{"recipe", "--output=--strict"}, "recipe output=--strict"},
      {{"recipe", "--data", "a,b", "--data", "c"}, "recipe data=a,b data=c"},
      {{"recipe", "--strict=false"}, "recipe strict=false"},
      {{"recipe", "--strict=1"}, "recipe strict=true"},
      {{"recipe", "--strict", "--strict"}, "recipe strict=true strict=true"},
      {{"-q", "recipe", "--debug"}, "recipe quiet=true debug=true"},
      {{"--timeout", "1m30s", "recipe"}, "recipe timeout=1m30s"},
      {{"recipe", "--nodes", "007"}, "recipe nodes=7"},
      {{"schema", "Snapshot"}, "schema Snapshot"},
      {{"schema", "--", "--odd"}, "schema --odd"},
      {{"schema", "-"}, "schema -"},
  };
  for (const Accepted& c : kCases) {
    auto got = parse(c.arguments);
    ASSERT_TRUE(got) << c.want << ": " << got.error().message;
    EXPECT_EQ(shown(*got), c.want);
  }
}

struct Refused {
  Arguments arguments;
  ErrorKind kind;
  std::string message;
  std::string hint;
};

TEST(Parse, SaysWhatIsWrongAndWhatWouldBeRight) {
  const ErrorKind usage = ErrorKind::Usage;
  const ErrorKind invalid = ErrorKind::Invalid;
  const Refused kCases[] = {
      {{"recepi"}, usage, "unknown command 'recepi'", "did you mean 'recipe'?"},
      {{"xyzzy"}, usage, "unknown command 'xyzzy'", "commands: "},
      {{"recipe", "--sevice", "eks"}, usage, "unknown flag '--sevice'", "did you mean '--service'?"},
      {{"recipe", "--gpus=h100"}, usage, "unknown flag '--gpus'", "did you mean '--gpu'?"},
      {{"recipe", "--xyzzy"}, usage, "unknown flag '--xyzzy'", "see 'eidos recipe --help'"},
      {{"recipe", "-z"}, usage, "unknown flag '-z'", "see 'eidos recipe --help'"},
      {{"recipe", "-qé"}, usage, "unknown flag '-é'", "see 'eidos recipe --help'"},
      {{"--service", "eks", "recipe"},
       usage,
       "unknown flag '--service'",
       "it belongs behind the command: recipe"},
      {{"schema", "--service", "eks"}, usage, "unknown flag '--service'", "it is a flag of recipe"},
      {{"recipe", "--no-service"}, usage, "unknown flag '--no-service'", ""},
      {{"recipe", "--no-strict"}, usage, "unknown flag '--no-strict'", ""},
      {{"recipe", "--service"}, usage, "flag --service needs a value: --service NAME", "see"},
      {{"recipe", "-o", "--strict"},
       usage,
       "flag -o needs a value, but '--strict' follows",
       "--output=--strict"},
      {{"recipe", "--service", "-o"}, usage, "flag --service needs a value, but '-o' follows", ""},
      {{"recipe", "-o", "--"}, usage, "flag -o needs a value", ""},
      {{"recipe", "--service", "eks", "--service", "gke"},
       usage,
       "flag --service is given twice: 'eks' and 'gke'",
       "give it once"},
      {{"recipe", "--gpu", "a100", "--accelerator", "h100"}, usage, "flag --accelerator is given twice", ""},
      {{"recipe", "--strict", "--strict=false"}, usage, "flag --strict is given twice", ""},
      {{"recipe", "extra"}, usage, "unexpected argument 'extra'", "eidos recipe takes flags only"},
      {{"recipe", "-5"}, usage, "unknown flag '-5'", ""},
      {{"schema", "a", "b"}, usage, "unexpected argument 'b'", "no more than one argument"},
      {{"recipe", "--nodes", "-5"}, invalid, "--nodes must be a whole number, 0 or more; got '-5'", ""},
      {{"recipe", "--nodes", "5x"}, invalid, "--nodes must be a whole number", ""},
      {{"recipe", "--nodes", "99999999999999999999"}, invalid, "--nodes must be a whole number", ""},
      {{"recipe", "--format", "xml"}, invalid, "--format must be one of: yaml, json, table; got 'xml'", ""},
      {{"recipe", "-t", "jsn"},
       invalid,
       "-t must be one of: yaml, json, table; got 'jsn'; did you mean 'json'?",
       ""},
      {{"recipe", "--strict=maybe"}, invalid, "--strict must be one of: true, false; got 'maybe'", ""},
      {{"recipe", "--timeout", "10"}, invalid, "--timeout: '10' is not a duration", "500ms, 10s"},
      {{"recipe", "--output="}, invalid, "--output is empty", "give it FILE"},
      {{"recipe", "--osv", std::string("1\0", 2)}, invalid, "the value of --osv holds a NUL byte", ""},
  };
  for (const Refused& c : kCases) {
    auto got = parse(c.arguments);
    ASSERT_FALSE(got) << c.message;
    EXPECT_EQ(got.error().kind, c.kind) << c.message;
    EXPECT_TRUE(got.error().message.starts_with(c.message))
        << got.error().message << "\nwanted " << c.message;
    EXPECT_NE(got.error().hint.find(c.hint), std::string::npos) << got.error().hint << "\nwanted " << c.hint;
  }
}

TEST(Parse, ANameIsNeverTwoFlags) {
  for (const Command* command : all_commands()) {
    std::vector<std::string> seen;
    auto once = [&](std::string spelling) {
      EXPECT_EQ(std::count(seen.begin(), seen.end(), spelling), 0) << command->name << ": " << spelling;
      seen.push_back(std::move(spelling));
    };
    auto look = [&](const Flag& flag) {
      once(std::string(flag.name));
      if (!flag.alias.empty()) once(std::string(flag.alias));
      if (flag.letter != 0) once(std::string(1, flag.letter));
      EXPECT_FALSE(flag.help.empty()) << flag.name;
      bool valued = flag.takes != Takes::Nothing;
      EXPECT_EQ(valued, !flag.value.empty()) << flag.name << ": what to call its value";
    };
    for (const Flag& flag : command->flags) look(flag);
    for (const Flag& flag : global_flags()) look(flag);
  }
}

}  // namespace
}  // namespace eidos::cli
