#pragma once
// Private to this room: what stands in a directory that a tree is to replace, and whether it may go.

#include <set>

#include "base/system_calls.h"

namespace eidos {

struct OldTree {
  std::vector<DirEntry> files;           ///< All that is no directory, as paths, sorted.
  std::vector<std::string> directories;  ///< Parents before children.
  bool git = false;                      ///< A `.git` stands at the top; it is not looked into.
  std::vector<std::string> leftovers;    ///< `.eidos-new-…` at the top, not looked into either.
};

/// Looks at all of `directory`, which messages call `shown`. Invalid: a file system mounted inside, over a
/// million entries, deeper than a tree can be.
Result<OldTree> survey(SystemCalls& calls, int directory, std::string_view shown);

/// True for what an in-place run left that died while it moved files: no checksums.txt, but a leftover.
bool is_cut(const OldTree& old);

/// (path, digest) of every file that eidos is known to have put there.
using KnownFiles = std::set<std::pair<std::string, std::string>>;
/// From checksums.txt; where an in-place run was cut, from the records it left (tree_in_place.h).
KnownFiles known_files(SystemCalls& calls, int directory, const OldTree& old);

/// Invalid unless every file of `old` is known and unchanged, or matches one of options.tolerated; and unless
/// its checksums.txt lists options.mark. Names the first five that are not. With options.force only what
/// stands in options.inputs is held to it.
Result<void> check_replaceable(SystemCalls& calls, int directory, std::string_view shown, const OldTree& old,
                               const TreeOptions& options);

/// `pattern` as in TreeOptions::tolerated.
bool matches(std::string_view pattern, std::string_view path);

}  // namespace eidos
