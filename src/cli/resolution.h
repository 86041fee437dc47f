#pragma once
// A recipe from the flags that say what it is for: --service and its like, --criteria, --snapshot, --catalog,
// --data.

#include "catalog/catalog.h"
#include "cli/input.h"
#include "recipe/resolve.h"

namespace eidos::cli {

struct Resolution {
  const catalog::Catalog* catalog = nullptr;
  std::optional<Document> criteria;  ///< What --criteria named.
  std::optional<model::Snapshot> snapshot;
  model::RecipeResult recipe;
};

/// Criteria from settings, then the document or snapshot, then the command line: the last word wins. Warnings
/// are logged. Usage: --criteria with --snapshot. Invalid: a value the catalog does not know, a stated fact
/// that the recipe contradicts, and with --strict what no overlay asked for.
Result<Resolution> resolve(const Flags& flags, Session& session);

/// Usage when one of the flags that resolve() reads, other than `but`, stands on the command line: for
/// commands that got a recipe with --recipe instead.
Result<void> check_not_resolving(const Flags& flags, std::string_view but);

}  // namespace eidos::cli
