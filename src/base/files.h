#pragma once
// The file system as eidos uses it: capped reads of regular files, whole-or-nothing writes, directory swaps.
// `Files` is the seam; RealFiles is the machine, FakeFiles (tests/support) records and injects faults.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file_tree.h"
#include "base/limit.h"

namespace eidos {

constexpr std::int64_t kMaxDocumentBytes = 16 * 1024 * 1024;

enum class FileKind : std::uint8_t { Regular, Directory, Link, Other };

struct ReadOptions {
  std::int64_t max_bytes = kMaxDocumentBytes;  ///< More is Invalid, and nothing is returned.
  bool follow_links = true;                    ///< False: a link in the last part is Invalid.
  /// Not empty: this directory stands for "/" while the path is resolved (an --root, a catalog). "/etc/x" and
  /// "etc/x" both name etc/x below it; absolute links and ".." stay inside. Errors name beneath + path.
  std::string beneath = {};
  Limit limit = {};
};

/// Reading a whole directory of small files (/proc/sys): what is over a cap is named, never silently missing.
struct WalkOptions {
  std::string beneath = {};  ///< As in ReadOptions.
  std::int64_t max_file_bytes = 64 * 1024;
  std::int64_t max_files = 20'000;
  std::int64_t max_bytes = kMaxDocumentBytes;  ///< Of all files together.
  int max_depth = 16;
  /// Asked with each path below the start ("kernel/random"): true leaves that file, or that directory and all
  /// below it, unopened.
  std::function<bool(std::string_view)> skip = {};
  Limit limit = {};
};

struct WalkedFile {
  std::string path;  ///< Below the start.
  std::string bytes;
};

struct Walked {
  std::vector<WalkedFile> files;  ///< Regular files, sorted by path; links are not followed.
  std::vector<std::string>
      unread;        ///< Files and directories that could not be read or are too large or deep.
  bool cut = false;  ///< max_files or max_bytes ended the walk.
};

struct DirEntry {
  std::string name;
  FileKind kind = FileKind::Other;
  bool operator==(const DirEntry&) const = default;
};

/// One thing in a tree, looked at once: below a directory, or in an archive.
struct TreeEntry {
  std::string path;  ///< Below the start.
  FileKind kind = FileKind::Other;
  bool executable = false;  ///< By its owner.
  bool script = false;      ///< By path and bytes, as is_script() says.
  std::int64_t size = 0;
  std::string digest;   ///< SHA-256 of a regular file; empty when it was not read.
  std::string bytes;    ///< Of a file that was to be kept.
  std::string problem;  ///< Why it was not read.
};

struct InspectOptions {
  std::int64_t max_file_bytes = 64 * 1024 * 1024;  ///< A larger one is not read, and has a problem.
  std::int64_t max_entries = 100'000;              ///< More is Invalid.
  /// Asked with the path of each file: true keeps its bytes.
  std::function<bool(std::string_view)> keep = {};
  /// Asked with the path of each directory: true leaves what is in it alone; the directory is an entry then.
  std::function<bool(std::string_view)> closed = {};
  Limit limit = {};
};

struct TreeOptions {
  /// Names that may stand in the old tree without being listed in its checksums.txt: what Helm itself adds.
  /// A path, or one with a single '*' that stands for anything but '/', such as "charts/*.tgz"; behind "**/"
  /// in any directory.
  std::vector<std::string> tolerated = {};
  /// A path that the old checksums.txt must list, so that other programs' trees with checksums of their own
  /// are not taken for ours. Empty: any will do.
  std::string mark = {};
  /// Files and directories that this run reads: one that stands in the old tree, and that eidos did not write
  /// there, is not replaced even by force.
  std::vector<std::string> inputs = {};
  bool force = false;  ///< Replace whatever stands there.
  bool fsync = false;  ///< Survive a power cut, too; costs a wait for the disk per file.
  Limit limit = {};
};

class Files {
 public:
  virtual ~Files() = default;

  /// The bytes of a regular file (procfs and sysfs files count, whatever size they claim), or of an inherited
  /// descriptor named /dev/stdin, /dev/fd/N or /proc/self/fd/N. Directory, FIFO, socket and device: Invalid;
  /// a FIFO is never opened for reading. Errors name the path.
  virtual Result<std::string> read(const std::string& path, const ReadOptions& options) = 0;
  /// Standard input to its end, capped; honours the limit while waiting.
  virtual Result<std::string> read_stdin(const ReadOptions& options) = 0;
  /// Entries of a directory sorted by name, without "." and "..". More than `max_entries`: Invalid.
  /// `beneath` as in ReadOptions.
  virtual Result<std::vector<DirEntry>> list(const std::string& path, std::int64_t max_entries,
                                             const std::string& beneath) = 0;
  /// Every regular file below directory `path`. An error only when `path` itself cannot be listed, or by the
  /// limit. This one goes through list() and read(); RealFiles has a quicker one.
  virtual Result<Walked> walk(const std::string& path, const WalkOptions& options);
  /// Everything below directory `path` but its directories, sorted by path; each file is read once, links are
  /// not followed. An error only when `path` itself cannot be listed, by a cap, or by the limit. This one
  /// goes through list() and read() and knows no modes; RealFiles has its own.
  virtual Result<std::vector<TreeEntry>> inspect(const std::string& path, const InspectOptions& options);
  /// What stands at `path` itself (links are not followed); NotFound when nothing does.
  virtual Result<FileKind> kind(const std::string& path, const std::string& beneath) = 0;
  Result<std::vector<DirEntry>> list(const std::string& path, std::int64_t max_entries) {
    return list(path, max_entries, {});
  }
  Result<FileKind> kind(const std::string& path) { return kind(path, {}); }

  /// Puts `bytes` at `path`, whole or not at all: a temporary sibling, then rename. An existing file keeps
  /// its mode, and its owner where we may set it; a new one gets `mode` whatever the umask. Links at `path`
  /// are followed to their target, which is replaced. An existing file that we may not write: Denied.
  /// /dev/stdout, /dev/stderr and /dev/fd/N are the open descriptor, /dev/null takes everything, /dev/full
  /// nothing; any other device, a FIFO, a socket and a directory: Invalid. A killed run leaves at most one
  /// `.eidos-new-…` beside the target, which the next write of the same target removes.
  virtual Result<void> write(const std::string& path, std::string_view bytes, std::uint32_t mode) = 0;
  /// Writes everything to descriptor 1; EPIPE (main ignores SIGPIPE), ENOSPC (/dev/full) and short writes are
  /// errors.
  virtual Result<void> write_stdout(std::string_view bytes) = 0;
  /// Creates or replaces directory `path` with `tree`, whole or not at all (bundle.md, "Writing"). Missing
  /// parents are made. A link at `path` is followed: the directory it points to is replaced, the link stays.
  /// Invalid: something else than a directory; "/" or a directory that contains the working directory; a tree
  /// with a ".git" or ".eidos-new-…" of its own or with a file that is also a directory; without `force` an
  /// old directory that holds anything but an unchanged tree with its checksums.txt (the message names five
  /// of the files). The tree must bring its checksums.txt, or the next run will refuse to replace it.
  /// Unavailable: another program writes there at the same time. Its tree stays, and nothing is written.
  virtual Result<void> write_tree(const std::string& path, const FileTree& tree,
                                  const TreeOptions& options) = 0;
};

std::unique_ptr<Files> real_files();

/// The path that `-o` names: relative paths may not leave the working directory, neither by ".." nor through
/// a link (openat2 with RESOLVE_BENEATH; where the kernel lacks it, a walk that checks each step). Invalid
/// says "output path escapes current directory", the absolute path to give instead, and --allow-outside.
Result<void> check_output_path(const std::string& path, bool allow_outside);

}  // namespace eidos
