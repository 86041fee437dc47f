#include "cli/catalog_flags.h"

#include "base/text.h"
#include "catalog/embedded.h"

namespace eidos::cli {

Result<const catalog::Catalog*> load_catalog(const Flags& flags, Session& session) {
  catalog::LoadOptions options;
  options.embedded = catalog::embedded_catalog();
  options.catalog_dir = flags.text("catalog");
  options.data_dirs = flags.all("data");
  EIDOS_TRY(catalog::Loaded loaded, catalog::load(session.context.files, options));
  Log& log = session.context.log;
  for (const std::string& warning : loaded.warnings) log.warn(warning);
  for (const std::string& path : loaded.ignored) log.debug("no part of a catalog, ignored", {{"path", path}});
  log.debug("catalog", {{"digest", loaded.catalog.digest()}, {"files", cat(loaded.catalog.files().size())}});
  auto kept = std::make_shared<const catalog::Catalog>(std::move(loaded.catalog));
  session.world.kept.push_back(kept);
  return kept.get();
}

}  // namespace eidos::cli
