#pragma once
// Recommended changes in the words of the tools that make them. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "model/snapshot.h"
#include "tune/choose.h"

namespace eidos::tune {

/// What is said in another tool's words, and what that tool cannot say.
struct ChangeFile {
  std::string text;
  std::vector<std::string> left_out;  ///< "kmod gdrdrv": changes that this tool does not make.
};

/// A file for sysctl(8) -p and sysctl.d: one "key = value" a line, its reason above it.
ChangeFile sysctl_file(const std::vector<Chosen>& changes);

/// One line of boot parameters for `grubby --args` or GRUB_CMDLINE_LINUX; empty without any. `chosen` are all
/// settings that apply: the size of huge pages goes in front of their number wherever that is set.
ChangeFile grub_line(const std::vector<Chosen>& changes, const std::vector<Chosen>& chosen,
                     const model::Snapshot& snapshot);

/// A Skyhook resource (skyhook.nvidia.com/v1alpha1) with the package "tuning", for the nodes that GPU feature
/// discovery labels nvidia.com/gpu.present. Empty text when it would change nothing.
ChangeFile skyhook_resource(const std::vector<Chosen>& changes, const std::vector<Chosen>& chosen,
                            const model::Snapshot& snapshot);

}  // namespace eidos::tune
