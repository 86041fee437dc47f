// Commands about what is there: snapshot.

#include "cli/runs.h"
#include "cli/table_flags.h"
#include "cli/table_groups.h"
#include "collect/collect.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kSnapshotExamples[] = {
    "eidos snapshot -o snapshot.yaml",
    "eidos snapshot --filter os,gpu -t table",
    "eidos snapshot --require gpu --timeout 20s -o snapshot.json",
};
constexpr Flag kSnapshotFlags[] = {
    kOutput,
    kFormat,
    {.name = "filter",
     .takes = Takes::Text,
     .value = "NAME,...",
     .help = "only these collectors: os, systemd, gpu, k8s, topology, or finer: os.kmod",
     .rules = kRepeats | kSetting,
     .suggested = collect::collector_names},
    {.name = "exclude",
     .takes = Takes::Text,
     .value = "NAME,...",
     .help = "not these; they are never started",
     .rules = kRepeats | kSetting,
     .suggested = collect::collector_names},
    {.name = "require",
     .takes = Takes::Text,
     .value = "NAME,...",
     .help = "exit 6 when one of these is absent",
     .rules = kRepeats | kSetting,
     .suggested = collect::collector_names},
    {.name = "fail-fast", .help = "stop at the first failure and write nothing"},
    {.name = "best-effort", .help = "exit 0 even when a collector failed"},
    {.name = "root", .takes = Takes::File, .value = "DIR", .help = "read the files of the machine below DIR"},
    {.name = "smi-path",
     .takes = Takes::File,
     .value = "PROGRAM",
     .help = "nvidia-smi to run, instead of the one in PATH"},
    {.name = "smi-xml",
     .takes = Takes::File,
     .value = "FILE",
     .help = "read the output of 'nvidia-smi -q -x' from FILE"},
    kAllowOutside,
};

constexpr Command kCommands[] = {
    {.name = "snapshot",
     .summary = "collect what this machine is",
     .about = "What could not be seen stands in the document. A collector that failed decides the exit code.",
     .examples = kSnapshotExamples,
     .flags = kSnapshotFlags,
     .run = run_snapshot},
};

}  // namespace

std::span<const Command> fact_commands() {
  return kCommands;
}

}  // namespace eidos::cli
