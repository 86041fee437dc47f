#include "base/private_directory.h"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

#include "base/system_calls.h"
#include "base/text.h"

namespace eidos {

namespace {

constexpr mode_t kOthers = 0077;

Result<void> check_owner(const Status& status, std::string_view path) {
  if (status.st_uid != ::geteuid())
    return fail(ErrorKind::Denied, cat(quote(path), " belongs to user ", status.st_uid, ", not to us"));
  if ((status.st_mode & kOthers) != 0)
    return fail(ErrorKind::Denied, cat(quote(path), " is open to other users"), {},
                cat("run: chmod go= ", path));
  return {};
}

Result<Descriptor> open_private(SystemCalls& calls, const std::string& directory) {
  auto opened = open_at(calls, AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened) return std::unexpected(file_error(opened.error(), "opening", directory));
  auto status = status_of(calls, opened->get());
  if (!status) return std::unexpected(file_error(status.error(), "opening", directory));
  EIDOS_CHECK(check_owner(*status, directory));
  return *std::move(opened);
}

Sys<std::string> contents(SystemCalls& calls, int fd, std::size_t most) {
  constexpr std::size_t kLeast = 4096;
  std::string bytes;
  std::size_t size = 0;
  while (size <= most) {
    bytes.resize(std::min(most + 1, std::max(kLeast, 2 * size)));
    EIDOS_TRY(ssize_t got, retry([&] { return calls.read(fd, bytes.data() + size, bytes.size() - size); }));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

Result<std::string> read_private(const std::string& directory, const std::string& name,
                                 std::int64_t max_bytes) {
  SystemCalls calls;
  EIDOS_CHECK(check_path(name));
  EIDOS_TRY(Descriptor parent, open_private(calls, directory));
  const std::string path = cat(directory, "/", name);
  auto file = open_at(calls, parent.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (!file) return std::unexpected(file_error(file.error(), "reading", path));
  auto status = status_of(calls, file->get());
  if (!status) return std::unexpected(file_error(status.error(), "reading", path));
  if (!S_ISREG(status->st_mode))
    return fail(ErrorKind::Invalid, cat(quote(path), " is ", describe(status->st_mode)));
  EIDOS_CHECK(check_owner(*status, path));
  auto bytes = contents(calls, file->get(), static_cast<std::size_t>(max_bytes));
  if (!bytes) return std::unexpected(file_error(bytes.error(), "reading", path));
  if (std::cmp_greater(bytes->size(), max_bytes))
    return fail(ErrorKind::Invalid, cat(quote(path), " is larger than ", max_bytes, " bytes"));
  return *std::move(bytes);
}

Result<void> write_private(const std::string& directory, const std::string& name, std::string_view bytes) {
  SystemCalls calls;
  EIDOS_CHECK(check_path(name));
  auto made = retry([&] { return calls.mkdirat(AT_FDCWD, directory.c_str(), 0700); });
  if (!made && made.error() != EEXIST) return std::unexpected(file_error(made.error(), "making", directory));
  EIDOS_TRY(Descriptor parent, open_private(calls, directory));
  auto done = replace_file(calls, parent.get(), name, bytes, 0600, nullptr);
  if (!done) return std::unexpected(file_error(done.error(), "writing", cat(directory, "/", name)));
  return {};
}

}  // namespace eidos
