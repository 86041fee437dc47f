#pragma once
// What one tree is to another: FileTree × FileTree → changes.

#include <cstdint>
#include <string>
#include <vector>

#include "base/file_tree.h"
#include "data/value.h"

namespace eidos::seal {

enum class What : std::uint8_t { Added, Removed, Changed };

struct Change {
  std::string path;
  What what = What::Added;
  std::int64_t old_size = 0;
  std::int64_t new_size = 0;
  bool mode = false;               ///< Executable in one, not in the other.
  std::vector<std::string> lines;  ///< Of a changed text: "@@ …", " …", "-…", "+…"; some, then how many more.
};

/// Sorted by path; the same trees have none.
std::vector<Change> changes(const FileTree& before, const FileTree& after);

/// The lines of a unified diff with two lines around, without a head; cut where it gets long. Empty for equal
/// texts.
std::vector<std::string> line_changes(std::string_view before, std::string_view after);

std::string to_text(const std::vector<Change>& changes);
data::Value to_document(const std::vector<Change>& changes);

}  // namespace eidos::seal
