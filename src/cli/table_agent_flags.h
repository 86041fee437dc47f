#pragma once
// Flags of the agent's pod, which `agent` and `snapshot --agent` share.

#include "cli/table_flags.h"

namespace eidos::cli {

inline constexpr Flag kAgentNamespace = {.name = "namespace",
                                         .letter = 'n',
                                         .takes = Takes::Text,
                                         .value = "NAME",
                                         .help = "where the agent lives; gpu-operator",
                                         .rules = kSetting};
inline constexpr Flag kAgentAccount = {.name = "service-account-name",
                                       .takes = Takes::Text,
                                       .value = "NAME",
                                       .help = "its account, and its Role and RoleBinding; eidos"};
inline constexpr std::string_view kAppArmorNames[] = {"default", "node", "unconfined"};
inline constexpr Flag kAgentPodFlags[] = {
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
    {.name = "result",
     .takes = Takes::Text,
     .value = "NAME",
     .help = "ConfigMap it writes; eidos-snapshot; a CronJob's may hold {node}, {date}, {time}"},
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
inline constexpr Flag kAgentPlaceFlags[] = {kAgentNamespace, kAgentAccount};
inline constexpr Flag kAgentMakeRbac = {
    .name = "rbac", .help = "make the account and its rights, too; the default", .rules = kNegatable};
// Not by default: who removes what was applied would remove a namespace that others live in.
inline constexpr Flag kAgentCreateNamespace = {
    .name = "create-namespace", .help = "make the namespace, too; removing it again takes all in it along"};
inline constexpr Flag kAgentPolicyKind = {
    .name = "policy-kind",
    .takes = Takes::Text,
    .value = "KIND",
    .help = "let it read the specs of this kind too: PLURAL.VERSION.GROUP; repeats",
    .rules = kRepeats | kSetting};
/// How a run goes.
inline constexpr Flag kAgentRunFlags[] = {
    {.name = "cleanup", .help = "remove what the run made; the default", .rules = kNegatable},
    {.name = "dry-run", .help = "print the objects and make none"},
    kAgentCreateNamespace,
    kAgentMakeRbac,
};
/// What `snapshot` has for --agent only.
inline constexpr auto kAgentOnlyFlags = on_the_side(joined(kAgentPlaceFlags, kAgentPodFlags, kAgentRunFlags));

}  // namespace eidos::cli
