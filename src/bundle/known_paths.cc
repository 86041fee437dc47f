#include "bundle/known_paths.h"

#include <string_view>
#include <utility>

#include "base/text.h"

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

}  // namespace

KnownPaths::KnownPaths(data::Value values, const model::Component* entry) : values_(std::move(values)) {
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
