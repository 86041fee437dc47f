#pragma once
// Is this recipe fit to be bundled, with this catalog? Asked before anything is rendered.

#include <cstddef>
#include <string>
#include <vector>

#include "bundle/bundle.h"

namespace eidos::bundle {

/// Positions of component_refs in deployment order. A recipe without deploymentOrder gets the one its
/// dependencies give, with a warning. Invalid, all problems together: no components, a name twice, an order
/// that misses or repeats a component, names an unknown one, or puts one before what it depends on.
Result<std::vector<std::size_t>> checked_order(const model::RecipeResult& recipe,
                                               std::vector<std::string>& warnings);

/// Why a dependency may be absent, and what to say then.
struct Chosen {
  std::vector<bool> in_bundle;  ///< By position.
  std::vector<bool> disabled;   ///< Switched off, as opposed to not chosen by --component.
};

/// Everything in the bundle finds what it depends on. Switched off or unknown to the recipe: Invalid, naming
/// both, or with allow_missing_dependency a warning. Left out by --component: always a warning.
Result<void> check_dependencies(const model::RecipeResult& recipe, const Chosen& chosen, bool allow_missing,
                                std::vector<std::string>& warnings);

/// The digests in the recipe are those of this catalog, for the components in `positions`. `allowed` are
/// positions whose mismatch is a warning. Invalid names each component and what its digest covers. Absent
/// digests are one warning.
Result<void> check_digests(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                           const std::vector<std::size_t>& positions, const std::vector<bool>& allowed,
                           std::vector<std::string>& warnings);

}  // namespace eidos::bundle
