#include "base/files.h"

#include <algorithm>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/system_calls.h"
#include "base/text.h"

namespace eidos {

namespace {

// Where the parts of a path are looked up: as open(2) does, or below a directory that stands for "/".
class Lookup {
 public:
  static Sys<Lookup> in(SystemCalls& calls, const std::string& beneath) {
    if (beneath.empty()) return Lookup(calls, Descriptor());
    EIDOS_TRY(Descriptor root, open_at(calls, AT_FDCWD, beneath, O_PATH | O_DIRECTORY));
    return Lookup(calls, std::move(root));
  }

  Sys<Descriptor> open(const std::string& path, int flags) const {
    if (!root_) return open_at(*calls_, AT_FDCWD, path, flags);
    return open_confined(*calls_, root_.get(), path, flags, Confine::InRoot);
  }

  Sys<Status> status(const std::string& path, bool follow_links) const {
    if (!root_) return status_at(*calls_, AT_FDCWD, path, follow_links ? 0 : AT_SYMLINK_NOFOLLOW);
    EIDOS_TRY(Descriptor at, open(path, O_PATH | (follow_links ? 0 : O_NOFOLLOW)));
    return status_of(*calls_, at.get());
  }

 private:
  Lookup(SystemCalls& calls, Descriptor root) : calls_(&calls), root_(std::move(root)) {}

  SystemCalls* calls_;
  Descriptor root_;
};

std::string shown(const std::string& path, const std::string& beneath) {
  if (beneath.empty()) return path;
  return beneath.ends_with('/') || path.starts_with('/') ? cat(beneath, path) : cat(beneath, "/", path);
}

Result<void> check_readable(mode_t mode, std::string_view path) {
  if (S_ISREG(mode)) return {};
  if (S_ISDIR(mode)) return fail(ErrorKind::Invalid, cat(quote(path), " is a directory, not a file"));
  if (S_ISLNK(mode))
    return fail(ErrorKind::Invalid, cat(quote(path), " is a symbolic link, and links are not followed here"));
  return fail(ErrorKind::Invalid, cat(quote(path), " is ", describe(mode)), {},
              "give a regular file, or - for standard input");
}

struct Source {
  int fd;
  std::string name;   // for messages, quoted if it is a path
  bool wait = false;  // a pipe or terminal: bytes may come late
};

// Until the next read would not block, the limit passes or a stop is requested.
Result<void> wait_for_bytes(SystemCalls& calls, const Source& source, const Limit& limit) {
  constexpr int kGlance = 100;  // ms between looks at the stop request
  for (;;) {
    EIDOS_CHECK(limit.check(cat("reading ", source.name)));
    int timeout = limit.poll_timeout_ms(limit.stop().stop_possible() ? kGlance : -1);
    auto ready = retry([&] { return calls.poll(source.fd, POLLIN, timeout); });
    if (!ready) return std::unexpected(system_error(ready.error(), cat("reading ", source.name)));
    if (*ready > 0) return {};
  }
}

// To the end, whatever size was claimed: procfs says 0, sysfs 4096.
Result<std::string> read_to_end(SystemCalls& calls, const Source& source, std::int64_t claimed,
                                const ReadOptions& options) {
  constexpr std::size_t kLeast = 4096;
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(options.max_bytes, 0));
  std::string bytes;
  // One more than claimed, so that the end is seen without growing; one more than allowed, to see that.
  std::size_t room = std::max(kLeast, static_cast<std::size_t>(std::max<std::int64_t>(claimed, 0)) + 1);
  for (std::size_t size = 0;;) {
    room = std::min(room, most + 1 - size);
    if (source.wait)
      EIDOS_CHECK(wait_for_bytes(calls, source, options.limit));
    else
      EIDOS_CHECK(options.limit.check(cat("reading ", source.name)));
    bytes.resize(size + room);
    auto got = retry([&] { return calls.read(source.fd, bytes.data() + size, room); });
    if (!got && got.error() == EAGAIN && source.wait) continue;
    if (!got && got.error() == EBADF)
      return fail(ErrorKind::Invalid, cat(source.name, " is not open for reading"));
    if (!got) return std::unexpected(system_error(got.error(), cat("reading ", source.name)));
    size += static_cast<std::size_t>(*got);
    if (size > most)
      return fail(ErrorKind::Invalid, cat(source.name, " is larger than ", options.max_bytes, " bytes"));
    bytes.resize(size);
    if (*got == 0) return bytes;
    room = std::max(kLeast, size);  // doubles
  }
}

class RealFiles final : public Files {
 public:
  explicit RealFiles(std::unique_ptr<SystemCalls> calls) : calls_(std::move(calls)) {}

  Result<std::string> read(const std::string& path, const ReadOptions& options) override {
    EIDOS_CHECK(check_path(path));
    if (int fd = named_descriptor(path); fd >= 0 && options.beneath.empty())
      return read_descriptor(fd, quote(path), options);
    auto lookup = Lookup::in(*calls_, options.beneath);
    if (!lookup) return std::unexpected(file_error(lookup.error(), "opening", options.beneath));
    return read_regular(*lookup, path, options);
  }

  Result<std::string> read_stdin(const ReadOptions& options) override {
    return read_descriptor(0, "standard input", options);
  }

  Result<std::vector<DirEntry>> list(const std::string& path, std::int64_t max_entries,
                                     const std::string& beneath) override {
    EIDOS_CHECK(check_path(path));
    const std::string name = shown(path, beneath);
    auto entries = list_entries(path, max_entries, beneath);
    if (entries) return *std::move(entries);
    if (entries.error() == E2BIG)
      return fail(ErrorKind::Invalid, cat(quote(name), " has more than ", max_entries, " entries"));
    if (entries.error() == ENOTDIR) return fail(ErrorKind::Invalid, cat(quote(name), " is not a directory"));
    return std::unexpected(file_error(entries.error(), "listing", name));
  }

  Result<Walked> walk(const std::string& path, const WalkOptions& options) override {
    return walk_files(*calls_, path, options);
  }

  Result<std::vector<TreeEntry>> inspect(const std::string& path, const InspectOptions& options) override {
    return inspect_tree(*calls_, path, options);
  }

  Result<FileKind> kind(const std::string& path, const std::string& beneath) override {
    EIDOS_CHECK(check_path(path));
    auto lookup = Lookup::in(*calls_, beneath);
    auto status = lookup ? lookup->status(path, false) : std::unexpected(lookup.error());
    if (!status) return std::unexpected(file_error(status.error(), "looking at", shown(path, beneath)));
    return kind_of(status->st_mode);
  }

  Result<void> write(const std::string& path, std::string_view bytes, std::uint32_t mode) override {
    return write_file(*calls_, path, bytes, mode);
  }
  Result<void> write_stdout(std::string_view bytes) override {
    return write_descriptor(*calls_, STDOUT_FILENO, "standard output", bytes);
  }
  Result<void> write_tree(const std::string& path, const FileTree& tree,
                          const TreeOptions& options) override {
    return eidos::write_tree(*calls_, path, tree, options);
  }

 private:
  // Looks before it opens: opening a FIFO would wake its writer, opening a tape would wind it. Should
  // something else slip in between, O_NONBLOCK keeps the open from hanging and the second look refuses it.
  Result<std::string> read_regular(const Lookup& lookup, const std::string& path,
                                   const ReadOptions& options) {
    const std::string name = shown(path, options.beneath);
    auto failed = [&](int error) { return std::unexpected(file_error(error, "reading", name)); };
    auto before = lookup.status(path, options.follow_links);
    if (!before) return failed(before.error());
    EIDOS_CHECK(check_readable(before->st_mode, name));
    int flags = O_RDONLY | O_NOCTTY | O_NONBLOCK | (options.follow_links ? 0 : O_NOFOLLOW);
    auto file = lookup.open(path, flags);
    if (!file) return failed(file.error());
    auto status = status_of(*calls_, file->get());
    if (!status) return failed(status.error());
    EIDOS_CHECK(check_readable(status->st_mode, name));
    // No verdict on st_size: sysfs claims 4096 for a file of two bytes.
    std::int64_t claimed = std::min<std::int64_t>(status->st_size, options.max_bytes);
    return read_to_end(*calls_, {file->get(), quote(name)}, claimed, options);
  }

  Result<std::string> read_descriptor(int fd, const std::string& name, const ReadOptions& options) {
    auto status = status_of(*calls_, fd);
    if (!status && status.error() == EBADF) return fail(ErrorKind::Invalid, cat(name, " is not open"));
    if (!status) return std::unexpected(system_error(status.error(), cat("reading ", name)));
    if (S_ISDIR(status->st_mode)) return fail(ErrorKind::Invalid, cat(name, " is a directory, not a file"));
    bool regular = S_ISREG(status->st_mode);
    std::int64_t claimed = regular ? std::min<std::int64_t>(status->st_size, options.max_bytes) : 0;
    return read_to_end(*calls_, {fd, name, !regular}, claimed, options);
  }

  Sys<std::vector<DirEntry>> list_entries(const std::string& path, std::int64_t max_entries,
                                          const std::string& beneath) {
    EIDOS_TRY(Lookup lookup, Lookup::in(*calls_, beneath));
    EIDOS_TRY(Descriptor directory, lookup.open(path, O_RDONLY | O_DIRECTORY));
    return entries_of(*calls_, directory.get(), max_entries);
  }

  std::unique_ptr<SystemCalls> calls_;
};

}  // namespace

std::unique_ptr<Files> real_files() {
  return files_with(std::make_unique<SystemCalls>());
}

std::unique_ptr<Files> files_with(std::unique_ptr<SystemCalls> calls) {
  return std::make_unique<RealFiles>(std::move(calls));
}

}  // namespace eidos
