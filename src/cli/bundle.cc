// `eidos bundle`: recipe × catalog × flags → a tree of files.

#include "bundle/bundle.h"

#include "base/text.h"
#include "bundle/deployer.h"
#include "cli/bundle_log.h"
#include "cli/bundle_options.h"
#include "cli/bundle_report.h"
#include "cli/catalog_flags.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "cli/server.h"
#include "data/document.h"
#include "seal/changes.h"
#include "seal/contents.h"

namespace eidos::cli {

namespace {

/// What the run reads from disk, so that nothing of it is replaced by what it writes.
std::vector<std::string> inputs(const Flags& flags) {
  std::vector<std::string> paths;
  for (const std::string& layer : flags.all("data")) paths.push_back(layer_path(layer));
  paths.push_back(layer_path(flags.text("catalog")));
  paths.emplace_back(kLockFile);
  paths.push_back(flags.text("recipe"));
  for (const std::string& text : flags.all("values-file")) paths.push_back(text.substr(text.find('=') + 1));
  std::erase_if(paths, [](const auto& path) { return path.empty() || path == "-"; });
  return paths;
}

/// Each component was compared; that the rest of the catalog moved on matters to nobody but who looks
/// closely.
void note_other_catalog(const std::string& recorded, const catalog::Catalog& catalog, Log& log) {
  if (recorded.empty() || recorded == catalog.digest()) return;
  log.debug("the catalog is not the one the recipe was made from",
            {{"recipe", recorded}, {"catalog", catalog.digest()}});
}

/// What the bundle would change in one that is there.
Result<int> show_changes(const bundle::Bundle& made, const Flags& flags, Session& session) {
  const std::string place = flags.text("diff");
  EIDOS_TRY(seal::Contents contents,
            seal::read_contents(session.context.files, place, seal::keep_all, session.context.limit));
  EIDOS_CHECK(seal::check_has_checksums(contents, place));
  auto before = seal::tree_of(contents);
  if (!before) return std::unexpected(std::move(before).error().at(place));
  const std::vector<seal::Change> changes = seal::changes(*before, made.files);
  const std::string format = flags.text("format");
  if (format == "json") return print(data::to_json(seal::to_document(changes)), session.world);
  if (format == "yaml") return print(data::to_yaml(seal::to_document(changes)), session.world);
  return print(seal::to_text(changes), session.world);
}

std::string told(const BundleReport& report, const Flags& flags, const Session& session) {
  std::string format = flags.text("format");
  if (format == "json") return data::to_json(bundle_document(report));
  if (format == "yaml") return data::to_yaml(bundle_document(report));
  if (report.output.path.empty()) return tree_text(report);
  return session.quiet ? report.output.path + "\n" : bundle_text(report);
}

// Each once, in the order of the table.
std::vector<std::string> column(std::string_view bundle::Deployer::* member) {
  std::vector<std::string> out;
  for (const bundle::Deployer& row : bundle::deployers())
    if (!(row.*member).empty() && (out.empty() || out.back() != row.*member)) out.emplace_back(row.*member);
  return out;
}

}  // namespace

std::vector<std::string> deployers() {
  return column(&bundle::Deployer::name);
}

std::vector<std::string> layouts() {
  return column(&bundle::Deployer::layout);
}

Result<int> run_bundle(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  const SteadyTime started = session.context.clock.steady();
  if (uses_server(flags)) return bundle_from_server(invocation, session);
  EIDOS_CHECK(check_target(flags));
  EIDOS_CHECK(check_one_stdin(flags, {"recipe", "values-file"}));
  BundleLog log(session.context, started);
  EIDOS_TRY(bundle::Options options, bundle_options(flags, session));
  log.start(options);
  EIDOS_TRY(Document document, read_document(flags.text("recipe"), flags, session));
  EIDOS_TRY(model::RecipeResult recipe, recipe_of(document));
  log.stage("recipe read");
  EIDOS_TRY(const catalog::Catalog* catalog, load_catalog(flags, session));
  log.stage("catalog loaded");
  auto rendered = stage(session.context, "bundle.render",
                        [&] { return bundle::render(*catalog, recipe, document.text, options); });
  log.rendered(rendered);
  EIDOS_TRY(bundle::Bundle made, std::move(rendered));
  for (const std::string& warning : made.warnings) session.context.log.warn(warning);
  note_other_catalog(recipe.metadata.catalog.digest, *catalog, session.context.log);
  BundleReport report{&made, {}, {}};
  if (flags.has("diff")) return show_changes(made, flags, session);
  if (!flags.on("dry-run")) {
    EIDOS_TRY(report.output, write_bundle(made.files, inputs(flags), flags, session));
    log.stage("written");
  }
  log.end();
  report.took = std::chrono::duration_cast<Milliseconds>(session.context.clock.steady() - started);
  EIDOS_TRY(int code, print(told(report, flags, session), session.world));
  keep(session.world, std::move(document), std::move(recipe), std::move(made));
  return code;
}

}  // namespace eidos::cli
