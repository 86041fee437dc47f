// `eidos catalog scaffold`: a first overlay for criteria, with what may be written into it.

#include "base/text.h"
#include "cli/catalog_flags.h"
#include "cli/criteria_flags.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "recipe/criteria.h"
#include "recipe/scaffold.h"

namespace eidos::cli {

namespace {

/// An overlay that somebody filled in is not to be lost to the next scaffold.
Result<void> check_free(const Flags& flags, Session& session) {
  if (to_stdout(flags) || flags.on("force")) return {};
  std::string path = flags.text("output");
  auto kind = session.context.files.kind(path);
  if (!kind && kind.error().kind == ErrorKind::NotFound) return {};
  return fail(ErrorKind::Invalid, cat(quote(path), " is there already"), {},
              "choose another file, or replace it with --force");
}

}  // namespace

Result<int> run_catalog_scaffold(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_CHECK(check_output(flags));
  EIDOS_CHECK(check_free(flags, session));
  EIDOS_TRY(const catalog::Catalog* catalog, load_catalog(flags, session));
  EIDOS_TRY(model::Criteria criteria, recipe::normalize(catalog->registry(), criteria_flags(flags)));
  EIDOS_TRY(recipe::Scaffold made, recipe::scaffold(*catalog, criteria, flags.text("name")));
  EIDOS_CHECK(write_output(made.text, flags, session));
  if (to_stdout(flags)) return 0;
  std::string path = flags.text("output");
  std::string file = cat(made.name, ".yaml");
  if (path.substr(path.rfind('/') + 1) != file)
    session.context.log.warn(
        cat("the overlay is named ", quote(made.name), "; others will look for it in ", file));
  return print(cat("wrote overlay ", made.name, " on ", made.base, ": ", path, "\n"), session.world);
}

}  // namespace eidos::cli
