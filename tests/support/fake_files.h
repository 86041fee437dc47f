#pragma once
// Files from a map. What was read and written can be asked for; any path can be made to fail:
//
//   FakeFiles files{{"/etc/os-release", "ID=debian\n"}};
//   files.fail_on("/proc/cmdline", {ErrorKind::Denied, "no", {}, {}});
//   EXPECT_THAT(files.read_log(), ElementsAre("/etc/os-release"));
//
// Directories exist by the files in them. With a root (`beneath`), a path is root + path, as RealFiles names
// it.

#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/text.h"

namespace eidos::testing {

class FakeFiles final : public Files {
 public:
  using Files::kind;
  using Files::list;

  FakeFiles() = default;
  FakeFiles(std::initializer_list<std::pair<const std::string, std::string>> files) : files_(files) {}

  void put(const std::string& path, std::string bytes) { files_[path] = std::move(bytes); }
  /// Every later use of the path answers this, whether a file is there or not.
  void fail_on(const std::string& path, Error error) { errors_[path] = std::move(error); }
  void put_stdin(std::string bytes) { stdin_ = std::move(bytes); }

  const std::map<std::string, std::string>& files() const { return files_; }
  /// Paths asked for by read(), in order, found or not.
  const std::vector<std::string>& read_log() const { return read_log_; }
  /// Paths given to write() and write_tree(), in order.
  const std::vector<std::string>& write_log() const { return write_log_; }
  /// Everything that went to standard output.
  const std::string& out() const { return out_; }

  Result<std::string> read(const std::string& path, const ReadOptions& options) override {
    const std::string key = below(options.beneath, path);
    {
      const std::scoped_lock guard(log_mutex_);  // collectors read from several threads at once
      read_log_.push_back(key);
    }
    EIDOS_CHECK(options.limit.check(cat("reading ", quote(key))));
    EIDOS_TRY(FileKind what, kind(key));
    if (what != FileKind::Regular)
      return fail(ErrorKind::Invalid, cat(quote(key), " is a directory, not a file"));
    return capped(files_.at(key), quote(key), options);
  }

  Result<std::string> read_stdin(const ReadOptions& options) override {
    return capped(stdin_, "standard input", options);
  }

  Result<std::vector<DirEntry>> list(const std::string& path, std::int64_t max_entries,
                                     const std::string& beneath) override {
    const std::string key = below(beneath, path);
    EIDOS_TRY(FileKind what, kind(key));
    if (what != FileKind::Directory) return fail(ErrorKind::Invalid, cat(quote(key), " is not a directory"));
    std::map<std::string, FileKind> entries;
    const std::string prefix = key.ends_with('/') ? key : key + "/";
    for (auto at = files_.lower_bound(prefix); at != files_.end() && at->first.starts_with(prefix); ++at) {
      std::string rest = at->first.substr(prefix.size());
      std::size_t slash = rest.find('/');
      entries[rest.substr(0, slash)] = slash == std::string::npos ? FileKind::Regular : FileKind::Directory;
    }
    if (std::cmp_greater(entries.size(), max_entries))
      return fail(ErrorKind::Invalid, cat(quote(key), " has more than ", max_entries, " entries"));
    std::vector<DirEntry> sorted;
    for (const auto& [name, entry_kind] : entries) sorted.push_back({name, entry_kind});
    return sorted;
  }

  Result<FileKind> kind(const std::string& path, const std::string& beneath) override {
    const std::string key = below(beneath, path);
    EIDOS_CHECK(check(key));
    if (files_.contains(key)) return FileKind::Regular;
    const std::string prefix = key.ends_with('/') ? key : key + "/";
    auto at = files_.lower_bound(prefix);
    if (at != files_.end() && at->first.starts_with(prefix)) return FileKind::Directory;
    return fail(ErrorKind::NotFound, cat(quote(key), " does not exist"));
  }

  Result<void> write(const std::string& path, std::string_view bytes, std::uint32_t) override {
    write_log_.push_back(path);
    EIDOS_CHECK(check(path));
    files_[path] = bytes;
    return {};
  }

  Result<void> write_stdout(std::string_view bytes) override {
    EIDOS_CHECK(check("/dev/stdout"));
    out_ += bytes;
    return {};
  }

  /// Replaces whatever was below the path, asking nothing.
  Result<void> write_tree(const std::string& path, const FileTree& tree, const TreeOptions&) override {
    write_log_.push_back(path);
    EIDOS_CHECK(check(path));
    std::erase_if(files_, [&](const auto& file) { return file.first.starts_with(path + "/"); });
    for (const auto& [name, file] : tree) files_[cat(path, "/", name)] = file.bytes;
    return {};
  }

 private:
  static std::string below(const std::string& root, const std::string& path) {
    if (root.empty()) return path;
    return root.ends_with('/') || path.starts_with('/') ? root + path : cat(root, "/", path);
  }

  static Result<std::string> capped(const std::string& bytes, std::string_view name,
                                    const ReadOptions& options) {
    if (std::cmp_greater(bytes.size(), options.max_bytes))
      return fail(ErrorKind::Invalid, cat(name, " is larger than ", options.max_bytes, " bytes"));
    return bytes;
  }

  Result<void> check(const std::string& path) const {
    auto found = errors_.find(path);
    if (found != errors_.end()) return std::unexpected(found->second);
    return {};
  }

  std::map<std::string, std::string> files_;
  std::map<std::string, Error> errors_;
  std::mutex log_mutex_;
  std::vector<std::string> read_log_;
  std::vector<std::string> write_log_;
  std::string stdin_;
  std::string out_;
};

}  // namespace eidos::testing
