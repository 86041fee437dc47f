#pragma once
// The command line as data. Constexpr tables (table.cc and its groups table_*.cc) say which commands and
// flags there are; parsing, help, completion, man pages and "did you mean" are all made from them.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace eidos::cli {

/// What follows a flag.
enum class Takes : std::uint8_t {
  Nothing,   ///< A switch: --strict, or --strict=true|false.
  Maybe,     ///< --flag, or --flag=VALUE; never the next argument.
  Text,      ///< Any text, the empty one too.
  File,      ///< A path, "-" or a URL; not empty.
  Selector,  ///< A path into a recipe; completion asks `eidos complete-paths` for it.
  Duration,  ///< 500ms, 10s, 1m30s.
  Count,     ///< A whole number, 0 or more.
};

enum FlagRule : unsigned {
  kOnce = 0,
  kRepeats = 1,    ///< May be given several times; the order is kept.
  kNeeded = 2,     ///< The command does not run without it.
  kNegatable = 4,  ///< --no-NAME switches it off.
  kSetting = 8,    ///< EIDOS_NAME and the configuration file may set it.
  kRare = 16,      ///< Only `help COMMAND --all`, the man page and completion show it.
};

struct Flag {
  std::string_view name;
  char letter = 0;  ///< 0: none.
  Takes takes = Takes::Nothing;
  std::string_view value = {};  ///< What help calls the value: "FILE".
  std::string_view help = {};
  unsigned rules = kOnce;
  std::string_view alias = {};                        ///< Another long spelling: "gpu".
  std::span<const std::string_view> choices = {};     ///< The only values it takes.
  std::string_view dimension = {};                    ///< Its values are the catalog's for this dimension.
  std::vector<std::string> (*suggested)() = nullptr;  ///< Values that completion offers and nothing checks.

  constexpr bool is(FlagRule rule) const { return (rules & rule) != 0; }
  /// Whether `long_name` names it: its name or its alias.
  constexpr bool called(std::string_view long_name) const {
    return long_name == name || (!alias.empty() && long_name == alias);
  }
};

class Flags;
struct Session;

struct Invocation;

/// Returns the exit code: 0, or kExitFindings.
using Run = Result<int> (*)(const Invocation&, Session&);

enum CommandRule : unsigned {
  kPlainCommand = 0,
  kHiddenCommand = 1,  ///< Not in help or completion.
  kInstant = 2,        ///< Reads no configuration and starts nothing: version, help.
  kFileArgument = 4,   ///< Its argument is a path.
  kTakesSelector = 8,  ///< Its argument is a path into a recipe.
};

struct Command {
  std::string_view name;            ///< With the command it belongs to: "catalog list".
  std::string_view arguments = {};  ///< As usage shows them: "[COMMAND]".
  std::size_t most_arguments = 0;
  std::string_view summary = {};  ///< One line, no full stop.
  std::string_view about = {};    ///< A few sentences for its help and man page; or empty.
  std::span<const std::string_view> examples = {};
  std::span<const Flag> flags = {};
  Run run = nullptr;  ///< nullptr: it has sub-commands only.
  unsigned rules = kPlainCommand;
  std::string_view instead = {};                        ///< With this flag the needed ones are not needed.
  std::vector<std::string> (*suggested)() = nullptr;    ///< Values of its argument.
  std::span<const Command> (*subcommands)() = nullptr;  ///< What may follow its name: "list" of "catalog".

  constexpr bool is(CommandRule rule) const { return (rules & rule) != 0; }
};

/// In the order help lists them, without sub-commands.
std::span<const Command> commands();
/// Every command that is not hidden, each followed by its sub-commands.
std::vector<const Command*> all_commands();
/// Its sub-commands; none for most.
std::span<const Command> subcommands_of(const Command& command);
/// The last word of its name: what is typed behind the command it belongs to.
std::string_view last_word(const Command& command);
/// Flags that every command takes.
std::span<const Flag> global_flags();
/// By its whole name, "catalog list"; nullptr when there is none.
const Command* find_command(std::string_view name);
/// Names of the commands that are not hidden, without sub-commands.
std::vector<std::string_view> command_names();

}  // namespace eidos::cli
