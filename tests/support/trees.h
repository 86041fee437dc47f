#pragma once
// File trees on disk, for tests that write and replace them.

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "base/file_tree.h"

namespace eidos::testing {

/// The tree with its checksums.txt.
inline FileTree sealed(FileTree tree) {
  tree[std::string(kChecksumsFile)].bytes = checksum_lines(tree);
  return tree;
}

/// What all_files() of a directory with this tree gives.
inline std::map<std::string, std::string> as_files(const FileTree& tree) {
  std::map<std::string, std::string> files;
  for (const auto& [path, file] : tree) files[path] = file.bytes;
  return files;
}

/// Puts the tree on disk by plain means.
inline void put_tree(const std::filesystem::path& root, const FileTree& tree) {
  for (const auto& [path, file] : tree) {
    std::filesystem::create_directories((root / path).parent_path());
    std::ofstream(root / path, std::ios::binary) << file.bytes;
  }
}

/// For EXPECT_TRUE: says why it failed.
template <class T>
::testing::AssertionResult done(const Result<T>& result) {
  if (result) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << result.error().message << " (" << result.error().hint << ")";
}

}  // namespace eidos::testing
