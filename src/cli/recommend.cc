// `eidos recommend`: tuning catalog × snapshot → what to change.

#include "tune/recommend.h"

#include "base/text.h"
#include "cli/catalog_flags.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "recipe/criteria.h"
#include "tune/change_files.h"

namespace eidos::cli {

namespace {

Result<std::string> source_of(const Flags& flags) {
  if (flags.has("file") && flags.has("snapshot"))
    return fail(ErrorKind::Usage, "--file and --snapshot cannot both be given", {},
                "they mean the same: give one");
  if (flags.has("file")) return flags.text("file");
  if (flags.has("snapshot")) return flags.text("snapshot");
  return fail(ErrorKind::Usage, "name the snapshot", {},
              "for example: eidos recommend -f snapshot.yaml --intent training");
}

/// What the snapshot shows, and the intent that is stated.
Result<model::Criteria> criteria_for(const catalog::Catalog& catalog, const model::Snapshot& snapshot,
                                     const Flags& flags, Session& session) {
  recipe::Detected found = recipe::detect(catalog.registry(), snapshot);
  for (const recipe::DetectionNote& note : found.notes) session.context.log.warn(note.text);
  model::Criteria criteria = std::move(found.criteria);
  auto intent = recipe::normalize(catalog.registry(), "intent", flags.text("intent"));
  if (!intent) return std::unexpected(std::move(intent).error());
  criteria.intent = *std::move(intent);
  return criteria;
}

tune::ChangeFile change_file(std::string_view tool, const tune::Recommended& made,
                             const model::Snapshot& snapshot) {
  if (tool == "sysctl") return tune::sysctl_file(made.changes);
  if (tool == "grub") return tune::grub_line(made.changes, made.chosen, snapshot);
  return tune::skyhook_resource(made.changes, made.chosen, snapshot);
}

void warn_of_unknown(const tune::Recommendations& document, Session& session) {
  const auto& unknown = document.metadata.not_compared;
  if (unknown.empty()) return;
  std::vector<std::string> names;
  for (const tune::NotCompared& one : unknown) names.push_back(one.parameter);
  session.context.log.warn(cat(names.size(), names.size() == 1 ? " setting" : " settings",
                               " could not be compared with the snapshot: ", join(names, ", ")));
}

Result<void> write_changes(const std::string& tool, const tune::Recommended& made,
                           const model::Snapshot& snapshot, const Flags& flags, Session& session) {
  warn_of_unknown(made.document, session);
  tune::ChangeFile file = change_file(tool, made, snapshot);
  if (!file.left_out.empty())
    session.context.log.warn(cat("not for ", tool, ", and left out: ", join(file.left_out, ", ")));
  if (file.text.empty()) session.context.log.warn(cat("there is nothing to change with ", tool));
  return write_output(file.text, flags, session);
}

}  // namespace

Result<int> run_recommend(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_CHECK(check_output(flags));
  std::string tool = flags.text("as");
  if (!tool.empty() && flags.has_from("format", Origin::CommandLine))
    return fail(ErrorKind::Usage, "--as and --format cannot both be given", {},
                "a tool has its own format: leave --format out");
  EIDOS_TRY(std::string source, source_of(flags));
  EIDOS_TRY(Document document, read_document(source, flags, session));
  EIDOS_TRY(model::Snapshot snapshot, snapshot_of(document));
  EIDOS_TRY(const catalog::Catalog* catalog, load_catalog(flags, session));
  EIDOS_TRY(model::Criteria criteria, criteria_for(*catalog, snapshot, flags, session));
  EIDOS_TRY(tune::Recommended made, tune::recommend(*catalog, criteria, snapshot));
  made.document.metadata.recommendation_version = session.world.build.version;
  if (!tool.empty()) {
    EIDOS_CHECK(write_changes(tool, made, snapshot, flags, session));
    return 0;
  }
  Format format = format_of(flags);
  if (format == Format::Table) {
    EIDOS_CHECK(write_output(tune::to_table(made.document, session.color_stdout && to_stdout(flags)), flags,
                             session));
    return 0;
  }
  warn_of_unknown(made.document, session);
  EIDOS_CHECK(write_output(data::write_value(made.document), format, flags, session));
  return 0;
}

}  // namespace eidos::cli
