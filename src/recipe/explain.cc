#include "recipe/explain.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/chain.h"
#include "model/document.h"
#include "recipe/criteria.h"
#include "recipe/explanation_fields.h"
#include "recipe/resolve.h"

namespace eidos::recipe {
namespace {

constexpr std::size_t kMostNamed = 5;

bool is_among(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// "a, b and 3 more".
std::string named(std::vector<std::string> names) {
  std::size_t all = names.size();
  if (all > kMostNamed) names.resize(kMostNamed);
  return cat(join(names, ", "), all > kMostNamed ? cat(" and ", all - kMostNamed, " more") : "");
}

/// What keeps criteria from fitting: "asks for accelerator=h100 (stated: gb200), os=ubuntu (not stated)".
std::string mismatches(const model::Criteria& asks, const model::Criteria& stated) {
  std::vector<std::string> parts;
  auto add = [&](std::string_view name, const std::string& wanted, const std::string& have) {
    if (!wanted.empty() && wanted != have)
      parts.push_back(cat(name, "=", wanted, have.empty() ? " (not stated)" : cat(" (stated: ", have, ")")));
  };
  for (const model::Dimension& dimension : model::kDimensions)
    add(dimension.name, asks.*dimension.member, stated.*dimension.member);
  auto number = [](std::int64_t nodes) { return nodes == 0 ? std::string() : cat(nodes); };
  add("nodes", number(asks.nodes), number(stated.nodes));
  return parts.empty() ? std::string() : cat("asks for ", join(parts, ", "));
}

class OverlayJudge {
 public:
  OverlayJudge(const catalog::Catalog& catalog, const model::RecipeResult& recipe)
      : catalog_(catalog), recipe_(recipe) {
    for (const std::string& name : recipe.metadata.applied_overlays)
      if (const model::Overlay* overlay = catalog.overlay(name); overlay != nullptr && name != catalog::kRoot)
        children_[overlay->spec.base.empty() ? std::string(catalog::kRoot) : overlay->spec.base].push_back(
            name);
  }

  OverlayReason reason(const std::string& name, Taken verdict) const {
    const model::Overlay* overlay = catalog_.overlay(name);
    if (overlay == nullptr)
      return {name, verdict, "the recipe says so; this catalog has no such overlay", {}};
    return {name, verdict, why(*overlay, verdict), std::string(catalog_.sources().name(overlay->mark.file))};
  }

 private:
  std::string why(const model::Overlay& overlay, Taken verdict) const {
    switch (verdict) {
      case Taken::Applied: return why_applied(overlay);
      case Taken::Excluded: return why_excluded(overlay.metadata.name);
      case Taken::Left: return why_left(overlay);
    }
    std::unreachable();
  }

  std::string why_applied(const model::Overlay& overlay) const {
    if (overlay.metadata.name == catalog::kRoot) return "the root of every recipe";
    std::string parent;
    if (auto found = children_.find(overlay.metadata.name); found != children_.end())
      parent = cat("base of ", named(found->second));
    if (!overlay.spec.criteria) return parent.empty() ? "the recipe says so" : parent;
    std::string mismatch = mismatches(*overlay.spec.criteria, recipe_.criteria);
    if (!mismatch.empty())
      return parent.empty() ? cat("the recipe says so, though it ", mismatch)
                            : cat(parent, ", though it ", mismatch);
    std::string asks = describe(*overlay.spec.criteria);
    std::string fits = asks == "any" ? "asks for nothing, so it fits everything" : cat("asks for ", asks);
    return parent.empty() ? fits : cat(fits, "; ", parent);
  }

  std::string why_excluded(const std::string& name) const {
    std::vector<std::string> reasons;
    for (const model::ConstraintWarning& warning : recipe_.metadata.constraint_warnings)
      if (warning.overlay == name) reasons.push_back(cat(warning.constraint, ": ", warning.reason));
    return reasons.empty() ? "the snapshot does not fit it" : join(reasons, "; ");
  }

  std::string why_left(const model::Overlay& overlay) const {
    if (!overlay.spec.criteria)
      return "has no criteria: taken only as a base, and nothing taken builds on it";
    std::string mismatch = mismatches(*overlay.spec.criteria, recipe_.criteria);
    return mismatch.empty() ? "fits, but the recipe was made without it: from another catalog, or edited"
                            : mismatch;
  }

  const catalog::Catalog& catalog_;
  const model::RecipeResult& recipe_;
  std::map<std::string, std::vector<std::string>, std::less<>> children_;  // of applied overlays
};

}  // namespace

std::vector<OverlayReason> overlay_reasons(const catalog::Catalog& catalog,
                                           const model::RecipeResult& recipe) {
  OverlayJudge judge(catalog, recipe);
  std::vector<OverlayReason> out;
  const model::RecipeResultMetadata& metadata = recipe.metadata;
  for (const std::string& name : metadata.applied_overlays) out.push_back(judge.reason(name, Taken::Applied));
  for (const std::string& name : metadata.excluded_overlays)
    out.push_back(judge.reason(name, Taken::Excluded));
  for (const auto& [name, overlay] : catalog.overlays())
    if (!is_among(metadata.applied_overlays, name) && !is_among(metadata.excluded_overlays, name))
      out.push_back(judge.reason(name, Taken::Left));
  return out;
}

namespace {

using Places = std::map<std::string_view, std::int64_t>;

Places places_of(const std::vector<std::string>& order) {
  Places places;
  for (std::size_t i = 0; i < order.size(); ++i) places.emplace(order[i], static_cast<std::int64_t>(i) + 1);
  return places;
}

std::string why_here(const model::RecipeResult& recipe, const OrderReason& reason, const Places& places) {
  std::int64_t ready = 1;
  std::vector<std::string> needs;
  for (const std::string& name : reason.after) {
    auto place = places.find(name);
    if (place == places.end()) continue;
    ready = std::max(ready, place->second + 1);
    needs.push_back(cat(name, " (", place->second, ")"));
  }
  std::string why = needs.empty() ? std::string("depends on nothing") : cat("after ", join(needs, ", "));
  if (ready == reason.place) return why;
  std::vector<std::string> before(recipe.deployment_order.begin() + ready - 1,
                                  recipe.deployment_order.begin() + reason.place - 1);
  return cat(why, "; could come at ", ready, ", but by name ", named(std::move(before)), " went first");
}

}  // namespace

std::vector<OrderReason> order_reasons(const model::RecipeResult& recipe) {
  Places places = places_of(recipe.deployment_order);
  auto computed = deployment_order(recipe.component_refs);
  Places usual = computed ? places_of(*computed) : Places();
  std::vector<OrderReason> out;
  for (const std::string& name : recipe.deployment_order) {
    OrderReason reason{name, places.at(name), {}, {}};
    auto ref = std::ranges::find(recipe.component_refs, name, &model::ComponentRef::name);
    if (ref != recipe.component_refs.end()) reason.after = ref->dependency_refs;
    bool is_usual = computed && *computed == recipe.deployment_order;
    if (is_usual)
      reason.why = why_here(recipe, reason, places);
    else if (auto place = usual.find(name); place != usual.end())
      reason.why = cat("the recipe says so; by dependencies and names it would come at ", place->second);
    else
      reason.why = "the recipe says so";
    out.push_back(std::move(reason));
  }
  return out;
}

namespace {

struct Note {
  std::string_view start;  ///< Of the path.
  std::string_view text;
};
// The first that fits; what is written by nobody.
constexpr Note kNotes[] = {
    {"kind", "what every recipe is"},
    {"apiVersion", "the version of the format"},
    {"metadata.version", "the version of eidos that resolved it"},
    {"metadata.catalog", "computed from the files of the catalog"},
    {"metadata.unusedCriteria", "stated, and no applied overlay asks for it"},
    {"metadata", "computed when the recipe was resolved"},
    {"criteria", "not stated"},
    {"components", "what its parts give"},
    {"componentRefs", "what its parts give"},
    {"context", "words for people, made from the recipe"},
};

class Reasoner {
 public:
  Reasoner(const catalog::Catalog& catalog, const model::RecipeResult& recipe, const data::Value& document,
           const std::vector<Write>& writes)
      : document_(document),
        provenance_(catalog, writes),
        overlays_(overlay_reasons(catalog, recipe)),
        order_(order_reasons(recipe)) {}

  ValueReason reason(const Match& match) {
    ValueReason out{*match.value, {}, provenance_.history(by_name(document_, match.path))};
    out.note = special_note(match);
    if (!out.note.empty() || !out.history.empty()) return out;
    std::string text = data::to_text(match.path);
    for (const Note& note : kNotes)
      if (text.starts_with(note.start)) {
        out.note = note.text;
        break;
      }
    return out;
  }

 private:
  // Entries of the lists that have a reason of their own.
  std::string special_note(const Match& match) const {
    std::string text = data::to_text(match.path);
    std::string value = match.value->is_scalar() ? match.value->scalar_text() : std::string();
    if (text.starts_with("deploymentOrder[")) return why(order_, value);
    if (text.starts_with("metadata.appliedOverlays[") || text.starts_with("metadata.excludedOverlays["))
      return why(overlays_, value);
    return {};
  }

  template <class T>
  static std::string why(const std::vector<T>& reasons, const std::string& name) {
    auto found = std::ranges::find(reasons, name, &T::name);
    return found == reasons.end() ? std::string() : found->why;
  }

  const data::Value& document_;
  Provenance provenance_;
  std::vector<OverlayReason> overlays_;
  std::vector<OrderReason> order_;
};

void add_leaves(const Match& match, std::vector<Match>& out) {
  auto below = [&](data::PathPart part, const data::Value& value) {
    Match next{match.path, &value};
    next.path.push_back(std::move(part));
    add_leaves(next, out);
  };
  const data::Value& value = *match.value;
  if (value.is_map() && !value.map().empty())
    for (const data::Map::Entry& entry : value.map()) below(entry.key, entry.value);
  else if (value.is_list() && !value.list().empty())
    for (std::size_t i = 0; i < value.list().size(); ++i) below(i, value.list()[i]);
  else
    out.push_back(match);
}

}  // namespace

std::vector<ValueReason> value_reasons(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                                       const data::Value& document, const std::vector<Write>& writes,
                                       const std::vector<Match>& matches) {
  Reasoner reasoner(catalog, recipe, document, writes);
  std::vector<ValueReason> out;
  for (const Match& match : matches) out.push_back(reasoner.reason(match));
  return out;
}

std::vector<Match> leaves(const Match& match) {
  std::vector<Match> out;
  add_leaves(match, out);
  return out;
}

namespace {

// Null, false and "" are values too, which the table's writer would leave out.
data::Value event_document(const Event& event) {
  data::Value out = data::write_value(event);
  for (auto [key, member] : {std::pair{"value", &Event::value}, {"replaced", &Event::replaced}}) {
    out.map().erase(key);
    if (event.*member) out.map().set(key, *(event.*member));
  }
  return out;
}

}  // namespace

data::Value to_document(const Explanation& explanation) {
  data::Value out = data::write_value(explanation);
  for (const auto& [pointer, reason] : explanation.values) {
    data::List history;
    for (const Event& event : reason.history) history.push_back(event_document(event));
    if (!history.empty())
      out.map().find("values")->map().find(pointer)->map().set("history", std::move(history));
  }
  return out;
}

}  // namespace eidos::recipe
