// Layers into one catalog: which files count, how registries merge, which overlay wins.

#include <algorithm>

#include "base/sha256.h"
#include "base/text.h"
#include "catalog/archive.h"
#include "catalog/catalog.h"
#include "catalog/chain.h"
#include "catalog/check.h"
#include "catalog/embedded.h"
#include "catalog/places.h"
#include "catalog/tuning.h"
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

std::string stem_of(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  return std::string(name.substr(0, name.rfind('.')));
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

  Result<Inspected> inspect() {
    bool embedded = options_.catalog_dir.empty();
    if (embedded) EIDOS_CHECK(add_embedded());
    if (!embedded) add_layer(options_.catalog_dir);
    for (const std::string& name : options_.data_dirs) add_layer(name);
    // Without a layer, those above it seem to miss what it has.
    if (layer_missing_) return std::unexpected(together(sorted_problems(std::move(problems_))));
    catalog_.digest_ = digest_of(catalog_.files_);
    read_registry();
    build_overlays();
    bool trusted = embedded && options_.data_dirs.empty();
    if (!trusted) check_catalog(catalog_, unread_, problems_);
    if (!trusted) check_tuning(catalog_, unread_, options_.lenient, loaded_.warnings, problems_);
    catalog_.index_ = CriteriaIndex(catalog_.overlays_);
    catalog_.combinations_ = catalog_.index_.complete_combinations();
    loaded_.registry = std::move(registry_);
    bool whole = !unread_.registry && unread_.overlays.empty();
    return Inspected{std::move(loaded_), sorted_problems(std::move(problems_)), whole};
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
    list(catalog_.files_);
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

  // A layer that cannot be read is a problem among others.
  void add_layer(std::string name) {
    auto archive = options_.archives.find(name);
    while (name.size() > 1 && name.ends_with('/')) name.pop_back();
    auto layer = archive == options_.archives.end() ? read_directory(files_, name)
                                                    : read_archive(archive->second, name);
    bool empty = layer && layer->files.empty() && layer->problems.empty();
    layer_missing_ = layer_missing_ || !layer || empty;
    if (!layer) {
      problems_.push_back(std::move(layer).error());
      return;
    }
    if (empty)
      problems_.push_back({ErrorKind::Invalid, "holds no catalog file", name,
                           "a catalog has registry.yaml, overlays/*.yaml and components/<name>/"});
    std::ranges::move(layer->problems, std::back_inserter(problems_));
    add_files(name, *std::move(layer));
  }

  void add_files(const std::string& name, DirectoryLayer layer) {
    for (std::string& path : layer.ignored) loaded_.ignored.push_back(cat(name, "/", path));
    for (const std::string& path : layer.unread) note_unread(path);
    FileMap read;
    for (auto& [path, bytes] : layer.files)
      read[path] = read_file(cat(name, "/", path), path, std::move(bytes));
    catalog_.layers_.push_back({name, digest_of(read)});
    list(read);
    for (auto& [path, file] : read) {
      if (file.parsed && path == "registry.yaml") add_registry(*file.parsed);
      if (file.parsed && is_overlay_path(path)) read_overlay(path, *file.parsed);
      auto [place, is_new] = catalog_.files_.try_emplace(path);
      if (!is_new && path == "registry.yaml") catalog_.lower_registries_.push_back(std::move(place->second));
      place->second = std::move(file);
    }
  }

  void list(const FileMap& files) {
    if (!options_.list_files) return;
    auto& listed = loaded_.layer_files.emplace_back();
    for (const auto& [path, file] : files) listed[path] = file.digest;
  }

  // Nothing is reported as missing that is there and was reported already.
  void note_unread(const std::string& path) {
    if (path == "registry.yaml") unread_.registry = true;
    if (is_overlay_path(path)) unread_.overlays.insert(stem_of(path));
    catalog_.files_.try_emplace(path);
  }

  CatalogFile read_file(std::string name, const std::string& path, std::string bytes) {
    CatalogFile file;
    file.digest = sha256_hex(bytes);
    if (is_yaml(path)) {
      auto value = data::parse_yaml(bytes, catalog_.sources_, name);
      if (value)
        file.parsed = *std::move(value);
      else {
        problems_.push_back(std::move(value).error());
        note_unread(path);
      }
    }
    file.source = file.parsed ? file.parsed->mark().file : catalog_.sources_.add(std::move(name));
    file.text = std::move(bytes);
    return file;
  }

  void add_registry(const data::Value& registry) {
    data::Reading reading{catalog_.sources_, options_.lenient};
    bool usable = model::check_header(registry, "ComponentRegistry", model::HeaderRule::Required, reading);
    std::ranges::move(reading.problems, std::back_inserter(problems_));
    if (!usable) {
      unread_.registry = true;
      return;
    }
    if (registry_.is_null()) {
      registry_ = registry;
      complete_criteria(registry_);
    } else {
      merge_registry(registry_, registry);
    }
    check_registry_names(registry, catalog_.sources_, problems_);
  }

  void read_registry() {
    if (registry_.is_null() && !unread_.registry)
      problems_.push_back(Error{ErrorKind::Invalid, "has no registry.yaml", options_.catalog_dir,
                                "add one, or use --data to lay the directory over the embedded catalog"});
    if (registry_.is_null()) {
      unread_.registry = true;
      registry_ = data::Value(data::Map());
      complete_criteria(registry_);
    }
    data::Reading reading{catalog_.sources_, options_.lenient};
    data::read_value(registry_, catalog_.registry_, reading, nullptr);
    unread_.registry = unread_.registry || !reading.problems.empty();
    finish(reading);
    const std::vector<model::Component>& components = catalog_.registry_.components;
    for (std::size_t i = 0; i < components.size(); ++i) {
      catalog_.components_.emplace(components[i].name, i);
      catalog_.registry_digests_[components[i].name] =
          sha256_hex(data::to_compact_json(data::write_value(components[i])));
    }
  }

  void finish(data::Reading& reading) {
    std::ranges::move(reading.problems, std::back_inserter(problems_));
    std::ranges::move(reading.warnings, std::back_inserter(loaded_.warnings));
  }

  // One that was read in part keeps its place, so that the rest of it is checked too.
  void read_overlay(const std::string& path, const data::Value& value) {
    data::Reading reading{catalog_.sources_, options_.lenient};
    Candidate candidate{path, catalog_.layers_.size(), {}};
    if (model::check_header(value, "RecipeMetadata", model::HeaderRule::Required, reading))
      data::read_value(value, candidate.overlay, reading, nullptr);
    const std::string& name = candidate.overlay.metadata.name;
    if (!reading.problems.empty()) unread_.overlays.insert(name.empty() ? stem_of(path) : name);
    bool usable = reading.problems.empty() || !name.empty();
    finish(reading);
    if (usable) candidates_.push_back(std::move(candidate));
  }

  void build_overlays() {
    for (Candidate& candidate : candidates_) place(candidate);
    if (catalog_.overlay(kRoot) != nullptr || unread_.overlays.contains(kRoot)) return;
    unread_.overlays.emplace(kRoot);
    problems_.push_back(
        Error{ErrorKind::Invalid, "the catalog has no overlay named 'base'",
              std::string(catalog_.layers_.front().name),
              "add overlays/base.yaml, or use --data to lay the directory over the embedded catalog"});
  }

  void place(Candidate& candidate) {
    const model::OverlayMetadata& metadata = candidate.overlay.metadata;
    if (metadata.name.empty()) return problem(candidate, "the overlay has no name", "write metadata.name");
    if (auto old = by_path_.find(candidate.path);
        old != by_path_.end() && old->second->overlay.metadata.name != metadata.name)
      return problem(
          candidate,
          cat("takes the file of overlay ", quote(old->second->overlay.metadata.name),
              children_of(old->second->overlay.metadata.name), " but is named ", quote(metadata.name)),
          "give it a file name of its own");
    auto same = by_name_.find(metadata.name);
    if (same == by_name_.end() && metadata.replaces) {
      std::vector<std::string_view> names;
      for (const auto& [name, other] : by_name_) names.push_back(name);
      return problem(candidate,
                     cat("overlay ", quote(metadata.name),
                         " says 'replaces: true', but no lower layer has one of that name",
                         did_you_mean(metadata.name, names)),
                     "leave 'replaces' out to add it as a new overlay");
    }
    if (same != by_name_.end() && !may_replace(candidate, *same->second)) return;
    by_name_[metadata.name] = &candidate;
    by_path_[candidate.path] = &candidate;
    model::Overlay& placed = catalog_.overlays_[metadata.name] = take(candidate);
    std::vector<Error> unsure;  // with half a registry nobody knows which values there are
    if (!placed.spec.criteria) return;
    for (std::string_view dimension :
         normalize_criteria(catalog_.registry_, *placed.spec.criteria, catalog_.sources_,
                            unread_.registry ? unsure : problems_))
      unread_.values.emplace(metadata.name, dimension);
  }

  // The overlay, of which the candidate keeps what later ones are compared with: not all of it twice.
  static model::Overlay take(Candidate& candidate) {
    model::Overlay overlay = std::move(candidate.overlay);
    candidate.overlay = {};
    candidate.overlay.metadata = overlay.metadata;
    candidate.overlay.spec.base = overlay.spec.base;
    candidate.overlay.mark = overlay.mark;
    return overlay;
  }

  bool may_replace(const Candidate& candidate, const Candidate& other) {
    const std::string& name = candidate.overlay.metadata.name;
    std::string first = catalog_.sources_.place(other.overlay.mark);
    if (other.layer == candidate.layer) {
      problem(candidate, cat("overlay ", quote(name), " stands twice in one layer; first at ", first),
              "give each overlay its own name");
      return false;
    }
    if (!candidate.overlay.metadata.replaces) {
      problem(candidate, cat("overlay ", quote(name), " is already in a lower layer, at ", first),
              "write 'replaces: true' in its metadata to take that one's place, or choose another name");
      return false;
    }
    if (other.overlay.metadata.replaces)
      loaded_.warnings.push_back(cat(catalog_.sources_.place(candidate.overlay.mark), ": overlay ",
                                     quote(name), " is replaced by two layers; this one wins over ", first));
    return true;
  }

  // ", base of 'a' and 3 more": who would lose a parent.
  std::string children_of(const std::string& name) const {
    std::vector<std::string_view> children;
    for (const Candidate& candidate : candidates_)
      if (candidate.overlay.spec.base == name) children.push_back(candidate.overlay.metadata.name);
    if (children.empty()) return {};
    std::string more = children.size() > 1 ? cat(" and ", children.size() - 1, " more") : "";
    return cat(" (base of ", quote(children.front()), more, ")");
  }

  void problem(const Candidate& candidate, std::string message, std::string hint) {
    problems_.push_back(Error{ErrorKind::Invalid, std::move(message),
                              catalog_.sources_.place(candidate.overlay.mark), std::move(hint)});
  }

  Files& files_;
  const LoadOptions& options_;
  Loaded loaded_;
  Catalog& catalog_ = loaded_.catalog;
  data::Value registry_;
  std::vector<Candidate> candidates_;
  std::map<std::string, const Candidate*, std::less<>> by_name_;
  std::map<std::string, const Candidate*, std::less<>> by_path_;
  Unread unread_;
  bool layer_missing_ = false;
  std::vector<Error> problems_;
};

Result<Inspected> inspect(Files& files, const LoadOptions& options) {
  return Loader(files, options).inspect();
}

Result<Loaded> load(Files& files, const LoadOptions& options) {
  EIDOS_TRY(Inspected inspected, inspect(files, options));
  if (!inspected.problems.empty()) return std::unexpected(together(std::move(inspected.problems)));
  return std::move(inspected.loaded);
}

}  // namespace eidos::catalog
