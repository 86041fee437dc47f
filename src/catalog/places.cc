#include "catalog/places.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/catalog.h"

namespace eidos::catalog {
namespace {

// One place: '*' stands for any text without '/'.
constexpr std::string_view kPlaces[] = {
    "registry.yaml",
    "overlays/*.yaml",
    "components/*/values*.yaml",
    "components/*/images.yaml",
    "components/*/values.schema.json",
    "components/*/manifests/*.yaml",
    "tuning/*.yaml",
    "schema/*",
};

bool part_matches(std::string_view part, std::string_view pattern) {
  std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return part == pattern;
  std::string_view before = pattern.substr(0, star);
  std::string_view after = pattern.substr(star + 1);
  return part.size() >= before.size() + after.size() && part.starts_with(before) && part.ends_with(after) &&
         !part.starts_with('.');
}

bool matches(std::string_view path, std::string_view pattern) {
  auto parts = split(path, '/');
  auto patterns = split(pattern, '/');
  if (parts.size() != patterns.size()) return false;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (!part_matches(parts[i], patterns[i])) return false;
  return true;
}

// A directory that may hold catalog files.
bool leads_to_a_place(std::string_view dir) {
  auto parts = split(dir, '/');
  return std::ranges::any_of(kPlaces, [&](std::string_view place) {
    auto patterns = split(place, '/');
    if (parts.size() >= patterns.size()) return false;
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (!part_matches(parts[i], patterns[i])) return false;
    return true;
  });
}

class Walk {
 public:
  Walk(Files& files, const std::string& root) : files_(files), root_(root) {}

  Result<DirectoryLayer> run() {
    EIDOS_CHECK(directory(""));
    return std::move(layer_);
  }

 private:
  Result<void> directory(const std::string& relative) {
    std::string full = relative.empty() ? root_ : cat(root_, "/", relative);
    EIDOS_TRY(std::vector<DirEntry> entries, files_.list(full, kMaxFiles));
    for (const DirEntry& entry : entries) {
      std::string path = relative.empty() ? entry.name : cat(relative, "/", entry.name);
      EIDOS_CHECK(visit(path, entry));
    }
    return {};
  }

  Result<void> visit(const std::string& path, const DirEntry& entry) {
    bool hidden = entry.name.starts_with('.');
    if (entry.kind == FileKind::Directory && !hidden && leads_to_a_place(path)) return directory(path);
    if (!is_catalog_path(path) && !(entry.kind == FileKind::Link && leads_to_a_place(path))) {
      layer_.ignored.push_back(entry.kind == FileKind::Directory ? path + "/" : path);
      return {};
    }
    std::string full = cat(root_, "/", path);
    if (entry.kind != FileKind::Regular)
      return fail(ErrorKind::Invalid, "is not a regular file", full,
                  "links, FIFOs and devices are not followed in a catalog; put the file itself there");
    if (static_cast<std::int64_t>(layer_.files.size()) >= kMaxFiles)
      return fail(ErrorKind::Invalid, cat("more than ", kMaxFiles, " catalog files"), root_);
    EIDOS_TRY(
        std::string bytes,
        files_.read(full, {.max_bytes = kMaxFileBytes, .follow_links = false, .beneath = {}, .limit = {}}));
    total_ += static_cast<std::int64_t>(bytes.size());
    if (total_ > kMaxLayerBytes)
      return fail(ErrorKind::Invalid,
                  cat("catalog files of more than ", kMaxLayerBytes / (1024 * 1024), " MiB in all"), root_);
    layer_.files[path] = std::move(bytes);
    return {};
  }

  Files& files_;
  const std::string& root_;
  DirectoryLayer layer_;
  std::int64_t total_ = 0;
};

}  // namespace

bool is_catalog_path(std::string_view path) {
  return std::ranges::any_of(kPlaces, [&](std::string_view place) { return matches(path, place); });
}

bool is_overlay_path(std::string_view path) {
  return matches(path, "overlays/*.yaml");
}

Result<DirectoryLayer> read_directory(Files& files, const std::string& dir) {
  return Walk(files, dir).run();
}

}  // namespace eidos::catalog
