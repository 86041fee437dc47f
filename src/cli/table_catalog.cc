// `eidos catalog` and its sub-commands.

#include "cli/runs.h"
#include "cli/table_flags.h"
#include "cli/table_groups.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kTableFormats[] = {"table", "yaml", "json"};
constexpr Flag kTableFormat = {.name = "format",
                               .letter = 't',
                               .takes = Takes::Text,
                               .value = "FORMAT",
                               .help = "how to write it, a table by default",
                               .rules = kSetting,
                               .choices = kTableFormats};

// No settings: a default for recipes must not hide rows here.
constexpr Flag kCriteriaFlags[] = {
    {.name = "service",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "Kubernetes service",
     .dimension = "service"},
    {.name = "accelerator",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "GPU",
     .alias = "gpu",
     .dimension = "accelerator"},
    {.name = "intent",
     .letter = 'i',
     .takes = Takes::Text,
     .value = "NAME",
     .help = "what it is for",
     .dimension = "intent"},
    {.name = "os",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "system of the GPU nodes",
     .dimension = "os"},
    {.name = "platform",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "workload platform",
     .dimension = "platform"},
    {.name = "nodes", .takes = Takes::Count, .value = "N", .help = "number of GPU nodes; 0 is any"},
};
constexpr Flag kLayerFlags[] = {kCatalog, kData, kLock, kCaFile};
constexpr Flag kOutputFlags[] = {kOutput, kTableFormat, kAllowOutside};

constexpr std::string_view kListExamples[] = {"eidos catalog list",
                                              "eidos catalog list --service eks --intent training",
                                              "eidos catalog list --data company -t json"};
constexpr Flag kListOwnFlags[] = {{.name = "all", .help = "also combinations that others narrow further"}};
constexpr auto kListFlags = joined(kCriteriaFlags, kListOwnFlags, kLayerFlags, kOutputFlags);

constexpr std::string_view kLintFormats[] = {"table", "yaml", "json", "sarif"};
constexpr std::string_view kLintExamples[] = {"eidos catalog lint", "eidos catalog lint my-catalog --strict",
                                              "eidos catalog lint --data company -t sarif -o lint.sarif"};
constexpr Flag kLintFlags[] = {
    kCatalog,
    kData,
    kCaFile,
    {.name = "strict", .help = "warnings count as errors", .rules = kSetting},
    {.name = "render", .help = "have Helm render every manifest with its values, too"},
    {.name = "helm",
     .takes = Takes::File,
     .value = "PROGRAM",
     .help = "helm to run, instead of the one in PATH"},
    {.name = "rules", .help = "list the rules"},
    kOutput,
    {.name = "format",
     .letter = 't',
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "how to write it, a table by default",
     .rules = kSetting,
     .choices = kLintFormats},
    kAllowOutside,
};

constexpr std::string_view kShowExamples[] = {"eidos catalog show gb200-eks-training",
                                              "eidos catalog show gpu-operator",
                                              "eidos catalog show components/gpu-operator/values.yaml"};
constexpr auto kShowFlags = joined(kLayerFlags, kOutputFlags);

constexpr std::string_view kScaffoldExamples[] = {
    "eidos catalog scaffold --service gke --accelerator a100 --intent training",
    "eidos catalog scaffold --service oke --os ubuntu -o company/overlays/oke-ubuntu.yaml",
};
constexpr Flag kScaffoldOwnFlags[] = {
    {.name = "name",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "name of the overlay; made from the criteria by default"},
    kOutput,
    {.name = "force", .help = "replace a file that is there"},
    kAllowOutside,
};
constexpr auto kScaffoldFlags = joined(kCriteriaFlags, kLayerFlags, kScaffoldOwnFlags);

constexpr std::string_view kDocExamples[] = {"eidos catalog doc -o catalog-pages",
                                             "eidos catalog doc --data company | less"};
constexpr Flag kDocOwnFlags[] = {
    {.name = "output",
     .letter = 'o',
     .takes = Takes::File,
     .value = "DIR",
     .help = "directory to write; older pages there are replaced. '-' is standard output, the default"},
    {.name = "force", .help = "replace a directory that holds anything else"},
    kAllowOutside,
};
constexpr auto kDocFlags = joined(kLayerFlags, kDocOwnFlags);

constexpr std::string_view kLockExamples[] = {"eidos catalog lock --data company",
                                              "eidos catalog lock --data company -o - | less"};
constexpr Flag kLockFlags[] = {
    kCatalog,
    kData,
    kCaFile,
    {.name = "output",
     .letter = 'o',
     .takes = Takes::File,
     .value = "FILE",
     .help = "where to write; eidos.lock by default, '-' is standard output"},
    kAllowOutside,
};

constexpr Command kSubcommands[] = {
    {.name = "catalog list",
     .summary = "list every complete combination of criteria",
     .examples = kListExamples,
     .flags = kListFlags,
     .run = run_catalog_list},
    {.name = "catalog lint",
     .arguments = "[DIR]",
     .most_arguments = 1,
     .summary = "look a catalog over: what is wrong, and what is hardly meant",
     .about = "Exit 2 when the catalog does not load, 9 when it does and there are errors. A comment above a "
              "line,\n"
              "'# lint: allow RULE REASON', acknowledges what is meant.",
     .examples = kLintExamples,
     .flags = kLintFlags,
     .run = run_catalog_lint},
    {.name = "catalog show",
     .arguments = "NAME",
     .most_arguments = 1,
     .summary = "show an overlay, a component or a file of the catalog",
     .examples = kShowExamples,
     .flags = kShowFlags,
     .run = run_catalog_show,
     .suggested = catalog_names},
    {.name = "catalog scaffold",
     .summary = "write a first overlay for criteria, with what may stand in it",
     .examples = kScaffoldExamples,
     .flags = kScaffoldFlags,
     .run = run_catalog_scaffold},
    {.name = "catalog doc",
     .summary = "write the catalog as Markdown: a page per overlay and component",
     .examples = kDocExamples,
     .flags = kDocFlags,
     .run = run_catalog_doc},
    {.name = "catalog lock",
     .summary = "write down what the catalog is, for later runs to be held to",
     .about =
         "Where an eidos.lock stands in the working directory, a catalog that differs from it is refused.",
     .examples = kLockExamples,
     .flags = kLockFlags,
     .run = run_catalog_lock},
};

std::span<const Command> subcommands() {
  return kSubcommands;
}

constexpr Command kCommands[] = {
    {.name = "catalog",
     .arguments = "COMMAND",
     .summary = "look into the catalog, check it and extend it",
     .subcommands = subcommands},
};

}  // namespace

std::span<const Command> catalog_commands() {
  return kCommands;
}

}  // namespace eidos::cli
