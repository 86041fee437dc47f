#pragma once
// The component registry: kind ComponentRegistry, catalog/registry.yaml.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/fields.h"

namespace eidos::model {

struct HelmDefaults {
  std::string default_repository;
  std::string default_chart;  ///< May hold a repository in front: "nvidia/gpu-operator".
  std::string default_version;
  std::string default_namespace;
  std::int64_t chart_bytes = 0;  ///< Compressed size of the chart, 0 when not recorded.
};
struct KustomizeDefaults {
  std::string default_source;
  std::string default_path;
  std::string default_tag;
};
struct ManifestDefaults {
  std::string default_namespace;
};
struct HealthCheck {
  std::string assert_file;
};

/// Value paths where scheduling flags are written.
struct SchedulingPaths {
  std::vector<std::string> node_selector_paths;
  std::vector<std::string> toleration_paths;
  std::vector<std::string> taint_paths;
  std::vector<std::string> taint_str_paths;
};
struct NodeScheduling {
  SchedulingPaths system;
  SchedulingPaths accelerated;
  std::vector<std::string> node_count_paths;
};
struct WorkloadPaths {
  std::vector<std::string> workload_selector_paths;
};
struct PodScheduling {
  WorkloadPaths workload;
};

struct ComponentValidation {
  std::string function;  ///< CheckWorkloadSelectorMissing or CheckAcceleratedSelectorMissing.
  std::string severity;  ///< error stops the bundle, anything else warns.
  std::map<std::string, std::vector<std::string>> conditions;
  std::string message;
};

struct Component {
  std::string name;
  std::string display_name;
  std::vector<std::string> value_override_keys;
  HealthCheck health_check;
  std::optional<HelmDefaults> helm;
  std::optional<KustomizeDefaults> kustomize;
  std::optional<ManifestDefaults> manifest;
  NodeScheduling node_scheduling;
  PodScheduling pod_scheduling;
  std::vector<ComponentValidation> validations;
  data::Mark mark;
};

/// The values of one criteria dimension.
struct CriteriaValues {
  std::vector<std::string> values;
  std::map<std::string, std::string> aliases;
  std::vector<std::string> any;  ///< Further words that mean any.
};

struct Registry {
  std::string kind;
  std::string api_version;
  std::map<std::string, CriteriaValues> criteria;
  std::vector<Component> components;
};

}  // namespace eidos::model

namespace eidos::data {

template <>
struct Fields<model::HelmDefaults> {
  static constexpr std::string_view kTitle = "HelmDefaults";
  static constexpr auto table() {
    using T = model::HelmDefaults;
    return std::tuple{
        field("defaultRepository", &T::default_repository, "Chart repository, https:// or oci://"),
        field("defaultChart", &T::default_chart, "Chart; only what follows the last '/' reaches a recipe"),
        field("defaultVersion", &T::default_version, "Chart version where an overlay names none"),
        field("defaultNamespace", &T::default_namespace, "Namespace where an overlay names none"),
        field("chartBytes", &T::chart_bytes, "Compressed size of the chart in bytes, where known")};
  }
};
template <>
struct Fields<model::KustomizeDefaults> {
  static constexpr std::string_view kTitle = "KustomizeDefaults";
  static constexpr auto table() {
    using T = model::KustomizeDefaults;
    return std::tuple{field("defaultSource", &T::default_source, "Git or OCI source"),
                      field("defaultPath", &T::default_path, "Path to the kustomization"),
                      field("defaultTag", &T::default_tag, "Tag, branch or commit")};
  }
};
template <>
struct Fields<model::ManifestDefaults> {
  static constexpr std::string_view kTitle = "ManifestDefaults";
  static constexpr auto table() {
    return std::tuple{field("defaultNamespace", &model::ManifestDefaults::default_namespace,
                            "Namespace of a component that has manifests and no chart")};
  }
};
template <>
struct Fields<model::HealthCheck> {
  static constexpr std::string_view kTitle = "HealthCheck";
  static constexpr auto table() {
    return std::tuple{
        field("assertFile", &model::HealthCheck::assert_file, "Catalog path of an assertion file")};
  }
};
template <>
struct Fields<model::SchedulingPaths> {
  static constexpr std::string_view kTitle = "SchedulingPaths";
  static constexpr auto table() {
    using T = model::SchedulingPaths;
    return std::tuple{
        field("nodeSelectorPaths", &T::node_selector_paths, "Value paths that take a node selector map"),
        field("tolerationPaths", &T::toleration_paths, "Value paths that take a list of tolerations"),
        field("taintPaths", &T::taint_paths, "Value paths that take a list of taints"),
        field("taintStrPaths", &T::taint_str_paths, "Value paths that take key=value:Effect")};
  }
};
template <>
struct Fields<model::NodeScheduling> {
  static constexpr std::string_view kTitle = "NodeScheduling";
  static constexpr auto table() {
    using T = model::NodeScheduling;
    return std::tuple{field("system", &T::system, "Paths for --system-node-* flags"),
                      field("accelerated", &T::accelerated, "Paths for --accelerated-node-* flags"),
                      field("nodeCountPaths", &T::node_count_paths, "Value paths that take --nodes")};
  }
};
template <>
struct Fields<model::WorkloadPaths> {
  static constexpr std::string_view kTitle = "WorkloadPaths";
  static constexpr auto table() {
    return std::tuple{field("workloadSelectorPaths", &model::WorkloadPaths::workload_selector_paths,
                            "Value paths that take --workload-selector")};
  }
};
template <>
struct Fields<model::PodScheduling> {
  static constexpr std::string_view kTitle = "PodScheduling";
  static constexpr auto table() {
    return std::tuple{field("workload", &model::PodScheduling::workload, "Paths for workload flags")};
  }
};
template <>
struct Fields<model::ComponentValidation> {
  static constexpr std::string_view kTitle = "ComponentValidation";
  static constexpr auto table() {
    using T = model::ComponentValidation;
    return std::tuple{field("function", &T::function,
                            "CheckWorkloadSelectorMissing or CheckAcceleratedSelectorMissing", kRequired),
                      field("severity", &T::severity, "error stops the bundle; warning is the default"),
                      field("conditions", &T::conditions, "Dimension to values; all must hold"),
                      field("message", &T::message, "What to tell the user")};
  }
};
template <>
struct Fields<model::Component> {
  static constexpr std::string_view kTitle = "Component";
  static constexpr auto table() {
    using T = model::Component;
    return std::tuple{field("name", &T::name, "Name used in recipes", kRequired | kAlways),
                      field("displayName", &T::display_name, "Name for people"),
                      field("valueOverrideKeys", &T::value_override_keys, "Other spellings for --set"),
                      field("healthCheck", &T::health_check, "Where its health check stands"),
                      field("helm", &T::helm, "Defaults of a Helm component"),
                      field("kustomize", &T::kustomize, "Defaults of a Kustomize component"),
                      field("manifest", &T::manifest, "Defaults of a component without a chart"),
                      field("nodeScheduling", &T::node_scheduling, "Where scheduling flags are written"),
                      field("podScheduling", &T::pod_scheduling, "Where workload flags are written"),
                      field("validations", &T::validations, "Checks on the bundle's flags")};
  }
};
template <>
struct Fields<model::CriteriaValues> {
  static constexpr std::string_view kTitle = "CriteriaValues";
  static constexpr auto table() {
    using T = model::CriteriaValues;
    return std::tuple{field("values", &T::values, "Known values"),
                      field("aliases", &T::aliases, "Other spelling to value"),
                      field("any", &T::any, "Further words that mean any")};
  }
};
template <>
struct Fields<model::Registry> {
  static constexpr std::string_view kTitle = "ComponentRegistry";
  static constexpr auto table() {
    using T = model::Registry;
    return std::tuple{field("kind", &T::kind, "ComponentRegistry", kAlways),
                      field("apiVersion", &T::api_version, "eidos.nvidia.com/v1alpha1", kAlways),
                      field("criteria", &T::criteria, "Values of each criteria dimension"),
                      field("components", &T::components, "Known components", kAlways)};
  }
};

}  // namespace eidos::data
