#pragma once
// A fresh directory for one test, removed with all it holds at the end; and plain file access for looking at
// what the code under test did.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <system_error>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

namespace eidos::testing {

class TempDir {
 public:
  TempDir() : TempDir(::testing::TempDir()) {}
  explicit TempDir(const std::string& parent) {
    std::string pattern = parent + "/eidos-test-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "cannot make a temporary directory";
    path_ = pattern;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

  /// Writes a file, making the directories it needs; the full path.
  std::string put(std::string_view name, std::string_view bytes) const {
    const std::string path = *this / name;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

 private:
  std::string path_;
};

/// For tests that make thousands of directories: memory instead of a disk, where there is /dev/shm.
inline std::string in_memory() {
  return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : ::testing::TempDir();
}

inline std::string bytes_at(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Every file below a directory with its bytes; a directory without entries as "name/"; a link as its text.
inline std::map<std::string, std::string> all_files(const std::filesystem::path& root) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string name = entry.path().lexically_relative(root).string();
    if (entry.is_symlink())
      files[name] = "-> " + std::filesystem::read_symlink(entry.path()).string();
    else if (entry.is_regular_file())
      files[name] = bytes_at(entry.path());
    else if (entry.is_directory() && std::filesystem::is_empty(entry.path()))
      files[name + "/"] = "";
  }
  return files;
}

}  // namespace eidos::testing
