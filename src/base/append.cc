// Lines behind a file that others may read meanwhile, whole or not at all; and files that have had their day.

#include "base/append.h"

#include <fcntl.h>

#include "base/system_calls.h"
#include "base/text.h"

namespace eidos {

namespace {

// What is no regular file keeps nothing, so there is nothing to cut off.
Sys<void> append_to(SystemCalls& calls, int fd, std::string_view bytes) {
  EIDOS_TRY(Status before, status_of(calls, fd));
  auto done = write_all(calls, fd, bytes);
  if (done || !S_ISREG(before.st_mode)) return done;
  auto after = status_of(calls, fd);
  // Longer than by our bytes: somebody else's stand there, too, and are not ours to cut off.
  if (after && after->st_size > before.st_size &&
      std::cmp_less(after->st_size - before.st_size, bytes.size()))
    (void)retry([&] { return calls.ftruncate(fd, before.st_size); });
  return done;
}

// What a killed writer left: a last line without an end.
Sys<bool> ends_within_a_line(SystemCalls& calls, int fd) {
  EIDOS_TRY(Status status, status_of(calls, fd));
  if (!S_ISREG(status.st_mode) || status.st_size == 0) return false;
  char last = '\n';
  EIDOS_TRY(ssize_t got, retry([&] { return calls.pread(fd, &last, 1, status.st_size - 1); }));
  return got == 1 && last != '\n';
}

Sys<void> append_regular(SystemCalls& calls, const std::string& path, std::string_view bytes, mode_t mode,
                         bool is_new) {
  // For reading, too: to see how the last line ends. O_NONBLOCK: should a FIFO slip in, open must not hang.
  const int flags = O_RDWR | O_APPEND | O_CREAT | O_NOCTTY | O_NONBLOCK;
  EIDOS_TRY(Descriptor file, open_at(calls, AT_FDCWD, path, flags, mode));
  if (is_new) EIDOS_CHECK(retry([&] { return calls.fchmod(file.get(), mode); }));
  EIDOS_TRY(bool cut, ends_within_a_line(calls, file.get()));
  EIDOS_CHECK(cut ? append_to(calls, file.get(), cat("\n", bytes)) : append_to(calls, file.get(), bytes));
  return file.close();
}

Result<void> check_kind(const std::string& path, mode_t mode) {
  if (S_ISREG(mode)) return {};
  return fail(ErrorKind::Invalid, cat(quote(path), " is ", describe(mode)), {},
              "give the name of a regular file");
}

}  // namespace

Result<void> append_file(SystemCalls& calls, const std::string& path, std::string_view bytes, mode_t mode) {
  EIDOS_CHECK(check_path(path));
  EIDOS_TRY(std::string target, follow_links(calls, path));
  if (int fd = named_descriptor(target); fd >= 0) return write_descriptor(calls, fd, quote(path), bytes);
  auto old = status_at(calls, AT_FDCWD, target, AT_SYMLINK_NOFOLLOW);
  if (!old && old.error() != ENOENT) return std::unexpected(file_error(old.error(), "writing", path));
  // A device keeps nothing that could be cut off again: /dev/null and /dev/full are written as ever.
  if (old && S_ISCHR(old->st_mode)) return write_file(calls, path, bytes, mode);
  if (old) EIDOS_CHECK(check_kind(path, old->st_mode));
  auto done = append_regular(calls, target, bytes, mode, !old);
  if (!done && done.error() == ENOENT) return std::unexpected(no_directory(path, directory_part(target)));
  if (!done) return std::unexpected(file_error(done.error(), "writing", path));
  return {};
}

Result<void> remove_file(SystemCalls& calls, const std::string& path) {
  EIDOS_CHECK(check_path(path));
  auto status = status_at(calls, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
  if (!status) return std::unexpected(file_error(status.error(), "removing", path));
  EIDOS_CHECK(check_kind(path, status->st_mode));
  auto gone = retry([&] { return calls.unlinkat(AT_FDCWD, path.c_str(), 0); });
  if (!gone) return std::unexpected(file_error(gone.error(), "removing", path));
  return {};
}

Result<void> append_file(const std::string& path, std::string_view bytes, std::uint32_t mode) {
  SystemCalls calls;
  return append_file(calls, path, bytes, mode);
}

Result<void> remove_file(const std::string& path) {
  SystemCalls calls;
  return remove_file(calls, path);
}

}  // namespace eidos
