#pragma once
// The combinations of criteria that the overlays of a catalog ask for, and whether each resolves.

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "model/recipe.h"

namespace eidos::recipe {

struct Combination {
  model::Criteria criteria;
  std::vector<std::string> asked_by;  ///< Overlays with exactly these criteria, by name.
  bool complete = true;               ///< One of catalog.combinations(): no overlay narrows it further.
};

/// Sorted by dimension: service, accelerator, intent, os, platform, nodes. Overlays that ask for nothing are
/// part of all of them and none of their own.
std::vector<Combination> combinations(const catalog::Catalog& catalog);

/// Whether a combination states everything that `wanted` states, and the same. nodes 0 in `wanted` is any.
bool covers(const model::Criteria& combination, const model::Criteria& wanted);

/// What keeps a combination from resolving: missing dependencies and cycles, each once, with the
/// place that brings it about. Also the recipe of no criteria.
std::vector<Error> broken_combinations(const catalog::Catalog& catalog);

}  // namespace eidos::recipe
