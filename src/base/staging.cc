#include "base/staging.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/sha256.h"
#include "base/text.h"

namespace eidos {

namespace {

// A slot is taken when another run builds the same target right now, or was killed where locks do not work.
constexpr int kSlots = 8;
constexpr int kDeepest = 600;  // a path of a tree has at most 512 parts
constexpr std::int64_t kMostEntries = 1'000'000;

std::string stage_name(std::string_view target, int slot) {
  return cat(kStagePrefix, sha256_hex(target).substr(0, 12), "-", slot);
}

// Makes one stage: an empty one means that the slot is taken.
template <class Make>
Sys<Stage> first_free_slot(SystemCalls& calls, int directory, std::string_view target, Make make) {
  for (int slot = 0; slot < kSlots; ++slot) {
    std::string name = stage_name(target, slot);
    Sys<Descriptor> fd = make(name);
    if (!fd && (fd.error() == EEXIST || fd.error() == ENOENT)) {
      // ENOENT: reaped between its making and its opening. Unless the directory itself is gone.
      if (fd.error() == ENOENT && slot + 1 == kSlots) return std::unexpected(ENOENT);
      continue;
    }
    if (!fd) return std::unexpected(fd.error());
    // Between making and locking, another run may have taken it for a leftover.
    if (try_lock(calls, fd->get()) == Lock::Busy) continue;
    auto ours = names_descriptor(calls, directory, name, fd->get());
    if (ours && *ours) return Stage{*std::move(fd), std::move(name)};
    if (ours) continue;
    for (int flags : {0, AT_REMOVEDIR}) (void)calls.unlinkat(directory, name.c_str(), flags);
    return std::unexpected(ours.error());
  }
  return std::unexpected(EAGAIN);
}

Sys<void> remove_contents(SystemCalls& calls, int fd, int depth) {
  if (depth > kDeepest) return std::unexpected(ELOOP);
  EIDOS_TRY(std::vector<DirEntry> entries, entries_of(calls, fd, kMostEntries));
  for (const DirEntry& entry : entries) {
    if (entry.kind == FileKind::Directory) {
      auto child = open_child_directory(calls, fd, entry.name);
      if (!child && child.error() == ENOENT) continue;
      if (!child) return std::unexpected(child.error());
      EIDOS_CHECK(remove_contents(calls, child->get(), depth + 1));
    }
    int flags = entry.kind == FileKind::Directory ? AT_REMOVEDIR : 0;
    auto gone = retry([&] { return calls.unlinkat(fd, entry.name.c_str(), flags); });
    if (!gone && gone.error() != ENOENT) return std::unexpected(gone.error());
  }
  return {};
}

}  // namespace

Sys<Stage> stage_file(SystemCalls& calls, int directory, std::string_view target) {
  return first_free_slot(calls, directory, target, [&](const std::string& name) {
    return open_at(calls, directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  });
}

Sys<Stage> stage_directory(SystemCalls& calls, int directory, std::string_view target) {
  auto make = [&](const std::string& name) -> Sys<Descriptor> {
    EIDOS_CHECK(retry([&] { return calls.mkdirat(directory, name.c_str(), 0755); }));
    auto opened = [&]() -> Sys<Descriptor> {
      // Before it is opened: an umask of 0777 would leave it unreadable.
      EIDOS_CHECK(retry([&] { return calls.fchmodat(directory, name.c_str(), 0755); }));
      return open_child_directory(calls, directory, name);
    }();
    if (!opened) (void)calls.unlinkat(directory, name.c_str(), AT_REMOVEDIR);
    return opened;
  };
  return first_free_slot(calls, directory, target, make);
}

void discard(SystemCalls& calls, int directory, const Stage& stage) {
  auto status = status_of(calls, stage.fd.get());
  if (!names_descriptor(calls, directory, stage.name, stage.fd.get()).value_or(false)) return;
  if (status && S_ISDIR(status->st_mode))
    (void)remove_tree(calls, directory, stage.name, stage.fd.get());
  else
    (void)retry([&] { return calls.unlinkat(directory, stage.name.c_str(), 0); });
}

void reap(SystemCalls& calls, int directory, const std::string& name) {
  auto status = status_at(calls, directory, name, AT_SYMLINK_NOFOLLOW);
  if (!status || (!S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode))) return;
  if (status->st_uid != ::geteuid() && ::geteuid() != 0) return;
  auto fd = open_at(calls, directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!fd || try_lock(calls, fd->get()) != Lock::Held) return;
  if (!names_descriptor(calls, directory, name, fd->get()).value_or(false)) return;
  if (S_ISDIR(status->st_mode))
    (void)remove_tree(calls, directory, name, fd->get());
  else
    (void)calls.unlinkat(directory, name.c_str(), 0);
}

void reap_all(SystemCalls& calls, int directory, std::string_view target) {
  for (int slot = 0; slot < kSlots; ++slot) reap(calls, directory, stage_name(target, slot));
}

Sys<void> remove_tree(SystemCalls& calls, int directory, const std::string& name, int fd) {
  ::lseek(fd, 0, SEEK_SET);  // it may have been listed before
  EIDOS_CHECK(remove_contents(calls, fd, 0));
  auto gone = retry([&] { return calls.unlinkat(directory, name.c_str(), AT_REMOVEDIR); });
  if (!gone && gone.error() != ENOENT) return std::unexpected(gone.error());
  return {};
}

Error stage_error(int errno_value, std::string_view path) {
  if (errno_value != EAGAIN) return file_error(errno_value, "writing", path);
  return {ErrorKind::Unavailable,
          cat("too many runs are writing ", quote(path), " at once"),
          {},
          cat("if none is, remove what is called ", kStagePrefix, "* beside it or in it")};
}

Error not_removed(int errno_value, std::string_view path) {
  Error error = file_error(errno_value, "removing", path);
  error.hint = "the new tree is in place; remove what is left of the old one";
  return error;
}

}  // namespace eidos
