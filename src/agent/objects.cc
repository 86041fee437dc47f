#include "agent/objects.h"

#include "agent/pod.h"
#include "agent/tree.h"
#include "base/text.h"
#include "data/document.h"

namespace eidos::agent {

namespace {

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";

data::Map labels_of(const AgentOptions& options) {
  data::Map labels = fields({{kNameLabel, "eidos"}, {kComponentLabel, "agent"}});
  if (options.run.empty()) return labels;
  labels.set(kRunLabel, options.run);
  labels.set(kNamespaceLabel, options.ns);
  return labels;
}

Object make(const kube::Resource& resource, std::string_view kind, const std::string& name,
            const AgentOptions& options, data::Map content) {
  std::string ns = resource.namespaced ? options.ns : "";
  data::Map metadata = fields({{"name", name}});
  if (!ns.empty()) metadata.set("namespace", ns);
  metadata.set("labels", labels_of(options));
  data::Map object = fields(
      {{"apiVersion", resource.group.empty() ? resource.version : cat(resource.group, "/", resource.version)},
       {"kind", kind},
       {"metadata", std::move(metadata)}});
  for (data::Map::Entry& entry : content) object.set(entry.key, std::move(entry.value));
  return {{resource, ns, name, ""}, std::move(object)};
}

data::List rules_of(const std::vector<Rule>& rules) {
  data::List out;
  for (const Rule& rule : rules)
    out.emplace_back(fields({{"apiGroups", data::List{rule.resource.group}},
                             {"resources", data::List{rule.resource.plural}},
                             {"verbs", list_of(rule.verbs)}}));
  return out;
}

// Of one role to our account.
data::Map binding_of(std::string_view role_kind, const std::string& role, const AgentOptions& options) {
  return fields({{"roleRef", fields({{"apiGroup", kRbac}, {"kind", role_kind}, {"name", role}})},
                 {"subjects", data::List{fields({{"kind", "ServiceAccount"},
                                                 {"name", options.service_account},
                                                 {"namespace", options.ns}})}}});
}

data::Map job_spec(const AgentOptions& options) {
  data::Map template_labels = labels_of(options);
  return fields({{"backoffLimit", 0},
                 {"activeDeadlineSeconds", options.seconds},
                 {"ttlSecondsAfterFinished", 3600},
                 {"template", fields({{"metadata", fields({{"labels", std::move(template_labels)}})},
                                      {"spec", pod_spec(options)}})}});
}

}  // namespace

kube::Resource rbac_resource(std::string_view plural) {
  return {.group = std::string(kRbac),
          .plural = std::string(plural),
          .namespaced = !plural.starts_with("cluster")};
}

std::vector<Rule> role_rules(const AgentOptions& options) {
  std::vector<Rule> rules = {{kube::config_maps(), {"get", "create", "patch"}}};
  if (options.retain > 0) rules[0].verbs.insert(rules[0].verbs.end(), {"list", "delete"});
  return rules;
}

std::vector<Rule> cluster_rules(const AgentOptions& options) {
  std::vector<Rule> rules = {{kube::nodes(), {"get"}}};
  if (!options.one_of_many) {
    rules[0].verbs.emplace_back("list");
    rules.push_back({kube::pods(), {"list"}});
  }
  rules.push_back({{.group = "nvidia.com", .plural = "clusterpolicies", .namespaced = false}, {"list"}});
  rules.push_back(
      {{.group = "mellanox.com", .version = "v1alpha1", .plural = "nicclusterpolicies", .namespaced = false},
       {"list"}});
  if (!options.one_of_many) rules.push_back({kube::custom_resource_definitions(), {"list"}});
  for (const kube::Resource& kind : options.policy_kinds) rules.push_back({kind, {"list"}});
  return rules;
}

Object namespace_object(const AgentOptions& options) {
  return make(namespaces(), "Namespace", options.ns, options, {});
}

std::vector<Object> rbac_objects(const AgentOptions& options) {
  const std::string& name = options.service_account;
  const std::string wide = cluster_role_name(options);
  std::vector<Object> out;
  out.push_back(make(service_accounts(), "ServiceAccount", name, options, {}));
  out.push_back(make(rbac_resource("roles"), "Role", name, options,
                     fields({{"rules", rules_of(role_rules(options))}})));
  out.push_back(
      make(rbac_resource("rolebindings"), "RoleBinding", name, options, binding_of("Role", name, options)));
  out.push_back(make(rbac_resource("clusterroles"), "ClusterRole", wide, options,
                     fields({{"rules", rules_of(cluster_rules(options))}})));
  out.push_back(make(rbac_resource("clusterrolebindings"), "ClusterRoleBinding", wide, options,
                     binding_of("ClusterRole", wide, options)));
  return out;
}

Object job_object(const AgentOptions& options) {
  return make(jobs(), "Job", options.job_name, options, fields({{"spec", job_spec(options)}}));
}

Object cron_job_object(const AgentOptions& options) {
  const kube::Resource cron_jobs{.group = "batch", .plural = "cronjobs"};
  data::Map job_template =
      fields({{"metadata", fields({{"labels", labels_of(options)}})}, {"spec", job_spec(options)}});
  return make(cron_jobs, "CronJob", options.job_name, options,
              fields({{"spec", fields({{"schedule", options.schedule},
                                       {"concurrencyPolicy", "Forbid"},
                                       {"successfulJobsHistoryLimit", 7},
                                       {"failedJobsHistoryLimit", 3},
                                       {"jobTemplate", std::move(job_template)}})}}));
}

Object result_object(const AgentOptions& options) {
  return make(kube::config_maps(), "ConfigMap", options.result, options, {});
}

std::vector<Object> shared_objects(const AgentOptions& options) {
  std::vector<Object> out;
  if (options.make_namespace) out.push_back(namespace_object(options));
  if (options.make_rbac)
    for (Object& object : rbac_objects(options)) out.push_back(std::move(object));
  return out;
}

std::vector<Object> all_objects(const AgentOptions& options) {
  std::vector<Object> out = shared_objects(options);
  out.push_back(options.schedule.empty() ? job_object(options) : cron_job_object(options));
  return out;
}

std::string to_yaml(const std::vector<Object>& objects) {
  std::string out;
  for (const Object& object : objects) out += cat(out.empty() ? "" : "---\n", data::to_yaml(object.value));
  return out;
}

}  // namespace eidos::agent
