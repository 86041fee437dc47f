#include "base/tree_in_place.h"

#include <algorithm>
#include <ranges>
#include <variant>

#include <fcntl.h>

#include "base/sha256.h"
#include "base/staging.h"
#include "base/text.h"
#include "base/tree_build.h"

namespace eidos {

namespace {

struct Moved {
  int from_directory;
  std::string from;
  int to_directory;
  std::string to;
};
struct DirectoryMade {
  std::string path;
};
struct DirectoryRemoved {
  std::string path;
  mode_t mode;
};
using Step = std::variant<Moved, DirectoryMade, DirectoryRemoved>;

// Changes to the target, each of which can be taken back.
class Journal {
 public:
  Journal(SystemCalls& calls, int target) : calls_(calls), target_(target) {}

  Sys<void> move(const Moved& step) {
    EIDOS_CHECK(rename(step.from_directory, step.from, step.to_directory, step.to));
    steps_.emplace_back(step);
    return {};
  }

  Sys<void> make_directory(const std::string& path) {
    auto made = retry([&] { return calls_.mkdirat(target_, path.c_str(), 0755); });
    if (!made && made.error() != EEXIST) return std::unexpected(made.error());
    if (made) steps_.emplace_back(DirectoryMade{path});
    auto moded = retry([&] { return calls_.fchmodat(target_, path.c_str(), 0755); });
    // One that was there may belong to somebody else; that it serves us is enough.
    if (!moded && made) return std::unexpected(moded.error());
    return {};
  }

  Sys<void> remove_directory(const std::string& path) {
    EIDOS_TRY(Status status, status_at(calls_, target_, path, AT_SYMLINK_NOFOLLOW));
    EIDOS_CHECK(retry([&] { return calls_.unlinkat(target_, path.c_str(), AT_REMOVEDIR); }));
    steps_.emplace_back(DirectoryRemoved{path, status.st_mode & 07777});
    return {};
  }

  /// True when everything is as it was.
  bool undo() {
    bool whole = true;
    for (const Step& step : steps_ | std::views::reverse)
      whole = std::visit([&](const auto& one) { return take_back(one); }, step).has_value() && whole;
    return whole;
  }

 private:
  Sys<void> rename(int from_directory, const std::string& from, int to_directory, const std::string& to) {
    EIDOS_CHECK(
        retry([&] { return calls_.renameat2(from_directory, from.c_str(), to_directory, to.c_str(), 0); }));
    return {};
  }

  Sys<void> take_back(const Moved& step) {
    return rename(step.to_directory, step.to, step.from_directory, step.from);
  }
  Sys<void> take_back(const DirectoryMade& step) {
    EIDOS_CHECK(retry([&] { return calls_.unlinkat(target_, step.path.c_str(), AT_REMOVEDIR); }));
    return {};
  }
  Sys<void> take_back(const DirectoryRemoved& step) {
    EIDOS_CHECK(retry([&] { return calls_.mkdirat(target_, step.path.c_str(), 0700); }));
    EIDOS_CHECK(retry([&] { return calls_.fchmodat(target_, step.path.c_str(), step.mode); }));
    return {};
  }

  SystemCalls& calls_;
  int target_;
  std::vector<Step> steps_;
};

class InPlace {
 public:
  InPlace(SystemCalls& calls, int target, std::string_view shown, const OldTree& old)
      : calls_(calls), target_(target), shown_(shown), old_(old), cut_(is_cut(old)) {}

  Result<void> replace(const FileTree& tree, const TreeOptions& options) {
    const std::string record = record_of(tree);
    if (!cut_) reap_leftovers();
    auto stage = stage_directory(calls_, target_, ".");
    if (!stage) return std::unexpected(stage_error(stage.error(), shown_));
    if (auto ready = prepare(stage->fd.get(), record, tree, options); !ready) {
      give_up(*stage);
      return ready;
    }
    Journal journal(calls_, target_);
    if (auto moved = swap_files(journal, tree, options); !moved) {
      Error error = file_error(moved.error(), "writing in", shown_);
      if (journal.undo())
        give_up(*stage);
      else
        error.hint = "the directory is incomplete; the same command again completes it";
      return std::unexpected(std::move(error));
    }
    if (auto gone = remove_tree(calls_, target_, stage->name, stage->fd.get()); !gone)
      return std::unexpected(not_removed(gone.error(), cat(shown_, "/", stage->name)));
    return {};
  }

 private:
  // Everything that can run out of space happens here, with the target still untouched.
  Result<void> prepare(int stage, const std::string& record, const FileTree& tree,
                       const TreeOptions& options) {
    FileTree only_record;
    only_record[std::string(kRecordFile)].bytes = record;
    EIDOS_CHECK(build_tree(calls_, stage, shown_, only_record, options));
    // From here on this record tells old files from foreign ones, and those of dead runs may go.
    recorded_ = true;
    if (cut_) reap_leftovers();
    auto ready = make_rooms(stage);
    if (!ready) return std::unexpected(file_error(ready.error(), "writing in", shown_));
    return build_tree(calls_, new_.get(), shown_, tree, options);
  }

  // The target is as it was found. If that was a cut tree, its next writer needs the record.
  void give_up(const Stage& stage) {
    if (!cut_ || !recorded_)
      discard(calls_, target_, stage);
    else if (new_)
      (void)remove_tree(calls_, stage.fd.get(), "new", new_.get());
  }

  void reap_leftovers() {
    for (const std::string& leftover : old_.leftovers) reap(calls_, target_, leftover);
  }

  Sys<void> make_rooms(int stage) {
    for (auto& [name, room] : {std::pair<const char*, Descriptor*>{"new", &new_}, {"old", &room_for_old_}}) {
      EIDOS_CHECK(retry([&] { return calls_.mkdirat(stage, name, 0700); }));
      EIDOS_CHECK(retry([&] { return calls_.fchmodat(stage, name, 0700); }));
      EIDOS_TRY(*room, open_child_directory(calls_, stage, name));
    }
    return {};
  }

  std::string record_of(const FileTree& tree) {
    KnownFiles known = known_files(calls_, target_, old_);
    for (const auto& [path, file] : tree) known.emplace(path, sha256_hex(file.bytes));
    std::string text;
    for (const auto& [path, digest] : known) text += cat(digest, "  ", path, '\n');
    return text;
  }

  Sys<void> swap_files(Journal& journal, const FileTree& tree, const TreeOptions& options) {
    const std::set<std::string> directories = directories_of(tree);
    EIDOS_CHECK(take_out_old(journal, directories));
    for (const std::string& path : directories) EIDOS_CHECK(journal.make_directory(path));
    for (const auto& [path, file] : tree)
      if (path != kChecksumsFile) EIDOS_CHECK(journal.move({new_.get(), path, target_, path}));
    if (options.fsync) EIDOS_CHECK(sync_directories(calls_, target_, directories));
    if (tree.contains(kChecksumsFile))
      EIDOS_CHECK(
          journal.move({new_.get(), std::string(kChecksumsFile), target_, std::string(kChecksumsFile)}));
    if (options.fsync) EIDOS_CHECK(sync_directories(calls_, target_, {}));
    return {};
  }

  // File by file: an overlay file system cannot rename a directory of its lower layer.
  Sys<void> take_out_old(Journal& journal, const std::set<std::string>& kept) {
    std::vector<std::string> paths;
    for (const DirEntry& file : old_.files) paths.push_back(file.name);
    std::ranges::partition(paths, [](const auto& path) { return path == kChecksumsFile; });
    for (std::size_t i = 0; i < paths.size(); ++i)
      EIDOS_CHECK(journal.move({target_, paths[i], room_for_old_.get(), cat(i)}));
    for (const std::string& path : old_.directories | std::views::reverse)
      if (!kept.contains(path)) EIDOS_CHECK(journal.remove_directory(path));
    return {};
  }

  SystemCalls& calls_;
  int target_;
  std::string_view shown_;
  const OldTree& old_;
  const bool cut_;
  bool recorded_ = false;
  Descriptor new_;
  Descriptor room_for_old_;
};

}  // namespace

Result<void> replace_in_place(SystemCalls& calls, int directory, std::string_view shown, const OldTree& old,
                              const FileTree& tree, const TreeOptions& options) {
  return InPlace(calls, directory, shown, old).replace(tree, options);
}

}  // namespace eidos
