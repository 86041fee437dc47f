// `eidos agent`: the objects of pods that look at a cluster from inside, and who may make them.

#include "agent/objects.h"
#include "agent/preflight.h"
#include "agent/schedule.h"
#include "base/text.h"
#include "cli/agent_flags.h"
#include "cli/cluster.h"
#include "cli/output.h"
#include "cli/output_names.h"
#include "cli/runs.h"
#include "kube/document.h"

namespace eidos::cli {

namespace {

constexpr std::chrono::seconds kMostTime{60};
constexpr std::pair<std::string_view, agent::AppArmor> kAppArmor[] = {
    {"default", agent::AppArmor::RuntimeDefault},
    {"node", agent::AppArmor::Node},
    {"unconfined", agent::AppArmor::Unconfined}};

// PLURAL.VERSION.GROUP, as snapshot takes it.
Result<kube::Resource> policy_kind(const std::string& text) {
  std::size_t first = text.find('.');
  std::size_t second = first == std::string::npos ? first : text.find('.', first + 1);
  if (first == 0 || second == std::string::npos || second == first + 1 || second + 1 == text.size())
    return fail(ErrorKind::Invalid,
                cat("--policy-kind ", quote(text), " is not of the form PLURAL.VERSION.GROUP"), {},
                "for example clusterpolicies.v1.nvidia.com");
  return kube::Resource{.group = text.substr(second + 1),
                        .version = text.substr(first + 1, second - first - 1),
                        .plural = text.substr(0, first),
                        .namespaced = false};
}

void set_text(const Flags& flags, std::string_view name, std::string& to) {
  if (flags.knows(name) && flags.has(name)) to = flags.text(name);
}

// Where it lives and what it may.
Result<agent::AgentOptions> place_of(const Flags& flags) {
  agent::AgentOptions out;
  set_text(flags, "namespace", out.ns);
  set_text(flags, "service-account-name", out.service_account);
  if (flags.knows("schedule") && flags.has("schedule")) {
    out.schedule = flags.text("schedule");
    EIDOS_CHECK(agent::check_schedule(out.schedule));
  }
  if (flags.knows("create-namespace")) out.make_namespace = flags.on("create-namespace");
  // Elsewhere it is of files.
  if (flags.knows("retain") && !flags.knows("template")) out.retain = flags.count("retain");
  if (flags.knows("rbac")) out.make_rbac = flags.on("rbac", true);
  for (const std::string& kind : flags.all("policy-kind")) {
    EIDOS_TRY(kube::Resource resource, policy_kind(kind));
    out.policy_kinds.push_back(std::move(resource));
    out.snapshot_flags.insert(out.snapshot_flags.end(), {"--policy-kind", kind});
  }
  return out;
}

Result<void> read_scheduling(const Flags& flags, agent::AgentOptions& out) {
  for (const std::string& text : flags.all("node-selector")) {
    EIDOS_TRY(auto selector, agent::parse_selector(text));
    out.node_selector.push_back(std::move(selector));
  }
  if (flags.has("toleration")) out.tolerations.clear();
  for (const std::string& text : flags.all("toleration")) {
    EIDOS_TRY(agent::Toleration toleration, agent::parse_toleration(text));
    out.tolerations.push_back(std::move(toleration));
  }
  return {};
}

// A CronJob may give each night's result a name of its own.
Result<void> check_result(const agent::AgentOptions& options) {
  const std::string pattern = cat("cm://", options.ns, "/", options.result);
  if (options.schedule.empty() || !has_names(pattern)) {
    if (options.retain > 0)
      return fail(ErrorKind::Usage, "--retain needs a CronJob whose results differ by date", {},
                  "give --schedule, and --result eidos-snapshot-{node}-{date}-{time}");
    EIDOS_CHECK(kube::parse_config_map(pattern));
    return {};
  }
  EIDOS_CHECK(check_config_map_names(pattern));
  if (options.retain > 0) EIDOS_CHECK(check_retain(pattern));
  return {};
}

}  // namespace

Result<agent::AgentOptions> agent_pod(const Flags& flags) {
  EIDOS_TRY(agent::AgentOptions out, place_of(flags));
  set_text(flags, "image", out.image);
  set_text(flags, "job-name", out.job_name);
  set_text(flags, "result", out.result);
  set_text(flags, "runtime-class", out.runtime_class);
  out.pull_secrets = flags.all("image-pull-secret");
  out.require_gpu = flags.on("require-gpu");
  out.host_access = flags.on("host-access");
  out.debug = flags.on("debug-log");
  for (const auto& [name, profile] : kAppArmor)
    if (flags.text("apparmor") == name) out.app_armor = profile;
  out.seconds =
      std::chrono::ceil<std::chrono::seconds>(flags.duration("deadline", std::chrono::seconds(out.seconds)))
          .count();
  EIDOS_CHECK(read_scheduling(flags, out));
  EIDOS_CHECK(check_result(out));
  EIDOS_CHECK(agent::check_options(out));
  return out;
}

Result<int> run_agent_manifests(const Invocation& invocation, Session& session) {
  EIDOS_TRY(agent::AgentOptions options, agent_pod(invocation.flags));
  return print(agent::to_yaml(agent::all_objects(options)), session.world);
}

Result<int> run_agent_rbac(const Invocation& invocation, Session& session) {
  EIDOS_TRY(agent::AgentOptions options, place_of(invocation.flags));
  EIDOS_CHECK(agent::check_options(options));
  return print(agent::to_yaml(agent::rbac_objects(options)), session.world);
}

Result<int> run_agent_preflight(const Invocation& invocation, Session& session) {
  EIDOS_TRY(agent::AgentOptions options, place_of(invocation.flags));
  EIDOS_CHECK(agent::check_options(options));
  session.world.watch_signals();
  EIDOS_TRY(kube::Client * client, client_of(invocation.flags, session));
  EIDOS_TRY(std::size_t asked, agent::preflight(*client, options, session.context.limit.within(kMostTime)));
  return print(cat("all ", asked, " rights to run an agent in namespace ", options.ns, " are there\n"),
               session.world);
}

}  // namespace eidos::cli
