#include "bundle/known_paths.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "data/document.h"

namespace eidos::bundle {
namespace {

// Calls `leaf(path)` for everything but maps with something in it; `branch(path)` for those maps.
template <class Leaf, class Branch>
void walk(const data::Value& value, data::Path& path, Leaf leaf, Branch branch) {
  if (!value.is_map() || value.map().empty()) {
    if (!path.empty()) leaf(path);
    return;
  }
  if (!path.empty()) branch(path);
  for (const data::Map::Entry& entry : value.map()) {
    path.emplace_back(entry.key);
    walk(entry.value, path, leaf, branch);
    path.pop_back();
  }
}

void add_paths(data::Value& values, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    auto path = data::parse_path(text);
    if (!path || data::find(values, *path) != nullptr) continue;
    // A path that cannot be written is reported when a flag wants to write it.
    [[maybe_unused]] auto written = data::set(values, *path, data::Value());
  }
}

constexpr std::string_view kProperties = "properties";

// Every path a shape names.
void walk_shape(const data::Value& shape, data::Path& path, std::vector<std::string>& texts) {
  const data::Value* properties = shape.find(kProperties);
  if (properties == nullptr || !properties->is_map()) return;
  for (const data::Map::Entry& entry : properties->map()) {
    path.emplace_back(entry.key);
    texts.push_back(data::to_text(path));
    walk_shape(entry.value, path, texts);
    path.pop_back();
  }
}

bool lists_version(const data::Value& shape, const std::string& version) {
  const data::Value* versions = shape.find("x-versions");
  if (versions == nullptr || !versions->is_list()) return false;
  if (version.empty()) return versions->list().empty();
  return std::ranges::any_of(
      versions->list(), [&](const data::Value& one) { return one.is_string() && one.string() == version; });
}

}  // namespace

Result<data::Value> recorded_shape(const catalog::Catalog& catalog, const model::ComponentRef& ref) {
  std::string path = cat("components/", ref.name, "/values.schema.json");
  if (!catalog.has_file(path)) return data::Value();
  EIDOS_TRY(std::string text, catalog.text(path));
  data::Sources sources;
  EIDOS_TRY(data::Value shape, data::parse_json(text, sources, path));
  return lists_version(shape, ref.version) ? std::move(shape) : data::Value();
}

bool shape_has(const data::Value& shape, const data::Path& path) {
  const data::Value* at = &shape;
  for (const data::PathPart& part : path) {
    const data::Value* closed = at->find("additionalProperties");
    bool open = closed == nullptr || !closed->is_bool() || closed->boolean();
    const auto* key = std::get_if<std::string>(&part);
    const data::Value* properties = at->find(kProperties);
    const data::Value* next = key == nullptr || properties == nullptr ? nullptr : properties->find(*key);
    if (next == nullptr) return open;
    at = next;
  }
  return true;
}

KnownPaths::KnownPaths(data::Value values, const model::Component* entry, data::Value shape)
    : values_(std::move(values)), shape_(std::move(shape)) {
  if (entry == nullptr) return;
  for (const model::SchedulingPaths* paths :
       {&entry->node_scheduling.system, &entry->node_scheduling.accelerated}) {
    add_paths(values_, paths->node_selector_paths);
    add_paths(values_, paths->toleration_paths);
    add_paths(values_, paths->taint_paths);
    add_paths(values_, paths->taint_str_paths);
  }
  add_paths(values_, entry->node_scheduling.node_count_paths);
  add_paths(values_, entry->pod_scheduling.workload.workload_selector_paths);
}

bool KnownPaths::has(const data::Path& path) const {
  return (has_shape() && shape_has(shape_, path)) || values_have(path);
}

bool KnownPaths::values_have(const data::Path& path) const {
  const data::Value* at = &values_;
  for (const data::PathPart& part : path) {
    bool open = at->is_null() || at->is_list() || (at != &values_ && at->is_map() && at->map().empty());
    if (open) return true;
    const auto* key = std::get_if<std::string>(&part);
    at = key == nullptr ? nullptr : at->find(*key);
    if (at == nullptr) return false;
  }
  return true;
}

std::string KnownPaths::nearest_to(const data::Path& path) const {
  std::vector<std::string> texts;
  auto keep = [&](const data::Path& known) { texts.push_back(data::to_text(known)); };
  data::Path from;
  walk(values_, from, keep, keep);
  walk_shape(shape_, from, texts);
  std::vector<std::string_view> candidates(texts.begin(), texts.end());
  return did_you_mean(data::to_text(path), candidates);
}

std::vector<data::Path> leaf_paths(const data::Value& values) {
  std::vector<data::Path> out;
  data::Path from;
  walk(values, from, [&](const data::Path& path) { out.push_back(path); }, [](const data::Path&) {});
  return out;
}

}  // namespace eidos::bundle
