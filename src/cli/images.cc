// `eidos images`: the container images and charts of a recipe.

#include "bundle/images.h"

#include "base/text.h"
#include "cli/bundle_options.h"
#include "cli/catalog_flags.h"
#include "cli/images_text.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "data/document.h"

namespace eidos::cli {

namespace {

/// What a node's os-release gives: an id of letters, then a version.
Result<std::string> node_os(const Flags& flags) {
  std::string text = flags.text("node-os");
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz0123456789._-";
  if (text.find_first_not_of(kPlain) != std::string::npos || text.size() > 64)
    return fail(ErrorKind::Invalid, cat("--node-os ", quote(text), " is no system of a node"), {},
                "give ID and VERSION_ID of its os-release in one word, as in ubuntu24.04");
  return text;
}

std::string told(const bundle::ImageList& list, const Flags& flags, const Session& session) {
  std::string format = flags.has("format") ? flags.text("format") : "list";
  if (flags.on("why") || format == "table") return image_table(list, flags.on("why"), session.color_stdout);
  if (format == "json") return data::to_json(image_document(list));
  if (format == "yaml") return data::to_yaml(image_document(list));
  if (format == "skopeo") return skopeo_yaml(list);
  if (format == "hauler") return hauler_yaml(list);
  if (format == "zarf") return zarf_yaml(list);
  return image_lines(list);
}

}  // namespace

Result<int> run_images(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_CHECK(check_output(flags));
  EIDOS_CHECK(check_one_stdin(flags, {"recipe", "values-file"}));
  if (flags.on("why") && flags.has("format") && flags.text("format") != "table")
    return fail(ErrorKind::Usage, cat("--why is a table; -t ", flags.text("format"), " is not"), {},
                "json and yaml always say why: leave --why out");
  EIDOS_TRY(std::string system, node_os(flags));
  EIDOS_TRY(bundle::Options options, bundle_options(flags, session));
  EIDOS_TRY(Document document, read_document(flags.text("recipe"), flags, session));
  EIDOS_TRY(model::RecipeResult recipe, recipe_of(document));
  EIDOS_TRY(const catalog::Catalog* catalog, load_catalog(flags, session));
  std::vector<std::string> warnings;
  EIDOS_TRY(bundle::ImageList list, bundle::list_images(*catalog, recipe, options, system, warnings));
  // What is said of values matters here only to who changes them.
  bool changed = !options.sets.empty() || !options.values_files.empty();
  for (const std::string& warning : warnings)
    changed ? session.context.log.warn(warning) : session.context.log.debug(warning);
  for (const bundle::ImageGap& gap : list.gaps)
    session.context.log.warn(cat("not in the list: ", gap.component, ": ", gap.what, ": ", gap.why));
  EIDOS_CHECK(write_output(told(list, flags, session), flags, session));
  return list.gaps.empty() ? 0 : kExitFindings;
}

}  // namespace eidos::cli
