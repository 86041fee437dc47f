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
constexpr Flag kShowFlags[] = {kCatalog, kData, kOutput, kTableFormat, kAllowOutside};

constexpr Command kSubcommands[] = {
    {.name = "catalog show",
     .arguments = "NAME",
     .most_arguments = 1,
     .summary = "show an overlay, a component or a file of the catalog",
     .examples = kShowExamples,
     .flags = kShowFlags,
     .run = run_catalog_show,
     .suggested = catalog_names},
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
