#include "catalog/lock.h"

#include <algorithm>

#include "base/text.h"
#include "model/document.h"

namespace eidos::catalog {
namespace {

using Digests = std::map<std::string, std::string>;

// "a changed, b added, c and 4 more removed", the files of one layer that are not what was locked.
std::string differences(const Digests& locked, const Digests& now) {
  std::vector<std::string> parts;
  for (const auto& [path, digest] : now) {
    auto before = locked.find(path);
    if (before == locked.end())
      parts.push_back(cat(path, " was added"));
    else if (before->second != digest)
      parts.push_back(cat(path, " changed"));
  }
  for (const auto& [path, digest] : locked)
    if (!now.contains(path)) parts.push_back(cat(path, " is gone"));
  std::ranges::sort(parts);
  constexpr std::size_t kMost = 5;
  std::size_t more = parts.size() > kMost ? parts.size() - kMost : 0;
  parts.resize(parts.size() - more);
  return cat(join(parts, ", "), more != 0 ? cat(", and ", more, " more") : "");
}

template <class Layers>
std::string names_of(const Layers& layers) {
  std::vector<std::string> names;
  for (const auto& layer : layers) names.push_back(layer.name);
  return join(names, ", ");
}

}  // namespace

model::CatalogLock lock_of(const Loaded& loaded, std::string_view version) {
  model::CatalogLock lock;
  lock.kind = "CatalogLock";
  lock.api_version = model::kApiVersion;
  lock.metadata.version = version;
  lock.digest = loaded.catalog.digest();
  for (std::size_t i = 0; i < loaded.layer_files.size(); ++i) {
    const model::CatalogLayer& layer = loaded.catalog.layers()[i];
    lock.layers.push_back({layer.name, layer.digest, loaded.layer_files[i]});
  }
  return lock;
}

Result<model::CatalogLock> read_lock(const data::Value& root, data::Reading& reading) {
  return model::read_document<model::CatalogLock>(root, "CatalogLock", reading);
}

Result<void> check_lock(const model::CatalogLock& lock, const Loaded& loaded, const std::string& name) {
  constexpr std::string_view kFix =
      "restore it, or accept the change with 'eidos catalog lock', or leave the lock aside with --lock none";
  const std::vector<model::CatalogLayer>& layers = loaded.catalog.layers();
  if (lock.layers.size() != layers.size())
    return fail(ErrorKind::Invalid,
                cat("the catalog is locked to the layers ", names_of(lock.layers), "; this run has ",
                    names_of(layers)),
                name, "give the same --catalog and --data, lock again, or leave the lock aside: --lock none");
  std::vector<Error> problems;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const model::LockedLayer& locked = lock.layers[i];
    if (locked.digest == layers[i].digest) continue;
    std::string called = locked.name == layers[i].name ? "" : cat(" (locked as ", quote(locked.name), ")");
    std::string what = differences(locked.files, loaded.layer_files[i]);
    problems.push_back({ErrorKind::Invalid,
                        cat("catalog layer ", quote(layers[i].name), called, " is not what was locked",
                            what.empty() ? "" : ": ", what),
                        name, std::string(kFix)});
  }
  if (problems.empty()) return {};
  return std::unexpected(together(std::move(problems)));
}

}  // namespace eidos::catalog
