// `eidos help [COMMAND]` and the hidden `eidos man [COMMAND]`.

#include "base/text.h"
#include "cli/help.h"
#include "cli/man.h"
#include "cli/output.h"
#include "cli/runs.h"

namespace eidos::cli {

namespace {

/// Whole names of a command's sub-commands; all commands when there is none of that name.
std::vector<std::string_view> names_below(std::string_view name) {
  const Command* command = find_command(name);
  if (command == nullptr || command->subcommands == nullptr) return command_names();
  std::vector<std::string_view> names;
  for (const Command& sub : subcommands_of(*command)) names.push_back(sub.name);
  return names;
}

Result<const Command*> command_called(const std::vector<std::string>& words) {
  std::string name = join(words, " ");
  if (const Command* command = find_command(name)) return command;
  std::vector<std::string_view> names = command_names();
  if (words.size() > 1) names = names_below(words.front());
  std::string near = did_you_mean(name, names);
  return fail(ErrorKind::Usage, cat("unknown command ", quote(name), near), {},
              near.empty() ? cat("commands: ", join(names, ", ")) : std::string());
}

}  // namespace

std::vector<std::string> help_topics() {
  std::vector<std::string> names;
  for (const Command* command : all_commands()) names.emplace_back(command->name);
  return names;
}

Result<int> run_help(const Invocation& invocation, Session& session) {
  if (invocation.arguments.empty()) return print(program_help(), session.world);
  EIDOS_TRY(const Command* command, command_called(invocation.arguments));
  return print(command_help(*command, invocation.flags.on("all")), session.world);
}

Result<int> run_man(const Invocation& invocation, Session& session) {
  if (invocation.flags.on("list")) return print(join(help_topics(), "\n") + "\n", session.world);
  if (invocation.arguments.empty()) return print(program_page(), session.world);
  EIDOS_TRY(const Command* command, command_called(invocation.arguments));
  return print(command_page(*command), session.world);
}

}  // namespace eidos::cli
