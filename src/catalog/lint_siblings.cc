// Overlays that may apply together without one being the ancestor of the other: where they write one value
// differently and are of equal rank, nothing but the alphabet decides which one wins.

#include <map>

#include "base/text.h"
#include "catalog/chain.h"
#include "catalog/lint_collect.h"
#include "data/document.h"
#include "data/path.h"
#include "model/recipe_fields.h"

namespace eidos::catalog {

namespace {

using Overlay = model::Overlay;

struct Write {
  const Overlay* by = nullptr;
  std::string value;
  data::Mark at;
};
using Writes = std::map<std::string, std::vector<Write>>;  // what is written → by whom

void add_overrides(const data::Map& map, const std::string& what, const Overlay& by, Writes& writes) {
  for (const data::Map::Entry& entry : map) {
    std::string path = cat(what, ".", data::to_text(data::Path{entry.key}));
    if (entry.value.is_map() && !entry.value.map().empty())
      add_overrides(entry.value.map(), path, by, writes);
    else
      writes[path].push_back({&by, data::to_compact_json(entry.value), entry.mark});
  }
}

void add_component(const model::ComponentRef& ref, const Overlay& by, LintCollector& lint, Writes& writes) {
  std::string what = cat("component ", ref.name);
  data::Value fields = data::write_value(ref);
  for (const data::Map::Entry& field : fields.map()) {
    // The name is the key; manifests are united, and overrides stand below one by one.
    if (field.key == "name" || field.key == "manifestFiles" || field.key == "overrides") continue;
    if (data::is_empty(field.value)) continue;
    writes[cat(what, ": ", field.key)].push_back(
        {&by, data::to_compact_json(field.value), lint.component_mark(by, ref, field.key)});
  }
  add_overrides(ref.overrides, cat(what, ": overrides"), by, writes);
}

void add_writes(const Overlay& by, LintCollector& lint, Writes& writes) {
  for (const model::Constraint& constraint : by.spec.constraints)
    writes[cat("constraint ", constraint.name)].push_back({&by, constraint.value, constraint.mark});
  for (const model::ComponentRef& ref : by.spec.component_refs) add_component(ref, by, lint, writes);
  data::Value phases = data::write_value(by.spec.validation);
  for (const data::Map::Entry& phase : phases.map())
    if (!data::is_empty(phase.value))
      writes[cat("validation phase ", phase.key)].push_back(
          {&by, data::to_compact_json(phase.value), lint.name_mark(by)});
}

bool is_ancestor(const Catalog& catalog, const Overlay& above, const Overlay& below) {
  const Overlay* at = &below;
  for (std::size_t steps = 0; at != nullptr && steps <= catalog.overlays().size(); ++steps) {
    if (at == &above) return true;
    at = parent_of(catalog, *at);
  }
  return false;
}

bool collide(const Catalog& catalog, const Write& a, const Write& b) {
  if (a.value == b.value) return false;
  const model::Criteria& one = *a.by->spec.criteria;
  const model::Criteria& other = *b.by->spec.criteria;
  return rank(one) == rank(other) && compatible(one, other) && !is_ancestor(catalog, *a.by, *b.by) &&
         !is_ancestor(catalog, *b.by, *a.by);
}

std::string shown(const std::string& json) {
  return json.size() <= 60 ? json : cat(json.substr(0, json.find_last_of(",:{[", 60)), "…");
}

}  // namespace

int rank(const model::Criteria& criteria) {
  int count = criteria.nodes != 0 ? 1 : 0;
  for (const model::Dimension& dimension : model::kDimensions)
    if (!(criteria.*dimension.member).empty()) ++count;
  return count;
}

bool compatible(const model::Criteria& a, const model::Criteria& b) {
  for (const model::Dimension& dimension : model::kDimensions) {
    const std::string& one = a.*dimension.member;
    const std::string& other = b.*dimension.member;
    if (!one.empty() && !other.empty() && one != other) return false;
  }
  return a.nodes == 0 || b.nodes == 0 || a.nodes == b.nodes;
}

void lint_siblings(LintCollector& lint) {
  Writes writes;
  for (const auto& [name, overlay] : lint.catalog().overlays())
    if (overlay.spec.criteria && name != kRoot) add_writes(overlay, lint, writes);
  for (const auto& [what, by] : writes)
    for (std::size_t later = 1; later < by.size(); ++later)
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        if (!collide(lint.catalog(), by[earlier], by[later])) continue;
        lint.add(
            "sibling-conflict", by[later].at,
            cat(what, " is ", shown(by[later].value), " here and ", shown(by[earlier].value), " in ",
                quote(by[earlier].by->metadata.name), " (", lint.catalog().sources().place(by[earlier].at),
                "); both can apply, and only the names decide that this one wins"),
            "make one the base of the other, or write it once, in an overlay for both");
      }
}

}  // namespace eidos::catalog
