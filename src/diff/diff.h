#pragma once
// Two documents → what changed between them, each change with its class. Findings are data: a change is a
// row, never an error. Pure: the same documents give the same result; order, spelling, timestamps, durations
// and counters never count.

#include <map>
#include <string>

#include "data/value.h"
#include "diff/change.h"
#include "diff/ignore.h"
#include "model/recipe.h"
#include "model/snapshot.h"

namespace eidos::diff {

/// A bundle as far as it is compared.
struct Bundle {
  model::RecipeResult recipe;
  data::Map values;                              ///< values.yaml: `enabled`, then a map per component.
  std::map<std::string, std::string> manifests;  ///< Path below templates/ → text.
};

/// Measurement by measurement. Of a unit that systemd does not know on either side nothing counts.
DiffResult diff(const model::Snapshot& from, const model::Snapshot& to, const Ignore& ignore);
/// Components, constraints, criteria, order, checks. Overrides, not the values they lead to.
DiffResult diff(const model::RecipeResult& from, const model::RecipeResult& to, const Ignore& ignore);
/// As recipes, with the values themselves and the manifests; marks components known to install CRDs.
DiffResult diff(const Bundle& from, const Bundle& to, const Ignore& ignore);

/// Whether anything changed that is of this class or a worse one.
bool has_changes(const Summary& summary, Impact least);

/// Keys in the order of change_fields.h.
data::Value to_document(const DiffResult& result);

/// A report for people: the two sides, the changes by group, notes, the counts as the last line. Long values
/// are cut around where they differ, and what only one side has is a list of names where it is cosmetic; the
/// document has all of it.
std::string to_table(const DiffResult& result, bool color);

/// "12 changes: 3 breaking, 2 performance, 7 cosmetic".
std::string summary_line(const Summary& summary);

}  // namespace eidos::diff
