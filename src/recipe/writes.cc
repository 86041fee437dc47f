// What wrote a recipe: registry, values files, overlays, or its own document.

#include <algorithm>

#include "base/text.h"
#include "catalog/chain.h"
#include "recipe/merge.h"
#include "recipe/provenance.h"

namespace eidos::recipe {
namespace {

using data::Path;
using data::Value;

Path path_of(std::initializer_list<std::string_view> keys) {
  Path out;
  for (std::string_view key : keys) out.emplace_back(std::string(key));
  return out;
}

/// One source of parts of a recipe: an overlay's document, or the recipe's own.
struct Origin {
  Writer writer;
  std::string name;
  std::string because;
  std::optional<Text> text;

  Write write(Path at, Value value, std::vector<Key> keys) const {
    return {.writer = writer,
            .name = name,
            .at = std::move(at),
            .value = std::move(value),
            .because = because,
            .keys = std::move(keys),
            .text = text};
  }
};

// An empty field of an overlay says nothing; `overrides` merge, `manifestFiles` only grow.
class ComponentWrites {
 public:
  explicit ComponentWrites(std::vector<Write>& out) : out_(out) {}

  void add(const Origin& origin, const std::string& name, const Value& item) {
    Key around{name, item.mark()};
    for (const data::Map::Entry& entry : item.map()) {
      if (says_nothing(entry)) continue;
      std::vector<Key> keys = {around, {entry.key, entry.mark}};
      if (entry.key == "overrides")
        add_overrides(origin, name, entry.value, keys);
      else if (entry.key == "manifestFiles" && entry.value.is_list())
        add_manifests(origin, name, entry.value.list(), keys);
      else
        out_.push_back(origin.write(path_of({"components", name, entry.key}), entry.value, keys));
    }
  }

 private:
  // What the merge passes over.
  static bool says_nothing(const data::Map::Entry& entry) {
    const Value& value = entry.value;
    if (value.is_list()) return value.list().empty();
    if (value.is_map()) return value.map().empty();
    return value.scalar_text().empty() || (entry.key == "cleanup" && value.scalar_text() == "false");
  }

  void add_overrides(const Origin& origin, const std::string& name, const Value& value,
                     const std::vector<Key>& keys) {
    for (std::string_view place : {"overrides", "values"}) {
      out_.push_back(origin.write(path_of({"components", name, place}), value, keys));
      out_.back().merges = true;
    }
  }

  void add_manifests(const Origin& origin, const std::string& name, const data::List& files,
                     const std::vector<Key>& keys) {
    std::vector<Value>& have = manifests_[name];
    for (const Value& file : files) {
      if (std::ranges::find(have, file) != have.end()) continue;
      Path at = path_of({"components", name, "manifestFiles"});
      at.emplace_back(have.size());
      std::vector<Key> item_keys = keys;
      item_keys.push_back({file.scalar_text(), file.mark()});
      out_.push_back(origin.write(std::move(at), file, std::move(item_keys)));
      have.push_back(file);
    }
  }

  std::vector<Write>& out_;
  std::map<std::string, std::vector<Value>> manifests_;
};

struct Default {
  std::string_view field;
  std::string_view section;
  std::string_view key;
  bool kustomize;  ///< For components of type Kustomize; else for all others.
};
// Lowest first: a Helm namespace goes before that of manifests.
constexpr Default kDefaults[] = {
    {"namespace", "manifest", "defaultNamespace", false},
    {"source", "helm", "defaultRepository", false},
    {"version", "helm", "defaultVersion", false},
    {"namespace", "helm", "defaultNamespace", false},
    {"chart", "helm", "defaultChart", false},
    {"source", "kustomize", "defaultSource", true},
    {"path", "kustomize", "defaultPath", true},
    {"tag", "kustomize", "defaultTag", true},
};

/// Why the recipe is as it is, put together once.
class Collector {
 public:
  Collector(const catalog::Catalog& catalog, const model::RecipeResult& recipe, const Value* root,
            const Text& text)
      : catalog_(catalog), recipe_(recipe), root_(root), text_(text) {}

  Result<std::vector<Write>> collect() {
    EIDOS_CHECK(read_overlays());
    EIDOS_CHECK(read_registries());
    for (const model::ComponentRef& ref : recipe_.component_refs) add_defaults(ref);
    for (const model::ComponentRef& ref : recipe_.component_refs) EIDOS_CHECK(add_values_files(ref));
    for (std::size_t i = 0; i < overlays_.size(); ++i) add_overlay(*overlays_[i], documents_[i]);
    if (root_ != nullptr && root_->is_map()) add_own();
    return std::move(out_);
  }

 private:
  // Where one overlay is unknown, nobody can tell what the others gave.
  Result<void> read_overlays() {
    for (const std::string& name : recipe_.metadata.applied_overlays) {
      const model::Overlay* overlay = catalog_.overlay(name);
      const catalog::CatalogFile* file = overlay == nullptr ? nullptr : catalog_.file_of(overlay->mark.file);
      if (file == nullptr) {
        overlays_.clear();
        documents_.clear();
        break;
      }
      EIDOS_TRY(Value document, catalog_.value_of(*file));
      overlays_.push_back(overlay);
      documents_.push_back(std::move(document));
    }
    for (const model::Overlay* overlay : overlays_) apply(replayed_, overlay->spec);
    for (model::ComponentRef& ref : replayed_.components)
      if (const model::Component* entry = catalog_.component(ref.name)) fill_from_registry(ref, *entry);
    return {};
  }

  Result<void> read_registries() {
    for (const catalog::CatalogFile* file : catalog_.registries()) {
      EIDOS_TRY(Value registry, catalog_.value_of(*file));
      registries_.push_back(std::move(registry));
    }
    return {};
  }

  // A recipe as it was resolved is what its overlays give; one that was edited is its own writer.
  bool is_given(const model::ComponentRef& ref) const {
    return std::ranges::find(replayed_.components, ref) != replayed_.components.end();
  }
  bool is_given(const model::Constraint& constraint) const {
    return std::ranges::find(replayed_.constraints, constraint) != replayed_.constraints.end();
  }

  void add_defaults(const model::ComponentRef& ref) {
    if (!is_given(ref)) return;
    add_type(ref);
    for (const Default& row : kDefaults) {
      if (row.kustomize != (ref.type == "Kustomize")) continue;
      for (const Value& registry : registries_) add_default(ref, row, registry);
    }
  }

  void add_type(const model::ComponentRef& ref) {
    const model::Component* entry = catalog_.component(ref.name);
    if (entry == nullptr) return;
    bool kustomize = entry->kustomize && !entry->kustomize->default_source.empty();
    Origin origin{Writer::Registry,
                  "registry",
                  cat("its entry has ", kustomize ? "a" : "no", " kustomize.defaultSource"),
                  {}};
    Value type = Value(kustomize ? "Kustomize" : "Helm").with_mark(entry->mark);
    out_.push_back(origin.write(path_of({"components", ref.name, "type"}), std::move(type), {}));
  }

  void add_default(const model::ComponentRef& ref, const Default& row, const Value& registry) {
    const Value* components = registry.find("components");
    if (components == nullptr || !components->is_list()) return;
    for (const Value& entry : components->list()) {
      const Value* name = entry.find("name");
      const Value* section = entry.find(row.section);
      if (name == nullptr || name->scalar_text() != ref.name || section == nullptr || !section->is_map())
        continue;
      const data::Map::Entry* found = section->map().entry(row.key);
      if (found == nullptr || data::is_empty(found->value)) continue;
      Value value = found->value;
      if (row.field == "chart")
        value = Value(value.scalar_text().substr(value.scalar_text().rfind('/') + 1)).with_mark(value.mark());
      Origin origin{Writer::Registry, "registry", cat(row.section, ".", row.key, " of its entry"), {}};
      out_.push_back(origin.write(path_of({"components", ref.name, row.field}), std::move(value),
                                  {{ref.name, entry.mark()}, {std::string(row.key), found->mark}}));
    }
  }

  Result<void> add_values_files(const model::ComponentRef& ref) {
    if (ref.values_file.empty()) return {};
    std::string base = cat("components/", ref.name, "/values.yaml");
    if (base != ref.values_file && catalog_.has_file(base))
      EIDOS_CHECK(add_values_file(ref, base, "below the component's other values files"));
    return add_values_file(ref, ref.values_file, named_by(ref));
  }

  Result<void> add_values_file(const model::ComponentRef& ref, const std::string& path, std::string because) {
    if (!catalog_.has_file(path)) return {};  // hydration says so, where the values are asked for
    EIDOS_TRY(Value values, catalog_.values(path));
    Origin origin{Writer::ValuesFile, path, std::move(because), {}};
    out_.push_back(origin.write(path_of({"components", ref.name, "values"}), std::move(values), {}));
    out_.back().merges = true;
    return {};
  }

  std::string named_by(const model::ComponentRef& ref) const {
    if (is_given(ref))
      for (auto overlay = overlays_.rbegin(); overlay != overlays_.rend(); ++overlay)
        for (const model::ComponentRef& said : (*overlay)->spec.component_refs)
          if (said.name == ref.name && said.values_file == ref.values_file)
            return cat("valuesFile of overlay ", (*overlay)->metadata.name);
    return "valuesFile of the recipe";
  }

  void add_overlay(const model::Overlay& overlay, const Value& document) {
    Origin origin{Writer::Overlay, overlay.metadata.name, {}, {}};
    const Value* spec = document.find("spec");
    if (spec == nullptr || !spec->is_map()) return;
    if (const Value* list = spec->find("constraints"); list != nullptr && list->is_list())
      for (std::size_t i = 0; i < list->list().size(); ++i)
        if (const model::Constraint& one = overlay.spec.constraints[i]; is_given_by_name(one.name))
          add_constraint(origin, one.name, list->list()[i]);
    if (const Value* list = spec->find("componentRefs"); list != nullptr && list->is_list())
      for (std::size_t i = 0; i < list->list().size(); ++i)
        add_component(origin, overlay.spec.component_refs[i].name, list->list()[i]);
    if (const Value* phases = spec->find("validation"); phases != nullptr && phases->is_map())
      for (const data::Map::Entry& phase : phases->map())
        if (!phase.value.is_null() && phase_is_given(phase.key))
          out_.push_back(
              origin.write(path_of({"validation", phase.key}), phase.value, {{phase.key, phase.mark}}));
  }

  bool is_given_by_name(const std::string& name) const {
    return std::ranges::any_of(recipe_.constraints, [&](const model::Constraint& constraint) {
      return constraint.name == name && is_given(constraint);
    });
  }

  bool phase_is_given(std::string_view phase) const {
    using V = model::Validation;
    constexpr std::pair<std::string_view, std::optional<model::ValidationPhase> V::*> kPhases[] = {
        {"readiness", &V::readiness},
        {"deployment", &V::deployment},
        {"performance", &V::performance},
        {"conformance", &V::conformance}};
    for (const auto& [name, member] : kPhases)
      if (name == phase) return recipe_.validation.*member == replayed_.validation.*member;
    return false;
  }

  void add_constraint(const Origin& origin, const std::string& name, const Value& item) {
    out_.push_back(origin.write(path_of({"constraints", name}), item, {{name, item.mark()}}));
  }

  void add_component(const Origin& origin, const std::string& name, const Value& item) {
    auto ref = std::ranges::find(recipe_.component_refs, name, &model::ComponentRef::name);
    if (ref != recipe_.component_refs.end() && is_given(*ref)) components_.add(origin, name, item);
  }

  // Of a recipe that was read: what its overlays do not account for.
  void add_own() {
    Origin origin{Writer::Recipe, std::string(text_.sources->name(root_->mark().file)), {}, text_};
    for (const data::Map::Entry& entry : root_->map()) {
      if (entry.key == "componentRefs" && entry.value.is_list()) {
        for (std::size_t i = 0; i < recipe_.component_refs.size(); ++i)
          if (const model::ComponentRef& ref = recipe_.component_refs[i]; !is_given(ref))
            components_.add(origin, ref.name, entry.value.list()[i]);
      } else if (entry.key == "constraints" && entry.value.is_list()) {
        for (std::size_t i = 0; i < recipe_.constraints.size(); ++i)
          if (const model::Constraint& one = recipe_.constraints[i]; !is_given(one))
            add_constraint(origin, one.name, entry.value.list()[i]);
      } else if (entry.key == "validation" && entry.value.is_map()) {
        for (const data::Map::Entry& phase : entry.value.map())
          if (!phase_is_given(phase.key))
            out_.push_back(
                origin.write(path_of({"validation", phase.key}), phase.value, {{phase.key, phase.mark}}));
      } else {
        out_.push_back(origin.write(path_of({entry.key}), entry.value, {{entry.key, entry.mark}}));
      }
    }
  }

  const catalog::Catalog& catalog_;
  const model::RecipeResult& recipe_;
  const Value* root_;
  const Text& text_;
  std::vector<const model::Overlay*> overlays_;  // applied ones, in order
  std::vector<Value> documents_;                 // theirs
  std::vector<Value> registries_;                // lowest layer first
  Merged replayed_;
  std::vector<Write> out_;
  ComponentWrites components_{out_};
};

}  // namespace

Result<std::vector<Write>> recipe_writes(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                                         const data::Value* root, const Text& text) {
  return Collector(catalog, recipe, root, text).collect();
}

}  // namespace eidos::recipe
