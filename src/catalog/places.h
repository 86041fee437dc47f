#pragma once
// Which files of a directory belong to a catalog, and reading them within limits.

#include <map>
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
};

/// Reads every catalog file below `dir`: regular files only, opened without following links, hidden
/// directories skipped. Invalid: a link, FIFO or device in a catalog place, a file over kMaxFileBytes, more
/// than kMaxFiles files or kMaxLayerBytes in all. NotFound: no such directory.
Result<DirectoryLayer> read_directory(Files& files, const std::string& dir);

}  // namespace eidos::catalog
