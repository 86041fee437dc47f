#include "base/tree_build.h"

#include <fcntl.h>

#include "base/staging.h"
#include "base/text.h"

namespace eidos {

namespace {

constexpr mode_t kPlain = 0644;
constexpr mode_t kExecutable = 0755;
constexpr mode_t kDirectory = 0755;

Sys<void> put_directory(SystemCalls& calls, int root, const std::string& path) {
  EIDOS_CHECK(retry([&] { return calls.mkdirat(root, path.c_str(), kDirectory); }));
  EIDOS_CHECK(retry([&] { return calls.fchmodat(root, path.c_str(), kDirectory); }));
  return {};
}

Sys<void> put_file(SystemCalls& calls, int root, const std::string& path, const File& file, bool sync) {
  const mode_t mode = file.executable ? kExecutable : kPlain;
  EIDOS_TRY(Descriptor fd, open_at(calls, root, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode));
  EIDOS_CHECK(retry([&] { return calls.fchmod(fd.get(), mode); }));
  EIDOS_CHECK(write_all(calls, fd.get(), file.bytes));
  if (sync) EIDOS_CHECK(retry([&] { return calls.fsync(fd.get()); }));
  return fd.close();
}

}  // namespace

std::set<std::string> directories_of(const FileTree& tree) {
  std::set<std::string> directories;
  for (const auto& [path, file] : tree)
    for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1))
      directories.insert(path.substr(0, at));
  return directories;
}

Result<void> check_tree(const FileTree& tree) {
  for (const auto& [path, file] : tree) {
    EIDOS_CHECK(check_tree_path(path));
    std::string_view top = std::string_view(path).substr(0, path.find('/'));
    if (top == ".git" || top.starts_with(kStagePrefix))
      return fail(ErrorKind::Invalid, cat("the path ", quote(path), " cannot be part of a tree"));
  }
  for (const std::string& directory : directories_of(tree))
    if (tree.contains(directory))
      return fail(ErrorKind::Invalid, cat(quote(directory), " is both a file and a directory of the tree"));
  return {};
}

Result<void> build_tree(SystemCalls& calls, int directory, std::string_view shown, const FileTree& tree,
                        const TreeOptions& options) {
  auto failed = [&](int error, std::string_view path) {
    return std::unexpected(file_error(error, "writing", cat(shown, "/", path)));
  };
  const std::set<std::string> directories = directories_of(tree);
  for (const std::string& path : directories)
    if (auto done = put_directory(calls, directory, path); !done) return failed(done.error(), path);
  for (const auto& [path, file] : tree) {
    EIDOS_CHECK(options.limit.check(cat("writing ", quote(shown))));
    auto done = put_file(calls, directory, path, file, options.fsync);
    if (!done) return failed(done.error(), path);
  }
  if (!options.fsync) return {};
  if (auto done = sync_directories(calls, directory, directories); !done) return failed(done.error(), "");
  return {};
}

Sys<void> sync_directories(SystemCalls& calls, int directory, const std::set<std::string>& below) {
  for (const std::string& path : below) {
    EIDOS_TRY(Descriptor fd, open_at(calls, directory, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    EIDOS_CHECK(retry([&] { return calls.fsync(fd.get()); }));
  }
  EIDOS_CHECK(retry([&] { return calls.fsync(directory); }));
  return {};
}

}  // namespace eidos
