#include "cli/catalog_values.h"

#include "base/files.h"
#include "catalog/catalog.h"
#include "catalog/embedded.h"
#include "recipe/criteria.h"

namespace eidos::cli {

CatalogValues catalog_values() {
  CatalogValues values;
  std::unique_ptr<Files> files = real_files();  // asked for nothing: the embedded catalog is in memory
  auto loaded = catalog::load(*files, {.embedded = catalog::embedded_catalog()});
  if (!loaded) return values;
  for (const model::Dimension& dimension : model::kDimensions)
    values[std::string(dimension.name)] = recipe::known_values(loaded->catalog.registry(), dimension.name);
  return values;
}

}  // namespace eidos::cli
