#include "agent/run.h"

#include "agent/made.h"
#include "agent/objects.h"
#include "agent/pod_state.h"
#include "agent/preflight.h"
#include "agent/run_parts.h"
#include "base/text.h"
#include "base/wait.h"
#include "kube/document.h"
#include "kube/gather.h"

namespace eidos::agent {

namespace {

constexpr std::size_t kMostLogBytes = std::size_t{1} << 20;
constexpr std::size_t kMostLine = 1000;

// The pod's log, line by line.
class LogLines {
 public:
  explicit LogLines(const Progress& progress) : progress_(progress) {}
  /// False when there was more than anybody reads.
  bool add(std::string_view piece) {
    bytes_ += piece.size();
    for (char c : piece) {
      if (c == '\n')
        flush();
      else if (line_.size() < kMostLine)
        line_ += c;
    }
    if (bytes_ < kMostLogBytes) return true;
    progress_("the pod's log is longer than 1 MiB; the rest of it is not shown");
    return false;
  }
  void flush() {
    if (!line_.empty()) progress_(cat("agent: ", visible(line_, kMostLine)));
    line_.clear();
  }

 private:
  const Progress& progress_;
  std::string line_;
  std::size_t bytes_ = 0;
};

Result<std::vector<data::Value>> all_of(kube::Client& client, const kube::Target& target,
                                        const kube::Narrowing& narrowing, const Limit& limit) {
  return kube::gathered<std::vector<data::Value>>(
      client, target, {.narrowing = narrowing}, limit,
      [](std::vector<data::Value>& out, const data::Value& object) {
        constexpr std::size_t kMost = 1000;
        if (out.size() < kMost) out.push_back(object);
      });
}

class Follower {
 public:
  Follower(kube::Client& client, const RunOptions& options, const AgentOptions& agent,
           const Progress& progress, const Limit& limit)
      : client_(client),
        options_(options),
        agent_(agent),
        progress_(progress),
        limit_(limit.within(std::chrono::seconds(agent.seconds) + kGrace)),
        waiter_(limit_) {}

  /// Until the Job has an end.
  Result<PodState> run() {
    for (;;) {
      auto state = look();
      if (!state) {
        if (auto on = limit_.check("waiting for the agent"); !on)
          return std::unexpected(overdue(std::move(on).error()));
        if (!may_pass(state.error().kind) || now() - heard_ >= kMostSilence)
          return std::unexpected(std::move(state).error());
      } else {
        heard_ = now();
        tell(*state);
        // With the Job's deadline its pod goes, and what it waited for with it.
        if (state->phase == Phase::Waiting && !state->pod.empty()) waited_ = state->why;
        if (state->phase == Phase::Failed && state->pod.empty() && !waited_.empty())
          state->why += cat(state->why.empty() ? "" : "; ", "until then its pod waited: ", waited_);
        last_ = *state;
        if (state->phase == Phase::Running) show_log(*state, true);
        if (state->phase == Phase::Succeeded || state->phase == Phase::Failed) {
          show_log(*state, false);
          return *std::move(state);
        }
      }
      if (auto on =
              waiter_.wait({}, "waiting for the agent", static_cast<int>(options_.between_looks.count()));
          !on)
        return std::unexpected(overdue(std::move(on).error()));
    }
  }

 private:
  static SteadyTime now() { return std::chrono::steady_clock::now(); }

  Result<PodState> look() {
    EIDOS_TRY(data::Value job, client_.get({jobs(), agent_.ns, agent_.job_name}, limit_));
    EIDOS_TRY(std::vector<data::Value> pods, all_of(client_, {kube::pods(), agent_.ns},
                                                    {.labels = cat(kRunLabel, "=", agent_.run)}, limit_));
    std::vector<data::Value> about_it;
    // Without a pod only events know why: a quota, an admission that refuses it.
    if (pods.empty()) {
      EIDOS_TRY(
          about_it,
          all_of(client_, {events(), agent_.ns},
                 {.fields = cat("involvedObject.kind=Job,involvedObject.name=", agent_.job_name)}, limit_));
    }
    return state_of(job, pods, about_it);
  }

  void tell(const PodState& state) {
    if (state.phase != Phase::Waiting && last_.phase == Phase::Waiting && !state.node.empty())
      progress_(
          cat("pod ", state.pod, state.phase == Phase::Running ? " runs" : " ran", " on node ", state.node));
    if (state.phase != Phase::Waiting || now() - since_ < options_.patience) return;
    std::string what = state.pod.empty() ? cat("job ", agent_.job_name, " has no pod yet")
                                         : cat("pod ", state.pod, " does not run yet");
    if (!state.why.empty()) what += cat(": ", state.why);
    if (what == said_) return;
    said_ = what;
    progress_(what);
  }

  // Followed until the container ends. A log that breaks off is no failure: the Job says how it went.
  void show_log(const PodState& state, bool follow) {
    if (shown_ || state.pod.empty()) return;
    shown_ = true;
    LogLines lines(progress_);
    auto read = client_.logs(
        agent_.ns, state.pod, {.container = std::string(kContainer), .follow = follow},
        [&](std::string_view piece) -> Result<bool> { return lines.add(piece); }, limit_);
    lines.flush();
    if (!read && read.error().kind != ErrorKind::Cancelled)
      progress_(cat("the log of pod ", state.pod, " cannot be read: ", read.error().message));
  }

  Error overdue(Error error) const {
    if (error.kind != ErrorKind::Timeout) return error;
    error.message =
        cat("no result after ", agent_.seconds + kGrace.count(),
            " s: ", last_.pod.empty() ? cat("job ", agent_.job_name, " has no pod") : cat("pod ", last_.pod),
            last_.pod.empty()               ? ""
            : last_.phase == Phase::Running ? " still runs"
                                            : " did not run",
            last_.why.empty() ? "" : cat(": ", last_.why));
    return error;
  }

  kube::Client& client_;
  const RunOptions& options_;
  const AgentOptions& agent_;
  const Progress& progress_;
  Limit limit_;
  Waiter waiter_;
  SteadyTime since_ = now();
  SteadyTime heard_ = now();
  PodState last_;
  std::string waited_;  ///< What a pod waited for, the last time one did.
  std::string said_;
  bool shown_ = false;  ///< The pod's log.
};

// False: a name is held by somebody else.
Result<bool> make_all(const AgentOptions& options, Made& made, const Progress& progress, const Limit& limit) {
  std::vector<Object> objects = all_objects(options);
  // Before the Job, which goes last: who makes the ConfigMap holds its name.
  objects.insert(objects.end() - 1, result_object(options));
  for (const Object& object : objects) {
    EIDOS_TRY(const bool ours, made.create(object, limit));
    if (ours && object.target.resource == namespaces())
      progress(cat("namespace ", options.ns, " was made, and will stay"));
    if (ours || object.target.resource == namespaces()) continue;
    progress(cat(kube::described(object.target), " is there already and not of this run"));
    return false;
  }
  return true;
}

Result<RunResult> attempt(kube::Client& client, const RunOptions& options, const AgentOptions& agent,
                          const Progress& progress, const Limit& limit) {
  EIDOS_TRY(PodState state, Follower(client, options, agent, progress, limit).run());
  return result_of(client, agent, state, limit);
}

// What could not be removed matters more than what went wrong before: somebody must remove it.
Result<RunResult> after_removal(Result<RunResult> done, Result<void> removed) {
  if (removed) return done;
  Error error = std::move(removed).error();
  if (!done) {
    error.others.push_back(std::move(done).error());
    return std::unexpected(std::move(error));
  }
  if (done->failure) error.others.push_back(*std::move(done->failure));
  if (done->document.empty()) return std::unexpected(std::move(error));
  done->failure = std::move(error);  // the snapshot is not lost over this
  return done;
}

}  // namespace

bool may_pass(ErrorKind kind) {
  return kind == ErrorKind::Unavailable || kind == ErrorKind::RateLimited || kind == ErrorKind::Timeout;
}

Result<RunResult> result_of(kube::Client& client, const AgentOptions& options, const PodState& state,
                            const Limit& limit) {
  RunResult out;
  if (state.phase == Phase::Failed)
    out.failure =
        Error{ErrorKind::Unavailable,
              cat("the agent failed",
                  state.pod.empty() ? "" : cat(" in pod ", state.pod, state.node.empty() ? "" : " on node "),
                  state.node, state.why.empty() ? "" : cat(": ", state.why)),
              {},
              state.pod.empty() ? "" : "what it logged is above; --no-cleanup keeps the pod"};
  const kube::ConfigMapName where{options.ns, options.result};
  auto text = kube::read_config_map(client, where, limit);
  if (text) {
    out.document = *std::move(text);
    return out;
  }
  // A pod that failed need not have written one; a pod that says it succeeded must.
  if (out.failure && text.error().kind == ErrorKind::NotFound) return out;
  if (text.error().kind == ErrorKind::NotFound)
    return fail(ErrorKind::Unavailable,
                cat("the agent ended without an error, and wrote no snapshot into ", kube::shown(where)), {},
                "is --image a version of eidos?");
  return std::unexpected(std::move(text).error());
}

AgentOptions with_own_names(AgentOptions options) {
  for (std::string* name : {&options.job_name, &options.result}) *name += cat("-", options.run);
  if (options.make_rbac) options.service_account += cat("-", options.run);
  return options;
}

Result<RunResult> run_agent(kube::Client& client, const RunOptions& options, const Progress& progress,
                            const Limit& limit) {
  EIDOS_ASSERT(!options.agent.run.empty());
  EIDOS_TRY([[maybe_unused]] std::size_t asked, preflight(client, options.agent, limit));
  auto clean = [&](Made& made) -> Result<void> { return made.remove(Limit().within(options.cleanup_time)); };
  for (const AgentOptions& agent : {options.agent, with_own_names(options.agent)}) {
    Made made(client, agent.ns, agent.run);
    auto all = make_all(agent, made, progress, limit);
    if (!all) return after_removal(std::unexpected(std::move(all).error()), clean(made));
    if (!*all) {
      EIDOS_CHECK(clean(made));
      continue;
    }
    Result<RunResult> done = attempt(client, options, agent, progress, limit);
    if (options.keep) {
      progress(
          cat("nothing was removed; 'eidos agent cleanup -n ", agent.ns, " --run ", agent.run, "' does it"));
      return done;
    }
    return after_removal(std::move(done), clean(made));
  }
  return fail(ErrorKind::Invalid, cat("names that end in ", quote(options.agent.run), " are taken, too"), {},
              "try again");
}

}  // namespace eidos::agent
