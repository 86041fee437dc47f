#pragma once
// Canned child processes, by argv[0]; a program without an answer is not installed.

#include <map>
#include <string>
#include <vector>

#include "base/process.h"
#include "base/text.h"

namespace eidos::testing {

class FakeProcesses final : public Processes {
 public:
  void answer(const std::string& program, Finished finished) { answers_[program] = std::move(finished); }
  void fail_on(const std::string& program, Error error) {
    answers_[program] = std::unexpected(std::move(error));
  }

  /// Commands in the order they were run.
  const std::vector<Command>& commands() const { return commands_; }

  Result<Finished> run(const Command& command) override {
    commands_.push_back(command);
    EIDOS_ASSERT(!command.argv.empty());
    const std::string& program = command.argv.front();
    EIDOS_CHECK(command.limit.check(cat("running ", quote(program))));
    auto found = answers_.find(program);
    if (found != answers_.end()) return found->second;
    return fail(ErrorKind::NotFound, cat("no program ", quote(program), " in PATH"));
  }

 private:
  std::map<std::string, Result<Finished>> answers_;
  std::vector<Command> commands_;
};

}  // namespace eidos::testing
