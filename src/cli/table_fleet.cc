// Commands about many nodes.

#include "cli/runs.h"
#include "cli/table_flags.h"
#include "cli/table_groups.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kExamples[] = {
    "eidos fleet outliers results/",
    "eidos fleet outliers results/ -o results/summary.yaml",
    "eidos fleet outliers *.yaml --ignore SystemD --fail-on-outliers",
};
constexpr Flag kFlags[] = {
    {.name = "group-by",
     .takes = Takes::Text,
     .value = "PATH",
     .help = "nodes with the same reading are alike; repeatable (GPU model, instance type)",
     .rules = kRepeats | kSetting},
    {.name = "ignore",
     .takes = Takes::Text,
     .value = "PATH",
     .help = "leave out a path and all below it; '*' is any part of it; repeatable",
     .rules = kRepeats | kSetting},
    {.name = "fail-on-outliers", .help = "exit 9 when a node differs from its likes"},
    kCaFile,
    kOutput,
    kFormat,
    kAllowOutside,
};

constexpr Command kSubcommands[] = {
    {.name = "fleet outliers",
     .arguments = "DIR|FILE...",
     .most_arguments = 100'000,
     .summary = "say which nodes differ from their likes",
     .about = "For each reading of nodes of one kind: the values, and who does not have the one that most "
              "have. What "
              "never counts in 'eidos diff' does not count here. Snapshots are read one at a time.",
     .examples = kExamples,
     .flags = kFlags,
     .run = run_fleet_outliers,
     .rules = kFileArgument},
};

std::span<const Command> subcommands() {
  return kSubcommands;
}

constexpr Command kCommands[] = {
    {.name = "fleet",
     .arguments = "COMMAND",
     .summary = "look at many nodes together",
     .subcommands = subcommands},
};

}  // namespace

std::span<const Command> fleet_commands() {
  return kCommands;
}

}  // namespace eidos::cli
