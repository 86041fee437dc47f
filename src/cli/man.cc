#include "cli/man.h"

#include "base/text.h"
#include "cli/help.h"
#include "cli/settings.h"

namespace eidos::cli {

namespace {

/// Text as roff takes it: backslashes, hyphens that are to stay hyphens, and lines that would be requests.
std::string roff(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool starts_line = out.empty() || out.back() == '\n';
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if (starts_line && (c == '.' || c == '\''))
      out += cat("\\&", c);
    else
      out += c;
  }
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

/// "eidos-catalog-list"
std::string page_name(const Command& command) {
  std::string name = cat("eidos-", command.name);
  for (char& c : name)
    if (c == ' ') c = '-';
  return name;
}

// No date: the same sources make the same page.
std::string title(std::string_view name, std::string_view summary) {
  return cat(".TH ", roff(upper(name)), " 1 \"\" eidos \"User Commands\"\n.SH NAME\n", roff(name), " \\- ",
             roff(summary), "\n");
}

std::string section(std::string_view name) {
  return cat(".SH ", name, "\n");
}

std::string options(std::span<const Flag> flags) {
  std::string out;
  CatalogValues catalog = values_for(flags);
  for (const Flag& flag : flags) {
    std::string heading = flag_heading(flag);
    out += cat(".TP\n.B ", roff(trim(heading)), "\n", roff(flag_text(flag, catalog)), ".\n");
    if (flag.is(kSetting)) out += cat("Environment: ", roff(variable_of(flag)), ".\n");
  }
  return out;
}

std::string examples(std::span<const std::string_view> lines) {
  if (lines.empty()) return {};
  std::string out = cat(section("EXAMPLES"), ".nf\n");
  for (std::string_view line : lines) out += cat(roff(line), "\n");
  return out + ".fi\n";
}

std::string exits() {
  std::string out = section("\"EXIT STATUS\"");
  for (const ExitCode& exit : exit_codes()) out += cat(".TP\n.B ", exit.code, "\n", exit.meaning, ".\n");
  return out;
}

}  // namespace

std::string program_page() {
  std::string out = cat(title("eidos", "from a GPU cluster's facts to a validated recipe and a bundle"),
                        section("SYNOPSIS"), ".B eidos\nCOMMAND [flags]\n", section("COMMANDS"));
  for (const Command* command : all_commands())
    out += cat(".TP\n.BR ", roff(page_name(*command)), " (1)\n", roff(command->summary), ".\n");
  out += cat(section("OPTIONS"), options(global_flags()), exits(), section("FILES"),
             ".TP\n.I $XDG_CONFIG_HOME/eidos/config.yaml\nDefaults for flags: a map ", roff("'defaults'"),
             " from flag to value. Flags beat EIDOS_* variables, which beat this file.\n");
  return out;
}

std::string command_page(const Command& command) {
  std::string name = page_name(command);
  std::string usage = usage_line(command);
  std::string out = cat(title(name, command.summary), section("SYNOPSIS"), ".B ",
                        roff(std::string_view(usage).substr(std::string_view("usage: ").size())), "\n");
  if (!command.about.empty()) out += cat(section("DESCRIPTION"), roff(command.about), "\n");
  if (!command.flags.empty()) out += cat(section("OPTIONS"), options(command.flags));
  if (auto more = subcommands_of(command); !more.empty()) out += section("COMMANDS");
  for (const Command& sub : subcommands_of(command))
    out += cat(".TP\n.BR ", roff(page_name(sub)), " (1)\n", roff(sub.summary), ".\n");
  out += cat(examples(command.examples), exits(), section("\"SEE ALSO\""), ".BR eidos (1)\n");
  return out;
}

}  // namespace eidos::cli
