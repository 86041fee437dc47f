#include "cli/dispatch.h"

#include "base/text.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/parse.h"
#include "cli/report_error.h"
#include "cli/settings.h"
#include "cli/traced.h"

namespace eidos::cli {

namespace {

/// How the user wants to be told things.
struct Manners {
  bool json_errors = false;
  bool color_stderr = false;
  bool color_stdout = false;
  LogOptions log;
};

bool wants_color(const Flags& flags, const World& world, bool terminal) {
  std::string mode = flags.text("color");
  if (mode == "always") return true;
  if (mode == "never" || !terminal) return false;
  auto no_color = world.environment("NO_COLOR");
  return (!no_color || no_color->empty()) && world.environment("TERM").value_or("") != "dumb";
}

Manners manners_of(const Flags& flags, const World& world) {
  Manners manners;
  manners.color_stderr = wants_color(flags, world, world.stderr_is_terminal);
  manners.color_stdout = wants_color(flags, world, world.stdout_is_terminal);
  bool log_json = flags.on("log-json");
  manners.json_errors = flags.has("error-format") ? flags.text("error-format") == "json" : log_json;
  manners.log.color = manners.color_stderr;
  if (log_json) manners.log = {LogMode::Json, LogLevel::Info, false};
  if (flags.on("debug")) {
    manners.log.mode = log_json ? LogMode::Json : LogMode::Text;
    manners.log.least = LogLevel::Debug;
  } else if (flags.on("quiet")) {
    manners.log.least = LogLevel::Error;
  }
  return manners;
}

/// Before the flags are understood, the one that says how to put errors is looked for by hand.
bool json_errors_asked(std::span<const std::string> arguments, const World& world) {
  bool json = world.environment("EIDOS_ERROR_FORMAT").value_or("") == "json";
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    bool apart = arguments[i] == "--error-format" && i + 1 < arguments.size() && arguments[i + 1] == "json";
    if (apart || arguments[i] == "--error-format=json") json = true;
  }
  return json;
}

int report(const Error& error, const Manners& manners, World& world) {
  if (error.kind == ErrorKind::Internal && world.stdout_closed()) return kExitPipe;
  world.write_stderr(manners.json_errors ? error_json(error) : error_lines(error, manners.color_stderr));
  return exit_code(error.kind);
}

int incomplete(Error error, const Invocation& invocation, const Manners& manners, World& world) {
  std::string usage = usage_line(*invocation.command);
  if (manners.json_errors) return report(std::move(error).fix(usage), manners, world);
  int code = report(error, manners, world);
  world.write_stderr(cat(usage, "; see 'eidos ", invocation.command->name, " --help'\n"));
  return code;
}

int finish(const Result<int>& result, const Manners& manners, World& world) {
  return result ? *result : report(result.error(), manners, world);
}

int run(const Invocation& invocation, const Manners& manners, World& world) {
  Log& log = world.open_log(manners.log);
  Limit limit(world.stop, std::nullopt);
  if (invocation.flags.has("timeout")) limit = limit.within(invocation.flags.duration("timeout", {}));
  Session session{world,
                  {world.files, world.clock, world.processes, log, limit},
                  invocation.flags.on("quiet"),
                  manners.color_stdout};
  return finish(run_traced(invocation, session), manners, world);
}

}  // namespace

int dispatch(std::span<const std::string> arguments, World& world) {
  Manners manners;
  manners.json_errors = json_errors_asked(arguments, world);
  manners.color_stderr = wants_color({}, world, world.stderr_is_terminal);
  auto parsed = parse(arguments);
  if (!parsed) return report(parsed.error(), manners, world);
  Invocation& invocation = *parsed;

  if (invocation.version) return finish(print(version_line(world.build), world), manners, world);
  if (invocation.help)
    return finish(
        print(invocation.command == nullptr ? program_help() : command_help(*invocation.command, false),
              world),
        manners, world);
  if (invocation.command == nullptr)
    return report({ErrorKind::Usage, "no command given", {}, "see 'eidos help'"}, manners, world);

  auto read = add_environment(invocation, world);
  if (read && !invocation.command->is(kInstant)) read = add_config(invocation, world);
  if (!read) return report(read.error(), manners, world);
  manners = manners_of(invocation.flags, world);
  if (auto complete = check_complete(invocation); !complete)
    return incomplete(complete.error(), invocation, manners, world);
  return run(invocation, manners, world);
}

}  // namespace eidos::cli
