#include "agent/fleet.h"

#include <algorithm>
#include <deque>
#include <map>

#include "agent/made.h"
#include "agent/objects.h"
#include "agent/pod_state.h"
#include "agent/preflight.h"
#include "agent/run_parts.h"
#include "base/text.h"
#include "base/wait.h"
#include "kube/gather.h"
#include "kube/tree.h"

namespace eidos::agent {

namespace {

using kube::text_at;

// A label of a pod holds its Job's name.
constexpr std::size_t kMostJobName = 63;

struct Job {
  AgentOptions agent;
  Made made;
  SteadyTime started;
  std::string waited = {};  // what its pod waited for, the last time it did
};

// All objects of this run, by the Job they belong to.
using ByJob = std::map<std::string, std::vector<data::Value>>;

Result<ByJob> listed(kube::Client& client, const kube::Target& kind, const std::string& run,
                     const Limit& limit) {
  const bool pods = kind.resource == kube::pods();
  return kube::gathered<ByJob>(client, kind,
                               {.narrowing = {.labels = cat(kRunLabel, "=", run), .fields = ""}}, limit,
                               [&](ByJob& out, const data::Value& object) {
                                 out[pods ? text_at(object, {"metadata", "labels", "job-name"})
                                          : text_at(object, {"metadata", "name"})]
                                     .push_back(object);
                               });
}

class FleetRun {
 public:
  FleetRun(kube::Client& client, const FleetOptions& options, const NodeSink& sink, const Progress& progress,
           const Limit& limit)
      : client_(client),
        options_(options),
        agent_(with_own_names(options.run.agent)),
        sink_(sink),
        progress_(progress),
        limit_(limit),
        waiter_(limit),
        shared_(client, agent_.ns, agent_.run),
        waiting_(options.nodes.begin(), options.nodes.end()) {}

  Result<void> run() {
    auto done = work();
    auto removed = remove();
    if (removed) return done;
    Error error = std::move(removed).error();
    if (!done) error.others.push_back(std::move(done).error());
    return std::unexpected(std::move(error));
  }

 private:
  static SteadyTime now() { return std::chrono::steady_clock::now(); }

  Result<void> work() {
    EIDOS_CHECK(share());
    while (!waiting_.empty() || !active_.empty()) {
      auto turned = turn();
      if (turned) {
        heard_ = now();
      } else if (!may_pass(turned.error().kind) || now() - heard_ >= kMostSilence || !limit_.check("")) {
        return turned;
      }
      tell();
      EIDOS_CHECK(
          waiter_.wait({}, "waiting for the nodes", static_cast<int>(options_.run.between_looks.count())));
    }
    return {};
  }

  // Account and rights, for all of them.
  Result<void> share() {
    for (const Object& object : shared_objects(agent_)) EIDOS_CHECK(make(shared_, object));
    return {};
  }

  Result<void> make(Made& made, const Object& object) {
    EIDOS_TRY(const bool ours, made.create(object, limit_));
    if (ours || object.target.resource == namespaces()) return {};
    return fail(ErrorKind::Invalid, cat(kube::described(object.target), " is there already"), {},
                "try again");
  }

  Result<void> turn() {
    while (active_.size() < options_.workers && !waiting_.empty()) EIDOS_CHECK(start());
    EIDOS_TRY(ByJob jobs_now, listed(client_, {jobs(), agent_.ns, "", ""}, agent_.run, limit_));
    EIDOS_TRY(ByJob pods_now, listed(client_, {kube::pods(), agent_.ns, "", ""}, agent_.run, limit_));
    for (auto at = active_.begin(); at != active_.end();) {
      const std::string name = at->first;
      auto next = std::next(at);
      EIDOS_CHECK(look(at->second, jobs_now[name], pods_now[name]));
      at = next;
    }
    return {};
  }

  Result<void> start() {
    AgentOptions one = agent_;
    one.node = waiting_.front();
    const std::string number = cat("-", ++started_);
    one.job_name += number;
    one.result += number;
    const std::string name = one.job_name;
    auto at = active_.try_emplace(name, Job{one, Made(client_, agent_.ns, agent_.run), now()}).first;
    auto made = make(at->second.made, result_object(one));
    if (made) made = make(at->second.made, job_object(one));
    if (made) {
      waiting_.pop_front();
      return {};
    }
    // It gets another turn, under another name: this one may have been made, and will be removed.
    later_.push_back(std::move(at->second.made));
    active_.erase(at);
    return made;
  }

  // Of one node: goes on, or is done with it.
  Result<void> look(Job& job, const std::vector<data::Value>& found, const std::vector<data::Value>& pods) {
    const Milliseconds time = std::chrono::seconds(agent_.seconds) + kGrace;
    PodState state;
    if (!found.empty()) {
      state = state_of(found.front(), pods, {});
    } else if (now() - job.started > kGrace) {
      state.phase = Phase::Failed;
      state.why = "its Job was removed by somebody else";
    }
    if (state.phase == Phase::Waiting && !state.why.empty()) job.waited = state.why;
    if ((state.phase == Phase::Waiting || state.phase == Phase::Running) && now() - job.started > time) {
      state.phase = Phase::Failed;
      state.why = cat("no result after ", agent_.seconds + kGrace.count(), " s");
    }
    if (state.phase != Phase::Succeeded && state.phase != Phase::Failed) return {};
    if (state.phase == Phase::Failed && !state.ended && !job.waited.empty())
      state.why += cat("; until then its pod waited: ", job.waited);
    return finish(job, state);
  }

  Result<void> finish(Job& job, const PodState& state) {
    NodeOutcome outcome{.node = job.agent.node, .result = {}};
    auto result = result_of(client_, job.agent, state, limit_);
    if (!result && (result.error().kind == ErrorKind::Cancelled ||
                    (may_pass(result.error().kind) && state.phase == Phase::Succeeded)))
      return std::unexpected(std::move(result).error());  // it is there: read it in the next turn
    if (result)
      outcome.result = *std::move(result);
    else
      outcome.result.failure = std::move(result).error();
    ++done_;
    if (outcome.result.failure) {
      ++failed_;
      progress_(cat("node ", outcome.node, ": ", outcome.result.failure->message));
    }
    // A pod that may still write would make its ConfigMap again: that one goes when all pods are gone.
    const bool removed = !options_.run.keep && state.ended && job.made.remove_ended(limit_);
    if (!removed) later_.push_back(std::move(job.made));
    active_.erase(job.agent.job_name);
    return sink_(outcome);
  }

  void tell() {
    if (now() - told_ < options_.between_lines) return;
    told_ = now();
    progress_(cat(done_, " of ", options_.nodes.size(), " nodes done, ", failed_, " failed, ", active_.size(),
                  " at work"));
  }

  // Not ended by a stop request: what stays behind stays for good.
  Result<void> remove() {
    if (options_.run.keep) {
      progress_(cat("nothing was removed; 'eidos agent cleanup -n ", agent_.ns, " --run ", agent_.run,
                    "' does it"));
      return {};
    }
    for (auto& [name, job] : active_) later_.push_back(std::move(job.made));
    active_.clear();
    const Limit limit = Limit().within(options_.run.cleanup_time + std::chrono::seconds(later_.size()));
    std::vector<Error> problems;
    for (Made& made : later_) made.remove_jobs(limit);
    for (Made& made : later_)
      if (auto gone = made.remove(limit); !gone) problems.push_back(std::move(gone).error());
    if (auto gone = shared_.remove(limit); !gone) problems.push_back(std::move(gone).error());
    if (problems.empty()) return {};
    return std::unexpected(together(std::move(problems)));
  }

  kube::Client& client_;
  const FleetOptions& options_;
  const AgentOptions agent_;
  const NodeSink& sink_;
  const Progress& progress_;
  const Limit limit_;
  Waiter waiter_;
  Made shared_;
  std::deque<std::string> waiting_;
  std::map<std::string, Job> active_;  ///< By the name of the Job.
  std::deque<Made> later_;
  std::size_t started_ = 0;
  std::size_t done_ = 0;
  std::size_t failed_ = 0;
  SteadyTime heard_ = now();
  SteadyTime told_ = now();
};

}  // namespace

Result<void> run_fleet(kube::Client& client, const FleetOptions& options, const NodeSink& sink,
                       const Progress& progress, const Limit& limit) {
  EIDOS_ASSERT(!options.run.agent.run.empty() && options.workers > 0);
  const std::size_t longest =
      cat(with_own_names(options.run.agent).job_name, "-", options.nodes.size() * 2).size();
  if (longest > kMostJobName)
    return fail(
        ErrorKind::Invalid, cat("--job-name ", quote(options.run.agent.job_name), " is too long"), {},
        cat("with the run's ID and a number behind it a Job's name has at most ", kMostJobName, " letters"));
  EIDOS_TRY([[maybe_unused]] std::size_t asked, preflight(client, options.run.agent, limit));
  return FleetRun(client, options, sink, progress, limit).run();
}

Result<std::vector<std::string>> nodes_of(kube::Client& client, const std::string& labels,
                                          const Limit& limit) {
  EIDOS_TRY(std::vector<std::string> out,
            kube::gathered<std::vector<std::string>>(
                client, {kube::nodes(), "", "", ""},
                {.narrowing = {.labels = labels, .fields = ""}, .metadata_only = true}, limit,
                [](std::vector<std::string>& names, const data::Value& object) {
                  names.push_back(text_at(object, {"metadata", "name"}));
                }));
  std::ranges::sort(out);
  return out;
}

}  // namespace eidos::agent
