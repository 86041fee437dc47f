#pragma once
// Private to this room: replacing the contents of a directory that cannot be swapped for another one.
//
// The new tree is built in `.eidos-new-<id>/new` inside the target. Then the old files move to
// `.eidos-new-<id>/old`, checksums.txt first, and the new ones to their places, checksums.txt last; whatever
// fails on the way is undone. A run that was killed leaves a tree without checksums.txt, and the file `known`
// beside `new` and `old`: the digests of everything old and new, by which the next run recognises the rest.

#include "base/tree_survey.h"

namespace eidos {

constexpr std::string_view kRecordFile = "known";

/// `directory` is open, locked and surveyed. A `.git` at its top, its own mode and owner are left alone.
Result<void> replace_in_place(SystemCalls& calls, int directory, std::string_view shown, const OldTree& old,
                              const FileTree& tree, const TreeOptions& options);

}  // namespace eidos
