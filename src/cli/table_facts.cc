// Commands about what is there: snapshot, diff.

#include "cli/runs.h"
#include "cli/table_agent_flags.h"
#include "cli/table_flags.h"
#include "cli/table_groups.h"
#include "collect/collect.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kSnapshotExamples[] = {
    "eidos snapshot -o snapshot.yaml",
    "eidos snapshot --filter os,gpu -t table",
    "eidos snapshot --require gpu --timeout 20s -o snapshot.json",
    "eidos snapshot --watch --interval 30s --on-change ./page-me >> changes.ndjson",
    "eidos snapshot --serve :9090 -r recipe.yaml",
};
constexpr std::string_view kSnapshotFormats[] = {"yaml", "json", "table", "prometheus"};
constexpr Flag kSnapshotFlags[] = {
    {.name = "output",
     .letter = 'o',
     .takes = Takes::File,
     .value = "FILE",
     .help = "where to write; may hold {node}, {date}, {time}; '-' is standard output"},
    {.name = "format",
     .letter = 't',
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "how to write it; prometheus is for node-exporter's textfile directory",
     .rules = kSetting,
     .choices = kSnapshotFormats},
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
    {.name = "parallel",
     .takes = Takes::Count,
     .value = "N",
     .help = "so many collectors at once, 1 to 64; default 5",
     .rules = kSetting | kRare},
    {.name = "agent", .help = "from a pod in the cluster; 'help snapshot --all' has its flags"},
    {.name = "preview", .help = "say what would be read, and read nothing"},
    {.name = "detail", .help = "more of each kernel module: size, use, version, parameters"},
    {.name = "fail-fast", .help = "stop at the first failure and write nothing"},
    {.name = "best-effort", .help = "exit 0 even when a collector failed"},
    {.name = "pod-namespace",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "images of pods in this namespace only",
     .rules = kSetting},
    {.name = "pod-selector",
     .takes = Takes::Text,
     .value = "LABELS",
     .help = "images of pods with these labels only: app=a,tier!=b",
     .rules = kSetting | kRare},
    {.name = "field-selector",
     .takes = Takes::Text,
     .value = "FIELDS",
     .help = "images of pods with these fields only: spec.nodeName=a",
     .rules = kSetting | kRare},
    {.name = "policy-kind",
     .takes = Takes::Text,
     .value = "KIND",
     .help = "read the specs of this kind too: PLURAL.VERSION.GROUP; repeats",
     .rules = kRepeats | kSetting | kRare},
    {.name = "max-nodes-per-entry",
     .takes = Takes::Count,
     .value = "N",
     .help = "names shown for each label and taint; 100, 0 is all",
     .rules = kSetting | kRare},
    {.name = "root", .takes = Takes::File, .value = "DIR", .help = "read the files of the machine below DIR"},
    {.name = "unit",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "this unit of systemd too, beside the container runtimes, kubelet and nvidia-persistenced; "
             "repeatable",
     .rules = kRepeats | kSetting},
    {.name = "smi-path",
     .takes = Takes::File,
     .value = "PROGRAM",
     .help = "nvidia-smi to run, instead of asking NVML",
     .rules = kRare},
    {.name = "smi-xml",
     .takes = Takes::File,
     .value = "FILE",
     .help = "read the output of 'nvidia-smi -q -x' from FILE",
     .rules = kRare},
    {.name = "nvml-path",
     .takes = Takes::File,
     .value = "LIBRARY",
     .help = "libnvidia-ml.so.1 to ask, and nothing else",
     .rules = kRare},
    {.name = "gpu-identities", .help = "with the UUID and serial number of each GPU"},
    {.name = "watch", .help = "go on, and write a JSON Patch line for each change"},
    {.name = "interval",
     .takes = Takes::Duration,
     .value = "DURATION",
     .help = "how often --watch and --serve look; 30s",
     .rules = kSetting},
    {.name = "on-change",
     .takes = Takes::File,
     .value = "PROGRAM",
     .help = "run on each change, the patch on its standard input; no shell"},
    {.name = "serve",
     .takes = Takes::Text,
     .value = "[HOST]:PORT",
     .help = "answer Prometheus on /metrics; without HOST this machine only"},
    {.name = "recipe",
     .letter = 'r',
     .takes = Takes::File,
     .value = "FILE",
     .help = "metrics of its constraints, too"},
    {.name = "cache",
     .takes = Takes::Duration,
     .value = "DURATION",
     .help = "take what a collector read this short a time ago",
     .rules = kSetting | kRare},
    {.name = "allow-stale",
     .takes = Takes::Duration,
     .value = "DURATION",
     .help = "when the cluster does not answer, take what was read this short a time ago",
     .rules = kSetting | kRare},
    {.name = "template",
     .takes = Takes::File,
     .value = "FILE",
     .help = "write it as this Mustache template says"},
    {.name = "retain",
     .takes = Takes::Count,
     .value = "N",
     .help = "keep the newest N outputs named by this --output",
     .rules = kRare},
    {.name = "ca-file",
     .takes = Takes::File,
     .value = "FILE",
     .help = "certificates to trust for https:// sources",
     .rules = kSetting | kRare},
    kAllowOutside,
};

constexpr auto kAllSnapshotFlags = joined(kSnapshotFlags, kAgentOnlyFlags);

// Of the process that asks NVML for `snapshot`.
constexpr Flag kReadNvmlFlags[] = {
    {.name = "library", .takes = Takes::File, .value = "LIBRARY", .help = "to open"},
    {.name = "identities", .help = "UUIDs and serial numbers, too"},
};

constexpr std::string_view kDiffFormats[] = {"table", "yaml", "json", "patch"};
constexpr std::string_view kImpacts[] = {"breaking", "performance", "cosmetic"};
constexpr std::string_view kDiffExamples[] = {
    "eidos diff monday.yaml tuesday.yaml",
    "eidos diff node-a.yaml node-b.yaml --ignore OS.kmod --fail-on performance",
    "eidos diff stack-1.4 stack-1.5 -t json -o upgrade.json",
    "eidos diff a.yaml b.yaml -t patch > a-to-b.json",
};
constexpr Flag kDiffFlags[] = {
    kOutput,
    {.name = "format",
     .letter = 't',
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "how to write it; table is the default, patch is RFC 6902",
     .choices = kDiffFormats},
    {.name = "ignore",
     .takes = Takes::Text,
     .value = "PATH",
     .help = "leave out a path and all below it; '*' is any part of it; repeatable",
     .rules = kRepeats | kSetting},
    {.name = "fail-on-change", .help = "exit 9 when anything changed"},
    {.name = "fail-on",
     .takes = Takes::Text,
     .value = "CLASS",
     .help = "exit 9 when a change is of this class or a worse one",
     .choices = kImpacts},
    kCaFile,
    kAllowOutside,
};

constexpr std::string_view kRedactExamples[] = {
    "eidos redact snapshot.yaml -o for-support.yaml",
    "kubectl get clusterpolicy -o yaml | eidos redact -",
    "eidos redact --check snapshot.yaml",
};
constexpr Flag kRedactFlags[] = {
    kOutput,
    {.name = "format",
     .letter = 't',
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "how to write it; as it was by default",
     .rules = kSetting,
     .choices = kDataFormats},
    {.name = "check", .help = "list where secrets stand, write nothing else; exit 9 when there are any"},
    kCaFile,
    kAllowOutside,
};

constexpr Command kSnapshotCommands[] = {
    {.name = "snapshot",
     .summary = "collect what this machine is",
     .about = "What could not be seen stands in the document. A collector that failed decides the exit code.",
     .examples = kSnapshotExamples,
     .flags = kAllSnapshotFlags,
     .run = run_snapshot},
    {.name = "read-nvml",
     .summary = "ask NVML, for snapshot",
     .flags = kReadNvmlFlags,
     .run = run_read_nvml,
     .rules = kHiddenCommand | kInstant},
};

constexpr Command kDocumentCommands[] = {
    {.name = "diff",
     .arguments = "A B",
     .most_arguments = 2,
     .summary = "compare two snapshots, recipes or bundles",
     .about = "Timestamps, durations, counters, order and spelling never count. A patch has all differences, "
              "those "
              "too: applied to A it gives B.",
     .examples = kDiffExamples,
     .flags = kDiffFlags,
     .run = run_diff,
     .rules = kFileArgument},
    {.name = "redact",
     .arguments = "FILE",
     .most_arguments = 1,
     .summary = "take the secrets out of a document",
     .about = "Any YAML or JSON. What is called or looks like a secret becomes <redacted:N>, equal ones with "
              "equal "
              "numbers; a snapshot counts them. Comments are not kept.",
     .examples = kRedactExamples,
     .flags = kRedactFlags,
     .run = run_redact,
     .rules = kFileArgument},
};

}  // namespace

std::span<const Command> snapshot_commands() {
  return kSnapshotCommands;
}

std::span<const Command> document_commands() {
  return kDocumentCommands;
}

}  // namespace eidos::cli
