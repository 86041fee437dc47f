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

class Walk {
 public:
  Walk(Files& files, const std::string& root) : files_(files), root_(root), layer_(root) {}

  Result<DirectoryLayer> run() {
    EIDOS_CHECK(directory(""));
    return std::move(layer_).take();
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
    bool leads = !hidden && leads_to_a_place(path);
    if (entry.kind == FileKind::Directory && leads) return directory(path);
    if (!is_catalog_path(path) && !(entry.kind == FileKind::Link && leads)) {
      layer_.ignore(entry.kind == FileKind::Directory ? path + "/" : path);
      return {};
    }
    if (entry.kind != FileKind::Regular) {
      layer_.not_regular(path);
      return {};
    }
    auto bytes = files_.read(cat(root_, "/", path),
                             {.max_bytes = kMaxFileBytes, .follow_links = false, .beneath = {}, .limit = {}});
    if (bytes) return layer_.add(path, *std::move(bytes));
    Error error = std::move(bytes).error();
    if (error.kind == ErrorKind::NotFound)
      error = {ErrorKind::Invalid,
               "went away between listing the directory and reading it",
               {},
               "run again when nothing changes the catalog"};
    layer_.problem(path, std::move(error));
    return {};
  }

  Files& files_;
  const std::string& root_;
  LayerBuilder layer_;
};

}  // namespace

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

void LayerBuilder::problem(const std::string& path, Error error) {
  layer_.problems.push_back(std::move(error).at(cat(name_, "/", path)));
  layer_.unread.insert(path);
}

void LayerBuilder::not_regular(const std::string& path) {
  problem(path, {ErrorKind::Invalid,
                 "is not a regular file",
                 {},
                 "links, FIFOs and devices are not followed in a catalog; put the file itself there"});
}

Result<void> LayerBuilder::add(const std::string& path, std::string bytes) {
  if (static_cast<std::int64_t>(layer_.files.size()) >= kMaxFiles)
    return fail(ErrorKind::Invalid, cat("more than ", kMaxFiles, " catalog files"), name_);
  total_ += static_cast<std::int64_t>(bytes.size());
  if (total_ > kMaxLayerBytes)
    return fail(ErrorKind::Invalid,
                cat("catalog files of more than ", kMaxLayerBytes / (1024 * 1024), " MiB in all"), name_);
  layer_.files[path] = std::move(bytes);
  return {};
}

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
