#pragma once
// Arguments → Invocation, driven by the table.

#include <span>
#include <string>

#include "cli/flags.h"

namespace eidos::cli {

/// Reads the arguments after the program's name. Usage: unknown command or flag (with the nearest), a value
/// that is missing, a second value of a single-value flag, too many arguments. Invalid: a value that the flag
/// does not take. Whether all needed flags are there is check_complete's question.
///
/// `--flag value`, `--flag=value`, `-o value`, `-ovalue`, `-o=value`, switches together (`-qo FILE`), `--`
/// ends the flags. A value may begin with '-' unless it is itself a flag of the command. Global flags may
/// stand anywhere.
Result<Invocation> parse(std::span<const std::string> arguments);

/// Usage when a needed flag is missing.
Result<void> check_complete(const Invocation& invocation);

/// Invalid unless `value` is one that `flag` takes; `shown` is how the user spelt the flag: "--format",
/// "EIDOS_FORMAT". The result is the value to use ("true" for a switch's "1").
Result<std::string> checked_value(const Flag& flag, std::string_view shown, std::string_view value);

/// The flag of `command` (may be nullptr) or of the globals with this long name or alias; else nullptr.
const Flag* find_flag(const Command* command, std::string_view long_name);

}  // namespace eidos::cli
