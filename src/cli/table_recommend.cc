// The command that says what to change on a machine.

#include "cli/runs.h"
#include "cli/table_flags.h"
#include "cli/table_groups.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kExamples[] = {
    "eidos recommend -f snapshot.yaml --intent training -t table",
    "eidos recommend -f snapshot.yaml --intent inference --as sysctl -o 90-gpu.conf",
    "grubby --update-kernel=ALL --args=\"$(eidos recommend -q -f snapshot.yaml --as grub)\"",
};
constexpr std::string_view kTools[] = {"sysctl", "grub", "skyhook"};
constexpr Flag kFlags[] = {
    {.name = "file",
     .letter = 'f',
     .takes = Takes::File,
     .value = "FILE",
     .help = "the snapshot to look at; '-' or a URL will do"},
    {.name = "snapshot", .letter = 's', .takes = Takes::File, .value = "FILE", .help = "the same"},
    {.name = "intent",
     .letter = 'i',
     .takes = Takes::Text,
     .value = "NAME",
     .help = "what it is for; any without it",
     .rules = kSetting,
     .dimension = "intent"},
    {.name = "as",
     .takes = Takes::Text,
     .value = "TOOL",
     .help = "print the change as this tool takes it",
     .choices = kTools},
    kCatalog,
    kData,
    kLock,
    kCaFile,
    kOutput,
    kFormat,
    kAllowOutside,
};

constexpr Command kCommands[] = {
    {.name = "recommend",
     .summary = "say what to change on a machine, and why",
     .about =
         "Holds a snapshot against the settings of the catalog for its hardware, its cloud and an intent. "
         "Only what differs is listed; what the snapshot does not tell is listed apart. --as prints the "
         "part of the changes that one tool makes: a file for sysctl -p, boot parameters for grubby, a "
         "Skyhook resource. Nothing is changed.",
     .examples = kExamples,
     .flags = kFlags,
     .run = run_recommend},
};

}  // namespace

std::span<const Command> recommend_commands() {
  return kCommands;
}

}  // namespace eidos::cli
