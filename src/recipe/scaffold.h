#pragma once
// A first overlay for criteria: where it belongs in the catalog, and what may be written into it.

#include <string>

#include "catalog/catalog.h"
#include "model/recipe.h"

namespace eidos::recipe {

struct Scaffold {
  std::string name;
  std::string base;  ///< The overlay it goes on top of.
  std::string text;  ///< YAML, for overlays/<name>.yaml of a layer.
};

/// `criteria` must be normalised. `name` may be empty: accelerator-service-os-intent-platform, as the catalog
/// names its own. Invalid: criteria that state nothing, a name that is taken or no file name.
Result<Scaffold> scaffold(const catalog::Catalog& catalog, const model::Criteria& criteria,
                          const std::string& name);

}  // namespace eidos::recipe
