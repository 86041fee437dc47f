#pragma once
// Help texts, made from the table.

#include <string>

#include "base/build_info.h"
#include "cli/catalog_values.h"
#include "cli/command.h"

namespace eidos::cli {

/// `eidos help`
std::string program_help();
/// `eidos help COMMAND`, with `all` the rare flags, too. Flags whose values stand in the catalog list them.
std::string command_help(const Command& command, bool all);
/// "usage: eidos validate --recipe FILE --snapshot FILE [flags]"
std::string usage_line(const Command& command);
/// "eidos 0.1.0 (commit 0123456789ab, 2026-01-31T12:00:00Z)\n"
std::string version_line(const BuildInfo& build);

struct ExitCode {
  int code;
  std::string_view meaning;
};
std::span<const ExitCode> exit_codes();

/// "-o, --output FILE"
std::string flag_heading(const Flag& flag);
/// The values that completion offers for a flag: its choices, the catalog's values or suggestions.
std::vector<std::string> values_of(const Flag& flag, const CatalogValues& catalog);
/// The words that completion offers behind a command: its sub-commands, what its argument suggests.
std::vector<std::string> argument_words(const Command& command);
/// Its help with the values it takes: "how to write it: yaml, json or table".
std::string flag_text(const Flag& flag, const CatalogValues& catalog);
/// What the catalog knows, when one of these flags takes it; else nothing, and the catalog is not loaded.
CatalogValues values_for(std::span<const Flag> flags);

}  // namespace eidos::cli
