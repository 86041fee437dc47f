// Commands that take a recipe: validate, bundle.

#include "cli/runs.h"
#include "cli/table_flags.h"
#include "cli/table_groups.h"

namespace eidos::cli {

namespace {

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

constexpr Command kCommands[] = {
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
};

}  // namespace

std::span<const Command> bundle_commands() {
  return kCommands;
}

}  // namespace eidos::cli
