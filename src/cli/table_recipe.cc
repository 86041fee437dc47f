// Commands that make recipes and look into them.

#include "cli/runs.h"
#include "cli/table_flags.h"
#include "cli/table_groups.h"

namespace eidos::cli {

namespace {

// What a recipe is resolved from.
constexpr Flag kResolutionFlags[] = {
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
    kCatalog,
    kData,
    kLock,
    kCaFile,
};

constexpr std::string_view kRecipeExamples[] = {
    "eidos recipe --service eks --accelerator h100 --os ubuntu --intent training",
    "eidos recipe --snapshot snapshot.yaml --intent inference -o recipe.yaml",
    "eidos recipe --criteria criteria.yaml --platform kubeflow -t table",
};
constexpr Flag kRecipeOnly[] = {
    {.name = "settings", .help = "add the recommended settings, as a snapshot shows them", .rules = kSetting},
    {.name = "context", .help = "say in words what the parts of the recipe are", .rules = kSetting | kRare},
    kOutput,
    kFormat,
    kAllowOutside,
};
constexpr auto kRecipeFlags = joined(kResolutionFlags, kRecipeOnly, kServerFlags);

constexpr std::string_view kQueryExamples[] = {
    "eidos query --selector components.gpu-operator.values.driver.version --service eks",
    "eidos query -r recipe.yaml --selector 'components.*.version' -t table",
    "eidos query -r recipe.yaml --selector 'constraints.\"OS.release.ID\".value'",
};
constexpr std::string_view kQueryFormats[] = {"text", "yaml", "json", "table"};
constexpr Flag kRecipeInstead = {
    .name = "recipe",
    .letter = 'r',
    .takes = Takes::File,
    .value = "FILE",
    .help = "look into this recipe instead of resolving one; '-' or a URL will do"};
constexpr Flag kQueryOnly[] = {
    kRecipeInstead,
    {.name = "selector",
     .takes = Takes::Selector,
     .value = "PATH",
     .help = "what to print: a.b, a[2], a.\"b.c\", a.* ; repeatable; without one, everything",
     .rules = kRepeats},
    kAllowMismatch,
    kOutput,
    {.name = "format",
     .letter = 't',
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "how to write it; without it, one scalar as text and all else as yaml",
     .choices = kQueryFormats},
    kAllowOutside,
};
constexpr auto kQueryFlags = joined(kResolutionFlags, kQueryOnly);

constexpr std::string_view kExplainExamples[] = {
    "eidos explain --service eks --accelerator h100 --intent training",
    "eidos explain --service eks components.gpu-operator.values.cdi.enabled",
    "eidos explain -r recipe.yaml --set gpu-operator:cdi.enabled=true components.gpu-operator",
    "eidos explain -r recipe.yaml --json > recipe.why.json",
};
constexpr std::string_view kExplainFormats[] = {"text", "yaml", "json"};
constexpr Flag kExplainOnly[] = {
    kRecipeInstead,
    kAllowMismatch,
    kOutput,
    {.name = "format",
     .letter = 't',
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "words, or a document of kind Explanation",
     .choices = kExplainFormats},
    {.name = "json", .help = "the same as -t json"},
    kAllowOutside,
};
constexpr std::string_view kExplainRare[] = {"osv",
                                             "kernel",
                                             "k8s",
                                             "lock",
                                             "ca-file",
                                             "allow-outside",
                                             "set-string",
                                             "values-file",
                                             "system-node-selector",
                                             "accelerated-node-selector",
                                             "workload-selector"};
constexpr auto kExplainFlags = with_rare(joined(kResolutionFlags, kExplainOnly, kValueFlags), kExplainRare);

constexpr Command kCommands[] = {
    {.name = "recipe",
     .summary = "resolve criteria against the catalog",
     .about = "What is not stated stays open: without criteria the recipe is the base every cluster gets.",
     .examples = kRecipeExamples,
     .flags = kRecipeFlags,
     .run = run_recipe,
     .subcommands = recipe_subcommands},
    {.name = "query",
     .summary = "print values of a recipe",
     .about = "Selectors look at the recipe and, below components.NAME.values, at what a component's chart "
              "gets. A "
              "list item is also found by its name: componentRefs.gpu-operator.",
     .examples = kQueryExamples,
     .flags = kQueryFlags,
     .run = run_query},
    {.name = "explain",
     .arguments = "[PATH]",
     .most_arguments = 1,
     .summary = "tell where the values of a recipe come from",
     .about = "Without a path: why each overlay was taken or left, and why each component is at its place. "
              "With a path, as "
              "'eidos query' takes it: everything that wrote the value, oldest first, with file, line and "
              "comment. The "
              "flags of 'eidos bundle' that change values count too; --nodes is one of them with --recipe, "
              "and a criterion "
              "without.",
     .examples = kExplainExamples,
     .flags = kExplainFlags,
     .run = run_explain,
     .rules = kTakesSelector},
};

}  // namespace

std::span<const Command> recipe_commands() {
  return kCommands;
}

}  // namespace eidos::cli
