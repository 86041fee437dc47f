#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "diff/crds.h"
#include "diff/diff.h"
#include "diff/findings.h"
#include "diff/order.h"
#include "diff/tree.h"
#include "model/recipe_fields.h"

namespace eidos::diff {

namespace {

using data::Map;
using data::Value;
using model::ComponentRef;
using model::RecipeResult;

constexpr std::string_view kOrderGroup = "deployment order";

// Compared on their own; manifestFiles only of bundles, whose manifests are at hand.
constexpr std::string_view kFieldsOfTheirOwn[] = {"name", "overrides", "valuesFile"};
constexpr std::string_view kManifestFiles = "manifestFiles";

class RecipeDiff {
 public:
  RecipeDiff(const RecipeResult& from, const RecipeResult& to, const Ignore& ignore)
      : from_(from), to_(to), findings_(ignore) {}

  // nullptr: recipes without values.
  void with_bundles(const Bundle* from, const Bundle* to) {
    before_ = from;
    after_ = to;
  }

  DiffResult run() && {
    part("criteria", data::write_value(from_.criteria), data::write_value(to_.criteria));
    metadata();
    named("constraints", data::write_value(from_.constraints), data::write_value(to_.constraints));
    components();
    order();
    measurements();
    part("validation", data::write_value(from_.validation), data::write_value(to_.validation));
    if (before_ != nullptr) notes();
    std::string_view kind = before_ == nullptr ? "RecipeResult" : "Bundle";
    DiffResult result = std::move(findings_).result(side(kind, from_), side(kind, to_));
    std::set<std::string> known = known_crds();
    for (Change& change : result.changes) change.crds = known.contains(change.group);
    return result;
  }

 private:
  static Side side(std::string_view kind, const RecipeResult& recipe) {
    return {{}, std::string(kind), {}, {}, recipe.metadata.version};
  }

  static Place place(std::string group, const data::Path& whole, std::size_t above) {
    data::Path below(whole.begin() + static_cast<std::ptrdiff_t>(above), whole.end());
    return {std::move(group), data::to_text(below), data::to_text(whole), flat(whole)};
  }

  static data::Path joined(std::initializer_list<std::string_view> front, const data::Path& back) {
    data::Path path;
    for (std::string_view part : front) path.emplace_back(std::string(part));
    path.insert(path.end(), back.begin(), back.end());
    return path;
  }

  void part(std::string_view name, const Value& from, const Value& to) {
    compare_trees(from, to, [&](const data::Path& path, const Value* before, const Value* after) {
      data::Path whole = joined({name}, path);
      findings_.compare(place(std::string(name), whole, 1), before, after, meaning_of(flat(whole)));
    });
  }

  // A list of maps with names: an item that comes or goes is one change.
  void named(std::string_view name, const Value& from, const Value& to) {
    auto items = [](const Value& list) {
      std::map<std::string, const Value*> found;
      for (const Value& item : list.list()) found.emplace(item.find("name")->string(), &item);
      return found;
    };
    auto before = items(from);
    auto after = items(to);
    for (const auto& [key, item] : before) {
      auto there = after.find(key);
      if (there == after.end())
        one_item(name, key, item->find("value"), nullptr);
      else
        within_item(name, key, *item, *there->second);
    }
    for (const auto& [key, item] : after)
      if (!before.contains(key)) one_item(name, key, nullptr, item->find("value"));
  }

  void one_item(std::string_view name, const std::string& key, const Value* from, const Value* to) {
    data::Path whole = joined({name, key}, {});
    Place where = place(std::string(name), whole, 1);
    where.key = key;
    where.path = cat(name, ".", key);
    findings_.compare(std::move(where), from, to, meaning_of(name));
  }

  void within_item(std::string_view name, const std::string& key, const Value& from, const Value& to) {
    compare_trees(from, to, [&](const data::Path& path, const Value* before, const Value* after) {
      data::Path whole = joined({name, key}, path);
      Place where = place(std::string(name), whole, 1);
      std::string field = data::to_text(path);
      where.key = field == "value" ? key : cat(key, " ", field);
      where.path = cat(name, ".", key, ".", field);
      findings_.compare(std::move(where), before, after, meaning_of(cat(name, ".x.", field)));
    });
  }

  // Recommended settings, as readings of a snapshot are compared.
  void measurements() {
    using Key = std::tuple<std::string, std::string, std::string>;
    auto readings = [](const RecipeResult& recipe) {
      std::map<Key, const Value*> found;
      for (const model::Measurement& measurement : recipe.measurements)
        for (const model::Subtype& group : measurement.subtypes)
          for (const Map::Entry& entry : group.data)
            found.emplace(Key(measurement.type, group.subtype, entry.key), &entry.value);
      return found;
    };
    auto before = readings(from_);
    auto after = readings(to_);
    auto record_reading = [&](const Key& key, const Value* from, const Value* to) {
      const auto& [type, subtype, name] = key;
      std::string group = cat(type, ".", subtype);
      findings_.compare({group, name, cat("measurements.", group, ".", name), {}}, from, to,
                        meaning_of(type, subtype, name));
    };
    for (const auto& [key, value] : before) {
      auto there = after.find(key);
      record_reading(key, value, there == after.end() ? nullptr : there->second);
    }
    for (const auto& [key, value] : after)
      if (!before.contains(key)) record_reading(key, nullptr, value);
  }

  // The digests say that something differs; the parts say what.
  void metadata() {
    const auto& before = from_.metadata;
    const auto& after = to_.metadata;
    if (before.version != after.version) findings_.add_not_counted();
    if (before.catalog.digest != after.catalog.digest) findings_.add_not_counted();
    if (before.catalog.layers != after.catalog.layers) findings_.add_not_counted();
    if (before.detected != after.detected) findings_.add_not_counted();
    if (before.constraint_warnings != after.constraint_warnings) findings_.add_not_counted();
    names("overlays", "appliedOverlays", before.applied_overlays, after.applied_overlays);
    names("overlays", "excludedOverlays", before.excluded_overlays, after.excluded_overlays);
    names("unusedCriteria", "unusedCriteria", dimensions(before), dimensions(after));
  }

  static std::vector<std::string> dimensions(const model::RecipeResultMetadata& metadata) {
    std::vector<std::string> names;
    for (const model::UnusedCriterion& unused : metadata.unused_criteria) names.push_back(unused.dimension);
    return names;
  }

  void names(std::string_view meaning, std::string_view key, const std::vector<std::string>& from,
             const std::vector<std::string>& to) {
    Value before = data::write_value(from);
    Value after = data::write_value(to);
    findings_.compare({"metadata", std::string(key), cat("metadata.", key), {}}, &before, &after,
                      meaning_of(meaning));
  }

  void components() {
    auto refs = [](const RecipeResult& recipe) {
      std::map<std::string, const ComponentRef*> found;
      for (const ComponentRef& ref : recipe.component_refs) found.emplace(ref.name, &ref);
      return found;
    };
    auto before = refs(from_);
    auto after = refs(to_);
    std::set<std::string> all;
    for (const auto& [name, ref] : before) all.insert(name);
    for (const auto& [name, ref] : after) all.insert(name);
    for (const std::string& name : all) {
      auto old_one = before.find(name);
      auto new_one = after.find(name);
      if (old_one != before.end() && new_one != after.end())
        component(*old_one->second, *new_one->second);
      else
        comes_or_goes(name, old_one == before.end() ? *new_one->second : *old_one->second,
                      old_one == before.end() ? How::Added : How::Removed);
    }
  }

  void comes_or_goes(const std::string& name, const ComponentRef& ref, How how) {
    Change change{.how = how};
    const std::string& what = ref.version.empty() ? ref.tag : ref.version;
    (how == How::Added ? change.to : change.from) = Value(what);
    change.detail = ref.name_space.empty() ? "" : cat("namespace ", ref.name_space);
    findings_.add({name, "", cat("componentRefs.", name), {}}, std::move(change), meaning_of("component"));
  }

  void component(const ComponentRef& from, const ComponentRef& to) {
    Value before = data::write_value(from);
    Value after = data::write_value(to);
    for (std::string_view field : kFieldsOfTheirOwn) {
      before.map().erase(field);
      after.map().erase(field);
    }
    if (before_ != nullptr) {
      before.map().erase(kManifestFiles);
      after.map().erase(kManifestFiles);
    }
    compare_trees(before, after, [&](const data::Path& path, const Value* a, const Value* b) {
      record(from.name, joined({"componentRefs", from.name}, path), 2, a, b, cat("component.", flat(path)));
    });
    if (before_ != nullptr && after_ != nullptr) return values(from.name);
    inputs(from, to);
    compare_trees(Value(from.overrides), Value(to.overrides),
                  [&](const data::Path& path, const Value* a, const Value* b) {
                    record(from.name, joined({"componentRefs", from.name, "overrides"}, path), 2, a, b,
                           cat("values.", flat(path)));
                  });
  }

  void record(const std::string& group, const data::Path& whole, std::size_t above, const Value* from,
              const Value* to, const std::string& meaning) {
    findings_.compare(place(group, whole, above), from, to, meaning_of(meaning));
  }

  // Values that come from files are not in a recipe: only that they differ is.
  void inputs(const ComponentRef& from, const ComponentRef& to) {
    Value file_before(from.values_file);
    Value file_after(to.values_file);
    record(from.name, joined({"componentRefs", from.name, "valuesFile"}, {}), 2, &file_before, &file_after,
           "component.valuesFile");
    auto digest = [&](const RecipeResult& recipe) {
      const auto& digests = recipe.metadata.catalog.components;
      auto found = digests.find(from.name);
      return Value(found == digests.end() ? std::string() : found->second);
    };
    Value before = digest(from_);
    Value after = digest(to_);
    if (before.string().empty() || after.string().empty()) return;
    findings_.compare({from.name, "catalog inputs", cat("metadata.catalog.components.", from.name), {}},
                      &before, &after, meaning_of("component.inputs"));
  }

  void values(const std::string& name) {
    auto of = [&](const Bundle& bundle) {
      const Value* there = bundle.values.find(name);
      return there == nullptr ? Value(Map()) : *there;
    };
    compare_trees(of(*before_), of(*after_), [&](const data::Path& path, const Value* a, const Value* b) {
      record(name, joined({"values", name}, path), 2, a, b, cat("values.", flat(path)));
    });
    auto enabled = [&](const Bundle& bundle) {
      const Value* switches = bundle.values.find("enabled");
      return switches == nullptr ? nullptr : switches->find(name);
    };
    const Value* on_before = enabled(*before_);
    const Value* on_after = enabled(*after_);
    if (on_before != nullptr && on_after != nullptr)  // only one kind of bundle has switches
      findings_.compare({name, "enabled", cat("values.enabled.", name), {}}, on_before, on_after,
                        meaning_of("component.enabled"));
    manifests(name);
  }

  void manifests(const std::string& name) {
    std::map<std::string, Value> before = manifests_of(*before_, name);
    std::map<std::string, Value> after = manifests_of(*after_, name);
    auto find = [](const std::map<std::string, Value>& files, const std::string& path) {
      auto found = files.find(path);
      return found == files.end() ? nullptr : &found->second;
    };
    for (const auto& [path, text] : before) manifest(name, path, &text, find(after, path));
    for (const auto& [path, text] : after)
      if (!before.contains(path)) manifest(name, path, nullptr, &text);
  }

  void manifest(const std::string& name, const std::string& path, const Value* from, const Value* to) {
    if (from != nullptr && to != nullptr && *from == *to) return;
    auto lines = [](const Value* text) {
      if (text == nullptr) return Value();
      auto count = std::ranges::count(text->string(), '\n');
      return Value(cat(count, count == 1 ? " line" : " lines"));
    };
    How how = from == nullptr ? How::Added : to == nullptr ? How::Removed : How::Changed;
    findings_.add({name, cat("templates/", path), cat("templates.", path), {}},
                  {.how = how, .from = lines(from), .to = lines(to)}, meaning_of("component.manifests"));
  }

  static std::map<std::string, Value> manifests_of(const Bundle& bundle, const std::string& name) {
    std::map<std::string, Value> found;
    for (const auto& [path, text] : bundle.manifests)
      if (path.starts_with(name + "/")) found.emplace(path, Value(text));
    return found;
  }

  void order() {
    const auto& before = from_.deployment_order;
    const auto& after = to_.deployment_order;
    auto position = [](const std::vector<std::string>& list, const std::string& item) {
      return Value(static_cast<std::int64_t>(std::ranges::find(list, item) - list.begin()) + 1);
    };
    for (const std::string& name : moved(before, after))
      findings_.add({std::string(kOrderGroup), name, cat("deploymentOrder.", name), {}},
                    {.how = How::Moved, .from = position(before, name), .to = position(after, name)},
                    meaning_of("order"));
  }

  std::set<std::string> known_crds() const {
    std::set<std::string> known;
    auto say = [](const Bundle* bundle, const std::string& name) {
      return bundle != nullptr && (switches_crds_on(*bundle, name) || defines_crds(*bundle, name));
    };
    for (const RecipeResult* recipe : {&from_, &to_})
      for (const ComponentRef& ref : recipe->component_refs)
        if (is_crd_component(ref.name) || say(before_, ref.name) || say(after_, ref.name))
          known.insert(ref.name);
    return known;
  }

  void notes() {
    std::set<std::string> known = known_crds();
    std::vector<std::string> names(known.begin(), known.end());
    findings_.add_note(
        cat("CustomResourceDefinitions: ",
            names.empty() ? "no component is known to bring any" : cat("known of ", join(names, ", ")),
            "; what a chart brings along is not in a bundle, so any other component may, too"));
  }

  const RecipeResult& from_;
  const RecipeResult& to_;
  const Bundle* before_ = nullptr;
  const Bundle* after_ = nullptr;
  Findings findings_;
};

}  // namespace

DiffResult diff(const RecipeResult& from, const RecipeResult& to, const Ignore& ignore) {
  return RecipeDiff(from, to, ignore).run();
}

DiffResult diff(const Bundle& from, const Bundle& to, const Ignore& ignore) {
  RecipeDiff comparison(from.recipe, to.recipe, ignore);
  comparison.with_bundles(&from, &to);
  return std::move(comparison).run();
}

}  // namespace eidos::diff
