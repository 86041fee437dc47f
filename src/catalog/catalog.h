#pragma once
// The catalog: registry, overlays, component values and manifests, from the embedded layer and directories
// laid over it. Immutable once loaded; safe to read from many threads.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "catalog/criteria_index.h"
#include "data/document.h"
#include "model/recipe.h"
#include "model/registry.h"

namespace eidos::catalog {

constexpr std::int64_t kMaxFileBytes = 10 * 1024 * 1024;
constexpr std::int64_t kMaxFiles = 4096;
constexpr std::int64_t kMaxLayerBytes = 64 * 1024 * 1024;

/// One file of the catalog as loaded: the last layer that has the path wins.
struct CatalogFile {
  std::string digest;        ///< SHA-256 hex of its bytes.
  std::uint32_t source = 0;  ///< Its name in sources(): "catalog/overlays/eks.yaml", "DIR/overlays/eks.yaml".
  std::string text = {};     ///< Source text; empty for embedded files, which are inflated on demand.
  std::string_view deflated = {};          ///< Embedded: the source text, zlib-deflated.
  std::size_t text_size = 0;               ///< Embedded: its size inflated.
  std::string_view compact = {};           ///< Embedded YAML: its value in compact form.
  std::optional<data::Value> parsed = {};  ///< YAML of a directory layer, parsed at load.
};

class Catalog {
 public:
  Catalog() = default;
  Catalog(Catalog&&) = default;
  Catalog& operator=(Catalog&&) = default;
  // The index points into the overlays: they may move, as a whole, but not be copied.
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  const data::Sources& sources() const { return sources_; }
  const model::Registry& registry() const { return registry_; }
  /// nullptr when the registry has no such component.
  const model::Component* component(std::string_view name) const;
  /// By name, "base" included.
  const Overlays& overlays() const { return overlays_; }
  const model::Overlay* overlay(std::string_view name) const;
  /// The overlays that apply by themselves where `stated` is stated, in no useful order.
  std::vector<const model::Overlay*> matching(const model::Criteria& stated) const {
    return index_.matching(stated);
  }
  /// The complete combinations of criteria (criteria_index.h).
  const std::vector<model::Criteria>& combinations() const { return combinations_; }

  bool has_file(std::string_view path) const { return files_.contains(path); }
  const std::map<std::string, CatalogFile, std::less<>>& files() const { return files_; }
  /// A values file as a map (a file of only comments is an empty map). NotFound when the catalog has no such
  /// file.
  Result<data::Value> values(std::string_view path) const;
  /// The source text of any file: manifests, or what explain quotes. NotFound as above.
  Result<std::string> text(std::string_view path) const;

  /// The registries that registry() was merged from, lowest layer first.
  std::vector<const CatalogFile*> registries() const;
  /// The file that marks with this source point into, merged registries included; nullptr when there is none.
  const CatalogFile* file_of(std::uint32_t source) const;
  /// What a file of this catalog holds: its value (YAML only), its source text.
  Result<data::Value> value_of(const CatalogFile& file) const;
  Result<std::string> text_of(const CatalogFile& file) const;

  /// "sha256:…" over the sorted (path, content digest) list of everything loaded.
  const std::string& digest() const { return digest_; }
  const std::vector<model::CatalogLayer>& layers() const { return layers_; }
  /// "sha256:…" of what the bundle of `ref` is made from: its registry entry, values files and manifests.
  std::string component_digest(const model::ComponentRef& ref) const;

 private:
  friend class Loader;

  data::Sources sources_;
  model::Registry registry_;
  std::map<std::string, std::size_t, std::less<>> components_;  // name → place in registry_.components
  Overlays overlays_;
  CriteriaIndex index_;
  std::vector<model::Criteria> combinations_;
  std::map<std::string, CatalogFile, std::less<>> files_;
  std::vector<CatalogFile> lower_registries_;                         // all but the last, which is in files_
  std::map<std::string, std::string, std::less<>> registry_digests_;  // component → SHA-256 of its entry
  std::vector<model::CatalogLayer> layers_;
  std::string digest_;
};

struct LoadOptions {
  /// The embedded layer: embedded_catalog() of catalog/embedded.h. It was checked when it was built.
  std::string_view embedded = {};
  std::string catalog_dir = {};             ///< Used instead of the embedded catalog when not empty.
  std::vector<std::string> data_dirs = {};  ///< Laid over it in this order; later wins.
  /// The bytes of those of these that are no directory but a .tar.gz (archive.h), by name.
  std::map<std::string, std::string> archives = {};
  bool lenient = false;     ///< Unknown keys are warnings.
  bool list_files = false;  ///< Fills Loaded::layer_files.
};

struct Loaded {
  Catalog catalog;
  data::Value registry = {};  ///< The registries of all layers merged, with marks.
  /// Per layer, its files and their digests (SHA-256 hex), those that a higher layer replaced too.
  std::vector<std::map<std::string, std::string>> layer_files;
  std::vector<std::string> warnings;  ///< Unknown keys when lenient; an overlay that two layers replace.
  std::vector<std::string> ignored;   ///< Files in no place of the catalog: one debug line each.
};

/// Loads and checks everything; all problems come back together, each with file:line:column, sorted by it.
Result<Loaded> load(Files& files, const LoadOptions& options);

struct Inspected {
  Loaded loaded;                ///< What could be read.
  std::vector<Error> problems;  ///< What load() would have reported, sorted by place.
  bool whole = true;            ///< False: some overlay or registry could not be read.
};

/// The same for lint: what is left of a catalog with problems comes back beside them. An error only when a
/// layer is not there at all or holds no catalog file.
Result<Inspected> inspect(Files& files, const LoadOptions& options);

}  // namespace eidos::catalog
