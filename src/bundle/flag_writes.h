#pragma once
// What the flags of a bundle write into the values of a recipe's components: for explain.

#include <vector>

#include "bundle/bundle.h"
#include "recipe/provenance.h"

namespace eidos::bundle {

/// In the order laid, low to high: scheduling flags, values files, --set. `texts` are those that the marks of
/// options.values_files point into, in the same order. --set COMPONENT:enabled=… is a write like the others.
/// Invalid: whatever prepare() refuses.
Result<std::vector<recipe::Write>> flag_writes(const catalog::Catalog& catalog,
                                               const model::RecipeResult& recipe, const Options& options,
                                               const std::vector<recipe::Text>& texts,
                                               std::vector<std::string>& warnings);

/// Puts the writes where they belong in the hydrated document, one after the other. Invalid: a path through
/// something that is neither map nor list.
Result<void> lay(const std::vector<recipe::Write>& writes, data::Value& document);

}  // namespace eidos::bundle
