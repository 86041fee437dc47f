#pragma once
// What was not said on the command line: EIDOS_* variables and the configuration file.

#include "cli/flags.h"
#include "cli/world.h"

namespace eidos::cli {

/// Adds to `invocation.flags` what EIDOS_<FLAG> variables say about the flags of its command and the globals.
/// Invalid: a value that the flag does not take.
Result<void> add_environment(Invocation& invocation, const World& world);

/// Adds what the configuration file says: --config FILE (EIDOS_CONFIG), else
/// $XDG_CONFIG_HOME/eidos/config.yaml or ~/.config/eidos/config.yaml when it is there. Its one key `defaults`
/// maps flag names or aliases to values. Invalid: a key that no command has as a setting, a bad value.
/// NotFound: a file named by --config that is not there.
Result<void> add_config(Invocation& invocation, const World& world);

/// "no-such" → "EIDOS_NO_SUCH".
std::string variable_of(const Flag& flag);

}  // namespace eidos::cli
