// Layers into one catalog: which files count, how registries merge, which overlay wins.

#include <algorithm>

#include "base/sha256.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/check.h"
#include "catalog/embedded.h"
#include "catalog/places.h"
#include "model/document.h"
#include "model/recipe_fields.h"

namespace eidos::catalog {
namespace {

using FileMap = std::map<std::string, CatalogFile, std::less<>>;

std::string digest_of(const FileMap& files) {
  std::string lines;
  for (const auto& [path, file] : files) lines += cat(file.digest, "  ", path, "\n");
  return cat("sha256:", sha256_hex(lines));
}

bool is_yaml(std::string_view path) {
  return path.ends_with(".yaml") && path.find("/manifests/") == std::string_view::npos;
}

// Registry entries merge by name, field by field; criteria value lists are united.
void merge_registry(data::Value& base, const data::Value& over) {
  const data::Value* components = over.find("components");
  if (components != nullptr && components->is_list()) {
    data::Value& list = base.map().at_or_add("components");
    if (!list.is_list()) list = data::Value(data::List());
    for (const data::Value& entry : components->list()) {
      auto same = [&](const data::Value& other) {
        return other.find("name") != nullptr && entry.find("name") != nullptr &&
               *other.find("name") == *entry.find("name");
      };
      auto found = std::ranges::find_if(list.list(), same);
      if (found == list.list().end())
        list.list().push_back(entry);
      else
        data::merge(*found, entry);
    }
  }
  const data::Value* criteria = over.find("criteria");
  if (criteria == nullptr || !criteria->is_map()) return;
  data::Value united(data::Map{});
  if (const data::Value* there = base.find("criteria"); there != nullptr && there->is_map()) united = *there;
  for (const auto& dimension : criteria->map()) {
    data::Value& target = united.map().at_or_add(dimension.key);
    data::Value before = target;
    data::merge(target, dimension.value);
    for (std::string_view key : {"values", "any"}) {
      const data::Value* old = before.find(key);
      data::Value* list = target.is_map() ? target.map().find(key) : nullptr;
      if (old == nullptr || list == nullptr || !old->is_list() || !list->is_list()) continue;
      data::List all = old->list();
      for (const data::Value& value : list->list())
        if (std::ranges::find(all, value) == all.end()) all.push_back(value);
      *list = data::Value(std::move(all));
    }
  }
  base.map().set("criteria", std::move(united));
}

}  // namespace

class Loader {
 public:
  Loader(Files& files, const LoadOptions& options) : files_(files), options_(options) {}

  Result<Loaded> load() {
    if (options_.catalog_dir.empty())
      EIDOS_CHECK(add_embedded());
    else
      EIDOS_CHECK(add_directory(options_.catalog_dir));
    for (const std::string& dir : options_.data_dirs) EIDOS_CHECK(add_directory(dir));
    catalog_.digest_ = digest_of(catalog_.files_);
    read_registry();
    bool trusted = options_.catalog_dir.empty() && options_.data_dirs.empty();
    if (problems_.empty()) build_overlays();
    if (problems_.empty() && !trusted) check_catalog(catalog_, problems_);
    if (!problems_.empty()) return std::unexpected(together(std::move(problems_)));
    return std::move(loaded_);
  }

 private:
  // An overlay file as read, before the winner of each name is known.
  struct Candidate {
    std::string path;
    std::size_t layer = 0;
    model::Overlay overlay;
  };

  Result<void> add_embedded() {
    EIDOS_TRY(catalog_.files_, read_embedded(options_.embedded, catalog_.sources_));
    catalog_.layers_.push_back({"embedded", digest_of(catalog_.files_)});
    auto registry = catalog_.files_.find("registry.yaml");
    if (registry == catalog_.files_.end())
      return fail(ErrorKind::Internal, "the embedded catalog has no registry");
    EIDOS_TRY(registry_, catalog_.value_of(registry->second));
    complete_criteria(registry_);
    for (const auto& [path, file] : catalog_.files_) {
      if (!is_overlay_path(path)) continue;
      EIDOS_TRY(data::Value value, catalog_.value_of(file));
      read_overlay(path, value);
    }
    return {};
  }

  Result<void> add_directory(std::string dir) {
    while (dir.size() > 1 && dir.ends_with('/')) dir.pop_back();
    EIDOS_TRY(DirectoryLayer layer, read_directory(files_, dir));
    for (std::string& path : layer.ignored) loaded_.ignored.push_back(cat(dir, "/", path));
    if (layer.files.empty())
      return fail(ErrorKind::Invalid, "holds no catalog file", dir,
                  "a catalog has registry.yaml, overlays/*.yaml and components/<name>/");
    FileMap read;
    for (auto& [path, bytes] : layer.files)
      read[path] = read_file(cat(dir, "/", path), path, std::move(bytes));
    catalog_.layers_.push_back({dir, digest_of(read)});
    for (auto& [path, file] : read) {
      if (file.parsed && path == "registry.yaml") add_registry(*file.parsed);
      if (file.parsed && is_overlay_path(path)) read_overlay(path, *file.parsed);
      catalog_.files_[path] = std::move(file);
    }
    return {};
  }

  CatalogFile read_file(std::string name, const std::string& path, std::string bytes) {
    CatalogFile file;
    file.digest = sha256_hex(bytes);
    if (is_yaml(path)) {
      auto value = data::parse_yaml(bytes, catalog_.sources_, name);
      if (value)
        file.parsed = *std::move(value);
      else
        problems_.push_back(std::move(value).error());
    }
    file.source = file.parsed ? file.parsed->mark().file : catalog_.sources_.add(std::move(name));
    file.text = std::move(bytes);
    return file;
  }

  void add_registry(const data::Value& registry) {
    data::Reading reading{catalog_.sources_, options_.lenient};
    bool usable = model::check_header(registry, "ComponentRegistry", model::HeaderRule::Required, reading);
    std::ranges::move(reading.problems, std::back_inserter(problems_));
    if (!usable) return;
    if (registry_.is_null()) {
      registry_ = registry;
      complete_criteria(registry_);
    } else {
      merge_registry(registry_, registry);
    }
    check_registry_names(registry, catalog_.sources_, problems_);
  }

  void read_registry() {
    if (registry_.is_null()) {
      if (problems_.empty())
        problems_.push_back(Error{ErrorKind::Invalid, "has no registry.yaml", options_.catalog_dir,
                                  "add one, or use --data to lay the directory over the embedded catalog"});
      return;
    }
    data::Reading reading{catalog_.sources_, options_.lenient};
    data::read_value(registry_, catalog_.registry_, reading, nullptr);
    finish(reading);
    for (const model::Component& entry : catalog_.registry_.components)
      catalog_.registry_digests_[entry.name] = sha256_hex(data::to_compact_json(data::write_value(entry)));
  }

  void finish(data::Reading& reading) {
    std::ranges::move(reading.problems, std::back_inserter(problems_));
    std::ranges::move(reading.warnings, std::back_inserter(loaded_.warnings));
  }

  void read_overlay(const std::string& path, const data::Value& value) {
    data::Reading reading{catalog_.sources_, options_.lenient};
    Candidate candidate{path, catalog_.layers_.size(), {}};
    if (model::check_header(value, "RecipeMetadata", model::HeaderRule::Required, reading))
      data::read_value(value, candidate.overlay, reading, nullptr);
    bool usable = reading.problems.empty();
    finish(reading);
    if (usable) candidates_.push_back(std::move(candidate));
  }

  void build_overlays() {
    std::map<std::string, const Candidate*, std::less<>> by_path;
    for (Candidate& candidate : candidates_) place(candidate, by_path);
    if (catalog_.overlay("base") == nullptr)
      problems_.push_back(Error{ErrorKind::Invalid, "the catalog has no overlay named 'base'",
                                std::string(catalog_.layers_.front().name), "add overlays/base.yaml"});
  }

  void place(Candidate& candidate, std::map<std::string, const Candidate*, std::less<>>& by_path) {
    const model::OverlayMetadata& metadata = candidate.overlay.metadata;
    std::string where = catalog_.sources_.place(candidate.overlay.mark);
    auto problem = [&](std::string message, std::string hint) {
      problems_.push_back(Error{ErrorKind::Invalid, std::move(message), where, std::move(hint)});
    };
    if (metadata.name.empty()) return problem("the overlay has no name", "write metadata.name");
    if (auto old = by_path.find(candidate.path);
        old != by_path.end() && old->second->overlay.metadata.name != metadata.name)
      return problem(cat("takes the file of overlay ", quote(old->second->overlay.metadata.name),
                         " but is named ", quote(metadata.name)),
                     "give it a file name of its own");
    if (auto same = by_name_.find(metadata.name); same != by_name_.end()) {
      const Candidate* other = same->second;
      std::string first = catalog_.sources_.place(other->overlay.mark);
      if (other->layer == candidate.layer)
        return problem(cat("overlay ", quote(metadata.name), " stands twice in one layer; first at ", first),
                       "give each overlay its own name");
      if (!metadata.replaces)
        return problem(
            cat("overlay ", quote(metadata.name), " is already in a lower layer, at ", first),
            "write 'replaces: true' in its metadata to take that one's place, or choose another name");
    }
    by_name_[metadata.name] = &candidate;
    by_path[candidate.path] = &candidate;
    catalog_.overlays_.insert_or_assign(metadata.name, candidate.overlay);
    normalize_criteria(catalog_.registry_, catalog_.overlays_.find(metadata.name)->second, catalog_.sources_,
                       problems_);
  }

  Files& files_;
  const LoadOptions& options_;
  Loaded loaded_;
  Catalog& catalog_ = loaded_.catalog;
  data::Value registry_;
  std::vector<Candidate> candidates_;
  std::map<std::string, const Candidate*, std::less<>> by_name_;
  std::vector<Error> problems_;
};

Result<Loaded> load(Files& files, const LoadOptions& options) {
  return Loader(files, options).load();
}

}  // namespace eidos::catalog
