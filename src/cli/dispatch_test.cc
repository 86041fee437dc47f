#include "cli/dispatch.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "cli/command.h"
#include "data/document.h"
#include "support/fake_world.h"

namespace eidos::cli {
namespace {

using testing::FakeWorld;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;
using Arguments = std::vector<std::string>;

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

Outcome run(const Arguments& arguments) {
  FakeWorld fake;
  int code = fake.run(arguments);
  return {code, fake.out(), fake.err};
}

/// A command's name as typed, and what follows it.
Arguments typed(const Command& command, const std::string& more) {
  Arguments words;
  for (std::string_view word : split(command.name, ' ')) words.emplace_back(word);
  words.push_back(more);
  return words;
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(Dispatch, ShowsTheVersionInEverySpelling) {
  const std::string want = "eidos 1.2.3 (commit 0123456789ab, 2026-01-31T12:00:00Z)\n";
  for (const Arguments& arguments : {Arguments{"--version"}, {"-v"}, {"version"}, {"recipe", "--version"}}) {
    Outcome got = run(arguments);
    EXPECT_EQ(got.code, 0);
    EXPECT_EQ(got.out, want);
    EXPECT_EQ(got.err, "");
  }
  EXPECT_EQ(run({"version", "-t", "yaml"}).out,
            "version: \"1.2.3\"\ncommit: \"0123456789abcdef0123456789abcdef01234567\"\n"
            "date: \"2026-01-31T12:00:00Z\"\n");
}

TEST(Dispatch, VersionReadsNothing) {
  FakeWorld fake;
  fake.environment["HOME"] = "/home/x";
  EXPECT_EQ(fake.run({"version"}), 0);
  EXPECT_TRUE(fake.files.read_log().empty());
}

TEST(Dispatch, GivesHelpOnStandardOutputOnlyWhenAsked) {
  for (const Arguments& arguments : {Arguments{"help"}, {"--help"}, {"-h"}}) {
    Outcome got = run(arguments);
    EXPECT_EQ(got.code, 0);
    EXPECT_THAT(got.out, HasSubstr("Commands"));
    EXPECT_EQ(got.err, "");
  }
  Outcome none = run({});
  EXPECT_EQ(none.code, 1);
  EXPECT_EQ(none.out, "");
  EXPECT_EQ(none.err, "eidos: error: no command given; see 'eidos help'\n");
}

TEST(Dispatch, HelpOfACommandFitsAScreenAndHasExamplesFirst) {
  for (const Command* command : all_commands()) {
    Outcome got = run(typed(*command, "--help"));
    EXPECT_EQ(got.code, 0) << command->name;
    EXPECT_EQ(got.out, run({"help", std::string(command->name)}).out);
    EXPECT_LE(lines(got.out), 40U) << got.out;
    std::size_t example = command->examples.empty() ? 0 : got.out.find(command->examples.front());
    EXPECT_LT(example, got.out.find("usage:")) << command->name;
    for (std::string_view line : split(got.out, '\n')) EXPECT_LE(line.size(), 100U) << line;
  }
  EXPECT_LE(lines(run({"help"}).out), 40U);
}

TEST(Dispatch, HelpWithAllNamesEveryFlag) {
  for (const Command& command : commands()) {
    std::string all = run({"help", std::string(command.name), "--all"}).out;
    std::string brief = run({"help", std::string(command.name)}).out;
    std::size_t rare = 0;
    for (const Flag& flag : command.flags) {
      EXPECT_NE(all.find(cat("--", flag.name)), std::string::npos) << command.name << " --" << flag.name;
      if (flag.is(kRare)) ++rare;
    }
    std::string more = cat(rare, " more: 'eidos help ", command.name, " --all'");
    EXPECT_EQ(brief.find(more) != std::string::npos, rare > 0) << brief;
    EXPECT_EQ(all.find(" more: "), std::string::npos) << all;
  }
}

TEST(Dispatch, HelpDoesNotNeedTheRequiredFlags) {
  for (const Command* command : all_commands()) EXPECT_EQ(run(typed(*command, "-h")).code, 0);
}

TEST(Dispatch, RefusesWithOneLineAndExitOne) {
  struct Case {
    Arguments arguments;
    std::string want;
  };
  const Case kCases[] = {
      {{"recepi"}, "eidos: error: unknown command 'recepi'; did you mean 'recipe'?\n"},
      {{"help", "recepi"}, "eidos: error: unknown command 'recepi'; did you mean 'recipe'?\n"},
      {{"recipe", "--sevice", "x"}, "eidos: error: unknown flag '--sevice'; did you mean '--service'?\n"},
      {{"recipe", "\x1b[31m"},
       "eidos: error: unexpected argument '\\x1b[31m'; eidos recipe takes flags only; see 'eidos recipe "
       "--help'\n"},
      {{"catalog", "shwo"}, "eidos: error: unknown command 'catalog shwo'; did you mean 'catalog show'?\n"},
      {{"help", "catalog", "shwo"},
       "eidos: error: unknown command 'catalog shwo'; did you mean 'catalog show'?\n"},
      {{"catalog", "show"},
       "eidos: error: name an overlay, a component or a file; for example: eidos catalog show "
       "gpu-operator\n"},
      {{"catalog", "show", "a", "b"},
       "eidos: error: unexpected argument 'b'; eidos catalog show takes no more than one argument; see "
       "'eidos "
       "catalog show --help'\n"},
      {{"completion"},
       "eidos: error: name a shell: bash, zsh, fish; for example: eidos completion bash > "
       "/etc/bash_completion.d/eidos\n"},
  };
  for (const Case& c : kCases) {
    Outcome got = run(c.arguments);
    EXPECT_EQ(got.code, 1) << c.want;
    EXPECT_EQ(got.out, "");
    EXPECT_EQ(got.err, c.want);
  }
}

TEST(Dispatch, RefusesValuesWithExitTwo) {
  for (const Arguments& arguments : {Arguments{"completion", "powershell"},
                                     {"schema", "Snapshoot"},
                                     {"recipe", "--format", "xml"},
                                     {"recipe", "--osv", "-1.0"}}) {
    Outcome got = run(arguments);
    EXPECT_EQ(got.code, 2);
    EXPECT_EQ(got.out, "");
    EXPECT_EQ(lines(got.err), 1U) << got.err;
  }
  EXPECT_THAT(run({"schema", "Snapshoot"}).err, HasSubstr("did you mean 'Snapshot'?"));
  EXPECT_THAT(run({"recipe", "--osv", "-1.0"}).err, HasSubstr("cannot contain negative numbers"));
  EXPECT_THAT(run({"recipe", "--format", "xml"}).err, HasSubstr("must be one of: yaml, json, table"));
}

TEST(Dispatch, ErrorsComeAsAnObjectWhenAsked) {
  Outcome got = run({"recipe", "--sevice", "x", "--error-format", "json"});
  EXPECT_EQ(got.code, 1);
  EXPECT_EQ(got.err, R"({"level":"error","code":"USAGE","message":"unknown flag '--sevice'",)"
                     R"("hint":"did you mean '--service'?","exit":1})"
                     "\n");
  EXPECT_THAT(run({"recipe", "--service", "x", "--log-json"}).err, StartsWith(R"({"level":"error")"));
  FakeWorld fake;
  fake.environment["EIDOS_ERROR_FORMAT"] = "json";
  EXPECT_EQ(fake.run({"nothing"}), 1);
  EXPECT_THAT(fake.err, StartsWith("{"));
}

TEST(Dispatch, PaintsErrorsOnATerminalOnly) {
  struct Case {
    bool terminal;
    Arguments arguments;
    std::map<std::string, std::string, std::less<>> environment;
    bool painted;
  };
  const Case kCases[] = {{true, {}, {}, true},
                         {false, {}, {}, false},
                         {true, {}, {{"NO_COLOR", "1"}}, false},
                         {true, {}, {{"NO_COLOR", ""}}, true},
                         {true, {}, {{"TERM", "dumb"}}, false},
                         {false, {"recipe", "--color", "always", "--osv", "x"}, {}, true},
                         {true, {"recipe", "--color=never", "--osv", "x"}, {}, false},
                         {true, {"recipe", "--osv", "x"}, {{"EIDOS_COLOR", "never"}}, false}};
  for (const Case& c : kCases) {
    FakeWorld fake;
    fake.world.stderr_is_terminal = c.terminal;
    fake.environment = c.environment;
    fake.run(c.arguments);
    EXPECT_EQ(fake.err.find('\x1b') != std::string::npos, c.painted) << fake.err;
  }
}

TEST(Dispatch, IsQuietWhenTheReaderOfItsOutputIsGone) {
  FakeWorld fake;
  fake.files.fail_on("/dev/stdout", {ErrorKind::Internal, "writing standard output: Broken pipe", {}, {}});
  fake.stdout_closed = true;
  EXPECT_EQ(fake.run({"recipe"}), kExitPipe);
  EXPECT_EQ(fake.err, "");
  fake.stdout_closed = false;
  EXPECT_EQ(fake.run({"recipe"}), 8);
  EXPECT_THAT(fake.err, HasSubstr("Broken pipe"));
}

TEST(Dispatch, StopsWhenAskedTo) {
  FakeWorld fake;
  fake.stop.request_stop();
  EXPECT_EQ(fake.run({"recipe", "-o", "x.yaml"}), 130);
  EXPECT_TRUE(fake.files.write_log().empty());
}

TEST(Schema, KnowsEveryKindAndIsJson) {
  Outcome list = run({"schema"});
  EXPECT_EQ(list.code, 0);
  std::vector<std::string_view> kinds = split(trim(list.out), '\n');
  EXPECT_THAT(kinds, ::testing::Contains("RecipeResult"));
  for (std::string_view kind : kinds) {
    Outcome got = run({"schema", std::string(kind)});
    data::Sources sources;
    auto schema = data::parse_json(got.out, sources, "schema");
    ASSERT_TRUE(schema) << kind;
    EXPECT_EQ(schema->find("$schema")->string(), "https://json-schema.org/draft/2020-12/schema");
    EXPECT_NE(schema->find("properties")->find("apiVersion"), nullptr) << kind;
  }
  EXPECT_EQ(run({"schema", "recipeResult"}).out, run({"schema", "RecipeResult"}).out);
}

TEST(Man, HasAPageForEveryCommandItLists) {
  Outcome list = run({"man", "--list"});
  for (std::string_view command : split(trim(list.out), '\n')) {
    Outcome got = run({"man", std::string(command)});
    EXPECT_EQ(got.code, 0);
    EXPECT_THAT(got.out, StartsWith(".TH EIDOS\\-"));
  }
  EXPECT_THAT(run({"man"}).out, HasSubstr(".BR eidos\\-recipe (1)"));
  EXPECT_THAT(run({"help"}).out, Not(HasSubstr("  man ")));
}

}  // namespace
}  // namespace eidos::cli
