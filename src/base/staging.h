#pragma once
// Private to this room: the temporary sibling in which a file or tree is built before it takes its place.
//
// A stage is called `.eidos-new-<12 hex digits of the target's name>-<slot>` and is locked (flock) by the run
// that builds it. Whoever gets the lock of a stage, and finds the name still leading to it, has a dead run's
// leftover and may remove it; the lock dies with its process, in whatever container that ran.

#include "base/system_calls.h"

namespace eidos {

constexpr std::string_view kStagePrefix = ".eidos-new-";

struct Stage {
  Descriptor fd;  ///< Locked where the file system can.
  std::string name;
};

/// An empty file to write to, mode 0600, in `directory`. EAGAIN when every slot is taken by a living run, or
/// by a dead one where locks do not work.
Sys<Stage> stage_file(SystemCalls& calls, int directory, std::string_view target);
/// An empty directory, mode 0755.
Sys<Stage> stage_directory(SystemCalls& calls, int directory, std::string_view target);

/// Removes a stage that did not take its place. Does nothing when its name leads elsewhere by now.
void discard(SystemCalls& calls, int directory, const Stage& stage);

/// Removes `name` in `directory` if it is the stage of a dead run. What cannot be removed stays.
void reap(SystemCalls& calls, int directory, const std::string& name);
/// Removes every stage that dead runs left for this target.
void reap_all(SystemCalls& calls, int directory, std::string_view target);

/// Removes the directory `name`, open as `fd`, and all it holds. Follows no link, enters no other file
/// system.
Sys<void> remove_tree(SystemCalls& calls, int directory, const std::string& name, int fd);
/// The error of a stage_...() for a target that messages call `path`.
Error stage_error(int errno_value, std::string_view path);
/// The error of a write whose new tree is in place, but whose old one, now at `path`, would not go.
Error not_removed(int errno_value, std::string_view path);

}  // namespace eidos
