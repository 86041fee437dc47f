#pragma once
// Where a bundle goes: a directory or an archive.

#include <string>
#include <vector>

#include "base/file_tree.h"
#include "cli/flags.h"
#include "cli/world.h"

namespace eidos::cli {

/// Looks at --output, --dry-run and --diff before any work is done. Invalid: an archive of a kind that is not
/// written, naming those that are.
Result<void> check_target(const Flags& flags);

/// What was written, and how to get at it.
struct Written {
  std::string path;
  std::string digest;  ///< Of an archive: "sha256:…".
  std::string unpack;  ///< Of an archive: the command.
};

/// Puts the tree at --output, whole or not at all. `inputs` are the paths that the run reads: nothing of them
/// is replaced. Invalid: something stands there that is no bundle of ours, without --force.
Result<Written> write_bundle(const FileTree& tree, const std::vector<std::string>& inputs, const Flags& flags,
                             Session& session);

}  // namespace eidos::cli
