#pragma once
// The flags of one invocation, as given and in the order given.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limit.h"
#include "cli/command.h"
#include "data/value.h"

namespace eidos::cli {

/// Where a value came from; the later one beats the earlier.
enum class Origin : std::uint8_t { Config, Environment, CommandLine };

struct Given {
  const Flag* flag = nullptr;
  std::string value;  ///< A switch: "true" or "false".
  Origin origin = Origin::CommandLine;
  std::string file = {};  ///< Where the configuration says so.
  data::Mark mark = {};   ///< Its line and column there.
};

/// Asking for a flag that neither the command nor the globals have is a broken invariant.
class Flags {
 public:
  Flags() = default;
  explicit Flags(const Command* command) : command_(command) {}

  void add(Given given);
  const std::vector<Given>& given() const { return given_; }

  /// Whether the command has a flag of this name.
  bool knows(std::string_view name) const;
  bool has(std::string_view name) const;
  bool has_from(std::string_view name, Origin origin) const;
  /// The value, or "" when not given.
  std::string text(std::string_view name) const;
  /// Every value of a repeatable flag, in order; only those of the strongest origin.
  std::vector<std::string> all(std::string_view name) const;
  /// A switch.
  bool on(std::string_view name, bool otherwise = false) const;
  std::int64_t count(std::string_view name) const;  ///< 0 when not given.
  Milliseconds duration(std::string_view name, Milliseconds otherwise) const;

 private:
  const Flag* find(std::string_view name) const;
  const Flag& known(std::string_view name) const;
  const Given* strongest(std::string_view name) const;

  const Command* command_ = nullptr;
  std::vector<Given> given_;
};

/// A count flag of 1 to `most`; `otherwise` when it is not given. Invalid: another number.
Result<std::int64_t> count_between(const Flags& flags, std::string_view name, std::int64_t otherwise,
                                   std::int64_t most);

struct Invocation {
  const Command* command = nullptr;  ///< nullptr when none was named.
  std::vector<std::string> arguments;
  Flags flags;
  bool help = false;     ///< --help or -h
  bool version = false;  ///< --version
};

}  // namespace eidos::cli
