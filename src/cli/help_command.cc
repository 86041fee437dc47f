// `eidos help [COMMAND]` and the hidden `eidos man [COMMAND]`.

#include "base/text.h"
#include "cli/help.h"
#include "cli/man.h"
#include "cli/output.h"
#include "cli/runs.h"

namespace eidos::cli {

namespace {

Result<const Command*> command_called(const std::string& name) {
  if (const Command* command = find_command(name)) return command;
  std::vector<std::string_view> names = command_names();
  std::string near = did_you_mean(name, names);
  return fail(ErrorKind::Usage, cat("unknown command ", quote(name), near), {},
              near.empty() ? cat("commands: ", join(names, ", ")) : std::string());
}

}  // namespace

std::vector<std::string> help_topics() {
  std::vector<std::string_view> names = command_names();
  return {names.begin(), names.end()};
}

Result<int> run_help(const Invocation& invocation, Session& session) {
  if (invocation.arguments.empty()) return print(program_help(), session.world);
  EIDOS_TRY(const Command* command, command_called(invocation.arguments.front()));
  return print(command_help(*command), session.world);
}

Result<int> run_man(const Invocation& invocation, Session& session) {
  if (invocation.flags.on("list")) return print(join(help_topics(), "\n") + "\n", session.world);
  if (invocation.arguments.empty()) return print(program_page(), session.world);
  EIDOS_TRY(const Command* command, command_called(invocation.arguments.front()));
  return print(command_page(*command), session.world);
}

}  // namespace eidos::cli
