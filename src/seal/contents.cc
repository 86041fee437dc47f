#include "seal/contents.h"

#include <algorithm>

#include "base/sha256.h"
#include "base/text.h"

namespace eidos::seal {

namespace {

constexpr std::string_view kGit = ".git";
constexpr std::string_view kLeftover = ".eidos-new-";
constexpr std::string_view kAttestation = "attestation/bundle.sigstore.json";
constexpr std::string_view kLock = "Chart.lock";
constexpr std::string_view kCharts = "charts/";

std::string_view top_of(std::string_view path) {
  return path.substr(0, path.find('/'));
}

bool closed(std::string_view path) {
  return path == kGit || (path.starts_with(kLeftover) && !path.contains('/'));
}

// "charts/x.tgz" or "Chart.lock", in any directory.
bool helm_adds(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::string_view name = path.substr(slash + 1);
  if (name == kLock) return true;
  const std::string_view directory = path.substr(0, slash + 1);
  return name.ends_with(".tgz") && (directory == kCharts || directory.ends_with("/charts/"));
}

Result<Contents> directory_contents(Files& files, const std::string& path, const Keep& keep,
                                    const Limit& limit) {
  Contents out{.form = "directory", .entries = {}};
  EIDOS_TRY(out.entries,
            files.inspect(
                path, {.max_file_bytes = Caps{}.file_bytes, .keep = keep, .closed = closed, .limit = limit}));
  return out;
}

std::string_view fault_of(const TreeEntry& entry) {
  if (entry.kind == FileKind::Link) return "is a link";
  if (entry.kind == FileKind::Other) return "is neither a file nor a directory";
  return entry.problem;
}

}  // namespace

Guest guest_of(std::string_view path) {
  if (top_of(path) == kGit) return Guest::Git;
  if (path.starts_with(kLeftover)) return Guest::Leftover;
  if (path == kAttestation) return Guest::Attestation;
  return helm_adds(path) ? Guest::Helm : Guest::None;
}

std::string byte_count(std::int64_t count) {
  return cat(count, count == 1 ? " byte" : " bytes");
}

std::vector<std::string> helm_patterns() {
  return {cat("**/", kLock), cat("**/", kCharts, "*.tgz")};
}

Result<Contents> archive_contents(std::string_view bytes, const Keep& keep, const Limit& limit) {
  Contents out;
  auto take = [&](TreeEntry&& entry) -> Result<void> {
    EIDOS_CHECK(limit.check("reading the archive"));
    if (entry.kind == FileKind::Regular && entry.problem.empty()) {
      entry.digest = sha256_hex(entry.bytes);
      entry.script = is_script(entry.path, entry.bytes);
      if (!keep(entry.path)) entry.bytes = {};
    }
    out.entries.push_back(std::move(entry));
    return {};
  };
  EIDOS_CHECK(visit_archive(bytes, {}, take));
  out.form = name_of(*format_of_bytes(bytes));
  std::ranges::stable_sort(out.entries, {}, &TreeEntry::path);
  return out;
}

Result<Contents> read_contents(Files& files, const std::string& path, const Keep& keep, const Limit& limit) {
  EIDOS_TRY(FileKind kind, files.kind(path));
  if (kind != FileKind::Regular) {
    auto contents = directory_contents(files, path, keep, limit);
    // A link may lead to either.
    if (contents || kind == FileKind::Directory || contents.error().kind != ErrorKind::Invalid)
      return contents;
  }
  EIDOS_TRY(std::string bytes, files.read(path, {.max_bytes = Caps{}.total_bytes, .limit = limit}));
  auto contents = archive_contents(bytes, keep, limit);
  if (!contents) return std::unexpected(std::move(contents).error().at(path));
  return contents;
}

Result<FileTree> tree_of(const Contents& contents) {
  FileTree tree;
  for (const TreeEntry& entry : contents.entries) {
    if (guest_of(entry.path) != Guest::None) continue;
    EIDOS_CHECK(check_tree_path(entry.path));
    if (std::string_view fault = fault_of(entry); !fault.empty())
      return fail(ErrorKind::Invalid, cat(quote(entry.path), ": ", fault));
    if (entry.kind == FileKind::Directory) continue;
    if (!tree.try_emplace(entry.path, File{entry.bytes, entry.executable}).second)
      return fail(ErrorKind::Invalid, cat(quote(entry.path), " stands there twice"));
  }
  return tree;
}

Result<void> check_has_checksums(const Contents& contents, std::string_view shown) {
  std::string_view below;
  bool cut = false;
  for (const TreeEntry& entry : contents.entries) {
    if (entry.path == kChecksumsFile) return {};
    cut = cut || guest_of(entry.path) == Guest::Leftover;
    if (below.empty() && entry.path.ends_with(cat("/", kChecksumsFile))) below = entry.path;
  }
  if (cut)
    return fail(ErrorKind::Invalid,
                cat(quote(shown), " is incomplete: writing it was interrupted, and ", kChecksumsFile,
                    ", which is written last, is missing"),
                {}, "the same eidos bundle command again completes it");
  if (!below.empty())
    return fail(
        ErrorKind::Invalid,
        cat(quote(shown), " is no bundle: its ", kChecksumsFile, " is at ", quote(below), ", not at the top"),
        {}, contents.form == "directory" ? "verify that directory" : "unpack it and verify that directory");
  return fail(ErrorKind::Invalid, cat(quote(shown), " is no bundle: it has no ", kChecksumsFile), {},
              "if eidos wrote it, the write was interrupted or the file removed; run eidos bundle again");
}

}  // namespace eidos::seal
