#include "base/system_calls.h"

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"

namespace eidos {

int SystemCalls::openat(int directory, const char* path, int flags, mode_t mode) {
  return ::openat(directory, path, flags, mode);
}
int SystemCalls::openat2(int directory, const char* path, int flags, std::uint64_t resolve) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = resolve;
  return static_cast<int>(::syscall(SYS_openat2, directory, path, &how, sizeof how));
}
int SystemCalls::close(int fd) {
  return ::close(fd);
}
int SystemCalls::fstat(int fd, Status* out) {
  return ::fstat(fd, out);
}
int SystemCalls::fstatat(int directory, const char* path, Status* out, int flags) {
  return ::fstatat(directory, path, out, flags);
}
int SystemCalls::faccessat(int directory, const char* path, int mode) {
  return ::faccessat(directory, path, mode, AT_EACCESS);
}
ssize_t SystemCalls::readlinkat(int directory, const char* path, char* out, std::size_t size) {
  return ::readlinkat(directory, path, out, size);
}
ssize_t SystemCalls::getdents(int fd, void* out, std::size_t size) {
  return ::getdents64(fd, out, size);
}
ssize_t SystemCalls::read(int fd, void* out, std::size_t size) {
  return ::read(fd, out, size);
}
ssize_t SystemCalls::write(int fd, const void* bytes, std::size_t size) {
  return ::write(fd, bytes, size);
}
int SystemCalls::poll(int fd, short events, int timeout_ms) {
  pollfd one{fd, events, 0};
  return ::poll(&one, 1, timeout_ms);
}
int SystemCalls::dup(int fd) {
  return ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
}
int SystemCalls::fchmod(int fd, mode_t mode) {
  return ::fchmod(fd, mode);
}
int SystemCalls::fchmodat(int directory, const char* path, mode_t mode) {
  return ::fchmodat(directory, path, mode, 0);
}
int SystemCalls::fchown(int fd, uid_t owner, gid_t group) {
  return ::fchown(fd, owner, group);
}
int SystemCalls::fsync(int fd) {
  return ::fsync(fd);
}
int SystemCalls::ftruncate(int fd, off_t size) {
  return ::ftruncate(fd, size);
}
ssize_t SystemCalls::pread(int fd, void* out, std::size_t size, off_t at) {
  return ::pread(fd, out, size, at);
}
int SystemCalls::flock(int fd, int operation) {
  return ::flock(fd, operation);
}
int SystemCalls::mkdirat(int directory, const char* path, mode_t mode) {
  return ::mkdirat(directory, path, mode);
}
int SystemCalls::renameat2(int from_directory, const char* from, int to_directory, const char* to,
                           unsigned flags) {
  return ::renameat2(from_directory, from, to_directory, to, flags);
}
int SystemCalls::unlinkat(int directory, const char* path, int flags) {
  return ::unlinkat(directory, path, flags);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (number_ >= 0) calls_->close(number_);
    calls_ = other.calls_;
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) calls_->close(number_);
}

Sys<void> Descriptor::close() {
  // Linux frees the number even when it answers EINTR; a second close could hit another thread's file.
  if (number_ < 0 || calls_->close(std::exchange(number_, -1)) == 0 || errno == EINTR) return {};
  return std::unexpected(errno);
}

Sys<Descriptor> open_at(SystemCalls& calls, int directory, const std::string& path, int flags, mode_t mode) {
  auto fd = retry([&] { return calls.openat(directory, path.c_str(), flags | O_CLOEXEC, mode); });
  if (!fd) return std::unexpected(fd.error());
  return Descriptor(calls, *fd);
}

Sys<Status> status_of(SystemCalls& calls, int fd) {
  Status status{};
  auto done = retry([&] { return calls.fstat(fd, &status); });
  if (!done) return std::unexpected(done.error());
  return status;
}

Sys<Status> status_at(SystemCalls& calls, int directory, const std::string& path, int flags) {
  Status status{};
  auto done = retry([&] { return calls.fstatat(directory, path.c_str(), &status, flags); });
  if (!done) return std::unexpected(done.error());
  return status;
}

bool same_inode(const Status& a, const Status& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

Sys<bool> names_descriptor(SystemCalls& calls, int directory, const std::string& name, int fd) {
  EIDOS_TRY(Status open, status_of(calls, fd));
  auto named = status_at(calls, directory, name, AT_SYMLINK_NOFOLLOW);
  if (!named && named.error() != ENOENT) return std::unexpected(named.error());
  return named && same_inode(open, *named);
}

Sys<Descriptor> open_child_directory(SystemCalls& calls, int directory, const std::string& name) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  auto fd = retry(
      [&] { return calls.openat2(directory, name.c_str(), kFlags, RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS); });
  if (fd) return Descriptor(calls, *fd);
  if (fd.error() != ENOSYS && fd.error() != EPERM) return std::unexpected(fd.error());
  // Without openat2 a bind mount of the same file system goes unnoticed; every other mount does not.
  EIDOS_TRY(Descriptor child, open_at(calls, directory, name, kFlags));
  EIDOS_TRY(Status parent_status, status_of(calls, directory));
  EIDOS_TRY(Status child_status, status_of(calls, child.get()));
  if (parent_status.st_dev != child_status.st_dev) return std::unexpected(EXDEV);
  return child;
}

FileKind kind_of(mode_t mode) {
  if (S_ISREG(mode)) return FileKind::Regular;
  if (S_ISDIR(mode)) return FileKind::Directory;
  return S_ISLNK(mode) ? FileKind::Link : FileKind::Other;
}

namespace {

Sys<FileKind> entry_kind(SystemCalls& calls, int directory, const std::string& name, unsigned char type) {
  switch (type) {
    case DT_REG: return FileKind::Regular;
    case DT_DIR: return FileKind::Directory;
    case DT_LNK: return FileKind::Link;
    case DT_UNKNOWN: break;  // some file systems leave it out
    default: return FileKind::Other;
  }
  EIDOS_TRY(Status status, status_at(calls, directory, name, AT_SYMLINK_NOFOLLOW));
  return kind_of(status.st_mode);
}

// One buffer of getdents records. An entry that vanished meanwhile is left out.
Sys<void> append_entries(SystemCalls& calls, int fd, std::string_view records, std::vector<DirEntry>& out) {
  constexpr std::size_t kNameAt = offsetof(dirent64, d_name);
  while (records.size() > kNameAt) {
    std::uint16_t length = 0;
    std::memcpy(&length, records.data() + offsetof(dirent64, d_reclen), sizeof length);
    auto type = static_cast<unsigned char>(records[offsetof(dirent64, d_type)]);
    std::string name(records.data() + kNameAt);  // the kernel ends it with a NUL
    records.remove_prefix(length);
    if (name == "." || name == "..") continue;
    auto kind = entry_kind(calls, fd, name, type);
    if (!kind && kind.error() != ENOENT) return std::unexpected(kind.error());
    if (kind) out.push_back({std::move(name), *kind});
  }
  return {};
}

}  // namespace

Sys<std::vector<DirEntry>> entries_of(SystemCalls& calls, int fd, std::int64_t max_entries) {
  std::vector<DirEntry> entries;
  std::array<char, 32 * 1024> buffer;
  for (;;) {
    EIDOS_TRY(ssize_t size, retry([&] { return calls.getdents(fd, buffer.data(), buffer.size()); }));
    if (size == 0) break;
    EIDOS_CHECK(append_entries(calls, fd, {buffer.data(), static_cast<std::size_t>(size)}, entries));
    if (std::cmp_greater(entries.size(), max_entries)) return std::unexpected(E2BIG);
  }
  std::ranges::sort(entries, {}, &DirEntry::name);
  return entries;
}

Sys<std::string> link_text(SystemCalls& calls, int directory, const std::string& path) {
  std::array<char, PATH_MAX> buffer;
  EIDOS_TRY(ssize_t size,
            retry([&] { return calls.readlinkat(directory, path.c_str(), buffer.data(), buffer.size()); }));
  return std::string(buffer.data(), static_cast<std::size_t>(size));
}

Sys<void> write_all(SystemCalls& calls, int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    auto size = retry([&] { return calls.write(fd, bytes.data(), bytes.size()); });
    if (!size && size.error() == EAGAIN) {
      EIDOS_TRY([[maybe_unused]] int ready, retry([&] { return calls.poll(fd, POLLOUT, -1); }));
      continue;
    }
    if (!size) return std::unexpected(size.error());
    if (*size == 0) return std::unexpected(EIO);  // nothing taken, nothing said: never loop on it
    bytes.remove_prefix(static_cast<std::size_t>(*size));
  }
  return {};
}

Lock try_lock(SystemCalls& calls, int fd) {
  auto done = retry([&] { return calls.flock(fd, LOCK_EX | LOCK_NB); });
  if (done) return Lock::Held;
  return done.error() == EWOULDBLOCK ? Lock::Busy : Lock::Unsupported;
}

namespace {

struct Advice {
  int number;
  std::string_view hint;
};
constexpr Advice kAdvice[] = {
    {EACCES, "grant access to it, or run as a user who has it"},
    {EPERM, "grant access to it, or run as a user who has it"},
    {EROFS, "give a path on a writable file system"},
    {ENOSPC, "free some space, or give a path on another file system"},
    {EDQUOT, "free some space, or give a path on another file system"},
    {EBUSY, "something is mounted there; give another path"},
    {EMFILE, "raise the limit on open files (ulimit -n)"},
};

}  // namespace

Error file_error(int errno_value, std::string_view doing, std::string_view path) {
  if (errno_value == ENOENT) return {ErrorKind::NotFound, cat(quote(path), " does not exist"), {}, {}};
  if (errno_value == ENOTDIR)
    return {ErrorKind::Invalid, cat(quote(path), ": a part of this path is a file, not a directory"), {}, {}};
  Error error = system_error(errno_value, cat(doing, " ", quote(path)));
  for (const Advice& advice : kAdvice)
    if (advice.number == errno_value) error.hint = advice.hint;
  return error;
}

Error no_directory(std::string_view path, std::string_view directory) {
  return {ErrorKind::NotFound,
          cat("cannot write ", quote(path), ": there is no directory ", quote(directory)),
          {},
          "create it first"};
}

std::string_view describe(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return "a file";
    case S_IFDIR: return "a directory";
    case S_IFLNK: return "a symbolic link";
    case S_IFIFO: return "a FIFO";
    case S_IFSOCK: return "a socket";
    case S_IFCHR: return "a character device";
    case S_IFBLK: return "a block device";
    default: return "of an unknown kind";
  }
}

Result<void> check_path(std::string_view path) {
  if (path.empty()) return fail(ErrorKind::Invalid, "the path is empty");
  if (path.find('\0') != std::string_view::npos)
    return fail(ErrorKind::Invalid, cat("the path ", quote(path), " contains a NUL byte"));
  return {};
}

std::string directory_part(std::string_view path) {
  std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

std::string name_part(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));  // npos + 1 is 0
}

int named_descriptor(std::string_view path) {
  constexpr std::pair<std::string_view, int> kNames[] = {
      {"/dev/stdin", 0}, {"/dev/stdout", 1}, {"/dev/stderr", 2}};
  for (const auto& [name, number] : kNames)
    if (path == name) return number;
  for (std::string_view prefix : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(prefix)) continue;
    auto number = to_int(path.substr(prefix.size()));
    if (number && *number >= 0 && *number <= INT_MAX) return static_cast<int>(*number);
  }
  return -1;
}

Result<std::string> follow_links(SystemCalls& calls, std::string path) {
  constexpr int kMostLinks = 40;  // what the kernel allows, path_resolution(7)
  const std::string given = path;
  for (int links = 0; links <= kMostLinks; ++links) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (named_descriptor(path) >= 0) return path;
    auto text = link_text(calls, AT_FDCWD, path);
    if (!text) return path;  // no link, or nothing there: the caller's next call says which
    path = text->starts_with('/') ? *text : cat(directory_part(path), "/", *text);
  }
  return std::unexpected(file_error(ELOOP, "following", given));
}

}  // namespace eidos
