// `eidos recipe`: criteria × catalog → recipe.

#include "cli/describe.h"
#include "cli/output.h"
#include "cli/recipe_settings.h"
#include "cli/recipe_table.h"
#include "cli/resolution.h"
#include "cli/runs.h"
#include "cli/server.h"

namespace eidos::cli {

Result<int> run_recipe(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_CHECK(check_output(flags));
  if (uses_server(flags)) return recipe_from_server(invocation, session);
  EIDOS_TRY(Resolution made, resolve(flags, session));
  if (flags.on("settings")) {
    EIDOS_TRY(made.recipe.measurements,
              recommended_settings(*made.catalog, made.recipe, flags.on("context"), session));
  }
  if (flags.on("context")) made.recipe.context = described(made.recipe);
  Format format = format_of(flags);
  if (format == Format::Table)
    EIDOS_CHECK(write_output(recipe_table(made.recipe), flags, session));
  else
    EIDOS_CHECK(write_output(recipe::to_document(made.recipe), format, flags, session));
  return 0;
}

}  // namespace eidos::cli
