// `eidos fleet snapshot`: a snapshot of each node, one Job a node, and a summary of what differs.

#include <algorithm>
#include <filesystem>
#include <set>

#include "agent/fleet.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "cli/agent_flags.h"
#include "cli/cluster.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/output_names.h"
#include "cli/runs.h"
#include "data/document.h"
#include "data/fields.h"
#include "diff/outliers.h"

namespace eidos::cli {

namespace {

constexpr std::int64_t kMostWorkers = 500;
constexpr std::int64_t kDefaultWorkers = 10;
constexpr int kDefaultRequests = 50;
constexpr int kMostRequests = 10'000;
constexpr std::chrono::hours kFresh{1};
constexpr std::string_view kSummary = "summary.yaml";

// A name a line; blank lines and what follows '#' do not count.
std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> out;
  std::set<std::string, std::less<>> seen;
  for (std::string_view line : split(text, '\n')) {
    const std::string_view name = trim(line.substr(0, line.find('#')));
    if (!name.empty() && seen.emplace(name).second) out.emplace_back(name);
  }
  return out;
}

Result<std::vector<std::string>> wanted_nodes(const Flags& flags, kube::Client& client, Session& session) {
  std::string labels;
  for (const std::string& label : flags.all("node-selector")) labels += cat(labels.empty() ? "" : ",", label);
  EIDOS_TRY(std::vector<std::string> there, agent::nodes_of(client, labels, session.context.limit));
  if (!flags.has("nodes-from")) {
    if (!there.empty()) return there;
    return fail(ErrorKind::NotFound, cat("no node has the labels ", quote(labels)), {},
                "kubectl get nodes --show-labels");
  }
  const std::string source = flags.text("nodes-from");
  EIDOS_TRY(std::string text, read_source(source, flags, session));
  std::vector<std::string> out = names_in(text);
  if (out.empty()) return fail(ErrorKind::Invalid, "there is no node's name in it", shown_source(source));
  // All that are wrong at once: a Job for a node that is not there would only wait.
  std::vector<Error> problems;
  const std::vector<std::string_view> known(there.begin(), there.end());
  for (const std::string& name : out)
    if (!std::ranges::binary_search(there, name))
      problems.push_back(
          {ErrorKind::NotFound,
           cat("the cluster has no node ", quote(name),
               labels.empty() ? "" : cat(" with the labels ", quote(labels)), did_you_mean(name, known)),
           shown_source(source),
           {}});
  if (!problems.empty()) return std::unexpected(together(std::move(problems)));
  return out;
}

// Results as they come: a file a node, and what the summary needs of it.
class Results {
 public:
  Results(const Flags& flags, Session& session)
      : flags_(flags), session_(session), directory_(flags.text("output")), fleet_({}, diff::Ignore()) {
    while (directory_.size() > 1 && directory_.ends_with('/')) directory_.pop_back();
  }

  Result<void> open() {
    EIDOS_CHECK(check_output_path(directory_, flags_.on("allow-outside")));
    std::error_code wrong;
    std::filesystem::create_directory(directory_, wrong);
    if (wrong) return std::unexpected(system_error(wrong.value(), cat("making the directory ", directory_)));
    return {};
  }

  /// Whether an earlier run has just been there.
  bool is_fresh(const std::string& node) {
    const Milliseconds age = flags_.duration("fresh", kFresh);
    auto document = read_document(path_of(node), flags_, session_);
    if (!document) return false;
    auto snapshot = snapshot_of(*document);
    auto time = snapshot ? parse_rfc3339(snapshot->metadata.timestamp) : std::nullopt;
    if (!time || session_.context.clock.now() - *time >= age) return false;
    fleet_.add(node, *snapshot);
    return true;
  }

  Result<void> take(const agent::NodeOutcome& outcome) {
    if (!outcome.result.document.empty()) {
      Document document{.name = cat("the snapshot of ", outcome.node),
                        .text = outcome.result.document,
                        .sources = {},
                        .root = {}};
      EIDOS_TRY(document.root, data::parse(document.text, document.sources, document.name));
      EIDOS_TRY(model::Snapshot snapshot, snapshot_of(document));
      fleet_.add(outcome.node, snapshot);
      EIDOS_CHECK(write_to(path_of(outcome.node), document.text, session_));
    } else if (outcome.result.failure) {
      fleet_.add_unreadable(outcome.node, *outcome.result.failure);
    }
    if (outcome.result.failure) failed_.push_back(outcome.node);
    return {};
  }

  /// The summary beside them, and as a table on standard output.
  Result<int> finish() {
    const diff::FleetSummary summary = fleet_.finish();
    EIDOS_CHECK(
        write_to(cat(directory_, "/", kSummary), data::to_yaml(diff::to_document(summary)), session_));
    EIDOS_CHECK(session_.context.files.write_stdout(diff::to_table(summary)));
    if (failed_.empty()) return 0;
    std::ranges::sort(failed_);
    constexpr std::size_t kShown = 5;
    const std::size_t shown = std::min(failed_.size(), kShown);
    const std::vector<std::string_view> names(failed_.begin(),
                                              failed_.begin() + static_cast<std::ptrdiff_t>(shown));
    return fail(ErrorKind::Unavailable,
                cat(failed_.size(), failed_.size() == 1 ? " node" : " nodes", " failed: ", join(names, ", "),
                    failed_.size() > shown ? cat(" and ", failed_.size() - shown, " more") : ""),
                {},
                cat("each with its cause in ", directory_, "/", kSummary, "; run it again for these alone"));
  }

 private:
  std::string path_of(const std::string& node) const {
    model::SnapshotMetadata of;
    of.source_node = node;
    return cat(directory_, "/", expand_names("{node}", of), ".yaml");
  }

  const Flags& flags_;
  Session& session_;
  std::string directory_;
  diff::Fleet fleet_;
  std::vector<std::string> failed_;
};

}  // namespace

Result<int> run_fleet_snapshot(const Invocation& invocation, Session& session) {
  const Flags& flags = invocation.flags;
  if (!flags.has("nodes-from") && !flags.has("node-selector"))
    return fail(ErrorKind::Usage, "say which nodes: --nodes-from FILE or --node-selector KEY=VALUE", {},
                "--node-selector kubernetes.io/os=linux is all of them");
  agent::FleetOptions options;
  EIDOS_TRY(const std::int64_t workers, count_between(flags, "workers", kDefaultWorkers, kMostWorkers));
  EIDOS_TRY(const std::int64_t requests, count_between(flags, "qps", kDefaultRequests, kMostRequests));
  EIDOS_TRY(options.run.agent, agent_pod(flags));
  options.workers = static_cast<std::size_t>(workers);
  options.run.agent.one_of_many = true;
  options.run.agent.node_selector.clear();  // they chose the nodes; each pod is for one of them
  options.run.agent.run = new_run_id();
  options.run.between_looks = std::chrono::seconds(1);
  options.run.keep = !flags.on("cleanup", true);
  session.world.watch_signals();
  EIDOS_TRY(kube::Client * client, client_of(flags, session, static_cast<int>(requests)));
  EIDOS_TRY(options.nodes, wanted_nodes(flags, *client, session));
  Results results(flags, session);
  EIDOS_CHECK(results.open());
  const std::size_t all = options.nodes.size();
  std::erase_if(options.nodes, [&](const std::string& node) { return results.is_fresh(node); });
  const agent::Progress say = progress_to(session);
  say(cat(all, all == 1 ? " node, " : " nodes, ", all - options.nodes.size(), " of them fresh; ",
          std::min(options.workers, options.nodes.size()), " at a time, at most ", requests,
          " requests a second"));
  if (!options.nodes.empty())
    EIDOS_CHECK(agent::run_fleet(
        *client, options, [&](const agent::NodeOutcome& outcome) { return results.take(outcome); }, say,
        session.context.limit));
  return results.finish();
}

}  // namespace eidos::cli
