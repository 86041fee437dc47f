#pragma once
// The recipe that a command looks into: read with --recipe, or resolved from the other flags.

#include "cli/input.h"
#include "cli/resolution.h"

namespace eidos::cli {

struct RecipeInput {
  const catalog::Catalog* catalog = nullptr;
  model::RecipeResult recipe;
  std::optional<Document> document;      ///< With --recipe: as it was read.
  std::optional<Resolution> resolution;  ///< Without: how it was made; its recipe is moved out.
};

/// Usage: --recipe with a flag that resolves one, other than `but`.
Result<RecipeInput> recipe_input(const Flags& flags, Session& session, std::string_view but = {});

/// Invalid when a recipe that was read is made from other catalog files than those at hand for one of the
/// components in `positions`, unless --allow-catalog-mismatch; absent digests are a warning.
Result<void> check_catalog(const RecipeInput& input, const std::vector<std::size_t>& positions,
                           const Flags& flags, Session& session);

}  // namespace eidos::cli
