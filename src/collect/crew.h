#pragma once
// Private to this room: several pieces of work at once, each with its own time, none of which can hold up the
// end. Work that hangs is left to itself.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "collect/collector.h"

namespace eidos::collect {

struct Work {
  std::string name;
  /// Must keep to its limit. It runs on a thread that may be left behind, so it owns what it uses, or uses
  /// what lives as long as the program.
  std::function<Result<Collection>(const Limit&)> run;
  std::optional<Milliseconds> deadline = {};  ///< Instead of the crew's.
};

struct Done {
  Result<Collection> result;
  Milliseconds took{0};
  std::optional<std::chrono::steady_clock::time_point> began = {};  ///< None: never started.
};

struct CrewOptions {
  int parallel = 5;
  Milliseconds deadline{10'000};  ///< Of each piece, from its own start.
  Milliseconds grace{1'750};      ///< On top, to end what it started, before it is left behind.
  /// Instead of that, once a person asked for a stop: whoever waits at a terminal waits no longer for one
  /// that hangs.
  Milliseconds stop_grace{250};
  Limit limit = {};  ///< Of all together.
  bool stop_at_first_error = false;
};

/// The results in the order of the work; Timeout for what was left behind or never started in time. Cancelled
/// after a stop request; with stop_at_first_error the first error, named after its work, as soon as the
/// others have stopped.
Result<std::vector<Done>> run_crew(std::vector<Work> work, const CrewOptions& options, const Clock& clock);

}  // namespace eidos::collect
