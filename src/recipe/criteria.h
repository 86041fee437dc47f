#pragma once
// Criteria: what a person states, normalised against the value lists of the catalog.

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "model/recipe.h"
#include "model/snapshot.h"

namespace eidos::recipe {

/// Trims, lower-cases and resolves aliases of one value of `dimension` ("service", …). "" for any. Invalid
/// names "must be one of: …" and the nearest value.
Result<std::string> normalize(const model::Registry& registry, std::string_view dimension,
                              std::string_view text);
/// All dimensions; every problem is reported. Negative nodes: Invalid.
Result<model::Criteria> normalize(const model::Registry& registry, const model::Criteria& criteria);

/// The values that may be stated for `dimension`, "any" last; for help, completion and messages.
std::vector<std::string> known_values(const model::Registry& registry, std::string_view dimension);

/// Reads a RecipeCriteria document. Not normalised.
Result<model::Criteria> read_criteria(const data::Value& root, data::Reading& reading);

/// Fields set in `over` replace those of `base`; an explicit "any" sets a field back to any.
model::Criteria overlaid(model::Criteria base, const model::Criteria& over);

/// Why a dimension is left open although the snapshot shows something of it. Moot where a person states it.
struct DetectionNote {
  std::string dimension;
  std::string text;
};
struct Detected {
  model::Criteria criteria;
  std::vector<model::DetectedValue> values;  ///< What each of them was read from.
  std::vector<DetectionNote> notes;          ///< Mixed GPU models, names the catalog does not know.
};
/// What a snapshot shows: service, accelerator, os, nodes. Intent and platform are never detected.
Detected detect(const model::Registry& registry, const model::Snapshot& snapshot);

/// Nodes of the cluster as the snapshot's topology counts them; 0 where it does not.
std::int64_t node_count(const model::Snapshot& snapshot);

/// Whether an overlay that asks for this applies where that is stated: whatever it asks is stated alike.
bool matches(const model::Criteria& asks, const model::Criteria& stated);

/// "service=eks accelerator=h100", or "any".
std::string describe(const model::Criteria& criteria);

}  // namespace eidos::recipe
