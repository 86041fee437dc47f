#pragma once
// Which files of a directory belong to a catalog, and reading them within limits.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace eidos::catalog {

/// registry.yaml, overlays/*.yaml,
/// components/<name>/{values*.yaml,images.yaml,values.schema.json,manifests/*.yaml}, tuning/*.yaml, schema/*.
bool is_catalog_path(std::string_view path);
bool is_overlay_path(std::string_view path);

struct DirectoryLayer {
  std::map<std::string, std::string> files;  ///< Relative path → bytes.
  std::vector<std::string> ignored;  ///< Relative paths of files in no place of a catalog; hidden ones too.
  /// What stands in a catalog place and could not be read: a link, FIFO or device, a file over kMaxFileBytes
  /// or gone since it was listed. `where` names it.
  std::vector<Error> problems;
  std::set<std::string> unread;  ///< The relative paths of those.
};

/// Which paths a directory holds that are no catalog file but may lead to some.
bool leads_to_a_place(std::string_view dir);

/// Collects the files of one layer, from wherever they come, within the limits of a catalog.
class LayerBuilder {
 public:
  /// `name` is that of the layer, for messages.
  explicit LayerBuilder(std::string name) : name_(std::move(name)) {}

  void ignore(std::string path) { layer_.ignored.push_back(std::move(path)); }
  void problem(const std::string& path, Error error);
  /// A link, FIFO or device in a catalog place.
  void not_regular(const std::string& path);
  /// Invalid: more than kMaxFiles files or kMaxLayerBytes in all.
  Result<void> add(const std::string& path, std::string bytes);
  DirectoryLayer take() && { return std::move(layer_); }

 private:
  std::string name_;
  DirectoryLayer layer_;
  std::int64_t total_ = 0;
};

/// Reads every catalog file below `dir`: regular files only, opened without following links, hidden
/// directories skipped. Each file is read once: its digest and its content are of the same bytes. Invalid:
/// more than kMaxFiles files or kMaxLayerBytes in all. NotFound: no such directory.
Result<DirectoryLayer> read_directory(Files& files, const std::string& dir);

}  // namespace eidos::catalog
