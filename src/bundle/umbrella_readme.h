#pragma once
// README.md of an umbrella: what it is, what it needs, and the commands to use it.

#include <string>
#include <string_view>
#include <vector>

#include "bundle/stack.h"

namespace eidos::bundle {

/// The name the commands give the release.
constexpr std::string_view kRelease = "eidos-stack";

/// Commands and remarks, as the README and Deployment say them.
struct Guide {
  std::vector<std::string> install;  ///< Shell commands, run inside the bundle.
  std::vector<std::string> notes;    ///< Sentences.
  std::string null_note;             ///< The note on values that are null, once more; "" without such values.
};
Guide guide_for(const Stack& stack);

std::string umbrella_readme(const Stack& stack, const Guide& guide);

}  // namespace eidos::bundle
