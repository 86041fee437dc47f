#include "cli/completion.h"

#include "base/text.h"
#include "cli/output.h"
#include "cli/runs.h"

namespace eidos::cli {

namespace {

struct Shell {
  std::string_view name;
  std::string (*script)();
};
constexpr Shell kShells[] = {{"bash", bash_completion}, {"zsh", zsh_completion}, {"fish", fish_completion}};

}  // namespace

std::vector<std::string> completion_shells() {
  std::vector<std::string> names;
  for (const Shell& shell : kShells) names.emplace_back(shell.name);
  return names;
}

Result<int> run_completion(const Invocation& invocation, Session& session) {
  std::vector<std::string> known = completion_shells();
  std::vector<std::string_view> names(known.begin(), known.end());
  if (invocation.arguments.empty())
    return fail(ErrorKind::Usage, cat("name a shell: ", join(names, ", ")), {},
                "for example: eidos completion bash > /etc/bash_completion.d/eidos");
  const std::string& wanted = invocation.arguments.front();
  for (const Shell& shell : kShells)
    if (shell.name == wanted) return print(shell.script(), session.world);
  return fail(ErrorKind::Invalid, cat("the shell must be one of: ", join(names, ", "), "; got ",
                                      quote(wanted), did_you_mean(wanted, names)));
}

}  // namespace eidos::cli
