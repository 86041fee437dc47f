#include "base/text.h"
#include "cli/completion.h"
#include "cli/help.h"

namespace eidos::cli {

namespace {

/// In fish's single quotes only the quote and the backslash are special.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) out += c == '\'' || c == '\\' ? cat('\\', c) : std::string(1, c);
  return out + "'";
}

std::string flag_line(std::string_view condition, const Flag& flag, const CatalogValues& catalog) {
  std::string out = cat("complete -c eidos", condition, " -l ", flag.name);
  if (!flag.alias.empty()) out += cat(" -l ", flag.alias);
  if (flag.letter != 0) out += cat(" -s ", flag.letter);
  if (flag.takes != Takes::Nothing && flag.takes != Takes::Maybe) {
    std::vector<std::string> values = values_of(flag, catalog);
    if (!values.empty())
      out += cat(" -x -a ", quoted(join(values, " ")));
    else
      out += flag.takes == Takes::File ? " -r -F" : " -x";
  }
  return cat(out, " -d ", quoted(flag.help), "\n");
}

}  // namespace

std::string fish_completion() {
  CatalogValues catalog = catalog_values();
  std::string out =
      "# fish completion for eidos, written by 'eidos completion fish'\n"
      "complete -c eidos -f\n";
  for (const Flag& flag : global_flags()) out += flag_line("", flag, catalog);
  for (const Command& command : commands()) {
    if (command.is(kHiddenCommand)) continue;
    out += cat("complete -c eidos -n __fish_use_subcommand -a ", command.name, " -d ",
               quoted(command.summary), "\n");
    std::string condition = cat(" -n '__fish_seen_subcommand_from ", command.name, "'");
    for (const Flag& flag : command.flags) out += flag_line(condition, flag, catalog);
    if (command.suggested != nullptr)
      out += cat("complete -c eidos", condition, " -a ", quoted(join(command.suggested(), " ")), "\n");
  }
  return out;
}

}  // namespace eidos::cli
