#include "bundle/cluster_policy.h"

#include <utility>

#include "base/text.h"
#include "bundle/objects.h"
#include "data/document.h"
#include "data/path.h"

namespace eidos::bundle {
namespace {

/// A section of values.yaml that becomes the section of spec with the same name.
struct Section {
  std::string_view name;
  bool operand = false;        ///< Takes kOperandKeys, too.
  bool required = false;       ///< The kind wants it, be it empty.
  std::string_view keys = {};  ///< Further keys it takes over, separated by blanks; "a.b" is b below a.
};

constexpr std::string_view kOperandKeys =
    "repository image version imagePullPolicy imagePullSecrets resources env args";

// As in templates/clusterpolicy.yaml of chart v25.10.1 (github.com/NVIDIA/gpu-operator,
// deployments/gpu-operator).
constexpr Section kSections[] = {
    {.name = "hostPaths", .keys = "rootFS driverInstallDir"},
    {.name = "operator",
     .required = true,
     .keys = "runtimeClass defaultGPUMode initContainer use_ocp_driver_toolkit"},
    {.name = "daemonsets",
     .required = true,
     .keys = "labels annotations tolerations priorityClassName updateStrategy rollingUpdate.maxUnavailable"},
    {.name = "validator",
     .operand = true,
     .keys = "plugin.env cuda.env driver.env toolkit.env vfioPCI.env vgpuManager.env vgpuDevices.env"},
    {.name = "mig", .keys = "strategy"},
    {.name = "psa", .keys = "enabled"},
    {.name = "cdi", .keys = "enabled default"},
    {.name = "driver",
     .operand = true,
     .required = true,
     .keys =
         "enabled kernelModuleType usePrecompiled startupProbe livenessProbe readinessProbe rdma.enabled "
         "rdma.useHostMofed manager repoConfig certConfig licensingConfig virtualTopology kernelModuleConfig "
         "secretEnv upgradePolicy.autoUpgrade upgradePolicy.maxParallelUpgrades upgradePolicy.maxUnavailable "
         "upgradePolicy.waitForCompletion upgradePolicy.drain"},
    {.name = "vgpuManager", .operand = true, .keys = "enabled driverManager"},
    {.name = "kataManager", .operand = true, .keys = "enabled config"},
    {.name = "vfioManager", .operand = true, .keys = "enabled driverManager"},
    {.name = "vgpuDeviceManager", .operand = true, .keys = "enabled config"},
    {.name = "ccManager", .operand = true, .keys = "enabled defaultMode"},
    {.name = "toolkit", .operand = true, .required = true, .keys = "enabled installDir"},
    {.name = "devicePlugin", .operand = true, .required = true, .keys = "enabled config.name config.default"},
    {.name = "dcgm", .operand = true, .required = true, .keys = "enabled"},
    {.name = "dcgmExporter",
     .operand = true,
     .required = true,
     .keys = "enabled config.name serviceMonitor service hostPID hpcJobMapping"},
    {.name = "gfd", .operand = true, .required = true, .keys = "enabled"},
    {.name = "migManager", .operand = true, .keys = "enabled config.name config.default gpuClientsConfig"},
    {.name = "nodeStatusExporter", .operand = true, .required = true, .keys = "enabled"},
    {.name = "gds", .operand = true, .keys = "enabled"},
    {.name = "gdrcopy", .operand = true, .keys = "enabled"},
    {.name = "sandboxWorkloads", .keys = "enabled defaultWorkload"},
    {.name = "sandboxDevicePlugin", .operand = true, .keys = "enabled"},
};

// From values.yaml to spec, where they have another name.
constexpr std::pair<std::string_view, std::string_view> kRenamed[] = {
    {"driver.nvidiaDriverCRD.enabled", "driver.useNvidiaDriverCRD"},
    {"driver.upgradePolicy.gpuPodDeletion", "driver.upgradePolicy.podDeletion"},
};

bool says_nothing(const data::Value& value) {
  return value.is_null() || (value.is_map() && value.map().empty()) ||
         (value.is_list() && value.list().empty()) || (value.is_string() && value.string().empty());
}

void take(const data::Value& from, std::string_view key, data::Map& into) {
  if (!from.is_map()) return;
  std::size_t dot = key.find('.');
  std::string_view first = key.substr(0, dot);
  const data::Value* value = from.find(first);
  if (value == nullptr || says_nothing(*value)) return;
  if (dot == std::string_view::npos) {
    into.set(first, *value);
    return;
  }
  data::Map inner;
  if (const data::Value* there = into.find(first)) inner = there->map();
  take(*value, key.substr(dot + 1), inner);
  if (!inner.empty()) into.set(first, std::move(inner));
}

data::Map section_of(const Section& section, const data::Value& values) {
  data::Map out;
  const data::Value* from = values.find(section.name);
  if (from == nullptr) return out;
  for (std::string_view key : split(section.keys, ' ')) take(*from, key, out);
  if (section.operand)
    for (std::string_view key : split(kOperandKeys, ' ')) take(*from, key, out);
  return out;
}

void rename(const data::Value& values, data::Value& spec) {
  for (const auto& [from, to] : kRenamed) {
    const data::Value* value = data::find(values, *data::parse_path(from));
    if (value == nullptr || says_nothing(*value)) continue;
    auto done = data::set(spec, *data::parse_path(to), *value);
    EIDOS_ASSERT(done.has_value());
  }
}

}  // namespace

bool has_cluster_policy(const Piece& piece) {
  return piece.has_chart() && piece.chart() == "gpu-operator";
}

std::string cluster_policy(const Stack& stack, const Piece& piece) {
  data::Value spec{data::Map()};
  for (const Section& section : kSections)
    if (data::Map found = section_of(section, piece.part.values); !found.empty() || section.required)
      spec.map().set(section.name, std::move(found));
  rename(piece.part.values, spec);
  data::Map labels =
      fields({{"app.kubernetes.io/component", "gpu-operator"}, {"app.kubernetes.io/part-of", stack.name}});
  data::Map out = fields({{"apiVersion", "nvidia.com/v1"},
                          {"kind", "ClusterPolicy"},
                          {"metadata", fields({{"name", "cluster-policy"}, {"labels", labels}})}});
  out.set("spec", std::move(spec));
  return cat(
      "# What values.yaml makes of the ClusterPolicy. Fields it does not name stay as the chart sets them.\n",
      data::to_yaml(out));
}

}  // namespace eidos::bundle
