#include "recipe/resolve.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "catalog/chain.h"
#include "model/constraint.h"
#include "model/document.h"
#include "recipe/coverage.h"
#include "recipe/criteria.h"
#include "recipe/merge.h"

namespace eidos::recipe {
namespace {

using Chain = std::vector<const model::Overlay*>;

int specificity(const model::Criteria& criteria) {
  int count = criteria.nodes != 0 ? 1 : 0;
  for (const model::Dimension& dimension : model::kDimensions)
    if (!(criteria.*dimension.member).empty()) ++count;
  return count;
}

// Overlays that match, least specific first, then by name. Parents pulled in through spec.base need not
// match.
Chain select(const catalog::Catalog& catalog, const model::Criteria& stated) {
  Chain selected = catalog.matching(stated);
  std::erase_if(selected,
                [](const model::Overlay* overlay) { return overlay->metadata.name == catalog::kRoot; });
  std::ranges::sort(selected, {}, [](const model::Overlay* overlay) {
    return std::pair(specificity(*overlay->spec.criteria), std::string_view(overlay->metadata.name));
  });
  return selected;
}

// Judges overlays against a snapshot, each once.
class SnapshotFilter {
 public:
  explicit SnapshotFilter(const model::Snapshot& snapshot) : snapshot_(snapshot) {}

  /// Whether the constraints of an overlay and all its ancestors, the root excepted, hold. If not, it is
  /// excluded, with everything in its chain that does not hold.
  Result<bool> admits(const model::Overlay& overlay, const Chain& chain) {
    bool admitted = true;
    for (const model::Overlay* member : chain) {
      if (member->metadata.name == catalog::kRoot) continue;
      EIDOS_TRY(bool holds, own_constraints_hold(*member));
      if (holds) continue;
      admitted = false;
      exclude(overlay, *member);
    }
    return admitted;
  }

  void report(model::RecipeResultMetadata& metadata) const {
    metadata.excluded_overlays.assign(excluded_.begin(), excluded_.end());
    metadata.constraint_warnings = warnings_;
    std::ranges::sort(metadata.constraint_warnings, {}, [](const model::ConstraintWarning& warning) {
      return std::tie(warning.overlay, warning.constraint, warning.expected, warning.actual, warning.reason);
    });
  }

 private:
  void exclude(const model::Overlay& overlay, const model::Overlay& because) {
    excluded_.insert(overlay.metadata.name);
    for (model::ConstraintWarning warning : failures_[because.metadata.name]) {
      warning.overlay = overlay.metadata.name;
      if (&overlay != &because)
        warning.reason = cat("its ancestor ", because.metadata.name, " does not hold: ", warning.reason);
      warnings_.push_back(std::move(warning));
    }
  }

  Result<bool> own_constraints_hold(const model::Overlay& overlay) {
    const std::string& name = overlay.metadata.name;
    if (auto known = failures_.find(name); known != failures_.end()) return false;
    if (passed_.contains(name)) return true;
    std::vector<model::ConstraintWarning> failures;
    for (const model::Constraint& constraint : overlay.spec.constraints) {
      EIDOS_TRY(model::Check check, model::check_constraint(constraint, snapshot_));
      if (check.verdict != model::Verdict::Passed)
        failures.push_back({name, constraint.name, constraint.value, check.actual, check.reason});
    }
    if (failures.empty()) {
      passed_.insert(name);
      return true;
    }
    failures_.emplace(name, std::move(failures));
    return false;
  }

  const model::Snapshot& snapshot_;
  std::map<std::string, std::vector<model::ConstraintWarning>> failures_;
  std::vector<model::ConstraintWarning> warnings_;
  std::set<std::string> passed_;
  std::set<std::string> excluded_;
};

// The chains of the selected overlays, each overlay once, in the order met. The root is always first.
Result<Chain> expand(const catalog::Catalog& catalog, const Chain& selected, const model::Snapshot* snapshot,
                     model::RecipeResultMetadata& metadata) {
  const model::Overlay* root = catalog.overlay(catalog::kRoot);
  EIDOS_ASSERT(root != nullptr);
  Chain applied{root};
  std::optional<SnapshotFilter> filter;
  if (snapshot != nullptr) filter.emplace(*snapshot);
  for (const model::Overlay* overlay : selected) {
    EIDOS_TRY(Chain chain, catalog::chain(catalog, *overlay));
    if (filter) {
      EIDOS_TRY(bool admitted, filter->admits(*overlay, chain));
      if (!admitted) continue;
    }
    for (const model::Overlay* one : chain)
      if (std::ranges::find(applied, one) == applied.end()) applied.push_back(one);
  }
  if (filter) filter->report(metadata);
  return applied;
}

// How many combinations a message and the document name.
constexpr std::size_t kNearest = 3;

// What nobody asked for, with what could be stated instead. The size of the cluster is a fact, not a wish:
// as long as it is the snapshot's own count, nobody stated it.
std::vector<model::UnusedCriterion> uncovered(const catalog::Catalog& catalog,
                                              const model::RecipeResult& result, const Chain& applied,
                                              const model::Snapshot* snapshot) {
  model::Criteria stated = result.criteria;
  if (snapshot != nullptr && stated.nodes == node_count(*snapshot)) stated.nodes = 0;
  std::vector<model::UnusedCriterion> unused = unused_criteria(stated, applied);
  if (unused.empty()) return unused;
  std::vector<std::string> nearest;
  for (const model::Criteria& one :
       nearest_combinations(catalog, result.criteria, unused, result.metadata.excluded_overlays, kNearest))
    nearest.push_back(describe(one));
  for (model::UnusedCriterion& one : unused) one.nearest = nearest;
  return unused;
}

void warn(Resolved& out) {
  const model::RecipeResultMetadata& metadata = out.result.metadata;
  for (const std::string& name : metadata.excluded_overlays)
    for (const model::ConstraintWarning& warning : metadata.constraint_warnings)
      if (warning.overlay == name) {
        out.warnings.push_back(
            cat("overlay ", name, " is left out: ", warning.constraint, ": ", warning.reason));
        break;
      }
  if (metadata.unused_criteria.empty()) return;
  std::vector<std::string> unused;
  for (const model::UnusedCriterion& one : metadata.unused_criteria) unused.push_back(one.dimension);
  const std::vector<std::string>& nearest = metadata.unused_criteria[0].nearest;
  out.warnings.push_back(
      cat("no applied overlay asks for ", join(unused, ", "), " (stated: ", describe(out.result.criteria),
          ")", nearest.empty() ? "" : cat("; nearest complete combinations: ", join(nearest, " | "))));
}

}  // namespace

Result<Resolved> resolve(const catalog::Catalog& catalog, const model::Criteria& criteria,
                         const model::Snapshot* snapshot) {
  Resolved out;
  model::RecipeResult& result = out.result;
  result.kind = "RecipeResult";
  result.api_version = model::kApiVersion;
  result.criteria = criteria;
  EIDOS_TRY(Chain applied, expand(catalog, select(catalog, criteria), snapshot, result.metadata));
  Merged merged;
  for (const model::Overlay* overlay : applied) {
    apply(merged, overlay->spec);
    result.metadata.applied_overlays.push_back(overlay->metadata.name);
  }
  EIDOS_TRY(result.deployment_order, catalog::order(merged.components));
  result.metadata.catalog.digest = catalog.digest();
  result.metadata.catalog.layers = catalog.layers();
  for (model::ComponentRef& ref : merged.components) {
    if (const model::Component* entry = catalog.component(ref.name)) fill_from_registry(ref, *entry);
    result.metadata.catalog.components[ref.name] = catalog.component_digest(ref);
  }
  result.metadata.unused_criteria = uncovered(catalog, result, applied, snapshot);
  result.constraints = std::move(merged.constraints);
  result.component_refs = std::move(merged.components);
  result.validation = std::move(merged.validation);
  warn(out);
  return out;
}

Result<std::vector<std::string>> deployment_order(const std::vector<model::ComponentRef>& components) {
  return catalog::order(components);
}

}  // namespace eidos::recipe
