#include "cli/parse.h"

#include <algorithm>

#include "base/text.h"
#include "cli/duration.h"

namespace eidos::cli {

namespace {

constexpr std::string_view kWords[] = {"true", "false"};

struct Spelling {
  std::string_view text;
  std::string_view value;
};
constexpr Spelling kSwitchValues[] = {{"true", "true"}, {"false", "false"}, {"1", "true"}, {"0", "false"}};

/// Calls `visit` with every flag that may be given here.
template <class Visit>
void for_each_flag(const Command* command, Visit visit) {
  if (command != nullptr)
    for (const Flag& flag : command->flags) visit(flag);
  for (const Flag& flag : global_flags()) visit(flag);
}

const Flag* find_letter(const Command* command, char letter) {
  const Flag* found = nullptr;
  for_each_flag(command, [&](const Flag& flag) {
    if (flag.letter == letter && letter != 0) found = &flag;
  });
  return found;
}

std::string help_of(const Command* command) {
  return command == nullptr ? "see 'eidos help'" : cat("see 'eidos ", command->name, " --help'");
}

/// Which commands have the flag that was not found here.
std::string owners_of(std::string_view long_name) {
  std::vector<std::string> owners;
  for (const Command* command : all_commands())
    for (const Flag& flag : command->flags)
      if (flag.called(long_name)) owners.emplace_back(command->name);
  return join(owners, ", ");
}

std::unexpected<Error> unknown_flag(const Command* command, std::string_view long_name) {
  std::vector<std::string_view> names;
  for_each_flag(command, [&](const Flag& flag) {
    names.push_back(flag.name);
    if (!flag.alias.empty()) names.push_back(flag.alias);
  });
  std::string hint = help_of(command);
  if (std::string owners = owners_of(long_name); !owners.empty())
    hint = command == nullptr ? cat("it belongs behind the command: ", owners)
                              : cat("it is a flag of ", owners, "; ", hint);
  else if (auto near = nearest(long_name, names))
    hint = cat("did you mean '--", *near, "'?");
  return fail(ErrorKind::Usage, cat("unknown flag ", quote(cat("--", long_name))), {}, hint);
}

class Parser {
 public:
  explicit Parser(std::span<const std::string> arguments) : arguments_(arguments) {}

  Result<Invocation> run() {
    bool flags_ended = false;
    while (next_ < arguments_.size()) {
      std::string_view argument = arguments_[next_++];
      if (!flags_ended && argument == "--")
        flags_ended = true;
      else if (!flags_ended && argument.starts_with("--"))
        EIDOS_CHECK(long_flag(argument.substr(2)));
      else if (!flags_ended && argument.size() > 1 && argument.front() == '-')
        EIDOS_CHECK(letters(argument.substr(1)));
      else
        EIDOS_CHECK(word(argument));
    }
    return std::move(out_);
  }

 private:
  Result<void> word(std::string_view argument) {
    if (out_.command == nullptr) return command(argument);
    if (auto more = subcommands_of(*out_.command); !more.empty() && out_.arguments.empty()) {
      for (const Command& sub : more)
        if (last_word(sub) == argument) return subcommand(sub);
      if (out_.command->run == nullptr) return unknown_subcommand(argument);
    }
    if (out_.arguments.size() == out_.command->most_arguments) return unexpected(argument);
    out_.arguments.emplace_back(argument);
    return {};
  }

  std::unexpected<Error> unexpected(std::string_view argument) const {
    const Command& command = *out_.command;
    std::string takes = command.most_arguments == 0 ? "flags only"
                        : command.most_arguments == 1
                            ? "no more than one argument"
                            : cat("no more than ", command.most_arguments, " arguments");
    std::string hint = cat("eidos ", command.name, " takes ", takes, "; ", help_of(&command));
    std::vector<std::string_view> names;
    for (const Command& sub : subcommands_of(command)) names.push_back(last_word(sub));
    if (auto near = nearest(argument, names); near && out_.arguments.empty())
      hint = cat("did you mean 'eidos ", command.name, " ", *near, "'?");
    return fail(ErrorKind::Usage, cat("unexpected argument ", quote(argument)), {}, hint);
  }

  Result<void> command(std::string_view name) {
    out_.command = find_command(name);
    if (out_.command == nullptr) {
      std::vector<std::string_view> names = command_names();
      auto near = nearest(name, names);
      return fail(ErrorKind::Usage, cat("unknown command ", quote(name)), {},
                  near ? cat("did you mean '", *near, "'?") : cat("commands: ", join(names, ", ")));
    }
    take_over(*out_.command);
    return {};
  }

  /// What was given so far was global, and stays.
  void take_over(const Command& command) {
    Flags flags(&command);
    for (const Given& given : out_.flags.given()) flags.add(given);
    out_.flags = std::move(flags);
    out_.command = &command;
  }

  Result<void> subcommand(const Command& sub) {
    for (const Given& given : out_.flags.given())
      if (find_flag(nullptr, given.flag->name) == nullptr)
        return fail(ErrorKind::Usage,
                    cat("flag --", given.flag->name, " stands before ", quote(last_word(sub))), {},
                    cat("write the flags behind it: eidos ", sub.name));
    take_over(sub);
    return {};
  }

  Result<void> unknown_subcommand(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Command& sub : subcommands_of(*out_.command)) names.push_back(last_word(sub));
    auto near = nearest(name, names);
    return fail(ErrorKind::Usage, cat("unknown command ", quote(cat(out_.command->name, " ", name))), {},
                near ? cat("did you mean '", out_.command->name, " ", *near, "'?")
                     : cat("eidos ", out_.command->name, " has: ", join(names, ", ")));
  }

  Result<void> long_flag(std::string_view text) {
    std::size_t equals = text.find('=');
    std::string_view name = text.substr(0, equals);
    const Flag* flag = find_flag(out_.command, name);
    if (flag == nullptr && name.starts_with("no-") && equals == std::string_view::npos) {
      flag = find_flag(out_.command, name.substr(3));
      if (flag != nullptr && flag->is(kNegatable)) return add(*flag, cat("--", name), "false");
      flag = nullptr;
    }
    if (flag == nullptr) return unknown_flag(out_.command, name);
    std::string shown = cat("--", name);
    if (equals != std::string_view::npos) return add(*flag, shown, text.substr(equals + 1));
    return bare(*flag, shown);
  }

  /// `-qo FILE`, `-oFILE`: letters up to the first that takes a value.
  Result<void> letters(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const Flag* flag = find_letter(out_.command, text[i]);
      if (flag == nullptr) {
        std::size_t end = i;  // a whole code point, not half of one
        for (++end; end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80;) ++end;
        return fail(ErrorKind::Usage, cat("unknown flag ", quote(cat('-', text.substr(i, end - i)))), {},
                    help_of(out_.command));
      }
      std::string shown = cat('-', text[i]);
      std::string_view rest = text.substr(i + 1);
      if (rest.starts_with('=')) return add(*flag, shown, rest.substr(1));
      bool takes_rest = flag->takes != Takes::Nothing && flag->takes != Takes::Maybe;
      if (takes_rest && !rest.empty()) return add(*flag, shown, rest);
      EIDOS_CHECK(bare(*flag, shown));
    }
    return {};
  }

  /// A flag without '=': its value is the next argument, when it takes one.
  Result<void> bare(const Flag& flag, const std::string& shown) {
    if (flag.takes == Takes::Nothing) return add(flag, shown, "true");
    if (flag.takes == Takes::Maybe) return add(flag, shown, "");
    if (next_ == arguments_.size() || arguments_[next_] == "--")
      return fail(ErrorKind::Usage, cat("flag ", shown, " needs a value: ", shown, " ", flag.value), {},
                  help_of(out_.command));
    std::string_view value = arguments_[next_];
    if (is_flag(value))
      return fail(ErrorKind::Usage,
                  cat("flag ", shown, " needs a value, but ", quote(value), " follows, which is a flag"), {},
                  cat("write --", flag.name, "=", value, " if that is the value"));
    ++next_;
    return add(flag, shown, value);
  }

  bool is_flag(std::string_view argument) const {
    if (argument.starts_with("--")) {
      std::string_view name = argument.substr(2, argument.find('=') - 2);
      return find_flag(out_.command, name) != nullptr;
    }
    return argument.size() == 2 && argument[0] == '-' && find_letter(out_.command, argument[1]) != nullptr;
  }

  Result<void> add(const Flag& flag, const std::string& shown, std::string_view value) {
    EIDOS_TRY(std::string checked, checked_value(flag, shown, value));
    if (flag.name == "help") out_.help = true;
    if (flag.name == "version") out_.version = true;
    for (const Given& given : out_.flags.given()) {
      bool second = given.flag == &flag && !flag.is(kRepeats);
      if (second && (flag.takes != Takes::Nothing || given.value != checked))
        return fail(ErrorKind::Usage,
                    cat("flag ", shown, " is given twice: ", quote(given.value), " and ", quote(checked)), {},
                    "give it once");
    }
    out_.flags.add({&flag, std::move(checked), Origin::CommandLine});
    return {};
  }

  std::span<const std::string> arguments_;
  std::size_t next_ = 0;
  Invocation out_;
};

Result<std::string> one_of(std::string_view shown, std::string_view value,
                           std::span<const std::string_view> allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return std::string(value);
  return fail(ErrorKind::Invalid, cat(shown, " must be one of: ", join(allowed, ", "), "; got ", quote(value),
                                      did_you_mean(value, allowed)));
}

Result<std::string> checked_count(std::string_view shown, std::string_view value) {
  auto number = to_int(value);
  if (number && *number >= 0) return cat(*number);
  return fail(ErrorKind::Invalid, cat(shown, " must be a whole number, 0 or more; got ", quote(value)));
}

}  // namespace

Result<std::string> checked_value(const Flag& flag, std::string_view shown, std::string_view value) {
  if (value.find('\0') != std::string_view::npos)
    return fail(ErrorKind::Invalid, cat("the value of ", shown, " holds a NUL byte"));
  if (!flag.choices.empty()) return one_of(shown, value, flag.choices);
  switch (flag.takes) {
    case Takes::Nothing:
      for (const Spelling& spelling : kSwitchValues)
        if (value == spelling.text) return std::string(spelling.value);
      return one_of(shown, value, kWords);
    case Takes::Count: return checked_count(shown, value);
    case Takes::Duration:
      if (auto parsed = parse_duration(value); !parsed)
        return std::unexpected(std::move(parsed).error().within(shown));
      return std::string(value);
    case Takes::File:
      if (value.empty())
        return fail(ErrorKind::Invalid, cat(shown, " is empty"), {}, cat("give it ", flag.value));
      return std::string(value);
    case Takes::Maybe:
    case Takes::Selector:
    case Takes::Text: return std::string(value);
  }
  std::unreachable();
}

const Flag* find_flag(const Command* command, std::string_view long_name) {
  const Flag* found = nullptr;
  for_each_flag(command, [&](const Flag& flag) {
    if (found == nullptr && flag.called(long_name)) found = &flag;
  });
  return found;
}

Result<Invocation> parse(std::span<const std::string> arguments) {
  return Parser(arguments).run();
}

Result<void> check_complete(const Invocation& invocation) {
  if (invocation.command->run == nullptr) {
    std::vector<std::string_view> names;
    for (const Command& sub : subcommands_of(*invocation.command)) names.push_back(last_word(sub));
    return fail(ErrorKind::Usage,
                cat("eidos ", invocation.command->name, " needs one of: ", join(names, ", ")));
  }
  std::string_view instead = invocation.command->instead;
  if (!instead.empty() && invocation.flags.has(instead)) return {};
  std::vector<std::string> missing;
  for (const Flag& flag : invocation.command->flags)
    if (flag.is(kNeeded) && !invocation.flags.has(flag.name))
      missing.push_back(cat("--", flag.name, " ", flag.value));
  if (missing.empty()) return {};
  return fail(ErrorKind::Usage, cat("eidos ", invocation.command->name, " needs ", join(missing, " and ")));
}

}  // namespace eidos::cli
