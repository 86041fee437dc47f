#pragma once
// The objects an agent is made of. Pure: what `agent rbac` and `agent manifests` print and what a run creates
// come from here.

#include <string>
#include <vector>

#include "agent/options.h"
#include "data/value.h"
#include "kube/resource.h"

namespace eidos::agent {

struct Object {
  kube::Target target;
  data::Value value;
};

inline const kube::Resource& namespaces() {
  static const kube::Resource kNamespaces{.plural = "namespaces", .namespaced = false};
  return kNamespaces;
}
inline const kube::Resource& service_accounts() {
  static const kube::Resource kAccounts{.plural = "serviceaccounts"};
  return kAccounts;
}
inline const kube::Resource& jobs() {
  static const kube::Resource kJobs{.group = "batch", .plural = "jobs"};
  return kJobs;
}
inline const kube::Resource& events() {
  static const kube::Resource kEvents{.plural = "events"};
  return kEvents;
}
/// roles, rolebindings, clusterroles, clusterrolebindings.
kube::Resource rbac_resource(std::string_view plural);

/// A rule of RBAC: one resource and what may be done with it.
struct Rule {
  kube::Resource resource;
  std::vector<std::string> verbs;
};
/// What the pod does with ConfigMaps of its namespace.
std::vector<Rule> role_rules(const AgentOptions& options);
/// What the pod reads anywhere.
std::vector<Rule> cluster_rules(const AgentOptions& options);

Object namespace_object(const AgentOptions& options);
/// ServiceAccount, Role, RoleBinding, ClusterRole, ClusterRoleBinding: in the order they are made.
std::vector<Object> rbac_objects(const AgentOptions& options);
Object job_object(const AgentOptions& options);
/// With options.schedule: never two at a time, the last 7 good and 3 failed ones kept.
Object cron_job_object(const AgentOptions& options);
/// The ConfigMap its pod writes, still without a document: who makes it holds the name.
Object result_object(const AgentOptions& options);
/// What pods of one account have in common: Namespace (if options.make_namespace), the ones of RBAC (if
/// options.make_rbac).
std::vector<Object> shared_objects(const AgentOptions& options);
/// Those, and the Job or CronJob.
std::vector<Object> all_objects(const AgentOptions& options);

/// As YAML documents behind each other, which kubectl applies.
std::string to_yaml(const std::vector<Object>& objects);

}  // namespace eidos::agent
