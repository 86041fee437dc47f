#pragma once
// What is checked when a catalog is loaded. Every problem is recorded with its place; nothing stops at the
// first.

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/criteria_values.h"

namespace eidos::catalog {

/// One registry file: a component name or override key that stands twice.
void check_registry_names(const data::Value& registry, const data::Sources& sources,
                          std::vector<Error>& problems);

/// Puts the criteria of an overlay or tuning profile into their normal spelling; unknown values and negative
/// nodes are problems. Returns the dimensions whose value nobody knows.
std::vector<std::string_view> normalize_criteria(const model::Registry& registry, model::Criteria& criteria,
                                                 const data::Sources& sources, std::vector<Error>& problems);

/// What could not be read, and was reported for that: nothing is said to be missing because of it.
struct Unread {
  bool registry = false;
  std::set<std::string, std::less<>> overlays = {};  ///< By name; by file name where that is all there is.
  std::set<std::pair<std::string, std::string_view>> values = {};  ///< Overlay and dimension: unknown words.
};

/// Parents, cycles, dimensions that change along a chain, components nobody registered, files that are not
/// there, constraints nobody can read, dependencies of the root.
void check_catalog(const Catalog& catalog, const Unread& unread, std::vector<Error>& problems);

/// By file, line and column, each once.
std::vector<Error> sorted_problems(std::vector<Error> problems);

}  // namespace eidos::catalog
