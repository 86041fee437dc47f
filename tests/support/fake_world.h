#pragma once
// A whole World from fakes. Standard output is what files.out() holds, standard error is `err`:
//
//   FakeWorld fake;
//   fake.files.put("recipe.yaml", "…");
//   EXPECT_EQ(fake.run({"validate", "-r", "recipe.yaml", "-s", "-"}), 0);

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "cli/dispatch.h"
#include "cli/world.h"
#include "kube/client.h"
#include "support/fake_clock.h"
#include "support/fake_files.h"
#include "support/fake_processes.h"

namespace eidos::testing {

/// Writes the lines that standard error would get to a string.
class LogToText final : public Log {
 public:
  LogToText(const LogOptions& options, std::string& out) : options_(options), out_(out) {}
  bool enabled(LogLevel level) const override { return level >= options_.least; }
  void line(LogLevel level, std::string_view message, std::initializer_list<LogField> fields,
            std::source_location where) override {
    out_ += log_line(options_, {level, message, fields, where, {}});
  }

 private:
  LogOptions options_;
  std::string& out_;
};

/// What a machine without a kubeconfig has.
class NoCluster final : public kube::SharedClient {
 public:
  Result<kube::Client*> get() override { return nullptr; }
};

struct FakeWorld {
  FakeFiles files;
  FakeClock clock;
  FakeProcesses processes;
  std::map<std::string, std::string, std::less<>> environment;
  std::map<std::string, Result<std::string>> remote;  ///< URL → answer.
  std::vector<cli::RemoteSource> fetched;
  std::unique_ptr<kube::SharedClient> cluster = std::make_unique<NoCluster>();
  std::string err;
  std::stop_source stop;
  bool stdout_closed = false;
  cli::World world{.files = files,
                   .clock = clock,
                   .processes = processes,
                   .open_log = [this](const LogOptions& options) -> Log& {
                     log_ = std::make_unique<LogToText>(options, err);
                     return *log_;
                   },
                   .fetch = [this](const cli::RemoteSource& source, const Limit&) { return fetch(source); },
                   .cluster = [this](const kube::Selection&) -> kube::SharedClient& { return *cluster; },
                   .write_stderr = [this](std::string_view text) { err += text; },
                   .environment = [this](std::string_view name) { return variable(name); },
                   .stop = stop.get_token(),
                   .watch_signals = [] {},
                   .stdout_closed = [this] { return stdout_closed; },
                   .build = {"1.2.3", "0123456789abcdef0123456789abcdef01234567", "2026-01-31T12:00:00Z"}};

  int run(const std::vector<std::string>& arguments) {
    err.clear();
    return cli::dispatch(arguments, world);
  }
  const std::string& out() const { return files.out(); }

 private:
  std::unique_ptr<Log> log_;

  Result<std::string> fetch(const cli::RemoteSource& source) {
    fetched.push_back(source);
    auto found = remote.find(source.url);
    if (found == remote.end()) return fail(ErrorKind::NotFound, "404", source.url);
    return found->second;
  }
  std::optional<std::string> variable(std::string_view name) {
    auto found = environment.find(name);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  }
};

}  // namespace eidos::testing
