#pragma once
// A catalog layer as one file: an archive of what a layer's directory holds.

#include <string>
#include <string_view>

#include "catalog/places.h"

namespace eidos::catalog {

/// The layer in a tar.gz or zip archive, as `tar -czf layer.tar.gz -C DIR .` makes one: its root is the root
/// of the layer. The rules are those of a directory: the same places, limits and file kinds. `name` is that
/// of the layer, for messages. Invalid: what seal::visit_archive refuses, an absolute path or one with "..",
/// a path twice, more than kMaxArchiveBytes unpacked.
Result<DirectoryLayer> read_archive(std::string_view bytes, const std::string& name);

/// What an archive may unpack to: a full layer and some files that are no part of a catalog.
constexpr std::int64_t kMaxArchiveBytes = std::int64_t{80} * 1024 * 1024;

}  // namespace eidos::catalog
