#pragma once
// Private to this room: a FileTree as files, in an empty directory.

#include <set>

#include "base/system_calls.h"

namespace eidos {

/// Every directory that a file of the tree lies in, parents before children.
std::set<std::string> directories_of(const FileTree& tree);

/// Invalid: a bad path, a file that is also a directory, ".git" or ".eidos-new-…" at the top.
Result<void> check_tree(const FileTree& tree);

/// Files 0644 or 0755, directories 0755, whatever the umask. `shown` is the place that messages name.
Result<void> build_tree(SystemCalls& calls, int directory, std::string_view shown, const FileTree& tree,
                        const TreeOptions& options);

/// fsync of the directory itself and of those below it.
Sys<void> sync_directories(SystemCalls& calls, int directory, const std::set<std::string>& below);

}  // namespace eidos
