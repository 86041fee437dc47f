// `eidos agent run` and `snapshot --agent`: a snapshot from a pod inside the cluster, and nothing left
// behind.

#include <random>

#include "agent/cleanup.h"
#include "agent/objects.h"
#include "agent/run.h"
#include "base/terminal.h"
#include "base/text.h"
#include "cli/agent_flags.h"
#include "cli/cluster.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/runs.h"
#include "cli/snapshot_output.h"
#include "cli/snapshot_table.h"
#include "cli/table_agent_flags.h"
#include "data/document.h"

namespace eidos::cli {

namespace {

constexpr std::chrono::seconds kMostTime{60};

// What the collectors of the pod are told, where `snapshot --agent` was told it.
void pass_on(const Flags& flags, agent::AgentOptions& options) {
  constexpr std::string_view kValues[] = {"filter",       "exclude",        "require", "pod-namespace",
                                          "pod-selector", "field-selector", "unit",    "max-nodes-per-entry"};
  constexpr std::string_view kSwitches[] = {"detail", "gpu-identities", "best-effort"};
  for (std::string_view name : kValues)
    if (flags.knows(name))
      for (const std::string& value : flags.all(name))
        options.snapshot_flags.insert(options.snapshot_flags.end(), {cat("--", name), value});
  for (std::string_view name : kSwitches)
    if (flags.knows(name) && flags.on(name)) options.snapshot_flags.push_back(cat("--", name));
}

Result<void> hand_over(std::string text, const Flags& flags, Session& session) {
  Document document{.name = "the agent's snapshot", .text = std::move(text), .sources = {}, .root = {}};
  EIDOS_TRY(document.root, data::parse(document.text, document.sources, document.name));
  EIDOS_TRY(model::Snapshot snapshot, snapshot_of(document));
  if (flags.knows("template")) return write_snapshot(snapshot, flags, session);
  Format format = format_of(flags);
  if (format == Format::Table) {
    bool narrow = session.world.stdout_is_terminal && to_stdout(flags);
    return write_output(snapshot_table(snapshot, narrow ? terminal_columns() : 0), flags, session);
  }
  return write_output(data::write_value(snapshot), format, flags, session);
}

Result<int> follow(const agent::RunOptions& options, kube::Client& client, const Flags& flags,
                   Session& session) {
  EIDOS_TRY(agent::RunResult done,
            agent::run_agent(client, options, progress_to(session), session.context.limit));
  if (!done.document.empty()) EIDOS_CHECK(hand_over(std::move(done.document), flags, session));
  if (done.failure) return std::unexpected(*std::move(done.failure));
  return 0;
}

}  // namespace

agent::Progress progress_to(Session& session) {
  return [&session](std::string_view line) {
    if (!session.quiet) session.world.write_stderr(cat(line, "\n"));
  };
}

std::string new_run_id() {
  constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyz23456789";
  constexpr int kLength = 8;
  std::random_device dice;
  std::uniform_int_distribution<std::size_t> pick(0, kLetters.size() - 1);
  std::string out;
  for (int i = 0; i < kLength; ++i) out += kLetters[pick(dice)];
  return out;
}

Result<void> check_agent_flags(const Flags& flags) {
  constexpr std::string_view kHere[] = {"watch",     "serve",     "preview",  "cache",   "allow-stale",
                                        "fail-fast", "root",      "smi-path", "smi-xml", "nvml-path",
                                        "parallel",  "on-change", "interval"};
  if (flags.on("agent")) {
    for (std::string_view name : kHere)
      if (flags.has_from(name, Origin::CommandLine))
        return fail(ErrorKind::Usage, cat("--agent and --", name, " cannot both be given"), {},
                    cat("--", name, " is about this machine; --agent looks from a pod"));
    return {};
  }
  for (const Flag& flag : kAgentOnlyFlags)
    if (flags.has_from(flag.name, Origin::CommandLine))
      return fail(ErrorKind::Usage, cat("--", flag.name, " means nothing without --agent"), {},
                  "give --agent to look from a pod in the cluster");
  return {};
}

Result<int> run_agent_run(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  EIDOS_CHECK(flags.knows("template") ? check_snapshot_output(flags) : check_output(flags));
  EIDOS_TRY(agent::AgentOptions pod, agent_pod(flags));
  pass_on(flags, pod);
  if (pod.image.empty())
    return fail(ErrorKind::Usage, "--image is needed: a build has no image of its own", {},
                "for example --image registry.example/eidos:v0.1.0");
  pod.run = new_run_id();
  if (flags.on("dry-run")) return print(agent::to_yaml(agent::all_objects(pod)), session.world);
  session.world.watch_signals();
  EIDOS_TRY(kube::Client * client, client_of(flags, session));
  return follow({.agent = std::move(pod), .keep = !flags.on("cleanup", true)}, *client, flags, session);
}

Result<int> run_agent_cleanup(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  if (flags.has("run") == flags.on("all"))
    return fail(ErrorKind::Usage, "give --run ID, or --all for every run, those that still go on, too", {},
                "a run that could not remove its objects said its ID");
  agent::AgentOptions place;
  if (flags.has("namespace")) place.ns = flags.text("namespace");
  EIDOS_CHECK(agent::check_options(place));
  if (flags.has("run") && !agent::is_run_id(flags.text("run")))
    return fail(ErrorKind::Invalid, cat("--run ", quote(flags.text("run")), " is no ID of a run"), {},
                "they are small letters and digits");
  session.world.watch_signals();
  EIDOS_TRY(kube::Client * client, client_of(flags, session));
  EIDOS_TRY(std::vector<std::string> removed, agent::remove_runs(*client, place.ns, flags.text("run"),
                                                                 session.context.limit.within(kMostTime)));
  std::string text;
  for (const std::string& one : removed) text += cat("removed ", one, "\n");
  if (removed.empty()) text = cat("nothing of a run is in namespace ", place.ns, "\n");
  return print(text, session.world);
}

}  // namespace eidos::cli
