#include "cli/snapshot_output.h"

#include "base/terminal.h"
#include "base/text.h"
#include "cli/cluster.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/output_names.h"
#include "cli/retain_in_cluster.h"
#include "cli/snapshot_table.h"
#include "cli/snapshot_template.h"
#include "collect/collect.h"
#include "kube/document.h"

namespace eidos::cli {

namespace {

// 0: as wide as it gets, for a file or another program.
std::size_t columns_for(const Flags& flags, const Session& session) {
  return session.world.stdout_is_terminal && to_stdout(flags) ? terminal_columns() : 0;
}

Result<std::string> text_of(const model::Snapshot& snapshot, const Flags& flags, Session& session) {
  if (flags.has("template")) return render_template(flags, snapshot, session);
  switch (Format format = format_of(flags); format) {
    case Format::Table: return snapshot_table(snapshot, columns_for(flags, session));
    case Format::Prometheus: {
      CollectorRuns runs;
      count_runs(snapshot, runs);
      EIDOS_TRY(auto recipe, constraints_recipe(flags, session));
      return metrics_of(snapshot, runs, recipe, session);
    }
    case Format::Yaml:
    case Format::Json: return document_text(data::write_value(snapshot), format);
  }
  std::unreachable();
}

// A ConfigMap takes one whole document; its name is checked as it will be.
Result<void> check_config_map(const Flags& flags) {
  std::string pattern = flags.text("output");
  EIDOS_CHECK(check_config_map_names(pattern));
  if (!flags.has("template") && !flags.on("watch") && format_of(flags) != Format::Prometheus &&
      format_of(flags) != Format::Table)
    return {};
  return fail(ErrorKind::Invalid,
              "a ConfigMap takes a snapshot as YAML or JSON: nothing could read the rest back", pattern,
              "give a file for --template, --watch, -t prometheus and -t table");
}

Result<void> write_to_config_map(std::string_view text, const model::Snapshot& snapshot, const Flags& flags,
                                 Session& session) {
  const std::string pattern = flags.text("output");
  const std::string name = expand_config_map(pattern, snapshot.metadata);
  EIDOS_CHECK(write_to_cluster(text, name, flags, session));
  if (!flags.has("retain")) return {};
  return retain_in_cluster(pattern, snapshot.metadata, flags, session);
}

}  // namespace

std::vector<std::string> listed(const Flags& flags, std::string_view name) {
  std::vector<std::string> out;
  for (const std::string& value : flags.all(name))
    for (std::string_view part : split(value, ','))
      if (std::string_view word = trim(part); !word.empty()) out.emplace_back(word);
  return out;
}

Result<void> check_snapshot_output(const Flags& flags) {
  std::string path = flags.text("output");
  EIDOS_CHECK(check_names(path));
  EIDOS_CHECK(kube::is_config_map(path) ? check_config_map(flags) : check_output(flags));
  if (flags.has("retain")) {
    if (flags.count("retain") == 0)
      return fail(ErrorKind::Invalid, "--retain 0 would keep nothing", {}, "keep at least 1");
    EIDOS_CHECK(check_retain(path));
    if (flags.has("template"))
      return fail(ErrorKind::Usage, "--retain and --template cannot both be given", {},
                  "what a template writes cannot be told from other people's files");
  }
  if (flags.has("template") && flags.has_from("format", Origin::CommandLine))
    return fail(ErrorKind::Usage, "--template and --format cannot both be given", {}, "give one");
  bool metrics = flags.has("serve") || format_of(flags) == Format::Prometheus;
  if (flags.has("recipe") && !metrics)
    return fail(ErrorKind::Usage, "--recipe means nothing without --format prometheus or --serve", {},
                "to hold a recipe against a snapshot: eidos validate -r RECIPE -s SNAPSHOT");
  return {};
}

Result<std::string> output_path(const Flags& flags, const model::SnapshotMetadata& metadata) {
  std::string pattern = flags.text("output");
  if (!has_names(pattern)) return pattern;
  std::string path = expand_names(pattern, metadata);
  EIDOS_CHECK(check_output_path(path, flags.on("allow-outside")));
  return path;
}

Result<void> write_snapshot(const model::Snapshot& snapshot, const Flags& flags, Session& session) {
  EIDOS_TRY(std::string text, text_of(snapshot, flags, session));
  if (to_stdout(flags)) return write_output(text, flags, session);
  if (kube::is_config_map(flags.text("output"))) return write_to_config_map(text, snapshot, flags, session);
  EIDOS_TRY(std::string path, output_path(flags, snapshot.metadata));
  EIDOS_CHECK(write_to(path, text, session));
  if (!flags.has("retain")) return {};
  return retain_newest(flags.text("output"), snapshot.metadata, flags.count("retain"), session.context);
}

Result<void> check_required(const Flags& flags, const model::Snapshot& snapshot) {
  for (const std::string& name : listed(flags, "require")) {
    bool seen = false;
    for (const model::CollectorOutcome& outcome : snapshot.collectors)
      if (collect::fulfils(name, outcome.name) && outcome.status != model::CollectorStatus::Absent &&
          !(outcome.status == model::CollectorStatus::Denied && !collect::worst_failure(snapshot)))
        seen = true;
    if (!seen)
      return fail(ErrorKind::Unavailable, cat("required, but absent here: ", name), {},
                  "drop --require to accept that");
  }
  return {};
}

Result<std::optional<model::RecipeResult>> constraints_recipe(const Flags& flags, Session& session) {
  if (!flags.has("recipe")) return std::optional<model::RecipeResult>();
  EIDOS_TRY(Document document, read_document(flags.text("recipe"), flags, session));
  EIDOS_TRY(model::RecipeResult recipe, recipe_of(document));
  return std::optional(std::move(recipe));
}

Result<std::string> metrics_of(const model::Snapshot& snapshot, const CollectorRuns& runs,
                               const std::optional<model::RecipeResult>& recipe, Session& session) {
  auto now = std::chrono::floor<std::chrono::seconds>(session.context.clock.now().time_since_epoch());
  std::optional<validate::Report> report;
  if (recipe) {
    EIDOS_TRY(report, validate::validate(*recipe, snapshot));
  }
  return to_metrics({snapshot, runs, now.count(), report ? &*report : nullptr});
}

}  // namespace eidos::cli
