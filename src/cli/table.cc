// Every command and flag there is.

#include "cli/catalog_values.h"
#include "cli/command.h"
#include "cli/runs.h"
#include "collect/collect.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kDocumentFormats[] = {"yaml", "json", "table"};
constexpr std::string_view kDataFormats[] = {"yaml", "json"};
constexpr std::string_view kColors[] = {"auto", "always", "never"};
constexpr std::string_view kErrorFormats[] = {"text", "json"};

constexpr Flag kGlobal[] = {
    {.name = "help", .letter = 'h', .help = "show help"},
    {.name = "version", .letter = 'v', .help = "show the version"},
    {.name = "debug", .help = "log every step to standard error", .rules = kSetting},
    {.name = "log-json", .help = "log as JSON objects, errors too", .rules = kSetting},
    {.name = "quiet", .letter = 'q', .help = "no warnings; results stay", .rules = kSetting},
    {.name = "color",
     .takes = Takes::Text,
     .value = "WHEN",
     .help = "paint",
     .rules = kSetting,
     .choices = kColors},
    {.name = "error-format",
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "how errors are written",
     .rules = kSetting,
     .choices = kErrorFormats},
    {.name = "timeout",
     .takes = Takes::Duration,
     .value = "DURATION",
     .help = "give up after this long (10s, 2m, 500ms)",
     .rules = kSetting},
    {.name = "config",
     .takes = Takes::File,
     .value = "FILE",
     .help = "defaults for flags, instead of ~/.config/eidos/config.yaml",
     .rules = kSetting},
};

// Flags that several commands share.
constexpr Flag kOutput = {.name = "output",
                          .letter = 'o',
                          .takes = Takes::File,
                          .value = "FILE",
                          .help = "where to write; '-' is standard output, the default"};
constexpr Flag kFormat = {.name = "format",
                          .letter = 't',
                          .takes = Takes::Text,
                          .value = "FORMAT",
                          .help = "how to write it",
                          .rules = kSetting,
                          .choices = kDocumentFormats};
constexpr Flag kAllowOutside = {.name = "allow-outside", .help = "let --output leave the working directory"};
constexpr Flag kCaFile = {.name = "ca-file",
                          .takes = Takes::File,
                          .value = "FILE",
                          .help = "certificates to trust for https:// sources",
                          .rules = kSetting};
constexpr Flag kCatalog = {.name = "catalog",
                           .takes = Takes::File,
                           .value = "DIR",
                           .help = "use this catalog instead of the one inside",
                           .rules = kSetting};
constexpr Flag kData = {.name = "data",
                        .takes = Takes::File,
                        .value = "DIR",
                        .help = "lay this directory over the catalog; repeatable",
                        .rules = kRepeats | kSetting};

constexpr Flag kRecipe = {.name = "recipe",
                          .letter = 'r',
                          .takes = Takes::File,
                          .value = "FILE",
                          .help = "recipe to read; '-' or a URL will do",
                          .rules = kNeeded};

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

constexpr std::string_view kRecipeExamples[] = {
    "eidos recipe --service eks --accelerator h100 --os ubuntu --intent training",
    "eidos recipe --snapshot snapshot.yaml --intent inference -o recipe.yaml",
    "eidos recipe --criteria criteria.yaml --platform kubeflow -t table",
};
constexpr Flag kRecipeFlags[] = {
    {.name = "service",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "Kubernetes service",
     .rules = kSetting,
     .dimension = "service"},
    {.name = "accelerator",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "GPU",
     .rules = kSetting,
     .alias = "gpu",
     .dimension = "accelerator"},
    {.name = "intent",
     .letter = 'i',
     .takes = Takes::Text,
     .value = "NAME",
     .help = "what it is for",
     .rules = kSetting,
     .dimension = "intent"},
    {.name = "os",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "system of the GPU nodes",
     .rules = kSetting,
     .dimension = "os"},
    {.name = "platform",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "workload platform",
     .rules = kSetting,
     .dimension = "platform"},
    {.name = "nodes",
     .takes = Takes::Count,
     .value = "N",
     .help = "number of GPU nodes; 0 is any",
     .rules = kSetting},
    {.name = "criteria",
     .letter = 'c',
     .takes = Takes::File,
     .value = "FILE",
     .help = "read criteria from a document; flags override it"},
    {.name = "snapshot",
     .letter = 's',
     .takes = Takes::File,
     .value = "FILE",
     .help = "detect criteria from a snapshot; flags override them"},
    {.name = "osv",
     .takes = Takes::Text,
     .value = "VERSION",
     .help = "fact to check against the recipe: system version"},
    {.name = "kernel", .takes = Takes::Text, .value = "VERSION", .help = "fact to check: kernel version"},
    {.name = "k8s", .takes = Takes::Text, .value = "VERSION", .help = "fact to check: Kubernetes version"},
    {.name = "strict", .help = "unused criteria and unchecked facts are errors", .rules = kSetting},
    {.name = "context", .help = "say in words what the parts of the recipe are", .rules = kSetting},
    kCatalog,
    kData,
    kOutput,
    kFormat,
    kAllowOutside,
    kCaFile,
};

constexpr std::string_view kValidateExamples[] = {
    "eidos validate -r recipe.yaml -s snapshot.yaml -t table",
    "eidos snapshot | eidos validate -r recipe.yaml -s - --allow-unknown",
};
constexpr Flag kValidateFlags[] = {
    kRecipe,
    {.name = "snapshot",
     .letter = 's',
     .takes = Takes::File,
     .value = "FILE",
     .help = "snapshot to hold it against",
     .rules = kNeeded},
    {.name = "fail-on-error",
     .help = "exit 9 when something failed or is unknown; the default",
     .rules = kNegatable | kSetting},
    {.name = "allow-unknown", .help = "what cannot be told is no failure", .rules = kSetting},
    kOutput,
    kFormat,
    kAllowOutside,
    kCaFile,
};

constexpr std::string_view kBundleExamples[] = {
    "eidos bundle -r recipe.yaml -o bundle",
    "eidos bundle -r recipe.yaml -o bundle --set gpu-operator:driver.version=570.86.16",
    "eidos bundle -r recipe.yaml --dry-run --accelerated-node-selector pool=gpu",
};
constexpr std::string_view kBundleFormats[] = {"text", "json", "yaml"};
constexpr Flag kBundleFlags[] = {
    kRecipe,
    {.name = "output",
     .letter = 'o',
     .takes = Takes::File,
     .value = "DIR",
     .help = "directory to write; an older bundle there is replaced"},
    {.name = "deployer",
     .letter = 'd',
     .takes = Takes::Text,
     .value = "NAME",
     .help = "what will deploy it: helm",
     .suggested = deployers},
    {.name = "namespace",
     .letter = 'n',
     .takes = Takes::Text,
     .value = "NAME",
     .help = "namespace of the release (eidos-stack)",
     .rules = kSetting},
    {.name = "component",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "only this component; repeatable",
     .rules = kRepeats},
    {.name = "set",
     .takes = Takes::Text,
     .value = "C:PATH=VALUE",
     .help = "override a value; repeatable, last one wins",
     .rules = kRepeats},
    {.name = "set-string",
     .takes = Takes::Text,
     .value = "C:PATH=TEXT",
     .help = "the same, always text",
     .rules = kRepeats},
    {.name = "set-json",
     .takes = Takes::Text,
     .value = "C:PATH=JSON",
     .help = "the same, any JSON",
     .rules = kRepeats},
    {.name = "values-file",
     .takes = Takes::File,
     .value = "C=FILE",
     .help = "values for a component, below --set; repeatable",
     .rules = kRepeats},
    {.name = "system-node-selector",
     .takes = Takes::Text,
     .value = "K=V",
     .help = "where system pods go; repeatable",
     .rules = kRepeats},
    {.name = "system-node-toleration",
     .takes = Takes::Text,
     .value = "K=V:EFFECT",
     .help = "taints they tolerate; repeatable",
     .rules = kRepeats},
    {.name = "accelerated-node-selector",
     .takes = Takes::Text,
     .value = "K=V",
     .help = "the GPU nodes; repeatable",
     .rules = kRepeats},
    {.name = "accelerated-node-toleration",
     .takes = Takes::Text,
     .value = "K=V:EFFECT",
     .help = "their taints; repeatable",
     .rules = kRepeats},
    {.name = "workload-selector",
     .takes = Takes::Text,
     .value = "K=V",
     .help = "pods of the workload; repeatable",
     .rules = kRepeats},
    {.name = "workload-gate",
     .takes = Takes::Text,
     .value = "K=V:EFFECT",
     .help = "taint that holds workloads back"},
    {.name = "nodes", .takes = Takes::Count, .value = "N", .help = "number of GPU nodes"},
    {.name = "strict-values", .help = "a --set path that nothing knows is an error", .rules = kSetting},
    {.name = "allow-missing-dependency", .help = "leave out what another component needs"},
    {.name = "allow-catalog-mismatch",
     .takes = Takes::Maybe,
     .value = "NAME",
     .help = "accept a catalog that changed since the recipe",
     .rules = kRepeats},
    {.name = "force", .help = "replace a directory that is no bundle"},
    {.name = "fsync", .help = "survive a power cut, too"},
    {.name = "dry-run", .help = "show the tree; write nothing"},
    {.name = "format",
     .letter = 't',
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "how to tell the result",
     .choices = kBundleFormats},
    kCatalog,
    kData,
    kAllowOutside,
    kCaFile,
};

constexpr Flag kVersionFlags[] = {
    {.name = "format",
     .letter = 't',
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "a document instead of one line",
     .choices = kDataFormats},
};
constexpr Flag kManFlags[] = {{.name = "list", .help = "name the commands that have a page"}};

constexpr std::string_view kSchemaExamples[] = {"eidos schema",
                                                "eidos schema RecipeResult > recipe.schema.json"};
constexpr std::string_view kCompletionExamples[] = {
    "source <(eidos completion bash)", "eidos completion zsh > \"${fpath[1]}/_eidos\"",
    "eidos completion fish > ~/.config/fish/completions/eidos.fish"};

constexpr Command kCommands[] = {
    {.name = "snapshot",
     .summary = "collect what this machine is",
     .about = "What could not be seen stands in the document. A collector that failed decides the exit code.",
     .examples = kSnapshotExamples,
     .flags = kSnapshotFlags,
     .run = run_snapshot},
    {.name = "recipe",
     .summary = "resolve criteria against the catalog",
     .about = "What is not stated stays open: without criteria the recipe is the base every cluster gets.",
     .examples = kRecipeExamples,
     .flags = kRecipeFlags,
     .run = run_recipe},
    {.name = "validate",
     .summary = "hold a recipe against a snapshot",
     .examples = kValidateExamples,
     .flags = kValidateFlags,
     .run = run_validate},
    {.name = "bundle",
     .summary = "render a recipe into a chart that Helm deploys",
     .examples = kBundleExamples,
     .flags = kBundleFlags,
     .run = run_bundle},
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
     .most_arguments = 1,
     .summary = "show what a command does",
     .run = run_help,
     .rules = kInstant,
     .suggested = help_topics},
    {.name = "man",
     .arguments = "[COMMAND]",
     .most_arguments = 1,
     .summary = "print a manual page in roff",
     .flags = kManFlags,
     .run = run_man,
     .rules = kInstant | kHiddenCommand},
};

}  // namespace

std::span<const Command> commands() {
  return kCommands;
}

std::span<const Flag> global_flags() {
  return kGlobal;
}

const Command* find_command(std::string_view name) {
  for (const Command& command : kCommands)
    if (command.name == name) return &command;
  return nullptr;
}

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const Command& command : kCommands)
    if (!command.is(kHiddenCommand)) names.push_back(command.name);
  return names;
}

}  // namespace eidos::cli
