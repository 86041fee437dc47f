#include "base/text.h"
#include "cli/completion.h"
#include "cli/help.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kPaths =
    "'(eidos complete-paths -- (commandline -ct) (commandline -opc)[2..-1] 2>/dev/null)'";

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
    else if (flag.takes == Takes::Selector)
      out += cat(" -x -a ", kPaths);
    else
      out += flag.takes == Takes::File ? " -r -F" : " -x";
  }
  return cat(out, " -d ", quoted(flag.help), "\n");
}

/// Its flags, its sub-commands and the words of its argument, each offered where `seen` holds.
std::string lines_of(const Command& command, const std::string& seen, const CatalogValues& catalog) {
  std::string condition = cat(" -n '", seen, "'");
  std::string out;
  for (const Flag& flag : command.flags) out += flag_line(condition, flag, catalog);
  for (const Command& sub : subcommands_of(command))
    out += cat("complete -c eidos", condition, " -a ", last_word(sub), " -d ", quoted(sub.summary), "\n");
  if (command.is(kFileArgument)) out += cat("complete -c eidos", condition, " -F\n");
  if (command.suggested != nullptr)
    out += cat("complete -c eidos", condition, " -a ", quoted(join(command.suggested(), " ")), "\n");
  if (command.is(kTakesSelector)) out += cat("complete -c eidos", condition, " -a ", kPaths, "\n");
  return out;
}

std::string command_lines(const Command& command, const CatalogValues& catalog) {
  std::string out = cat("complete -c eidos -n __fish_use_subcommand -a ", command.name, " -d ",
                        quoted(command.summary), "\n");
  std::string seen = cat("__fish_seen_subcommand_from ", command.name);
  std::string own = seen;
  std::vector<std::string_view> names;
  for (const Command& sub : subcommands_of(command)) names.push_back(last_word(sub));
  if (!names.empty()) own += cat("; and not __fish_seen_subcommand_from ", join(names, " "));
  out += lines_of(command, own, catalog);
  for (const Command& sub : subcommands_of(command))
    out += lines_of(sub, cat(seen, "; and __fish_seen_subcommand_from ", last_word(sub)), catalog);
  return out;
}

}  // namespace

std::string fish_completion() {
  CatalogValues catalog = catalog_values();
  std::string out =
      "# fish completion for eidos, written by 'eidos completion fish'\n"
      "complete -c eidos -f\n";
  for (const Flag& flag : global_flags()) out += flag_line("", flag, catalog);
  for (const Command& command : commands())
    if (!command.is(kHiddenCommand)) out += command_lines(command, catalog);
  return out;
}

}  // namespace eidos::cli
