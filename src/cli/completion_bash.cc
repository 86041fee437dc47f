#include "base/text.h"
#include "cli/completion.h"
#include "cli/help.h"

namespace eidos::cli {

namespace {

// Bash splits words at '=' itself, so `--format=js` comes as three words.
constexpr std::string_view kHead = R"(# bash completion for eidos, written by 'eidos completion bash'

# Not through compgen -W, which would run what stands in a name.
_eidos_paths() {
  compopt -o nospace
  mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" complete-paths -- "$cur" "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
}

_eidos() {
  local cur prev command='' i word
  cur=${COMP_WORDS[COMP_CWORD]}
  prev=${COMP_WORDS[COMP_CWORD-1]}
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
)";
constexpr std::string_view kAfterGlobals = R"( ((i++)) ;;
      -*|=) ;;
      *) command=$word; break ;;
    esac
  done
  if ((i + 1 < COMP_CWORD)); then
    case $command' '${COMP_WORDS[i+1]} in
)";
constexpr std::string_view kAfterSubcommands = R"() command=$command' '${COMP_WORDS[i+1]} ;;
    esac
  fi
  COMPREPLY=()
  case $command:$prev in
)";
constexpr std::string_view kAfterValues = R"(  esac
  case $command in
)";
constexpr std::string_view kTail = R"(  esac
}

complete -F _eidos eidos
)";

constexpr std::string_view kFilesReply = "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\"))";

std::string spellings(const Flag& flag) {
  std::string out = cat("--", flag.name);
  if (!flag.alias.empty()) out += cat(" --", flag.alias);
  if (flag.letter != 0) out += cat(" -", flag.letter);
  return out;
}

bool takes_value(const Flag& flag) {
  return flag.takes != Takes::Nothing && flag.takes != Takes::Maybe;
}

/// A command's name as a pattern of `case`: its blank is no separator there.
std::string pattern(std::string_view name) {
  std::string out;
  for (char c : name) out += c == ' ' ? std::string("\\ ") : std::string(1, c);
  return out;
}

/// "recipe:--service|recipe:-i": the patterns under which this flag stands before the cursor.
std::string patterns(std::string_view command, const Flag& flag) {
  std::vector<std::string> parts;
  std::string all = spellings(flag);
  for (std::string_view spelling : split(all, ' ')) parts.push_back(cat(pattern(command), ":", spelling));
  return join(parts, "|");
}

std::string words_reply(const std::string& words) {
  return cat("COMPREPLY=($(compgen -W '", words, "' -- \"$cur\"))");
}

std::string value_case(std::string_view command, const Flag& flag, const CatalogValues& catalog) {
  if (!takes_value(flag)) return {};
  std::string reply = ":";
  if (std::vector<std::string> values = values_of(flag, catalog); !values.empty())
    reply = words_reply(join(values, " "));
  else if (flag.takes == Takes::Selector)
    reply = "_eidos_paths";
  else if (flag.takes == Takes::File)
    reply = kFilesReply;
  return cat("    ", patterns(command, flag), ") ", reply, "; return ;;\n");
}

std::string flag_words(std::span<const Flag> flags) {
  std::string out;
  for (const Flag& flag : flags) out += cat(" --", flag.name);
  return out;
}

std::string command_case(const Command& command) {
  std::string words = cat(flag_words(command.flags), flag_words(global_flags())).substr(1);
  std::string out =
      cat("    ", pattern(command.name), ")\n      if [[ $cur == -* ]]; then ", words_reply(words), "\n");
  if (std::vector<std::string> words_there = argument_words(command); !words_there.empty())
    out += cat("      else ", words_reply(join(words_there, " ")), "\n");
  else if (command.is(kFileArgument))
    out += cat("      else ", kFilesReply, "\n");
  else if (command.is(kTakesSelector))
    out += "      else _eidos_paths\n";
  return cat(out, "      fi ;;\n");
}

std::vector<std::string> subcommand_patterns() {
  std::vector<std::string> out;
  for (const Command* command : all_commands())
    if (command->name.find(' ') != std::string_view::npos) out.push_back(pattern(command->name));
  return out;
}

}  // namespace

std::string bash_completion() {
  std::string out(kHead);
  CatalogValues catalog = catalog_values();
  std::vector<std::string> with_value;
  for (const Flag& flag : global_flags())
    if (takes_value(flag)) with_value.push_back(cat("--", flag.name));
  out += cat("      ", join(with_value, "|"), ")", kAfterGlobals, "      ", join(subcommand_patterns(), "|"),
             kAfterSubcommands);
  for (const Flag& flag : global_flags()) out += value_case("*", flag, catalog);
  for (const Command* command : all_commands())
    for (const Flag& flag : command->flags) out += value_case(command->name, flag, catalog);
  out += kAfterValues;
  for (const Command* command : all_commands()) out += command_case(*command);
  out += cat("    '')\n      if [[ $cur == -* ]]; then ", words_reply(flag_words(global_flags()).substr(1)),
             "\n      else ", words_reply(join(command_names(), " ")), "\n      fi ;;\n");
  return out += kTail;
}

}  // namespace eidos::cli
