// Everything in a directory tree, each file read once: through the seam for fakes, and by descriptors for the
// machine, so that nothing swapped in between leads out of the tree.

#include <algorithm>

#include <fcntl.h>

#include "base/files.h"
#include "base/sha256.h"
#include "base/system_calls.h"
#include "base/text.h"

namespace eidos {

namespace {

constexpr std::size_t kLongestPath = 4096;  // deeper is no tree of ours, and the walk is recursive
constexpr std::int64_t kMostInDirectory = 1'000'000;

// What both ways keep: the entries so far, and the caps.
class Inspection {
 public:
  Inspection(std::string_view shown, const InspectOptions& options) : shown_(shown), options_(options) {}

  const InspectOptions& options() const { return options_; }

  // The entry for one more thing; Invalid when it is one too many.
  Result<TreeEntry*> add(std::string path, FileKind kind) {
    EIDOS_CHECK(options_.limit.check(cat("reading ", quote(shown_))));
    if (std::ssize(entries_) >= options_.max_entries)
      return fail(ErrorKind::Invalid,
                  cat(quote(shown_), " has more than ", options_.max_entries, " entries"));
    TreeEntry& entry = entries_.emplace_back();
    entry.path = std::move(path);
    entry.kind = kind;
    return &entry;
  }

  bool closed(const std::string& path) const { return options_.closed && options_.closed(path); }

  void fill(TreeEntry& entry, std::string_view bytes) const {
    entry.size = static_cast<std::int64_t>(bytes.size());
    entry.digest = sha256_hex(bytes);
    entry.script = is_script(entry.path, bytes);
    if (options_.keep && options_.keep(entry.path)) entry.bytes = bytes;
  }

  std::vector<TreeEntry> take() {
    std::ranges::sort(entries_, {}, &TreeEntry::path);
    return std::move(entries_);
  }

 private:
  std::string_view shown_;
  const InspectOptions& options_;
  std::vector<TreeEntry> entries_;
};

class SeamInspector {
 public:
  SeamInspector(Files& files, const std::string& start, const InspectOptions& options)
      : files_(files), start_(start), inspection_(start, options) {}

  Result<std::vector<TreeEntry>> run() {
    EIDOS_TRY(auto entries, files_.list(start_, kMostInDirectory));
    EIDOS_CHECK(each("", entries));
    return inspection_.take();
  }

 private:
  Result<void> each(const std::string& prefix, const std::vector<DirEntry>& entries) {
    for (const DirEntry& entry : entries) EIDOS_CHECK(take(prefix + entry.name, entry.kind));
    return {};
  }

  Result<void> take(const std::string& path, FileKind kind) {
    if (kind == FileKind::Directory && !inspection_.closed(path) && path.size() <= kLongestPath) {
      auto inside = files_.list(cat(start_, "/", path), kMostInDirectory);
      if (inside) return each(path + "/", *inside);
    }
    EIDOS_TRY(TreeEntry * entry, inspection_.add(path, kind));
    if (kind != FileKind::Regular) return {};
    const InspectOptions& options = inspection_.options();
    auto bytes =
        files_.read(cat(start_, "/", path),
                    {.max_bytes = options.max_file_bytes, .follow_links = false, .limit = options.limit});
    if (bytes)
      inspection_.fill(*entry, *bytes);
    else
      entry->problem = bytes.error().message;
    return {};
  }

  Files& files_;
  const std::string& start_;
  Inspection inspection_;
};

class Inspector {
 public:
  Inspector(SystemCalls& calls, const std::string& start, const InspectOptions& options)
      : calls_(calls), start_(start), inspection_(start, options) {}

  Result<std::vector<TreeEntry>> run() {
    auto top = open_at(calls_, AT_FDCWD, start_, O_RDONLY | O_DIRECTORY);
    auto entries = top ? entries_of(calls_, top->get(), kMostInDirectory) : std::unexpected(top.error());
    if (!entries) return std::unexpected(file_error(entries.error(), "listing", start_));
    EIDOS_CHECK(each(top->get(), "", *entries));
    return inspection_.take();
  }

 private:
  Result<void> each(int directory, const std::string& prefix, const std::vector<DirEntry>& entries) {
    for (const DirEntry& entry : entries) {
      if (entry.kind == FileKind::Directory)
        EIDOS_CHECK(enter(directory, entry.name, prefix + entry.name));
      else
        EIDOS_CHECK(look_at(directory, entry, prefix + entry.name));
    }
    return {};
  }

  Result<void> enter(int directory, const std::string& name, const std::string& path) {
    if (!inspection_.closed(path)) {
      auto inside = open_directory(directory, name, path);
      auto entries =
          inside ? entries_of(calls_, inside->get(), kMostInDirectory) : std::unexpected(inside.error());
      if (entries) return each(inside->get(), path + "/", *entries);
      EIDOS_TRY(TreeEntry * entry, inspection_.add(path, FileKind::Directory));
      entry->problem = system_error(entries.error(), "listing it").message;
      return {};
    }
    EIDOS_CHECK(inspection_.add(path, FileKind::Directory));
    return {};
  }

  Sys<Descriptor> open_directory(int directory, const std::string& name, const std::string& path) {
    if (path.size() > kLongestPath) return std::unexpected(ENAMETOOLONG);
    return open_at(calls_, directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  }

  Result<void> look_at(int directory, const DirEntry& found, const std::string& path) {
    EIDOS_TRY(TreeEntry * entry, inspection_.add(path, found.kind));
    if (found.kind != FileKind::Regular) return {};
    if (auto read = read_file(directory, found.name, *entry); !read)
      entry->problem = system_error(read.error(), "reading it").message;
    return {};
  }

  Sys<void> read_file(int directory, const std::string& name, TreeEntry& entry) {
    constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    EIDOS_TRY(Descriptor file, open_at(calls_, directory, name, kFlags));
    EIDOS_TRY(Status status, status_of(calls_, file.get()));
    entry.kind = kind_of(status.st_mode);
    if (entry.kind != FileKind::Regular) return {};
    entry.executable = (status.st_mode & S_IXUSR) != 0;
    entry.size = status.st_size;
    const std::int64_t most = inspection_.options().max_file_bytes;
    if (status.st_size > most) {
      entry.problem = cat("larger than ", most, " bytes");
      return {};
    }
    EIDOS_TRY(std::string_view bytes, read_to_end(file.get(), static_cast<std::size_t>(status.st_size)));
    inspection_.fill(entry, bytes);
    return {};
  }

  // One byte more than the file has, so that a single short read shows its end.
  Sys<std::string_view> read_to_end(int file, std::size_t expected) {
    if (buffer_.size() < expected + 1) buffer_.resize(expected + 1);
    std::size_t size = 0;
    while (size <= expected) {
      EIDOS_TRY(auto got,
                retry([&] { return calls_.read(file, buffer_.data() + size, expected + 1 - size); }));
      size += static_cast<std::size_t>(got);
      if (got == 0 || size == expected) break;
    }
    if (size > expected) return std::unexpected(EBUSY);  // it grows while we read
    return std::string_view(buffer_).substr(0, size);
  }

  SystemCalls& calls_;
  const std::string& start_;
  Inspection inspection_;
  std::string buffer_;
};

}  // namespace

Result<std::vector<TreeEntry>> Files::inspect(const std::string& path, const InspectOptions& options) {
  return SeamInspector(*this, path, options).run();
}

Result<std::vector<TreeEntry>> inspect_tree(SystemCalls& calls, const std::string& path,
                                            const InspectOptions& options) {
  EIDOS_CHECK(check_path(path));
  return Inspector(calls, path, options).run();
}

}  // namespace eidos
