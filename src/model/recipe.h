#pragma once
// Recipes as documents: criteria (what is asked), overlays (what the catalog says), the resolved result.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/value.h"
#include "model/measurement.h"

namespace eidos::model {

/// What a person states. Empty text means any; nodes 0 means any. Values are normalised (lower case,
/// aliases).
struct Criteria {
  std::string service = {};
  std::string accelerator = {};
  std::string intent = {};
  std::string os = {};
  std::string platform = {};
  std::int64_t nodes = 0;
  data::Mark mark = {};
  bool operator==(const Criteria&) const = default;
};

/// The five text dimensions, in the order documents list them; `nodes` is the sixth, a number.
struct Dimension {
  std::string_view name;
  std::string Criteria::* member;
};
constexpr Dimension kDimensions[] = {{"service", &Criteria::service},
                                     {"accelerator", &Criteria::accelerator},
                                     {"intent", &Criteria::intent},
                                     {"os", &Criteria::os},
                                     {"platform", &Criteria::platform}};

struct Constraint {
  std::string name = {};   ///< Path in a snapshot, "K8s.server.version".
  std::string value = {};  ///< Expression, ">= 1.32.4".
  std::string severity = {};
  std::string remediation = {};
  std::string unit = {};
  data::Mark mark = {};
  bool operator==(const Constraint&) const = default;
};

struct ExpectedResource {
  std::string kind = {};
  std::string name = {};
  std::string name_space = {};
  bool operator==(const ExpectedResource&) const = default;
};

struct ComponentRef {
  std::string name = {};
  std::string name_space = {};
  std::string chart = {};
  std::string type = {};  ///< "Helm" or "Kustomize"; empty until filled from the registry.
  std::string source = {};
  std::string version = {};
  std::string tag = {};
  std::string values_file = {};
  data::Map overrides = {};
  std::vector<data::Value> patches = {};
  std::vector<std::string> dependency_refs = {};
  std::vector<std::string> manifest_files = {};
  std::string path = {};
  bool cleanup = false;
  std::vector<ExpectedResource> expected_resources = {};
  std::string health_check_asserts = {};
  data::Mark mark = {};
  bool operator==(const ComponentRef&) const = default;
};

struct NodeSelection {
  std::map<std::string, std::string> selector = {};
  std::int64_t max_nodes = 0;
  std::vector<std::string> exclude_nodes = {};
  bool operator==(const NodeSelection&) const = default;
};

struct ValidationPhase {
  std::string timeout = {};
  std::vector<Constraint> constraints = {};
  std::vector<std::string> checks = {};
  std::optional<NodeSelection> node_selection = {};
  std::string infrastructure = {};
  bool operator==(const ValidationPhase&) const = default;
};

struct Validation {
  std::optional<ValidationPhase> readiness = {};
  std::optional<ValidationPhase> deployment = {};
  std::optional<ValidationPhase> performance = {};
  std::optional<ValidationPhase> conformance = {};
  bool operator==(const Validation&) const = default;
};

/// One overlay file: kind RecipeMetadata.
struct OverlayMetadata {
  std::string name = {};
  bool replaces =
      false;  ///< A layer's overlay may take the place of one with the same name only if it says so.
};
struct OverlaySpec {
  std::string base = {};                  ///< Parent; empty or "base" is the root.
  std::optional<Criteria> criteria = {};  ///< Absent: never matches by itself.
  std::vector<Constraint> constraints = {};
  std::vector<ComponentRef> component_refs = {};
  Validation validation;
  data::Mark mark = {};
};
struct Overlay {
  std::string kind = {};
  std::string api_version = {};
  OverlayMetadata metadata;
  OverlaySpec spec;
  data::Mark mark = {};
};

/// A criteria file: kind RecipeCriteria.
struct CriteriaMetadata {
  std::string name = {};
};
struct CriteriaDocument {
  std::string kind = {};
  std::string api_version = {};
  CriteriaMetadata metadata;
  Criteria spec;
};

/// Why a snapshot kept an overlay out.
struct ConstraintWarning {
  std::string overlay = {};
  std::string constraint = {};
  std::string expected = {};
  std::string actual = {};
  std::string reason = {};
  bool operator==(const ConstraintWarning&) const = default;
};

/// A stated dimension that no applied overlay asked for, and what could be asked instead.
struct UnusedCriterion {
  std::string dimension = {};
  std::string value = {};
  std::vector<std::string> nearest = {};  ///< Complete combinations, "service=eks accelerator=h100 …".
  bool operator==(const UnusedCriterion&) const = default;
};

/// What a snapshot showed of one dimension. Several of one dimension: the fleet is mixed, and it is left
/// open.
struct DetectedValue {
  std::string dimension = {};
  std::string value = {};    ///< Empty: the catalog knows no value for it.
  std::string reading = {};  ///< Path of the reading, "GPU.smi.gpu.model".
  std::string actual = {};   ///< What the reading says, "NVIDIA H100 80GB HBM3".
  bool operator==(const DetectedValue&) const = default;
};

struct CatalogLayer {
  std::string name = {};    ///< "embedded", or the directory as given.
  std::string digest = {};  ///< "sha256:…" over the layer's own sorted (path, content digest) list.
  bool operator==(const CatalogLayer&) const = default;
};
struct CatalogIdentity {
  std::string digest = {};
  std::vector<CatalogLayer> layers = {};
  std::map<std::string, std::string> components =
      {};  ///< Component → digest of what its bundle is made from.
  bool operator==(const CatalogIdentity&) const = default;
};

/// What a chart repository's index says about the chart a component is installed with.
struct LockedChart {
  std::string version = {};
  std::string digest = {};  ///< "sha256:…" of the chart archive.
  bool operator==(const LockedChart&) const = default;
};

struct RecipeResultMetadata {
  std::string version = {};
  CatalogIdentity catalog;
  std::vector<std::string> applied_overlays = {};
  std::vector<std::string> excluded_overlays = {};
  std::vector<ConstraintWarning> constraint_warnings = {};
  std::vector<UnusedCriterion> unused_criteria = {};
  std::vector<DetectedValue> detected = {};
  std::map<std::string, LockedChart> charts = {};  ///< By component; from 'recipe lock'.
  bool operator==(const RecipeResultMetadata&) const = default;
};

/// The resolved recipe: kind RecipeResult.
struct RecipeResult {
  std::string kind = {};
  std::string api_version = {};
  RecipeResultMetadata metadata;
  Criteria criteria;
  std::vector<Constraint> constraints = {};
  std::vector<ComponentRef> component_refs = {};
  std::vector<std::string> deployment_order = {};
  Validation validation;
  /// The settings of the tuning catalog for these criteria, in a snapshot's shape (recipe --settings).
  std::vector<Measurement> measurements = {};
  data::Map context;  ///< What its parts are, for people; nothing reads it.
  bool operator==(const RecipeResult&) const = default;
};

}  // namespace eidos::model
