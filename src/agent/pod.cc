#include "agent/pod.h"

#include "agent/tree.h"
#include "base/text.h"

namespace eidos::agent {

namespace {

constexpr int kUser = 1000;

// What only the host's own files tell. Each is mounted where the program looks for it.
struct HostPath {
  std::string_view volume;
  std::string_view path;
  std::string_view type;
};
constexpr HostPath kHostPaths[] = {{"os-release", "/etc/os-release", "File"},
                                   {"dbus", "/run/dbus", "Directory"}};

void add_app_armor(const AgentOptions& options, data::Map& context) {
  if (options.app_armor == AppArmor::Node) return;
  bool strict = options.app_armor == AppArmor::RuntimeDefault;
  context.set("appArmorProfile", fields({{"type", strict ? "RuntimeDefault" : "Unconfined"}}));
}

data::Map pod_security(const AgentOptions& options) {
  data::Map context = fields({{"runAsNonRoot", true},
                              {"runAsUser", kUser},
                              {"runAsGroup", kUser},
                              {"fsGroup", kUser},
                              {"seccompProfile", fields({{"type", "RuntimeDefault"}})}});
  add_app_armor(options, context);
  return context;
}

data::List arguments_of(const AgentOptions& options) {
  data::List out;
  if (options.debug) {
    out.emplace_back("--debug");
    out.emplace_back("--log-json");
  }
  out.emplace_back("snapshot");
  // A thousand lists of all pods are not what an API server is there for.
  if (options.one_of_many) {
    out.emplace_back("--exclude");
    out.emplace_back("topology,k8s.image,k8s.helm,k8s.crd");
  }
  for (const std::string& flag : options.snapshot_flags) out.emplace_back(flag);
  out.emplace_back("-o");
  out.emplace_back(cat("cm://", options.ns, "/", options.result));
  if (options.retain > 0) {
    out.emplace_back("--retain");
    out.emplace_back(cat(options.retain));
  }
  return out;
}

data::List environment_of(const AgentOptions& options) {
  auto variable = [](std::string_view name, std::string_view value) {
    return fields({{"name", name}, {"value", value}});
  };
  data::List out = {
      variable("EIDOS_AGENT_MODE", "true"),
      fields({{"name", "NODE_NAME"},
              {"valueFrom", fields({{"fieldRef", fields({{"fieldPath", "spec.nodeName"}})}})}})};
  if (!options.run.empty()) out.emplace_back(variable("EIDOS_AGENT_RUN", options.run));
  if (!options.runtime_class.empty()) out.emplace_back(variable("NVIDIA_VISIBLE_DEVICES", "all"));
  return out;
}

data::Map resources_of(const AgentOptions& options) {
  data::Map limits = fields({{"cpu", "500m"}, {"memory", "256Mi"}});
  if (options.require_gpu) limits.set("nvidia.com/gpu", 1);
  return fields(
      {{"requests", fields({{"cpu", "100m"}, {"memory", "128Mi"}})}, {"limits", std::move(limits)}});
}

data::Map container_of(const AgentOptions& options) {
  data::List mounts = {fields({{"name", "tmp"}, {"mountPath", "/tmp"}})};
  if (options.host_access)
    for (const HostPath& host : kHostPaths)
      mounts.emplace_back(fields({{"name", host.volume}, {"mountPath", host.path}, {"readOnly", true}}));
  return fields({{"name", kContainer},
                 {"image", options.image},
                 {"args", arguments_of(options)},
                 {"env", environment_of(options)},
                 {"resources", resources_of(options)},
                 {"securityContext", fields({{"allowPrivilegeEscalation", false},
                                             {"readOnlyRootFilesystem", true},
                                             {"capabilities", fields({{"drop", data::List{"ALL"}}})}})},
                 {"volumeMounts", std::move(mounts)}});
}

data::List volumes_of(const AgentOptions& options) {
  data::List out = {fields({{"name", "tmp"}, {"emptyDir", fields({{"sizeLimit", "16Mi"}})}})};
  if (options.host_access)
    for (const HostPath& host : kHostPaths)
      out.emplace_back(
          fields({{"name", host.volume}, {"hostPath", fields({{"path", host.path}, {"type", host.type}})}}));
  return out;
}

data::List tolerations_of(const AgentOptions& options) {
  data::List out;
  for (const Toleration& toleration : options.tolerations) {
    data::Map one;
    if (!toleration.key.empty()) one.set("key", toleration.key);
    one.set("operator", toleration.value.empty() ? "Exists" : "Equal");
    if (!toleration.value.empty()) one.set("value", toleration.value);
    if (!toleration.effect.empty()) one.set("effect", toleration.effect);
    out.emplace_back(std::move(one));
  }
  return out;
}

// By its name and not by a label, as a DaemonSet does it; the scheduler still looks whether it fits.
data::Map only_on(const std::string& node) {
  data::Map term = fields(
      {{"matchFields",
        data::List{fields({{"key", "metadata.name"}, {"operator", "In"}, {"values", data::List{node}}})}}});
  return fields({{"nodeAffinity", fields({{"requiredDuringSchedulingIgnoredDuringExecution",
                                           fields({{"nodeSelectorTerms", data::List{std::move(term)}}})}})}});
}

}  // namespace

data::Map pod_spec(const AgentOptions& options) {
  data::Map spec = fields({{"serviceAccountName", options.service_account},
                           {"restartPolicy", "Never"},
                           {"enableServiceLinks", false},
                           {"terminationGracePeriodSeconds", 5}});
  if (options.host_access) spec.set("hostPID", true);
  if (!options.runtime_class.empty()) spec.set("runtimeClassName", options.runtime_class);
  if (!options.node_selector.empty()) {
    data::Map selector;
    for (const auto& [key, value] : options.node_selector) selector.set(key, value);
    spec.set("nodeSelector", std::move(selector));
  }
  if (!options.node.empty()) spec.set("affinity", only_on(options.node));
  if (!options.tolerations.empty()) spec.set("tolerations", tolerations_of(options));
  if (!options.pull_secrets.empty()) {
    data::List secrets;
    for (const std::string& secret : options.pull_secrets) secrets.emplace_back(fields({{"name", secret}}));
    spec.set("imagePullSecrets", std::move(secrets));
  }
  spec.set("securityContext", pod_security(options));
  spec.set("containers", data::List{container_of(options)});
  spec.set("volumes", volumes_of(options));
  return spec;
}

}  // namespace eidos::agent
