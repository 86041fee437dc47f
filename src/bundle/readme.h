#pragma once
// README.md of an umbrella: what it is, what it needs, and the commands to use it.

#include <string>
#include <string_view>
#include <vector>

#include "bundle/umbrella.h"

namespace eidos::bundle {

/// The name the commands give the release.
constexpr std::string_view kRelease = "eidos-stack";

/// Commands and remarks, as the README and Deployment say them.
struct Guide {
  std::vector<std::string> install;  ///< Shell commands, run inside the bundle.
  std::vector<std::string> notes;    ///< Sentences.
};
Guide guide_for(const Umbrella& umbrella);

std::string readme(const Umbrella& umbrella, const Guide& guide);

}  // namespace eidos::bundle
