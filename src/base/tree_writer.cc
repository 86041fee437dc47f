// A directory, whole or not at all: built beside the target and swapped in with one rename.

#include <algorithm>
#include <cstdio>
#include <iterator>

#include <fcntl.h>
#include <sys/file.h>

#include "base/staging.h"
#include "base/text.h"
#include "base/tree_build.h"
#include "base/tree_in_place.h"

namespace eidos {

namespace {

// renameat2 cannot do it on this file system, or not with this directory (overlay's lower layer, NFS).
bool swap_impossible(int error) {
  constexpr int kErrors[] = {EXDEV, EINVAL, EBUSY, ENOSYS, EOPNOTSUPP, EPERM, EACCES, EROFS};
  return std::ranges::find(kErrors, error) != std::end(kErrors);
}

// Directories made on the way to a target, taken back unless the target came to be.
class Parents {
 public:
  explicit Parents(SystemCalls& calls) : calls_(calls) {}
  Parents(const Parents&) = delete;
  Parents& operator=(const Parents&) = delete;
  ~Parents() {
    for (auto made = made_.rbegin(); made != made_.rend(); ++made)
      (void)calls_.unlinkat(AT_FDCWD, made->c_str(), AT_REMOVEDIR);
  }

  Sys<Descriptor> open(const std::string& path) {
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
      auto made =
          retry([&, part = path.substr(0, end)] { return calls_.mkdirat(AT_FDCWD, part.c_str(), 0777); });
      if (made) made_.push_back(path.substr(0, end));
      // Any other error of a part that exists (EACCES, EROFS) shows when it is opened.
      if (end == std::string::npos) break;
    }
    return open_at(calls_, AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
  }

  void keep() { made_.clear(); }

 private:
  SystemCalls& calls_;
  std::vector<std::string> made_;
};

class TreeWriter {
 public:
  TreeWriter(SystemCalls& calls, const std::string& path, const FileTree& tree, const TreeOptions& options)
      : calls_(calls), shown_(path), tree_(tree), options_(options), parents_(calls) {}

  Result<void> write() {
    EIDOS_CHECK(check_tree(tree_));
    EIDOS_CHECK(check_path(shown_));
    EIDOS_TRY(target_, follow_links(calls_, shown_));
    EIDOS_CHECK(open_parent());
    EIDOS_CHECK(options_.limit.check(cat("writing ", quote(shown_))));
    EIDOS_CHECK(write_there());
    parents_.keep();
    return {};
  }

 private:
  std::unexpected<Error> failed(int error, std::string_view doing = "writing") const {
    return std::unexpected(file_error(error, doing, shown_));
  }

  // Another eidos, or whoever else, put something at the target while this run looked at it.
  std::unexpected<Error> overtaken() const {
    return fail(ErrorKind::Unavailable, cat("another run is writing ", quote(shown_), " at the same time"),
                {}, "this run wrote nothing; repeat it when the other one is done");
  }

  // A target that has no name of its own (".", "a/..", "/") is its own parent.
  Result<void> open_parent() {
    name_ = name_part(target_);
    if (name_ == "." || name_ == "..") name_.clear();
    const std::string parent = name_.empty() ? target_ : directory_part(target_);
    auto opened = open_at(calls_, AT_FDCWD, parent, O_RDONLY | O_DIRECTORY);
    if (!opened && opened.error() == ENOENT) opened = parents_.open(parent);
    // Search permission is enough to replace in place.
    if (!opened && opened.error() == EACCES) opened = open_at(calls_, AT_FDCWD, parent, O_PATH | O_DIRECTORY);
    if (!opened) return failed(opened.error());
    parent_ = *std::move(opened);
    return {};
  }

  Result<void> write_there() {
    auto old =
        open_at(calls_, parent_.get(), name_.empty() ? "." : name_, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!old && old.error() == ENOENT) return create();
    if (!old && (old.error() == ENOTDIR || old.error() == ELOOP)) return not_a_directory();
    if (!old) return failed(old.error(), "opening");
    if (try_lock(calls_, old->get()) == Lock::Busy) return overtaken();
    if (!name_.empty()) {
      auto still = names_descriptor(calls_, parent_.get(), name_, old->get());
      if (!still) return failed(still.error(), "looking at");
      if (!*still) return overtaken();
    }
    return replace(old->get());
  }

  Result<void> not_a_directory() {
    auto status = status_at(calls_, parent_.get(), name_, AT_SYMLINK_NOFOLLOW);
    if (!status) return failed(status.error(), "looking at");
    return fail(ErrorKind::Invalid,
                cat(quote(shown_), " is ", describe(status->st_mode), ", not a directory"));
  }

  Result<void> create() {
    reap_all(calls_, parent_.get(), name_);
    auto stage = stage_directory(calls_, parent_.get(), name_);
    if (!stage) return std::unexpected(stage_error(stage.error(), shown_));
    auto built = build_tree(calls_, stage->fd.get(), shown_, tree_, options_);
    auto moved = built ? take_place(stage->name) : Sys<void>();
    if (built && moved) return synced();
    discard(calls_, parent_.get(), *stage);
    if (!built) return std::unexpected(std::move(built).error());
    if (moved.error() == EEXIST || moved.error() == ENOTEMPTY) return overtaken();
    return failed(moved.error());
  }

  // Onto a name where nothing stands.
  Sys<void> take_place(const std::string& stage) {
    auto moved = rename_stage(stage, RENAME_NOREPLACE);
    // NFS knows no flags. A plain rename replaces nothing but an empty directory.
    if (!moved && (moved.error() == EINVAL || moved.error() == ENOSYS)) moved = rename_stage(stage, 0);
    return moved;
  }

  Sys<void> rename_stage(const std::string& stage, unsigned flags) {
    EIDOS_CHECK(retry(
        [&] { return calls_.renameat2(parent_.get(), stage.c_str(), parent_.get(), name_.c_str(), flags); }));
    return {};
  }

  Result<void> replace(int old) {
    EIDOS_TRY(bool in_place, stands_alone(old));
    EIDOS_TRY(OldTree contents, survey(calls_, old, shown_));
    EIDOS_CHECK(check_replaceable(calls_, old, shown_, contents, options_));
    if (!in_place && !contents.git) {
      EIDOS_TRY(bool swapped, swap(old));
      if (swapped) return {};
    }
    return replace_in_place(calls_, old, shown_, contents, tree_, options_);
  }

  // True for a directory that cannot be swapped, or should not be: its parent is unknown, it is a mount
  // point, or the shell stands in it. Invalid for one whose replacement would pull the floor away.
  Result<bool> stands_alone(int old) {
    auto target = status_of(calls_, old);
    auto parent = status_of(calls_, parent_.get());
    auto working = status_at(calls_, AT_FDCWD, ".", 0);
    auto root = status_at(calls_, AT_FDCWD, "/", 0);
    for (const auto* status : {&target, &parent, &working, &root})
      if (!*status) return failed(status->error(), "looking at");
    if (same_inode(*target, *root))
      return fail(ErrorKind::Invalid, cat(quote(shown_), " is the root directory"), {},
                  "give another directory");
    if (above_working_directory(*target, *root).value_or(false))
      return fail(ErrorKind::Invalid, cat(quote(shown_), " contains the working directory"), {},
                  "give another directory, or change into it and give .");
    return name_.empty() || same_inode(*target, *working) || target->st_dev != parent->st_dev;
  }

  // An error when the working directory was removed, or may not be left: then nothing can be told.
  Sys<bool> above_working_directory(const Status& target, const Status& root) {
    constexpr int kDeepest = 4096;
    EIDOS_TRY(Descriptor at, open_at(calls_, AT_FDCWD, ".", O_PATH | O_DIRECTORY));
    for (int depth = 0; depth < kDeepest; ++depth) {
      EIDOS_TRY(Status here, status_of(calls_, at.get()));
      if (depth > 0 && same_inode(here, target)) return true;
      if (same_inode(here, root)) break;
      EIDOS_TRY(at, open_at(calls_, at.get(), "..", O_PATH | O_DIRECTORY));
    }
    return false;
  }

  // False where it cannot be done.
  Result<bool> swap(int old) {
    reap_all(calls_, parent_.get(), name_);
    auto stage = stage_directory(calls_, parent_.get(), name_);
    if (!stage && swap_impossible(stage.error())) return false;
    if (!stage) return std::unexpected(stage_error(stage.error(), shown_));
    auto built = build_tree(calls_, stage->fd.get(), shown_, tree_, options_);
    auto swapped = built ? exchange(stage->name, old) : Sys<bool>(false);
    if (!built || !swapped || !*swapped) discard(calls_, parent_.get(), *stage);
    if (!built) return std::unexpected(std::move(built).error());
    if (!swapped && swap_impossible(swapped.error())) return false;
    if (!swapped && swapped.error() != ENOENT) return failed(swapped.error());
    if (!swapped || !*swapped) return overtaken();
    // The stage's name now leads to the old tree, whose lock we hold.
    if (auto gone = remove_tree(calls_, parent_.get(), stage->name, old); !gone)
      return std::unexpected(not_removed(gone.error(), cat(directory_part(target_), "/", stage->name)));
    EIDOS_CHECK(synced());
    return true;
  }

  // False when it was not `old` that came out: somebody moved another directory there, and got it back.
  Sys<bool> exchange(const std::string& stage, int old) {
    EIDOS_CHECK(rename_stage(stage, RENAME_EXCHANGE));
    auto ours = names_descriptor(calls_, parent_.get(), stage, old);
    if (ours && *ours) return true;
    EIDOS_CHECK(rename_stage(stage, RENAME_EXCHANGE));
    return ours;
  }

  Result<void> synced() {
    if (options_.fsync)
      // EBADF: a parent that we may write to but not read cannot be synced.
      if (auto done = retry([&] { return calls_.fsync(parent_.get()); }); !done && done.error() != EBADF)
        return failed(done.error());
    return {};
  }

  SystemCalls& calls_;
  const std::string& shown_;
  const FileTree& tree_;
  const TreeOptions& options_;
  Parents parents_;
  std::string target_;
  std::string name_;  // empty: the target is reached through parent_ itself
  Descriptor parent_;
};

}  // namespace

Result<void> write_tree(SystemCalls& calls, const std::string& path, const FileTree& tree,
                        const TreeOptions& options) {
  return TreeWriter(calls, path, tree, options).write();
}

}  // namespace eidos
