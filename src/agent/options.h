#pragma once
// What a person says about the pods that look at a cluster from inside.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "kube/resource.h"

namespace eidos::agent {

/// A taint the pod puts up with. No key: every one of them; no effect: each of its effects.
struct Toleration {
  std::string key = {};
  std::string value = {};  ///< Empty: whatever it is.
  std::string effect = {};
  bool operator==(const Toleration&) const = default;
};

enum class AppArmor : std::uint8_t {
  RuntimeDefault,  ///< Asked for by name; a node without AppArmor refuses the pod.
  Node,            ///< Not said: what the node gives, which is the same where there is AppArmor.
  Unconfined,      ///< Where the default profile keeps a pod from the bus of the host.
};

struct AgentOptions {
  std::string ns = "gpu-operator";
  std::string image = {};  ///< Never empty when a pod is made.
  std::vector<std::string> pull_secrets = {};
  std::string job_name = "eidos";
  std::string service_account = "eidos";  ///< Its Role and RoleBinding, too.
  std::vector<std::pair<std::string, std::string>> node_selector = {};
  std::string node = {};                       ///< Only this one, by name.
  std::vector<Toleration> tolerations = {{}};  ///< By default every taint.
  std::string runtime_class = {};
  bool require_gpu = false;
  bool host_access = false;  ///< Read-only mounts of the host, and its processes.
  AppArmor app_armor = AppArmor::RuntimeDefault;
  std::int64_t seconds = 300;  ///< The cluster ends the pod after this.
  bool debug = false;
  std::vector<std::string> snapshot_flags = {};   ///< "--filter", "os,gpu", …
  std::vector<kube::Resource> policy_kinds = {};  ///< Whose specs the snapshot reads, beside those it knows.
  bool one_of_many = false;               ///< It looks at its node, and leaves out what all nodes see alike.
  std::string result = "eidos-snapshot";  ///< ConfigMap the pod writes; may hold {node}, {date}, {time}.
  std::string schedule = {};              ///< Of a CronJob; empty: a Job.
  std::int64_t retain = 0;                ///< Results kept; 0: all.
  std::string version = {};               ///< Of this program.
  /// Marks what one run made; empty for manifests, which belong to whoever applies them.
  std::string run = {};
  bool make_namespace = true;  ///< Else it is there already.
  bool make_rbac = true;       ///< Else ServiceAccount and rights are there already.
};

/// "key=value".
Result<std::pair<std::string, std::string>> parse_selector(std::string_view text);
/// "key=value:effect", "key:effect", "key=value", "key", or "" for every taint.
Result<Toleration> parse_toleration(std::string_view text);
/// Everything Kubernetes would refuse later, all at once: names, labels, an image without a name, "latest".
Result<void> check_options(const AgentOptions& options);

/// The cluster-wide role of this agent: named for the account and its namespace, of which there may be many.
std::string cluster_role_name(const AgentOptions& options);

inline constexpr std::string_view kNameLabel = "app.kubernetes.io/name";
inline constexpr std::string_view kComponentLabel = "app.kubernetes.io/component";
/// On everything a run makes: its id.
inline constexpr std::string_view kRunLabel = "eidos.nvidia.com/run";
/// And the namespace of its run: roles of the whole cluster have none of their own.
inline constexpr std::string_view kNamespaceLabel = "eidos.nvidia.com/run-namespace";
inline constexpr std::string_view kContainer = "eidos";

}  // namespace eidos::agent
