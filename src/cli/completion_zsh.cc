#include "base/text.h"
#include "cli/completion.h"
#include "cli/help.h"

namespace eidos::cli {

namespace {

/// Text inside single quotes inside a spec of _arguments: quotes, brackets, colons and backslashes.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\'')
      out += "'\\''";
    else if (c == '[' || c == ']' || c == ':' || c == '\\')
      out += cat('\\', c);
    else
      out += c;
  }
  return out;
}

std::string action(const Flag& flag, const CatalogValues& catalog) {
  if (flag.takes == Takes::Nothing || flag.takes == Takes::Maybe) return {};
  std::string out = cat(":", escaped(flag.value), ":");
  if (std::vector<std::string> values = values_of(flag, catalog); !values.empty())
    return cat(out, "(", escaped(join(values, " ")), ")");
  if (flag.takes == Takes::Selector) return cat(out, "_eidos_paths");
  return flag.takes == Takes::File ? cat(out, "_files") : cat(out, " ");
}

/// One spec per spelling; they exclude each other unless the flag repeats.
std::string specs(const Flag& flag, const CatalogValues& catalog, std::string_view indent) {
  std::vector<std::string> spellings = {cat("--", flag.name)};
  if (!flag.alias.empty()) spellings.push_back(cat("--", flag.alias));
  if (flag.letter != 0) spellings.push_back(cat('-', flag.letter));
  std::string guard = flag.is(kRepeats) ? std::string("*") : cat("(", join(spellings, " "), ")");
  std::string out;
  for (const std::string& spelling : spellings) {
    bool value = flag.takes != Takes::Nothing && flag.takes != Takes::Maybe;
    std::string_view mark = !value ? "" : spelling.starts_with("--") ? "=" : "+";
    out += cat(indent, "'", guard, spelling, mark, "[", escaped(flag.help), "]", action(flag, catalog),
               "' \\\n");
  }
  return out;
}

std::string all_specs(std::span<const Flag> flags, const CatalogValues& catalog, std::string_view indent) {
  std::string out;
  for (const Flag& flag : flags) out += specs(flag, catalog, indent);
  return out;
}

std::string command_case(const Command& command, const CatalogValues& catalog) {
  std::string out = cat("        '", command.name, "')\n          _arguments \\\n",
                        all_specs(command.flags, catalog, "            "),
                        all_specs(global_flags(), catalog, "            "));
  std::vector<std::string> words = argument_words(command);
  if (command.is(kFileArgument)) return out += "            '*:file:_files' && ret=0 ;;\n";
  if (command.is(kTakesSelector)) return out += "            '1:path:_eidos_paths' && ret=0 ;;\n";
  out += words.empty() ? std::string("            && ret=0 ;;\n")
                       : cat("            '1:argument:(", join(words, " "), ")' && ret=0 ;;\n");
  return out;
}

}  // namespace

std::string zsh_completion() {
  CatalogValues catalog = catalog_values();
  std::vector<std::string> subcommands;
  for (const Command* command : all_commands())
    if (command->name.find(' ') != std::string_view::npos)
      subcommands.push_back(cat("'", command->name, "'"));
  std::string out =
      "#compdef eidos\n"
      "# zsh completion for eidos, written by 'eidos completion zsh'\n\n"
      "_eidos_paths() {\n"
      "  local -a paths\n"
      "  paths=(${(f)\"$(eidos complete-paths -- \"$PREFIX\" $words[1,CURRENT-1] 2>/dev/null)\"})\n"
      "  compadd -S '' -a paths\n"
      "}\n\n"
      "_eidos() {\n"
      "  local curcontext=\"$curcontext\" state line ret=1\n"
      "  local -a commands=(\n";
  for (const Command& command : commands())
    if (!command.is(kHiddenCommand)) out += cat("    '", command.name, ":", escaped(command.summary), "'\n");
  out += cat("  )\n  _arguments -C \\\n", all_specs(global_flags(), catalog, "    "),
             "    '1:command:->command' '*::argument:->argument' && ret=0\n"
             "  case $state in\n"
             "    command) _describe -t commands 'eidos command' commands && ret=0 ;;\n"
             "    argument)\n      local name=$words[1]\n"
             // A sub-command becomes the command; what it takes counts from there.
             "      if (( CURRENT > 2 )); then\n        case \"$words[1] $words[2]\" in\n          (",
             join(subcommands, "|"),
             ") name=\"$words[1] $words[2]\"; shift words; (( CURRENT-- )) ;;\n        esac\n      fi\n"
             "      case $name in\n");
  for (const Command* command : all_commands()) out += command_case(*command, catalog);
  return out +=
         "      esac ;;\n  esac\n  return ret\n}\n\n"
         "if [ \"$funcstack[1]\" = _eidos ]; then _eidos \"$@\"; else compdef _eidos eidos; fi\n";
}

}  // namespace eidos::cli
