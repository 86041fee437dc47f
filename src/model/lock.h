#pragma once
// eidos.lock: which catalog a directory's recipes are made from, layer by layer and file by file.

#include <map>
#include <string>
#include <vector>

#include "data/fields.h"

namespace eidos::model {

struct LockedLayer {
  std::string name = {};                          ///< "embedded", or as it was given.
  std::string digest = {};                        ///< As CatalogLayer has it.
  std::map<std::string, std::string> files = {};  ///< Path → SHA-256, hex.
};

struct LockMetadata {
  std::string version = {};  ///< Of the tool that locked it.
};

/// Kind CatalogLock.
struct CatalogLock {
  std::string kind = {};
  std::string api_version = {};
  LockMetadata metadata;
  std::string digest = {};
  std::vector<LockedLayer> layers = {};
};

}  // namespace eidos::model

namespace eidos::data {

template <>
struct Fields<model::LockedLayer> {
  static constexpr std::string_view kTitle = "LockedLayer";
  static constexpr auto table() {
    using T = model::LockedLayer;
    return std::tuple{field("name", &T::name, "embedded, or the layer as it was given", kRequired | kAlways),
                      field("digest", &T::digest, "SHA-256 of the layer's files", kRequired | kAlways),
                      field("files", &T::files, "Path to SHA-256 of each file, to name what changed")};
  }
};

template <>
struct Fields<model::LockMetadata> {
  static constexpr std::string_view kTitle = "LockMetadata";
  static constexpr auto table() {
    return std::tuple{field("version", &model::LockMetadata::version, "Version of the tool that locked it")};
  }
};

template <>
struct Fields<model::CatalogLock> {
  static constexpr std::string_view kTitle = "CatalogLock";
  static constexpr auto table() {
    using T = model::CatalogLock;
    return std::tuple{
        field("kind", &T::kind, "CatalogLock", kAlways),
        field("apiVersion", &T::api_version, "eidos.nvidia.com/v1alpha1", kAlways),
        field("metadata", &T::metadata, "Where it came from"),
        field("digest", &T::digest, "SHA-256 of the whole catalog, as recipes record it", kAlways),
        field("layers", &T::layers, "The layers, lowest first", kRequired | kAlways)};
  }
};

}  // namespace eidos::data
