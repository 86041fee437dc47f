#include "catalog/archive.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "catalog/catalog.h"
#include "seal/archive.h"

namespace eidos::catalog {
namespace {

constexpr seal::Caps kCaps{.file_bytes = kMaxFileBytes, .total_bytes = kMaxArchiveBytes};

class Unpacker {
 public:
  explicit Unpacker(const std::string& name) : layer_(name) {}

  Result<void> visit(TreeEntry&& entry) {
    const std::string& path = entry.path;
    if (path.empty() || path == ".") return {};
    auto parts = split(path, '/');
    if (path.starts_with('/') || std::ranges::find(parts, "..") != parts.end())
      return fail(ErrorKind::Invalid,
                  cat("the archive holds the path ", quote(path), ", which leads out of it"));
    if (!seen_.insert(path).second)
      return fail(ErrorKind::Invalid, cat("the archive holds ", quote(path), " twice"));
    bool directory = entry.kind == FileKind::Directory;
    bool leads = leads_to_a_place(path) && !path.starts_with('.');
    if (directory && leads) return {};
    if (!is_catalog_path(path) && (directory || entry.kind == FileKind::Regular || !leads)) {
      layer_.ignore(directory ? path + "/" : path);
      return {};
    }
    return take(std::move(entry));
  }

  DirectoryLayer take() && { return std::move(layer_).take(); }

 private:
  Result<void> take(TreeEntry&& entry) {
    if (entry.kind != FileKind::Regular)
      layer_.not_regular(entry.path);
    else if (!entry.problem.empty())
      layer_.problem(entry.path, {ErrorKind::Invalid, cat("is ", entry.problem), {}, {}});
    else
      return layer_.add(entry.path, std::move(entry.bytes));
    return {};
  }

  LayerBuilder layer_;
  std::set<std::string> seen_;
};

}  // namespace

Result<DirectoryLayer> read_archive(std::string_view bytes, const std::string& name) {
  Unpacker unpacker(name);
  auto visited =
      seal::visit_archive(bytes, kCaps, [&](TreeEntry&& entry) { return unpacker.visit(std::move(entry)); });
  if (!visited)
    return std::unexpected(
        std::move(visited).error().at(name).fix("pack a layer with: tar -czf layer.tar.gz -C DIR ."));
  return std::move(unpacker).take();
}

}  // namespace eidos::catalog
