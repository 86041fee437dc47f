#include "seal/archive.h"

#include <array>
#include <set>

#include "base/text.h"
#include "seal/formats.h"

namespace eidos::seal {

namespace {

struct Ending {
  std::string_view text;
  Format format;
};
constexpr Ending kEndings[] = {{".zip", Format::Zip}, {".tar.gz", Format::TarGz}, {".tgz", Format::TarGz}};

struct Magic {
  std::string_view text;
  Format format;
};
// The second is a zip without entries.
constexpr Magic kMagics[] = {
    {"PK\x03\x04", Format::Zip}, {"PK\x05\x06", Format::Zip}, {"\x1f\x8b", Format::TarGz}};

// The first directory above `path` that is a file, or "".
template <class Paths>
std::string_view file_above(std::string_view path, const Paths& paths) {
  for (std::size_t at = path.find('/'); at != std::string_view::npos; at = path.find('/', at + 1))
    if (paths.contains(path.substr(0, at))) return path.substr(0, at);
  return {};
}

Result<void> check_no_conflict(const FileTree& tree) {
  for (const auto& [path, file] : tree)
    if (std::string_view both = file_above(path, tree); !both.empty())
      return fail(ErrorKind::Invalid, cat(quote(both), " is both a file and a directory"));
  return {};
}

Result<void> check_packable(const FileTree& tree) {
  const Caps caps;
  Count count(caps);
  for (const auto& [path, file] : tree) {
    EIDOS_CHECK(check_tree_path(path));
    if (invalid_utf8(path)) return fail(ErrorKind::Invalid, cat("the path ", quote(path), " is not UTF-8"));
    EIDOS_TRY(bool fits, count.take(path, std::ssize(file.bytes)));
    if (!fits) return fail(ErrorKind::Invalid, cat(quote(path), " is ", count.too_large()));
  }
  return check_no_conflict(tree);
}

std::string_view describe(FileKind kind) {
  switch (kind) {
    case FileKind::Regular: return "a file";
    case FileKind::Directory: return "a directory";
    case FileKind::Link: return "a link";
    case FileKind::Other: return "neither a file nor a directory";
  }
  std::unreachable();
}

// As packers of a directory called "." spell it.
void tidy(TreeEntry& entry) {
  if (entry.path.starts_with("./")) entry.path.erase(0, 2);
  if (entry.kind == FileKind::Directory && entry.path.ends_with('/')) entry.path.pop_back();
}

Result<void> add(FileTree& tree, TreeEntry&& entry) {
  EIDOS_CHECK(check_tree_path(entry.path));
  if (entry.kind == FileKind::Directory) return {};
  if (entry.kind != FileKind::Regular)
    return fail(ErrorKind::Invalid, cat(quote(entry.path), " is ", describe(entry.kind)));
  if (!entry.problem.empty()) return fail(ErrorKind::Invalid, cat(quote(entry.path), " is ", entry.problem));
  auto [at, fresh] = tree.try_emplace(entry.path, File{std::move(entry.bytes), entry.executable});
  if (!fresh) return fail(ErrorKind::Invalid, cat("the archive holds ", quote(entry.path), " twice"));
  return {};
}

}  // namespace

std::optional<Format> format_of_name(std::string_view path) {
  const std::string text = lower(path);
  for (const Ending& ending : kEndings)
    if (text.ends_with(ending.text)) return ending.format;
  return std::nullopt;
}

std::string archive_endings() {
  std::string text;
  for (const Ending& ending : kEndings) text += cat(text.empty() ? "" : ", ", ending.text);
  return text;
}

std::optional<Format> format_of_bytes(std::string_view bytes) {
  for (const Magic& magic : kMagics)
    if (bytes.starts_with(magic.text)) return magic.format;
  return std::nullopt;
}

std::string_view name_of(Format format) {
  return format == Format::Zip ? "zip" : "tar.gz";
}

Result<std::string> pack(const FileTree& tree, Format format, std::int64_t time) {
  EIDOS_ASSERT(time >= 0 && time <= kLatestTime);
  EIDOS_CHECK(check_packable(tree));
  return format == Format::Zip ? write_zip(tree, time) : write_tar_gz(tree, time);
}

Result<void> visit_archive(std::string_view bytes, const Caps& caps, const Visit& visit) {
  if (bytes.empty()) return fail(ErrorKind::Invalid, "the file is empty");
  const std::optional<Format> format = format_of_bytes(bytes);
  if (!format) return fail(ErrorKind::Invalid, "it is neither a zip nor a tar.gz archive");
  const Visit tidied = [&](TreeEntry&& entry) -> Result<void> {
    tidy(entry);
    const bool root = entry.kind == FileKind::Directory && (entry.path.empty() || entry.path == ".");
    return root ? Result<void>() : visit(std::move(entry));
  };
  return *format == Format::Zip ? read_zip(bytes, caps, tidied) : read_tar_gz(bytes, caps, tidied);
}

Result<FileTree> unpack(std::string_view bytes, const Caps& caps) {
  FileTree tree;
  EIDOS_CHECK(visit_archive(bytes, caps, [&](TreeEntry&& entry) { return add(tree, std::move(entry)); }));
  EIDOS_CHECK(check_no_conflict(tree));
  return tree;
}

Result<bool> Count::take(std::string_view path, std::int64_t size) {
  if (++entries_ > caps_.entries)
    return fail(ErrorKind::Invalid, cat("the archive has more than ", caps_.entries, " entries"));
  if (size > caps_.file_bytes) return false;
  bytes_ += size;
  if (bytes_ > caps_.total_bytes)
    return fail(ErrorKind::Invalid,
                cat("the archive unpacks to more than ", caps_.total_bytes / (1024 * 1024), " MiB; ",
                    quote(path), " is the file too many"));
  return true;
}

std::string Count::too_large() const {
  return cat("larger than ", caps_.file_bytes, " bytes");
}

}  // namespace eidos::seal
