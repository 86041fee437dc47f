// One file, whole or not at all: a locked temporary sibling, then rename.

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/staging.h"
#include "base/system_calls.h"
#include "base/text.h"

namespace eidos {

namespace {

constexpr mode_t kPermissions = 0777;

// Linux's numbers of the two devices that are data sinks by definition (null(4), full(4)).
bool is_sink(const Status& status) {
  return S_ISCHR(status.st_mode) && (status.st_rdev == makedev(1, 3) || status.st_rdev == makedev(1, 7));
}

Result<void> write_sink(SystemCalls& calls, const std::string& path, std::string_view bytes) {
  auto fd = open_at(calls, AT_FDCWD, path, O_WRONLY | O_NOCTTY);
  auto done = fd ? write_all(calls, fd->get(), bytes) : std::unexpected(fd.error());
  if (!done) return std::unexpected(file_error(done.error(), "writing", path));
  return {};
}

// Ends with a close(2) before the new file takes the old one's place: NFS may tell only then that bytes were
// lost. It is the close of a second descriptor, so that the stage stays locked.
Sys<void> fill(SystemCalls& calls, Stage& stage, std::string_view bytes, mode_t mode, const Status* old) {
  bool other_owner = old != nullptr && (old->st_uid != ::geteuid() || old->st_gid != ::getegid());
  // Best effort: only root may give files away. Before fchmod, so that nobody gains by the mode.
  if (other_owner) (void)calls.fchown(stage.fd.get(), old->st_uid, old->st_gid);
  EIDOS_CHECK(retry([&] { return calls.fchmod(stage.fd.get(), mode); }));
  EIDOS_CHECK(write_all(calls, stage.fd.get(), bytes));
  EIDOS_TRY(int same_file, retry([&] { return calls.dup(stage.fd.get()); }));
  return Descriptor(calls, same_file).close();
}

// Refuses what is no file, and a file that its owner wants left alone: rename(2) itself would not ask.
Result<void> check_writable(SystemCalls& calls, const std::string& path, const Status& status) {
  if (S_ISDIR(status.st_mode))
    return fail(ErrorKind::Invalid, cat(quote(path), " is a directory"), {}, "give the name of a file");
  if (!S_ISREG(status.st_mode))
    return fail(ErrorKind::Invalid, cat(quote(path), " is ", describe(status.st_mode)), {},
                "give the name of a regular file, or - for standard output");
  auto allowed = retry([&] { return calls.faccessat(AT_FDCWD, path.c_str(), W_OK); });
  if (!allowed) return std::unexpected(file_error(allowed.error(), "writing", path));
  return {};
}

}  // namespace

Sys<void> replace_file(SystemCalls& calls, int directory, const std::string& name, std::string_view bytes,
                       mode_t mode, const Status* old) {
  reap_all(calls, directory, name);
  EIDOS_TRY(Stage stage, stage_file(calls, directory, name));
  auto done = fill(calls, stage, bytes, mode, old);
  if (done) {
    auto moved =
        retry([&] { return calls.renameat2(directory, stage.name.c_str(), directory, name.c_str(), 0); });
    if (!moved) done = std::unexpected(moved.error());
  }
  if (!done) discard(calls, directory, stage);
  return done;
}

Result<void> write_file(SystemCalls& calls, const std::string& path, std::string_view bytes, mode_t mode) {
  EIDOS_CHECK(check_path(path));
  EIDOS_TRY(std::string target, follow_links(calls, path));
  if (int fd = named_descriptor(target); fd >= 0) return write_descriptor(calls, fd, quote(path), bytes);
  auto old = status_at(calls, AT_FDCWD, target, AT_SYMLINK_NOFOLLOW);
  if (!old && old.error() != ENOENT) return std::unexpected(stage_error(old.error(), path));
  if (old && is_sink(*old)) return write_sink(calls, target, bytes);
  if (old) EIDOS_CHECK(check_writable(calls, target, *old));
  if (!old && path.ends_with('/'))
    return fail(ErrorKind::Invalid, cat(quote(path), " names a directory"), {}, "give the name of a file");

  const std::string parent = directory_part(target);
  auto directory = open_at(calls, AT_FDCWD, parent, O_PATH | O_DIRECTORY);
  if (!directory && directory.error() == ENOENT) return std::unexpected(no_directory(path, parent));
  if (!directory) return std::unexpected(stage_error(directory.error(), path));
  const mode_t final_mode = old ? old->st_mode & kPermissions : mode & kPermissions;
  auto done =
      replace_file(calls, directory->get(), name_part(target), bytes, final_mode, old ? &*old : nullptr);
  if (!done) return std::unexpected(stage_error(done.error(), path));
  return {};
}

Result<void> write_descriptor(SystemCalls& calls, int fd, std::string_view name, std::string_view bytes) {
  auto done = write_all(calls, fd, bytes);
  if (done) return {};
  if (done.error() == EBADF) return fail(ErrorKind::Invalid, cat(name, " is not open for writing"));
  return std::unexpected(system_error(done.error(), cat("writing ", name)));
}

}  // namespace eidos
