#include "cli/recipe_input.h"

#include "base/text.h"
#include "bundle/component_names.h"
#include "bundle/recipe_checks.h"
#include "cli/catalog_flags.h"

namespace eidos::cli {

namespace {

Result<std::vector<bool>> allowed_mismatches(const RecipeInput& input, const Flags& flags) {
  std::vector<bool> allowed(input.recipe.component_refs.size(), false);
  bundle::ComponentNames names(*input.catalog, input.recipe.component_refs);
  for (const std::string& name : flags.all("allow-catalog-mismatch")) {
    if (name.empty()) {
      allowed.assign(allowed.size(), true);
      continue;
    }
    auto position = names.find(name);
    if (!position) return std::unexpected(std::move(position).error().within("--allow-catalog-mismatch"));
    allowed[*position] = true;
  }
  return allowed;
}

}  // namespace

Result<RecipeInput> recipe_input(const Flags& flags, Session& session, std::string_view but) {
  RecipeInput out;
  if (!flags.has("recipe")) {
    EIDOS_TRY(out.resolution, resolve(flags, session));
    out.catalog = out.resolution->catalog;
    out.recipe = std::move(out.resolution->recipe);
    return out;
  }
  EIDOS_CHECK(check_not_resolving(flags, but));
  EIDOS_TRY(out.document, read_document(flags.text("recipe"), flags, session));
  EIDOS_TRY(out.recipe, recipe_of(*out.document));
  EIDOS_TRY(out.catalog, load_catalog(flags, session));
  return out;
}

Result<void> check_catalog(const RecipeInput& input, const std::vector<std::size_t>& positions,
                           const Flags& flags, Session& session) {
  EIDOS_TRY(std::vector<bool> allowed, allowed_mismatches(input, flags));
  if (!input.document) return {};
  std::vector<std::string> warnings;
  EIDOS_CHECK(bundle::check_digests(*input.catalog, input.recipe, positions, allowed, warnings));
  for (const std::string& warning : warnings) session.context.log.warn(warning);
  return {};
}

}  // namespace eidos::cli
