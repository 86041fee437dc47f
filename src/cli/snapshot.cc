// `eidos snapshot`: what this machine is, collected.

#include <algorithm>

#include "base/text.h"
#include "cli/agent_flags.h"
#include "cli/cluster.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "cli/snapshot_output.h"
#include "cli/snapshot_table.h"
#include "cli/snapshot_watch.h"
#include "collect/collect.h"
#include "data/fields.h"

namespace eidos::cli {

namespace {

// What a driver says is asked for no more often than this while watching.
constexpr Milliseconds kReuseGpu{5'000};

/// --filter and --exclude are checked where they are used; --require is ours.
Result<void> check_required_names(const std::vector<std::string>& wanted) {
  std::vector<std::string> known = collect::collector_names();
  for (const std::string& name : wanted) {
    if (collect::is_collector(name)) continue;
    std::vector<std::string_view> views(known.begin(), known.end());
    return fail(ErrorKind::Invalid, cat("--require must be one of: ", join(views, ", "), "; got ",
                                        quote(name), did_you_mean(name, views)));
  }
  return {};
}

Result<collect::Options> options_of(const Flags& flags, Session& session) {
  collect::Options options;
  options.root = flags.text("root");
  options.smi_path = flags.text("smi-path");
  options.smi_xml = flags.text("smi-xml");
  options.nvml_probe = {"/proc/self/exe", "read-nvml"};
  options.nvml_path = flags.text("nvml-path");
  options.gpu_identities = flags.on("gpu-identities");
  options.filter = listed(flags, "filter");
  options.exclude = listed(flags, "exclude");
  constexpr std::int64_t kMostParallel = 64;
  EIDOS_TRY(const std::int64_t parallel, count_between(flags, "parallel", options.parallel, kMostParallel));
  options.parallel = static_cast<int>(parallel);
  options.units = flags.all("unit");
  if (auto units = collect::check_units(options.units); !units)
    return std::unexpected(std::move(units).error().within("--unit"));
  options.version = session.world.build.version;
  options.fail_fast = flags.on("fail-fast");
  options.detail = flags.on("detail");
  options.cluster = &cluster_of(flags, session);
  options.pod_namespace = flags.text("pod-namespace");
  options.pod_selector = flags.text("pod-selector");
  options.field_selector = flags.text("field-selector");
  options.policy_kinds = flags.all("policy-kind");
  if (flags.has("max-nodes-per-entry")) options.max_nodes_per_entry = flags.count("max-nodes-per-entry");
  options.source_node = session.world.environment("NODE_NAME").value_or("");
  EIDOS_CHECK(check_required_names(listed(flags, "require")));
  return options;
}

std::string status_text(model::CollectorStatus status) {
  return data::write_value(status).string();
}

/// The cause that decides the exit code, and a line that names what went wrong.
std::optional<Error> failure(const model::Snapshot& snapshot) {
  auto kind = collect::worst_failure(snapshot);
  if (!kind) return std::nullopt;
  // What has one cause is said once: seven collectors ask the same cluster.
  std::vector<std::pair<std::string, std::string>> causes;  // what happened, to whom
  for (const model::CollectorOutcome& outcome : snapshot.collectors) {
    using enum model::CollectorStatus;
    if (outcome.status == Ok || outcome.status == Absent || outcome.status == Stale) continue;
    std::string what =
        cat(status_text(outcome.status), outcome.detail.empty() ? "" : cat(" (", outcome.detail, ")"));
    auto found = std::ranges::find(causes, what, &std::pair<std::string, std::string>::first);
    if (found == causes.end())
      causes.emplace_back(std::move(what), outcome.name);
    else
      found->second += cat(", ", outcome.name);
  }
  std::vector<std::string> parts;
  for (const auto& [what, names] : causes) parts.push_back(cat(names, " ", what));
  return Error{*kind,
               cat("the snapshot is not whole: ", join(parts, "; ")),
               {},
               "mend it, exclude it with --exclude, or accept it with --best-effort"};
}

// Kept results of an earlier run; without a place to keep them, as good as none.
void use_cache(const Flags& flags, Session& session, collect::Options& options) {
  options.reuse = flags.duration("cache", Milliseconds(0));
  options.allow_stale = flags.duration("allow-stale", Milliseconds(0));
  if (wants_watch(flags)) {
    options.reuse_gpu = kReuseGpu;
    options.cache = collect::memory_cache();
  }
  const std::string_view flag = flags.has("cache") ? "cache" : "allow-stale";
  if (!flags.has(flag)) return;
  auto place = session.world.environment("XDG_RUNTIME_DIR");
  if (place && place->starts_with('/'))  // the XDG rules: a relative path there is to be ignored
    options.cache = collect::directory_cache(*place);
  else if (!options.cache)
    session.context.log.warn(cat("--", flag, ": nothing is kept, since XDG_RUNTIME_DIR names no directory"));
}

Result<int> run_preview(const collect::Options& options, const Flags& flags, Session& session) {
  EIDOS_TRY(std::vector<collect::Preview> rows, collect::preview(options));
  Format format = format_of(flags, Format::Table);
  if (format == Format::Table)
    EIDOS_CHECK(write_output(preview_table(rows), flags, session));
  else
    EIDOS_CHECK(write_output(preview_document(rows), format, flags, session));
  return 0;
}

}  // namespace

Result<int> run_snapshot(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  if (flags.on("fail-fast") && flags.on("best-effort"))
    return fail(ErrorKind::Usage, "--fail-fast and --best-effort cannot both be given", {}, "give one");
  EIDOS_CHECK(check_agent_flags(flags));
  if (flags.on("agent")) return run_agent_run(invocation, session);
  EIDOS_CHECK(check_watch_flags(flags));
  EIDOS_CHECK(check_snapshot_output(flags));
  EIDOS_TRY(collect::Options options, options_of(flags, session));
  if (flags.on("preview")) return run_preview(options, flags, session);
  use_cache(flags, session, options);
  session.world.watch_signals();
  // A cluster that was asked for by name must be one; the one that happens to be configured need not work.
  if (flags.has_from("kubeconfig", Origin::CommandLine) ||
      flags.has_from("kube-context", Origin::CommandLine))
    if (auto client = options.cluster->get(); !client) return std::unexpected(std::move(client).error());
  if (wants_watch(flags)) return watch_snapshots(flags, session, std::move(options));
  EIDOS_TRY(collect::Collected collected, collect::collect(session.context, options));
  for (const std::string& warning : collected.warnings) session.context.log.warn(warning);
  const model::Snapshot& snapshot = collected.snapshot;
  // The time limit was the collectors'. What they saw until then is written, however late it is.
  session.context.limit = Limit(session.context.limit.stop(), std::nullopt);
  EIDOS_CHECK(write_snapshot(snapshot, flags, session));
  EIDOS_CHECK(check_required(flags, snapshot));
  if (auto error = failure(snapshot); error && !flags.on("best-effort"))
    return std::unexpected(*std::move(error));
  return 0;
}

}  // namespace eidos::cli
