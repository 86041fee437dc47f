#include "serve/desk.h"

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "cli/parse.h"
#include "cli/table_groups.h"
#include "kube/client.h"

namespace eidos::serve {

namespace {

std::unexpected<Error> not_here(std::string_view what) {
  return fail(ErrorKind::Denied, cat("the service reads no ", what));
}

// The papers, and one place to write to.
class PaperFiles final : public Files {
 public:
  explicit PaperFiles(Papers papers) : papers_(std::move(papers)) {}

  using Files::kind;
  using Files::list;
  Result<std::string> read(const std::string& path, const ReadOptions&) override {
    const auto found = papers_.find(path);
    if (found == papers_.end()) return not_here("files");
    return found->second;
  }
  Result<std::string> read_stdin(const ReadOptions&) override { return not_here("standard input"); }
  Result<std::vector<DirEntry>> list(const std::string&, std::int64_t, const std::string&) override {
    return not_here("directories");
  }
  Result<FileKind> kind(const std::string& path, const std::string&) override {
    if (papers_.contains(path)) return FileKind::Regular;
    return fail(ErrorKind::NotFound, "there is no such document");
  }
  Result<void> write(const std::string&, std::string_view, std::uint32_t) override {
    return not_here("files");
  }
  Result<void> write_stdout(std::string_view bytes) override {
    out_ += bytes;
    return {};
  }
  Result<void> write_tree(const std::string&, const FileTree&, const TreeOptions&) override {
    return not_here("files");
  }

  std::string take() { return std::exchange(out_, {}); }

 private:
  Papers papers_;
  std::string out_;
};

class NoProcesses final : public Processes {
 public:
  Result<Finished> run(const Command&) override { return not_here("programs' output"); }
};

class NoCluster final : public kube::SharedClient {
 public:
  Result<kube::Client*> get() override { return nullptr; }
};

class WarningLog final : public Log {
 public:
  bool enabled(LogLevel level) const override { return level == LogLevel::Warning; }
  void line(LogLevel level, std::string_view message, std::initializer_list<LogField>,
            std::source_location) override {
    if (level == LogLevel::Warning) warnings.emplace_back(message);
  }

  std::vector<std::string> warnings;
};

}  // namespace

struct Desk::Inside {
  Inside(std::shared_ptr<const catalog::Catalog> catalog, Papers papers, const BuildInfo& build, Limit limit,
         const TracePlace& trace)
      : files(std::move(papers)),
        clock(real_clock()),
        world{.files = files,
              .clock = *clock,
              .processes = processes,
              .open_log = [this](const LogOptions&) -> Log& { return log; },
              .fetch = [](const cli::RemoteSource&, const Limit&) -> Result<std::string> {
                return not_here("URLs");
              },
              .cluster = [this](const kube::Selection&) -> kube::SharedClient& { return cluster; },
              .write_stderr = [](std::string_view) {},
              .environment = [](std::string_view) -> std::optional<std::string> { return std::nullopt; },
              .stop = limit.stop(),
              .watch_signals = [] {},
              .stdout_closed = [] { return false; },
              .build = build,
              .catalog = std::move(catalog)},
        session{world, {files, *clock, processes, log, limit, trace}, true, false} {}

  PaperFiles files;
  std::unique_ptr<Clock> clock;
  NoProcesses processes;
  NoCluster cluster;
  WarningLog log;
  cli::World world;
  cli::Session session;
};

Desk::Desk(std::shared_ptr<const catalog::Catalog> catalog, Papers papers, const BuildInfo& build,
           Limit limit, const TracePlace& trace)
    : inside_(
          std::make_unique<Inside>(std::move(catalog), std::move(papers), build, std::move(limit), trace)) {}

Desk::~Desk() = default;

cli::Session& Desk::session() {
  return inside_->session;
}

const std::vector<std::string>& Desk::warnings() const {
  return inside_->log.warnings;
}

Result<Ran> Desk::run(const cli::Command& command, cli::Flags flags, std::vector<std::string> arguments) {
  cli::Invocation invocation{
      .command = &command, .arguments = std::move(arguments), .flags = std::move(flags)};
  EIDOS_TRY(const int findings, command.run(invocation, inside_->session));
  static_cast<void>(findings);  // they are in the document
  return Ran{inside_->files.take(), inside_->log.warnings};
}

const cli::Command& tool_command(std::string_view name) {
  const cli::Command* found = nullptr;
  for (auto group :
       {cli::recipe_commands, cli::bundle_commands, cli::document_commands, cli::catalog_commands})
    for (const cli::Command& command : group()) {
      if (command.name == name) found = &command;
      for (const cli::Command& below : cli::subcommands_of(command))
        if (below.name == name) found = &below;
    }
  EIDOS_ASSERT(found != nullptr);
  return *found;
}

namespace {

Result<void> add_flag(cli::Flags& flags, const cli::Command& command,
                      std::span<const std::string_view> allowed, const std::string& name,
                      const std::string& value) {
  const cli::Flag* flag = cli::find_flag(&command, name);
  if (flag == nullptr || std::ranges::find(allowed, flag->name) == allowed.end())
    return fail(ErrorKind::Invalid,
                cat("--", name, ": there is no such parameter", did_you_mean(name, allowed)));
  if (!flag->is(cli::kRepeats) && flags.has(flag->name))
    return fail(ErrorKind::Invalid, cat("--", name, ": is given twice"), {}, "give it once");
  EIDOS_TRY(std::string checked, cli::checked_value(*flag, cat("--", name), value));
  flags.add({.flag = flag, .value = std::move(checked), .origin = cli::Origin::CommandLine});
  return {};
}

}  // namespace

Result<cli::Flags> flags_of(const cli::Command& command, std::span<const std::string_view> allowed,
                            const Pairs& parameters) {
  cli::Flags flags(&command);
  std::vector<Error> problems;
  for (const auto& [name, value] : parameters)
    if (auto added = add_flag(flags, command, allowed, name, value); !added)
      problems.push_back(std::move(added).error());
  if (!problems.empty()) return std::unexpected(together(std::move(problems)));
  return flags;
}

void set_flag(cli::Flags& flags, const cli::Command& command, std::string_view name, std::string value) {
  const cli::Flag* flag = cli::find_flag(&command, name);
  EIDOS_ASSERT(flag != nullptr);
  flags.add({.flag = flag, .value = std::move(value), .origin = cli::Origin::CommandLine});
}

}  // namespace eidos::serve
