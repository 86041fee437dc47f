#pragma once
// Where a request is worked on: a command of the tool, with nothing around it but the documents that came
// with the request. What the tool checks, the service checks, in the same words.

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "cli/flags.h"
#include "cli/world.h"
#include "serve/message.h"

namespace eidos::serve {

/// Documents by the name that flags and messages call them.
using Papers = std::map<std::string, std::string, std::less<>>;

struct Ran {
  std::string out;                    ///< What the command would have printed.
  std::vector<std::string> warnings;  ///< What it would have warned of.
};

/// A command of the tool that the service may run: of recipes, bundles, documents or the catalog; by its
/// whole name, which must be one.
const cli::Command& tool_command(std::string_view name);

/// One request's worth of work.
class Desk {
 public:
  Desk(std::shared_ptr<const catalog::Catalog> catalog, Papers papers, const BuildInfo& build, Limit limit,
       const TracePlace& trace);
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  /// The world of a command that runs here: no file but the papers, no network, no process, no cluster.
  cli::Session& session();
  const std::vector<std::string>& warnings() const;
  /// Errors as the command's. The catalog is the one at hand, whatever flags say.
  Result<Ran> run(const cli::Command& command, cli::Flags flags, std::vector<std::string> arguments = {});

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

/// `parameters` as flags of `command`, where `allowed` names them; an alias will do. Invalid, all at once:
/// one that is unknown (with the nearest), given twice where it may not be, or of a value it does not take.
Result<cli::Flags> flags_of(const cli::Command& command, std::span<const std::string_view> allowed,
                            const Pairs& parameters);

/// Sets a flag that the service itself decides.
void set_flag(cli::Flags& flags, const cli::Command& command, std::string_view name, std::string value);

}  // namespace eidos::serve
