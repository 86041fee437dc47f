// The command for pods that look at a cluster from inside.

#include "cli/runs.h"
#include "cli/table_flags.h"
#include "cli/table_groups.h"

namespace eidos::cli {

namespace {

constexpr Flag kNamespace = {.name = "namespace",
                             .letter = 'n',
                             .takes = Takes::Text,
                             .value = "NAME",
                             .help = "where the agent lives; gpu-operator",
                             .rules = kSetting};
constexpr Flag kAccount = {.name = "service-account-name",
                           .takes = Takes::Text,
                           .value = "NAME",
                           .help = "its account, and its Role and RoleBinding; eidos"};
constexpr Flag kPolicyKind = {.name = "policy-kind",
                              .takes = Takes::Text,
                              .value = "KIND",
                              .help = "let it read the specs of this kind too: PLURAL.VERSION.GROUP; repeats",
                              .rules = kRepeats | kSetting};
constexpr Flag kMakeRbac = {
    .name = "rbac", .help = "make the account and its rights, too; the default", .rules = kNegatable};
// Not by default: who removes what was applied would remove a namespace that others live in.
constexpr Flag kCreateNamespace = {
    .name = "create-namespace", .help = "make the namespace, too; removing it again takes all in it along"};
constexpr Flag kSchedule = {.name = "schedule",
                            .takes = Takes::Text,
                            .value = "CRON",
                            .help = "a CronJob instead of a Job: \"0 2 * * *\""};

constexpr std::string_view kAppArmorNames[] = {"default", "node", "unconfined"};
constexpr Flag kPodFlags[] = {
    {.name = "image",
     .takes = Takes::Text,
     .value = "IMAGE",
     .help = "of eidos, with its version or digest",
     .rules = kNeeded | kSetting},
    {.name = "image-pull-secret",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "a secret to pull it with; repeats",
     .rules = kRepeats | kSetting},
    {.name = "job-name", .takes = Takes::Text, .value = "NAME", .help = "of the Job or CronJob; eidos"},
    {.name = "result", .takes = Takes::Text, .value = "NAME", .help = "ConfigMap it writes; eidos-snapshot"},
    {.name = "node-selector",
     .takes = Takes::Text,
     .value = "K=V",
     .help = "only nodes with this label; repeats",
     .rules = kRepeats | kSetting},
    {.name = "toleration",
     .takes = Takes::Text,
     .value = "K=V:EFFECT",
     .help = "a taint it puts up with; repeats; every one by default",
     .rules = kRepeats | kSetting},
    {.name = "runtime-class",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "run it with this: nvidia shows it all GPUs of the node",
     .rules = kSetting},
    {.name = "require-gpu", .help = "have the cluster give it a GPU"},
    {.name = "host-access", .help = "show it the host's systemd, release and processes, read-only"},
    {.name = "apparmor",
     .takes = Takes::Text,
     .value = "PROFILE",
     .help = "default asks for the runtime's by name; node says nothing",
     .rules = kSetting,
     .choices = kAppArmorNames},
    {.name = "deadline",
     .takes = Takes::Duration,
     .value = "DURATION",
     .help = "after this the cluster ends it; 5m",
     .rules = kSetting},
    {.name = "debug-log", .help = "let it log all it does, as JSON lines"},
};
constexpr Flag kPlaceFlags[] = {kNamespace, kAccount};
constexpr Flag kRightsFlags[] = {kPolicyKind};
constexpr Flag kManifestsOnly[] = {kSchedule, kCreateNamespace, kMakeRbac};
constexpr Flag kPreflightOnly[] = {kSchedule, kCreateNamespace, kMakeRbac, kPolicyKind};
constexpr auto kRbacFlags = joined(kPlaceFlags, kRightsFlags);
constexpr auto kPreflightFlags = joined(kPlaceFlags, kPreflightOnly);
constexpr auto kManifestsFlags = joined(kPlaceFlags, kPodFlags, kManifestsOnly, kRightsFlags);

constexpr std::string_view kManifestsExamples[] = {
    "eidos agent manifests --image registry.example/eidos:v0.1.0 | kubectl apply -f -",
    "eidos agent manifests --image registry.example/eidos:v0.1.0 --schedule \"0 2 * * *\" --require-gpu",
};
constexpr std::string_view kRbacExamples[] = {"eidos agent rbac --namespace monitoring | kubectl apply -f -"};
constexpr std::string_view kPreflightExamples[] = {"eidos agent preflight --namespace monitoring"};

constexpr Command kSubcommands[] = {
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
