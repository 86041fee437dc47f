#pragma once
// A tree of files as a value: what a stage returns and a writer puts somewhere.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace eidos {

struct File {
  std::string bytes;
  bool executable = false;  ///< Mode 0755 instead of 0644.
  bool operator==(const File&) const = default;
};

/// Relative path with '/' → file; sorted, so that every listing has one order.
using FileTree = std::map<std::string, File, std::less<>>;

constexpr std::string_view kChecksumsFile = "checksums.txt";

/// sha256sum(1) lines of every file but checksums.txt itself and attestation/, sorted by path.
std::string checksum_lines(const FileTree& tree);

struct ChecksumLine {
  std::string digest;  ///< 64 lower-case hex digits.
  std::string path;
};
/// Reads sha256sum lines. Invalid: empty file, bad digest, absolute or escaping path, duplicate path.
Result<std::vector<ChecksumLine>> parse_checksums(std::string_view text);

/// Invalid unless `path` is relative, has no empty, "." or ".." part, no control byte, at most 255 bytes a
/// part and 1,024 in all.
Result<void> check_tree_path(std::string_view path);

/// Whether a file of a bundle belongs executable: a path in .sh whose bytes begin with "#!". checksums.txt
/// holds no modes, so this is how a verifier knows, and how a writer must decide.
bool is_script(std::string_view path, std::string_view bytes);

}  // namespace eidos
