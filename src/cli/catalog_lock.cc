// `eidos catalog lock`: what the catalog is today, for later runs to be held to.

#include "base/text.h"
#include "catalog/lock.h"
#include "cli/catalog_flags.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "data/document.h"

namespace eidos::cli {

Result<int> run_catalog_lock(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_CHECK(check_output(flags));
  EIDOS_TRY(catalog::Loaded loaded, load_unlocked(flags, session));
  model::CatalogLock lock = catalog::lock_of(loaded, session.world.build.version);
  std::string text = data::to_yaml(data::write_value(lock));
  if (flags.has("output") && to_stdout(flags)) return print(text, session.world);
  std::string path = flags.has("output") ? flags.text("output") : std::string(kLockFile);
  EIDOS_CHECK(session.context.files.write(path, text, 0644));
  std::string layers = lock.layers.size() == 1 ? "layer" : "layers";
  return print(cat("locked ", lock.layers.size(), " ", layers, ", ", loaded.catalog.files().size(),
                   " files: ", path, "\n"),
               session.world);
}

}  // namespace eidos::cli
