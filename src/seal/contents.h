#pragma once
// What a directory or an archive holds, in one form for both.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "seal/archive.h"

namespace eidos::seal {

struct Contents {
  std::string form;                ///< "directory", "zip", "tar.gz"
  std::vector<TreeEntry> entries;  ///< Sorted by path; one path may stand there several times.
};

/// Whose bytes stay in the entries.
using Keep = std::function<bool(std::string_view path)>;
inline bool keep_all(std::string_view) {
  return true;
}
inline bool keep_checksums(std::string_view path) {
  return path == kChecksumsFile;
}

/// Reads each file once. What git keeps at the top of a directory, and what a run that was cut left there, is
/// one entry and not looked into. Content decides what an archive is, never the name. Errors name the place.
Result<Contents> read_contents(Files& files, const std::string& path, const Keep& keep, const Limit& limit);
/// The same of an archive's bytes.
Result<Contents> archive_contents(std::string_view bytes, const Keep& keep, const Limit& limit);

/// Of contents whose bytes were kept. What Helm adds, git's own and leftovers are left out. Invalid: anything
/// else that is no plain file with a good path, or that could not be read.
Result<FileTree> tree_of(const Contents& contents);

/// Invalid when there is no checksums.txt, in words for people; `shown` is the place.
Result<void> check_has_checksums(const Contents& contents, std::string_view shown);

/// "1 byte", "3 bytes"
std::string byte_count(std::int64_t count);

/// What may stand beside the listed files of a bundle.
enum class Guest : std::uint8_t { None, Helm, Git, Leftover, Attestation };
Guest guest_of(std::string_view path);
/// As patterns for TreeOptions::tolerated: what Helm adds to a chart that it works on.
std::vector<std::string> helm_patterns();

/// A path that every bundle lists: TreeOptions::mark.
constexpr std::string_view kBundleMark = "recipe.yaml";

}  // namespace eidos::seal
