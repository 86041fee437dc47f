// Every command there is, from its groups, and the flags that all of them take.

#include <algorithm>
#include <iterator>

#include "cli/command.h"
#include "cli/table_groups.h"

namespace eidos::cli {

namespace {

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
     .rules = kSetting | kRare,
     .choices = kErrorFormats},
    {.name = "timeout",
     .takes = Takes::Duration,
     .value = "DURATION",
     .help = "give up after this long (10s, 2m, 500ms)",
     .rules = kSetting},
    {.name = "kubeconfig",
     .letter = 'k',
     .takes = Takes::File,
     .value = "FILE",
     .help = "cluster and user, instead of KUBECONFIG",
     .rules = kSetting},
    {.name = "kube-context",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "context of the kubeconfig to use",
     .rules = kSetting},
    {.name = "cpuprofile",
     .takes = Takes::File,
     .value = "FILE",
     .help = "write where the processor time went, for pprof (github.com/google/pprof)",
     .rules = kRare},
    {.name = "memprofile",
     .takes = Takes::File,
     .value = "FILE",
     .help = "the same for memory; in builds of the 'profile' preset only",
     .rules = kRare},
    {.name = "trace",
     .takes = Takes::Text,
     .value = "HOST:PORT|URL",
     .help = "send a trace of this run there, by OTLP over HTTP",
     .rules = kSetting | kRare},
    {.name = "config",
     .takes = Takes::File,
     .value = "FILE",
     .help = "defaults for flags, instead of ~/.config/eidos/config.yaml",
     .rules = kSetting},
};

std::vector<Command> joined_groups() {
  std::vector<Command> all;
  for (auto group : {snapshot_commands, document_commands, agent_commands, fleet_commands, recipe_commands,
                     recommend_commands, bundle_commands, catalog_commands, about_commands})
    std::ranges::copy(group(), std::back_inserter(all));
  return all;
}

}  // namespace

std::span<const Command> commands() {
  static const std::vector<Command> kCommands = joined_groups();
  return kCommands;
}

std::span<const Flag> global_flags() {
  return kGlobal;
}

std::span<const Command> subcommands_of(const Command& command) {
  return command.subcommands == nullptr ? std::span<const Command>() : command.subcommands();
}

std::string_view last_word(const Command& command) {
  return command.name.substr(command.name.rfind(' ') + 1);  // npos + 1 == 0: the whole
}

std::vector<const Command*> all_commands() {
  std::vector<const Command*> all;
  for (const Command& command : commands()) {
    if (command.is(kHiddenCommand)) continue;
    all.push_back(&command);
    for (const Command& sub : subcommands_of(command)) all.push_back(&sub);
  }
  return all;
}

const Command* find_command(std::string_view name) {
  for (const Command& command : commands()) {
    if (command.name == name) return &command;
    for (const Command& sub : subcommands_of(command))
      if (sub.name == name) return &sub;
  }
  return nullptr;
}

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const Command& command : commands())
    if (!command.is(kHiddenCommand)) names.push_back(command.name);
  return names;
}

}  // namespace eidos::cli
