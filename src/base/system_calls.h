#pragma once
// Private to this room: the system calls of every read and write, so that a test can make the Nth one fail.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <sys/types.h>

#include "base/files.h"

namespace eidos {

using Status = struct stat;

/// Each member is the call of its name: -1 and errno on failure. The base class is the machine.
class SystemCalls {
 public:
  virtual ~SystemCalls() = default;

  virtual int openat(int directory, const char* path, int flags, mode_t mode);
  virtual int openat2(int directory, const char* path, int flags, std::uint64_t resolve);
  virtual int close(int fd);
  virtual int fstat(int fd, Status* out);
  virtual int fstatat(int directory, const char* path, Status* out, int flags);
  virtual int faccessat(int directory, const char* path, int mode);
  virtual ssize_t readlinkat(int directory, const char* path, char* out, std::size_t size);
  virtual ssize_t getdents(int fd, void* out, std::size_t size);
  virtual ssize_t read(int fd, void* out, std::size_t size);
  virtual ssize_t write(int fd, const void* bytes, std::size_t size);
  virtual int poll(int fd, short events, int timeout_ms);
  virtual int dup(int fd);
  virtual int fchmod(int fd, mode_t mode);
  virtual int fchmodat(int directory, const char* path, mode_t mode);
  virtual int fchown(int fd, uid_t owner, gid_t group);
  virtual int fsync(int fd);
  virtual int ftruncate(int fd, off_t size);
  virtual ssize_t pread(int fd, void* out, std::size_t size, off_t at);
  virtual int flock(int fd, int operation);
  virtual int mkdirat(int directory, const char* path, mode_t mode);
  virtual int renameat2(int from_directory, const char* from, int to_directory, const char* to,
                        unsigned flags);
  virtual int unlinkat(int directory, const char* path, int flags);
};

/// A value, or the errno of the call that failed.
template <class T>
using Sys = std::expected<T, int>;

/// Repeats a call that a signal cut short.
template <class Call>
auto retry(const Call& call) -> Sys<decltype(call())> {
  for (;;) {
    auto got = call();
    if (got >= 0) return got;
    if (errno != EINTR) return std::unexpected(errno);
  }
}

/// Owns one open descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  Descriptor(SystemCalls& calls, int number) : calls_(&calls), number_(number) {}
  Descriptor(Descriptor&& other) noexcept : calls_(other.calls_), number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  /// The descriptor is gone either way; an error means that bytes written before may be lost.
  Sys<void> close();

 private:
  SystemCalls* calls_ = nullptr;
  int number_ = -1;
};

/// openat with O_CLOEXEC.
Sys<Descriptor> open_at(SystemCalls& calls, int directory, const std::string& path, int flags,
                        mode_t mode = 0);
Sys<Status> status_of(SystemCalls& calls, int fd);
Sys<Status> status_at(SystemCalls& calls, int directory, const std::string& path, int flags);
bool same_inode(const Status& a, const Status& b);
/// Whether `name` in `directory` is what `fd` has open.
Sys<bool> names_descriptor(SystemCalls& calls, int directory, const std::string& name, int fd);

/// A directory below `directory`, itself neither a link (ELOOP or ENOTDIR) nor a mount point (EXDEV).
Sys<Descriptor> open_child_directory(SystemCalls& calls, int directory, const std::string& name);
/// Sorted by name, without "." and ".."; E2BIG when there are more than `max_entries`.
Sys<std::vector<DirEntry>> entries_of(SystemCalls& calls, int fd, std::int64_t max_entries);
Sys<std::string> link_text(SystemCalls& calls, int directory, const std::string& path);

/// Everything, however many calls it takes; waits where a non-blocking descriptor is full.
Sys<void> write_all(SystemCalls& calls, int fd, std::string_view bytes);

enum class Lock : std::uint8_t { Held, Busy, Unsupported };
/// An exclusive flock without waiting. It ends with the last descriptor of this opening.
Lock try_lock(SystemCalls& calls, int fd);

/// The error of a failed call on `path`: "'x' does not exist", "writing 'x': No space left on device".
Error file_error(int errno_value, std::string_view doing, std::string_view path);
/// The error of writing `path` when its directory is not there.
Error no_directory(std::string_view path, std::string_view directory);
/// "a directory", "a FIFO", ...
std::string_view describe(mode_t mode);
FileKind kind_of(mode_t mode);
/// Invalid for an empty path and one with a NUL byte, which the kernel would cut there.
Result<void> check_path(std::string_view path);
/// The part before the last '/', "." without one.
std::string directory_part(std::string_view path);
/// The part after the last '/'.
std::string name_part(std::string_view path);
/// The descriptor that /dev/stdin, /dev/stdout, /dev/stderr, /dev/fd/N or /proc/self/fd/N stands for, else
/// -1.
int named_descriptor(std::string_view path);

/// `path` with the links in its last part followed, as text. Stops at a named descriptor. Slashes at the end
/// are dropped.
Result<std::string> follow_links(SystemCalls& calls, std::string path);

// The room's other files, as functions of the calls they make.
Result<void> write_file(SystemCalls& calls, const std::string& path, std::string_view bytes, mode_t mode);
/// `bytes` as file `name` in `directory`, whole or not at all; `old` is what stands there, if anything does.
Sys<void> replace_file(SystemCalls& calls, int directory, const std::string& name, std::string_view bytes,
                       mode_t mode, const Status* old);
Result<void> append_file(SystemCalls& calls, const std::string& path, std::string_view bytes, mode_t mode);
Result<void> remove_file(SystemCalls& calls, const std::string& path);
Result<void> write_descriptor(SystemCalls& calls, int fd, std::string_view name, std::string_view bytes);
Result<void> write_tree(SystemCalls& calls, const std::string& path, const FileTree& tree,
                        const TreeOptions& options);
Result<void> check_output_path(SystemCalls& calls, const std::string& path, bool allow_outside);
Result<Walked> walk_files(SystemCalls& calls, const std::string& path, const WalkOptions& options);
Result<std::vector<TreeEntry>> inspect_tree(SystemCalls& calls, const std::string& path,
                                            const InspectOptions& options);
std::unique_ptr<Files> files_with(std::unique_ptr<SystemCalls> calls);

}  // namespace eidos
