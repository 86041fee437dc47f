#pragma once
// Recipe × flags → the components of a bundle with their final values. What every deployer starts from.

#include <string>
#include <vector>

#include "bundle/bundle.h"

namespace eidos::bundle {

struct Part {
  const model::ComponentRef* ref = nullptr;
  const model::Component* entry = nullptr;  ///< nullptr: the registry does not know it.
  data::Value values;                       ///< A map; `enabled` of the recipe and of --set is not in it.
  std::vector<std::string> nulls;           ///< Paths that hold null: they delete what the chart brings.
};

struct Prepared {
  std::vector<Part> parts;                ///< In deployment order.
  std::vector<std::string> switched_off;  ///< Names, in deployment order.
  std::vector<std::string> not_chosen;    ///< Names that --component leaves out, likewise.
};

/// Values low to high: values files, recipe overrides, scheduling flags, --values-file, --set. Pointers point
/// into `catalog` and `recipe`. Problems of all flags, then of all components, come back together; a
/// component that --component names and the recipe lacks is NotFound.
Result<Prepared> prepare(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                         const Options& options, std::vector<std::string>& warnings);

}  // namespace eidos::bundle
