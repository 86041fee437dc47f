#pragma once
// Private to this room: opening a path that may not lead out of a directory.

#include "base/system_calls.h"

namespace eidos {

enum class Confine : std::uint8_t {
  Beneath,  ///< Absolute paths and links, and ".." above the directory: EXDEV.
  InRoot,   ///< The directory stands for "/": absolute links and ".." stay inside.
};

/// Opens `path` below the open directory `root`. By openat2(2); where the kernel or a seccomp filter lacks
/// it, by a walk that opens each part without following links.
Sys<Descriptor> open_confined(SystemCalls& calls, int root, const std::string& path, int flags, Confine how);

}  // namespace eidos
