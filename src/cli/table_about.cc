// Commands about eidos itself.

#include "cli/runs.h"
#include "cli/table_flags.h"
#include "cli/table_groups.h"

namespace eidos::cli {

namespace {

constexpr Flag kVersionFlags[] = {
    {.name = "format",
     .letter = 't',
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "a document instead of one line",
     .choices = kDataFormats},
};
constexpr Flag kHelpFlags[] = {{.name = "all", .help = "rare flags, too"}};
constexpr Flag kManFlags[] = {{.name = "list", .help = "name the commands that have a page"}};

constexpr std::string_view kSchemaExamples[] = {"eidos schema",
                                                "eidos schema RecipeResult > recipe.schema.json"};
constexpr std::string_view kCompletionExamples[] = {
    "source <(eidos completion bash)", "eidos completion zsh > \"${fpath[1]}/_eidos\"",
    "eidos completion fish > ~/.config/fish/completions/eidos.fish"};

constexpr Command kCommands[] = {
    {.name = "schema",
     .arguments = "[KIND]",
     .most_arguments = 1,
     .summary = "print the JSON Schema of a document kind",
     .about = "Without a kind it lists them.",
     .examples = kSchemaExamples,
     .run = run_schema,
     .rules = kInstant,
     .suggested = schema_kinds},
    {.name = "completion",
     .arguments = "bash|zsh|fish",
     .most_arguments = 1,
     .summary = "print a completion script for a shell",
     .examples = kCompletionExamples,
     .run = run_completion,
     .rules = kInstant,
     .suggested = completion_shells},
    {.name = "version",
     .summary = "print version, commit and date",
     .flags = kVersionFlags,
     .run = run_version,
     .rules = kInstant},
    {.name = "help",
     .arguments = "[COMMAND]",
     .most_arguments = 2,
     .summary = "show what a command does",
     .flags = kHelpFlags,
     .run = run_help,
     .rules = kInstant,
     .suggested = help_topics},
    {.name = "man",
     .arguments = "[COMMAND]",
     .most_arguments = 2,
     .summary = "print a manual page in roff",
     .flags = kManFlags,
     .run = run_man,
     .rules = kInstant | kHiddenCommand},
    {.name = "complete-paths",
     .arguments = "-- WORD [WORDS...]",
     .most_arguments = 1000,
     .summary = "print the paths that WORD may grow to, for completion",
     .run = run_complete_paths,
     .rules = kInstant | kHiddenCommand},
};

}  // namespace

std::span<const Command> about_commands() {
  return kCommands;
}

}  // namespace eidos::cli
