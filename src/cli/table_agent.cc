// The command for pods that look at a cluster from inside.

#include "cli/runs.h"
#include "cli/table_agent_flags.h"
#include "cli/table_flags.h"
#include "cli/table_groups.h"

namespace eidos::cli {

namespace {

constexpr Flag kSchedule = {.name = "schedule",
                            .takes = Takes::Text,
                            .value = "CRON",
                            .help = "a CronJob instead of a Job: \"0 2 * * *\""};

constexpr Flag kRetain = {
    .name = "retain",
    .takes = Takes::Count,
    .value = "N",
    .help = "let it keep the newest N results of its node only, and the rights for that"};

constexpr Flag kRightsFlags[] = {kAgentPolicyKind};
constexpr Flag kRbacOnly[] = {kAgentPolicyKind, kRetain};
constexpr Flag kManifestsOnly[] = {kSchedule, kRetain, kAgentCreateNamespace, kAgentMakeRbac};
constexpr Flag kPreflightOnly[] = {kSchedule, kRetain, kAgentCreateNamespace, kAgentMakeRbac,
                                   kAgentPolicyKind};
constexpr Flag kRunOutput[] = {kOutput, kFormat, kAllowOutside};
constexpr Flag kCleanupFlags[] = {
    kAgentNamespace,
    {.name = "run", .takes = Takes::Text, .value = "ID", .help = "what this run left"},
    {.name = "all", .help = "what any run left; one that goes on loses its pod"},
};
constexpr auto kRunFlags = joined(kAgentPlaceFlags, kAgentPodFlags, kRightsFlags, kAgentRunFlags, kRunOutput);
constexpr auto kRbacFlags = joined(kAgentPlaceFlags, kRbacOnly);
constexpr auto kPreflightFlags = joined(kAgentPlaceFlags, kPreflightOnly);
constexpr auto kManifestsFlags = joined(kAgentPlaceFlags, kAgentPodFlags, kManifestsOnly, kRightsFlags);

constexpr std::string_view kManifestsExamples[] = {
    "eidos agent manifests --image registry.example/eidos:v0.1.0 | kubectl apply -f -",
    "eidos agent manifests --image registry.example/eidos:v0.1.0 --schedule \"0 2 * * *\" --require-gpu",
};
constexpr std::string_view kRbacExamples[] = {"eidos agent rbac --namespace monitoring | kubectl apply -f -"};
constexpr std::string_view kPreflightExamples[] = {"eidos agent preflight --namespace monitoring"};

constexpr std::string_view kRunExamples[] = {
    "eidos agent run --image registry.example/eidos:v0.1.0 -o snapshot.yaml",
    "eidos agent run --image registry.example/eidos:v0.1.0 --node-selector a=b --runtime-class nvidia",
};
constexpr std::string_view kCleanupExamples[] = {"eidos agent cleanup -n gpu-operator --run k7f2m9xa"};

constexpr Command kSubcommands[] = {
    {.name = "agent run",
     .summary = "take a snapshot from a pod and leave nothing behind",
     .about = "Makes account, rights and Job, follows the pod, brings its snapshot and removes what it made, "
              "after Ctrl-C too. Names that are taken are followed by the run's own ID.",
     .examples = kRunExamples,
     .flags = kRunFlags,
     .run = run_agent_run},
    {.name = "agent cleanup",
     .summary = "remove what a run that was killed has left",
     .examples = kCleanupExamples,
     .flags = kCleanupFlags,
     .run = run_agent_cleanup},
    {.name = "agent manifests",
     .summary = "print the objects of an agent as YAML",
     .about = "Account, rights, and a Job or CronJob whose pod runs eidos snapshot into a ConfigMap: "
              "not root, nothing writable but /tmp, no capability.",
     .examples = kManifestsExamples,
     .flags = kManifestsFlags,
     .run = run_agent_manifests},
    {.name = "agent rbac",
     .summary = "print its account and rights only",
     .examples = kRbacExamples,
     .flags = kRbacFlags,
     .run = run_agent_rbac},
    {.name = "agent preflight",
     .summary = "ask the cluster whether you may put an agent there",
     .about =
         "Asks for each right it takes to apply the manifests, follow the pod, read its result and remove "
         "it. What is missing is named all at once. Nothing is made.",
     .examples = kPreflightExamples,
     .flags = kPreflightFlags,
     .run = run_agent_preflight},
};

std::span<const Command> subcommands() {
  return kSubcommands;
}

constexpr Command kCommands[] = {
    {.name = "agent",
     .arguments = "COMMAND",
     .summary = "look at a cluster from a pod inside it",
     .subcommands = subcommands},
};

}  // namespace

std::span<const Command> agent_commands() {
  return kCommands;
}

}  // namespace eidos::cli
