// Reading a whole directory of small files: through the seam for fakes, and in three system calls a file
// (openat, read, close) for the machine, where /proc/sys alone is several hundred files.

#include <algorithm>

#include <fcntl.h>

#include "base/confine.h"
#include "base/files.h"
#include "base/system_calls.h"
#include "base/text.h"

namespace eidos {

namespace {

constexpr std::int64_t kMostEntries = 100'000;  // of one directory
// What one read(2) asks for. procfs answers in one piece and allocates as much as it is asked for.
constexpr std::size_t kPiece = 1024;

// What every walk keeps: where it is, what it found, and the caps.
class Walk {
 public:
  explicit Walk(const WalkOptions& options) : options_(options) {}

  const std::string& path() const { return path_; }
  const WalkOptions& options() const { return options_; }

  // Goes one step down for the time of `visit`, unless the caller does not want to see it.
  template <class Visit>
  Result<void> step(const std::string& name, Visit visit) {
    const std::size_t here = path_.size();
    if (here != 0) path_ += '/';
    path_ += name;
    Result<void> done;
    if (!options_.skip || !options_.skip(path_)) done = visit();
    path_.resize(here);
    return done;
  }

  bool full() const { return walked_.cut; }
  bool too_deep() const { return std::ranges::count(path_, '/') >= options_.max_depth; }

  void keep(std::string bytes) {
    bytes_ += static_cast<std::int64_t>(bytes.size());
    if (std::ssize(walked_.files) >= options_.max_files || bytes_ > options_.max_bytes)
      walked_.cut = true;
    else
      walked_.files.push_back({path_, std::move(bytes)});
  }
  void unread() { walked_.unread.push_back(path_); }

  Walked take() {
    std::ranges::sort(walked_.files, {}, &WalkedFile::path);
    std::ranges::sort(walked_.unread);
    return std::move(walked_);
  }

 private:
  const WalkOptions& options_;
  Walked walked_;
  std::string path_;  // below the start
  std::int64_t bytes_ = 0;
};

class SeamWalk {
 public:
  SeamWalk(Files& files, std::string start, const WalkOptions& options)
      : files_(files), start_(std::move(start)), walk_(options) {}

  Result<Walked> run() {
    EIDOS_TRY(auto entries, files_.list(start_, kMostEntries, walk_.options().beneath));
    EIDOS_CHECK(each(entries));
    return walk_.take();
  }

 private:
  Result<void> each(const std::vector<DirEntry>& entries) {
    for (const DirEntry& entry : entries) {
      if (walk_.full()) return {};
      EIDOS_CHECK(walk_.options().limit.check(cat("reading ", quote(start_))));
      if (entry.kind == FileKind::Regular) EIDOS_CHECK(walk_.step(entry.name, [&] { return file(); }));
      if (entry.kind == FileKind::Directory) EIDOS_CHECK(walk_.step(entry.name, [&] { return directory(); }));
    }
    return {};
  }

  std::string place() const { return cat(start_, '/', walk_.path()); }

  Result<void> file() {
    const WalkOptions& options = walk_.options();
    auto bytes = files_.read(place(), {options.max_file_bytes, false, options.beneath, options.limit});
    if (bytes)
      walk_.keep(*std::move(bytes));
    else
      walk_.unread();
    return {};
  }

  Result<void> directory() {
    auto entries = walk_.too_deep() ? fail(ErrorKind::Invalid, "too deep")
                                    : files_.list(place(), kMostEntries, walk_.options().beneath);
    if (entries) return each(*entries);
    walk_.unread();
    return {};
  }

  Files& files_;
  std::string start_;
  Walk walk_;
};

class FastWalk {
 public:
  FastWalk(SystemCalls& calls, std::string start, const WalkOptions& options)
      : calls_(calls), start_(std::move(start)), what_(cat("reading ", quote(start_))), walk_(options) {}

  Result<Walked> run() {
    const std::string name = cat(walk_.options().beneath, start_);
    auto top = open_start();
    if (!top) return std::unexpected(file_error(top.error(), "listing", name));
    auto entries = entries_of(calls_, top->get(), kMostEntries);
    if (!entries) return std::unexpected(file_error(entries.error(), "listing", name));
    EIDOS_CHECK(each(top->get(), *entries));
    return walk_.take();
  }

 private:
  Sys<Descriptor> open_start() {
    constexpr int kFlags = O_RDONLY | O_DIRECTORY;
    const std::string& beneath = walk_.options().beneath;
    if (beneath.empty()) return open_at(calls_, AT_FDCWD, start_, kFlags);
    EIDOS_TRY(Descriptor root, open_at(calls_, AT_FDCWD, beneath, O_PATH | O_DIRECTORY));
    return open_confined(calls_, root.get(), start_, kFlags, Confine::InRoot);
  }

  Result<void> each(int directory_fd, const std::vector<DirEntry>& entries) {
    for (const DirEntry& entry : entries) {
      if (walk_.full()) return {};
      EIDOS_CHECK(walk_.options().limit.check(what_));
      if (entry.kind == FileKind::Regular)
        EIDOS_CHECK(walk_.step(entry.name, [&] { return file(directory_fd, entry.name); }));
      if (entry.kind == FileKind::Directory)
        EIDOS_CHECK(walk_.step(entry.name, [&] { return directory(directory_fd, entry.name); }));
    }
    return {};
  }

  Result<void> file(int directory_fd, const std::string& name) {
    auto bytes = read_small(directory_fd, name);
    if (bytes)
      walk_.keep(*std::move(bytes));
    else if (bytes.error() != EACCES || may_be_read(directory_fd, name))
      walk_.unread();
    return {};
  }

  // Files that are there only to be written hold nothing that could be missed.
  bool may_be_read(int directory_fd, const std::string& name) {
    constexpr mode_t kAnyRead = S_IRUSR | S_IRGRP | S_IROTH;
    auto status = status_at(calls_, directory_fd, name, AT_SYMLINK_NOFOLLOW);
    return !status || (status->st_mode & kAnyRead) != 0;
  }

  // A short read is the end of the file, both on disks and in procfs. A full one may have been cut by procfs,
  // which does not continue, so the file is opened again and asked for in one larger piece.
  Sys<std::string> read_small(int directory_fd, const std::string& name) {
    const auto most = static_cast<std::size_t>(std::max<std::int64_t>(walk_.options().max_file_bytes, 0));
    EIDOS_TRY(std::string bytes, read_piece(directory_fd, name, std::min(kPiece, most + 1)));
    if (bytes.size() == kPiece) {
      EIDOS_TRY(std::string all, read_piece(directory_fd, name, most + 1));
      bytes = std::move(all);
    }
    if (bytes.size() > most) return std::unexpected(EFBIG);
    return bytes;
  }

  Sys<std::string> read_piece(int directory_fd, const std::string& name, std::size_t size) {
    EIDOS_TRY(Descriptor fd,
              open_at(calls_, directory_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    if (buffer_.size() < size) buffer_.resize(size);
    EIDOS_TRY(auto got, retry([&] { return calls_.read(fd.get(), buffer_.data(), size); }));
    return std::string(buffer_.data(), static_cast<std::size_t>(got));
  }

  Result<void> directory(int parent_fd, const std::string& name) {
    auto read = [&]() -> Sys<std::pair<Descriptor, std::vector<DirEntry>>> {
      if (walk_.too_deep()) return std::unexpected(ELOOP);
      EIDOS_TRY(Descriptor fd, open_at(calls_, parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
      EIDOS_TRY(auto entries, entries_of(calls_, fd.get(), kMostEntries));
      return std::pair(std::move(fd), std::move(entries));
    };
    auto inside = read();
    if (inside) return each(inside->first.get(), inside->second);
    walk_.unread();
    return {};
  }

  SystemCalls& calls_;
  std::string start_;
  std::string what_;  // what a limit cuts
  Walk walk_;
  std::string buffer_;
};

}  // namespace

Result<Walked> Files::walk(const std::string& path, const WalkOptions& options) {
  return SeamWalk(*this, path, options).run();
}

Result<Walked> walk_files(SystemCalls& calls, const std::string& path, const WalkOptions& options) {
  EIDOS_CHECK(check_path(path));
  return FastWalk(calls, path, options).run();
}

}  // namespace eidos
