#pragma once
// The table of deployers. A fifth is one file with a render function, and one row.

#include <span>
#include <string_view>

#include "bundle/stack.h"

namespace eidos::bundle {

struct Deployer {
  std::string_view name;             ///< --deployer
  std::string_view layout = {};      ///< --layout; "" where there is only one.
  std::string_view alias = {};       ///< Another spelling of the layout.
  std::string_view name_space = {};  ///< Where things go without --namespace.
  std::string_view summary = {};     ///< One line for help and messages.
  bool takes_repo = false;           ///< Reads its own bundle from Git: --repo and its like mean something.
  /// The whole tree but checksums.txt. A pure function; decides no value.
  Result<Bundle> (*render)(const Stack&) = nullptr;
};

/// The first row is the default; of rows with one name the first is that deployer's default layout.
std::span<const Deployer> deployers();

/// Invalid, naming what there is and the nearest: an unknown deployer, a layout it does not have.
Result<const Deployer*> find_deployer(std::string_view name, std::string_view layout);

}  // namespace eidos::bundle
