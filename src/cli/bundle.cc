// `eidos bundle`: recipe × catalog × flags → a tree of files.

#include "bundle/bundle.h"

#include "base/text.h"
#include "bundle/deployer.h"
#include "cli/bundle_report.h"
#include "cli/catalog_flags.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "data/document.h"
#include "seal/changes.h"
#include "seal/contents.h"

namespace eidos::cli {

namespace {

struct SetFlagName {
  std::string_view flag;
  bundle::SetKind kind;
};
constexpr SetFlagName kSetFlags[] = {{"set", bundle::SetKind::Auto},
                                     {"set-string", bundle::SetKind::String},
                                     {"set-json", bundle::SetKind::Json}};

bundle::SchedulingFlags scheduling(const Flags& flags) {
  return {.system_node_selector = flags.all("system-node-selector"),
          .system_node_toleration = flags.all("system-node-toleration"),
          .accelerated_node_selector = flags.all("accelerated-node-selector"),
          .accelerated_node_toleration = flags.all("accelerated-node-toleration"),
          .workload_selector = flags.all("workload-selector"),
          .workload_gate = flags.text("workload-gate"),
          .nodes = flags.count("nodes")};
}

/// In the order given, across the three kinds.
std::vector<bundle::SetFlag> sets(const Flags& flags) {
  std::vector<bundle::SetFlag> out;
  for (const Given& given : flags.given())
    for (const SetFlagName& name : kSetFlags)
      if (given.flag->name == name.flag) out.push_back({name.kind, given.value});
  return out;
}

Result<bundle::ValuesFile> values_file(const std::string& text, const Flags& flags, Session& session) {
  std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == text.size())
    return fail(ErrorKind::Invalid, cat("--values-file ", quote(text), " is not COMPONENT=FILE"), {},
                "for example: --values-file gpu-operator=values.yaml");
  EIDOS_TRY(Document document, read_document(text.substr(equals + 1), flags, session));
  if (document.root.is_null()) document.root = data::Value(data::Map());
  if (!document.root.is_map())
    return fail(ErrorKind::Invalid,
                cat("expected a map of values, got ", data::describe(document.root.type())),
                document.sources.place(document.root.mark()));
  return bundle::ValuesFile{text.substr(0, equals), std::move(document.root)};
}

Result<bundle::Options> options_of(const Flags& flags, Session& session) {
  bundle::Options options;
  if (flags.has("deployer")) options.deployer = flags.text("deployer");
  options.layout = flags.text("layout");
  options.repo = flags.text("repo");
  if (flags.has("repo-revision")) options.repo_revision = flags.text("repo-revision");
  options.repo_path = flags.text("repo-path");
  if (flags.has("namespace")) options.name_space = flags.text("namespace");
  options.scheduling = scheduling(flags);
  options.sets = sets(flags);
  options.components = flags.all("component");
  for (const std::string& list : flags.all("bundlers"))
    for (std::string_view name : split(list, ',')) options.components.emplace_back(trim(name));
  options.allow_missing_dependency = flags.on("allow-missing-dependency");
  options.strict_values = flags.on("strict-values");
  for (std::string component : flags.all("allow-catalog-mismatch"))
    options.allow_catalog_mismatch.push_back(component.empty() ? "*" : std::move(component));
  for (const std::string& text : flags.all("values-file")) {
    EIDOS_TRY(bundle::ValuesFile file, values_file(text, flags, session));
    options.values_files.push_back(std::move(file));
  }
  return options;
}

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
  EIDOS_CHECK(check_target(flags));
  EIDOS_CHECK(check_one_stdin(flags, {"recipe", "values-file"}));
  EIDOS_TRY(bundle::Options options, options_of(flags, session));
  EIDOS_TRY(Document document, read_document(flags.text("recipe"), flags, session));
  EIDOS_TRY(model::RecipeResult recipe, recipe_of(document));
  EIDOS_TRY(const catalog::Catalog* catalog, load_catalog(flags, session));
  EIDOS_TRY(bundle::Bundle made, bundle::render(*catalog, recipe, document.text, options));
  for (const std::string& warning : made.warnings) session.context.log.warn(warning);
  note_other_catalog(recipe.metadata.catalog.digest, *catalog, session.context.log);
  BundleReport report{&made, {}, {}};
  if (flags.has("diff")) return show_changes(made, flags, session);
  if (!flags.on("dry-run")) {
    EIDOS_TRY(report.output, write_bundle(made.files, inputs(flags), flags, session));
  }
  report.took = std::chrono::duration_cast<Milliseconds>(session.context.clock.steady() - started);
  return print(told(report, flags, session), session.world);
}

}  // namespace eidos::cli
