// `eidos recipe lint`, `recipe upgrade` and `recipe lock`.

#include "cli/runs.h"
#include "cli/table_flags.h"
#include "cli/table_groups.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kFindingFormats[] = {"table", "yaml", "json"};
constexpr Flag kInPlace = {.name = "in-place", .letter = 'i', .help = "change the file itself"};

constexpr std::string_view kLintExamples[] = {"eidos recipe lint recipe.yaml",
                                              "eidos recipe lint recipe.yaml --data company -t json"};
constexpr Flag kLintFlags[] = {
    kCatalog,
    kData,
    kLock,
    kCaFile,
    kOutput,
    {.name = "format",
     .letter = 't',
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "how to write it, a line each by default",
     .rules = kSetting,
     .choices = kFindingFormats},
    kAllowOutside,
};

constexpr std::string_view kUpgradeExamples[] = {"eidos recipe upgrade -i recipe.yaml",
                                                 "eidos recipe upgrade old.yaml -o recipe.yaml"};
constexpr Flag kUpgradeFlags[] = {kInPlace, kOutput, kAllowOutside, kCaFile};

constexpr std::string_view kChartExamples[] = {
    "eidos recipe lock recipe.yaml --index nvidia/index.yaml -i",
    "eidos recipe lock recipe.yaml --index gpu-operator=index.yaml -o locked.yaml"};
constexpr Flag kChartFlags[] = {
    {.name = "index",
     .takes = Takes::File,
     .value = "[COMPONENT=]FILE",
     .help = "index.yaml of a Helm repository; repeatable",
     .rules = kNeeded | kRepeats},
    kInPlace,
    kOutput,
    {.name = "format",
     .letter = 't',
     .takes = Takes::Text,
     .value = "FORMAT",
     .help = "how to write it; as it was by default",
     .choices = kDataFormats},
    kAllowOutside,
    kCaFile,
};

constexpr Command kCommands[] = {
    {.name = "recipe lint",
     .arguments = "FILE",
     .most_arguments = 1,
     .summary = "say what is wrong with a recipe",
     .about =
         "Shape, constraints, dependencies, order, and whether this catalog is the one it was made from.",
     .examples = kLintExamples,
     .flags = kLintFlags,
     .run = run_recipe_lint,
     .rules = kFileArgument},
    {.name = "recipe upgrade",
     .arguments = "FILE",
     .most_arguments = 1,
     .summary = "rewrite an older apiVersion or kind, and nothing else",
     .examples = kUpgradeExamples,
     .flags = kUpgradeFlags,
     .run = run_recipe_upgrade,
     .rules = kFileArgument},
    {.name = "recipe lock",
     .arguments = "FILE",
     .most_arguments = 1,
     .summary = "record what the charts of a recipe are, by digest",
     .about =
         "An index says what a chart archive's SHA-256 is; metadata.charts keeps it. A digest that is not "
         "the one recorded earlier is refused.",
     .examples = kChartExamples,
     .flags = kChartFlags,
     .run = run_recipe_lock,
     .rules = kFileArgument},
};

}  // namespace

std::span<const Command> recipe_subcommands() {
  return kCommands;
}

}  // namespace eidos::cli
