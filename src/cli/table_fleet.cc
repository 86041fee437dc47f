// Commands about many nodes.

#include "cli/runs.h"
#include "cli/table_agent_flags.h"
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

constexpr std::string_view kSnapshotExamples[] = {
    "eidos fleet snapshot --node-selector gpu=true --image registry.example/eidos:v1 -o "
    "out",
    "eidos fleet snapshot --nodes-from nodes.txt --workers 50 --image registry.example/eidos:v1 -o out",
};
constexpr Flag kSnapshotFlags[] = {
    {.name = "output",
     .letter = 'o',
     .takes = Takes::File,
     .value = "DIR",
     .help = "a file a node, and summary.yaml",
     .rules = kNeeded},
    {.name = "nodes-from",
     .takes = Takes::File,
     .value = "FILE",
     .help = "these nodes, a name a line; '-' is standard input"},
    {.name = "workers", .takes = Takes::Count, .value = "N", .help = "so many Jobs at a time, 1 to 500; 10"},
    {.name = "qps",
     .takes = Takes::Count,
     .value = "N",
     .help = "so many requests a second to the API server, at most; 50",
     .rules = kSetting},
    {.name = "fresh",
     .takes = Takes::Duration,
     .value = "DURATION",
     .help = "leave out nodes with a snapshot in DIR that is younger; 1h"},
    {.name = "cleanup", .help = "remove what the run made; the default", .rules = kNegatable},
    kAgentPolicyKind,
    kAgentCreateNamespace,
    kAgentMakeRbac,
    kCaFile,
    kAllowOutside,
};
constexpr std::string_view kRareOnes[] = {"apparmor",      "debug-log", "ca-file",
                                          "allow-outside", "rbac",      "result"};
constexpr auto kAllSnapshotFlags =
    with_rare(joined(kSnapshotFlags, joined(kAgentPlaceFlags, kAgentPodFlags)), kRareOnes);

constexpr Command kSubcommands[] = {
    {.name = "fleet snapshot",
     .summary = "take a snapshot of each node from a pod on it",
     .about = "One Job a node through the cluster's own Job controller. Run again, it leaves out the nodes "
              "it has. "
              "A node that fails is a row of the summary; the others go on.",
     .examples = kSnapshotExamples,
     .flags = kAllSnapshotFlags,
     .run = run_fleet_snapshot},
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
