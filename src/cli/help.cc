#include "cli/help.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kAbout =
    "From what a GPU cluster is and what it is for to what to install on it, checked.\n";

constexpr std::string_view kTour[] = {
    "eidos snapshot -o snapshot.yaml",
    "eidos recipe -s snapshot.yaml --intent training -o recipe.yaml",
    "eidos validate -r recipe.yaml -s snapshot.yaml -t table",
    "eidos bundle -r recipe.yaml -o bundle",
};

constexpr ExitCode kExitCodes[] = {{0, "done"},        {1, "usage"},        {2, "invalid input"},
                                   {3, "not found"},   {4, "denied"},       {5, "timed out"},
                                   {6, "unavailable"}, {7, "rate limited"}, {8, "internal"},
                                   {9, "findings"},    {130, "stopped"}};

constexpr std::size_t kWidth = 96;

struct Row {
  std::string left;
  std::string right;
};

/// Wrapped at blanks; every line but the first starts with `indent`.
std::string wrapped(std::string_view text, std::size_t room, const std::string& indent) {
  std::string out;
  std::size_t used = 0;
  for (std::string_view word : split(text, ' ')) {
    bool wraps = used > 0 && used + word.size() > room;
    if (wraps) out += cat('\n', indent);
    out += cat(used == 0 || wraps ? "" : " ", word);
    used = (wraps ? 0 : used) + word.size() + 1;
  }
  return out;
}

/// Two columns; the right one is wrapped.
std::string columns(const std::vector<Row>& rows) {
  std::size_t left = 0;
  for (const Row& row : rows) left = std::max(left, row.left.size());
  std::string indent(left + 4, ' ');
  std::string out;
  for (const Row& row : rows)
    out += cat("  ", row.left, std::string(left - row.left.size() + 2, ' '),
               wrapped(row.right, kWidth - indent.size(), indent), '\n');
  return out;
}

std::string listed(std::span<const std::string_view> lines) {
  std::string out;
  for (std::string_view line : lines) out += cat("  ", line, '\n');
  return out;
}

std::string flag_rows(std::span<const Flag> flags) {
  std::vector<Row> rows;
  CatalogValues catalog = values_for(flags);
  for (const Flag& flag : flags) rows.push_back({flag_heading(flag), flag_text(flag, catalog)});
  return columns(rows);
}

std::string exit_lines() {
  std::vector<std::string> parts;
  for (const ExitCode& exit : kExitCodes) parts.push_back(cat(exit.code, " ", exit.meaning));
  return cat(wrapped(cat("Exit codes: ", join(parts, ", ")), kWidth, "  "), '\n');
}

}  // namespace

std::span<const ExitCode> exit_codes() {
  return kExitCodes;
}

std::string flag_heading(const Flag& flag) {
  std::string out = flag.letter == 0 ? std::string("    ") : cat('-', flag.letter, ", ");
  out += cat("--", flag.name);
  if (flag.takes == Takes::Maybe) return cat(out, "[=", flag.value, "]");
  return flag.takes == Takes::Nothing ? out : cat(out, " ", flag.value);
}

std::vector<std::string> values_of(const Flag& flag, const CatalogValues& catalog) {
  if (!flag.choices.empty()) return {flag.choices.begin(), flag.choices.end()};
  if (auto known = catalog.find(flag.dimension); known != catalog.end()) return known->second;
  return flag.suggested != nullptr ? flag.suggested() : std::vector<std::string>();
}

std::vector<std::string> argument_words(const Command& command) {
  std::vector<std::string> words;
  for (const Command& sub : subcommands_of(command)) words.emplace_back(last_word(sub));
  if (command.suggested != nullptr)
    for (std::string& word : command.suggested()) words.push_back(std::move(word));
  return words;
}

CatalogValues values_for(std::span<const Flag> flags) {
  bool asks =
      std::any_of(flags.begin(), flags.end(), [](const Flag& flag) { return !flag.dimension.empty(); });
  return asks ? catalog_values() : CatalogValues();
}

std::string flag_text(const Flag& flag, const CatalogValues& catalog) {
  std::string out(flag.help);
  bool checked = !flag.choices.empty() || !flag.dimension.empty();
  if (std::vector<std::string> values = values_of(flag, catalog); checked && !values.empty())
    out += cat(": ", join(values, ", "));
  if (!flag.alias.empty()) out += cat(" (also --", flag.alias, ")");
  if (flag.is(kNegatable)) out += cat(" (off: --no-", flag.name, ")");
  return out;
}

std::string usage_line(const Command& command) {
  std::string out = cat("usage: eidos ", command.name);
  for (const Flag& flag : command.flags)
    if (flag.is(kNeeded)) out += cat(" --", flag.name, " ", flag.value);
  bool two_ways = !command.instead.empty();
  if (!command.arguments.empty() && !two_ways) out += cat(" ", command.arguments);
  if (!command.flags.empty()) out += " [flags]";
  for (const Flag& flag : command.flags)
    if (two_ways && flag.name == command.instead)
      out += cat(", or --", flag.name, " ", flag.value, " ", command.arguments);
  return out;
}

std::string program_help() {
  std::vector<Row> rows;
  for (const Command& command : commands())
    if (!command.is(kHiddenCommand))
      rows.push_back({std::string(command.name), std::string(command.summary)});
  std::vector<Flag> shown;
  for (const Flag& flag : global_flags())
    if (!flag.is(kRare)) shown.push_back(flag);
  return cat(kAbout, listed(kTour), "\nCommands ('eidos help COMMAND' shows one):\n", columns(rows),
             "\nFlags of every command (rare ones: man eidos):\n", flag_rows(shown), '\n', exit_lines());
}

std::string command_help(const Command& command, bool all) {
  std::string out = cat("eidos ", command.name, ": ", command.summary, "\n");
  if (!command.examples.empty()) out += cat('\n', listed(command.examples));
  out += cat('\n', usage_line(command), '\n');
  if (!command.about.empty()) out += cat('\n', wrapped(command.about, kWidth, {}), '\n');
  if (auto more = subcommands_of(command); !more.empty()) {
    std::vector<Row> rows;
    for (const Command& sub : more) rows.push_back({std::string(last_word(sub)), std::string(sub.summary)});
    out += cat("\nCommands ('eidos help ", command.name, " COMMAND' shows one):\n", columns(rows));
  }
  std::vector<Flag> shown;
  for (const Flag& flag : command.flags)
    if (all || !flag.is(kRare)) shown.push_back(flag);
  if (!shown.empty()) out += cat('\n', flag_rows(shown));
  if (std::size_t hidden = command.flags.size() - shown.size(); hidden > 0)
    out += cat("  ", hidden, " more: 'eidos help ", command.name, " --all'\n");
  return out += "\n'eidos help' lists the flags of every command and the exit codes.\n";
}

std::string version_line(const BuildInfo& build) {
  std::string_view commit = build.commit.substr(0, 12);
  std::string_view changed = build.commit.ends_with("+dirty") ? "+dirty" : "";
  return cat("eidos ", build.version, " (commit ", commit, changed, ", ", build.date, ")\n");
}

}  // namespace eidos::cli
