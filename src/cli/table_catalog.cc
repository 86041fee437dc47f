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

constexpr std::string_view kShowExamples[] = {"eidos catalog show gb200-eks-training",
                                              "eidos catalog show gpu-operator",
                                              "eidos catalog show components/gpu-operator/values.yaml"};
constexpr Flag kShowFlags[] = {kCatalog, kData, kLock, kCaFile, kOutput, kTableFormat, kAllowOutside};

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
    {.name = "catalog show",
     .arguments = "NAME",
     .most_arguments = 1,
     .summary = "show an overlay, a component or a file of the catalog",
     .examples = kShowExamples,
     .flags = kShowFlags,
     .run = run_catalog_show,
     .suggested = catalog_names},
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
