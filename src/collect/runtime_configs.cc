#include "collect/runtime_configs.h"

#include <algorithm>
#include <initializer_list>
#include <span>

#include "base/text.h"
#include "collect/collector.h"

namespace eidos::collect {

namespace {

using data::Map;
using data::Value;
using Path = std::initializer_list<std::string_view>;

constexpr std::string_view kDefaultRuntime = "containerd.default-runtime";
constexpr std::string_view kCgroupDriver = "containerd.cgroup-driver";

const Value* at(const Value* value, std::span<const std::string_view> path) {
  for (std::string_view part : path)
    if (value != nullptr) value = value->find(part);
  return value;
}
const Value* at(const Value* value, Path path) {
  return at(value, std::span(path.begin(), path.size()));
}

// A scalar keeps its type, a list of scalars becomes "a,b"; anything else is no reading.
void add(Map& out, std::string_view key, const Value* value) {
  if (value == nullptr || value->is_null() || value->is_map()) return;
  if (value->is_bool() || value->is_number())
    out.set(key, *value);
  else if (std::string text = join(texts_of(value), ","); !text.empty())
    out.set(key, Value(std::move(text)));
}

struct Row {
  std::string_view key;
  std::string_view path;  // parts between '/', since names hold dots
};

void add_rows(Map& out, std::string_view before, const Value* section, std::span<const Row> rows) {
  for (const Row& row : rows) add(out, cat(before, row.key), at(section, split(row.path, '/')));
}

std::vector<std::string> names_in(const Value* map) {
  std::vector<std::string> names;
  if (map != nullptr && map->is_map())
    for (const Map::Entry& entry : map->map()) names.push_back(document_text(entry.key));
  std::ranges::sort(names);
  return names;
}

void add_names(Map& out, std::string_view key, const Value* map) {
  if (std::string names = join(names_in(map), ","); !names.empty()) out.set(key, Value(std::move(names)));
}

// ---- containerd --------------------------------------------------------------------------------

constexpr Row kContainerd[] = {{"config-version", "version"},
                               {"root", "root"},
                               {"state", "state"},
                               {"grpc-address", "grpc/address"},
                               {"disabled-plugins", "disabled_plugins"},
                               {"imports", "imports"}};
constexpr Row kCri[] = {{"default-runtime", "containerd/default_runtime_name"},
                        {"snapshotter", "containerd/snapshotter"},
                        {"sandbox-image", "sandbox_image"},
                        {"registry-config-path", "registry/config_path"},
                        {"enable-cdi", "enable_cdi"},
                        {"cdi-spec-dirs", "cdi_spec_dirs"},
                        {"enable-selinux", "enable_selinux"},
                        {"device-ownership-from-security-context", "device_ownership_from_security_context"}};
constexpr Row kCriImages[] = {{"snapshotter", "snapshotter"},
                              {"sandbox-image", "pinned_images/sandbox"},
                              {"registry-config-path", "registry/config_path"}};
constexpr Row kRuntime[] = {{"type", "runtime_type"},
                            {"path", "runtime_path"},
                            {"base-runtime-spec", "base_runtime_spec"},
                            {"binary", "options/BinaryName"},
                            {"systemd-cgroup", "options/SystemdCgroup"},
                            {"privileged-without-host-devices", "privileged_without_host_devices"}};

// What the plugin that runs containers is called in versions 3, 2 and 1 of the file.
const Value* cri_section(const Value& config) {
  for (std::string_view name : {"io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri", "cri"})
    if (const Value* section = at(&config, {"plugins", name})) return section;
  return nullptr;
}

std::int64_t version_of(const Value& config) {
  const Value* version = config.find("version");
  if (version == nullptr || !version->is_number()) return 1;
  return data::to_int64(version->number()).value_or(1);
}

void add_cgroup_driver(Map& out, const Value* cri) {
  const Value* name = out.find(kDefaultRuntime);
  const std::string runtime = name != nullptr && name->is_string() ? name->string() : "runc";
  const Value* systemd = at(cri, {"containerd", "runtimes", runtime, "options", "SystemdCgroup"});
  if (systemd == nullptr) systemd = at(cri, {"systemd_cgroup"});  // version 1
  if (systemd != nullptr && systemd->is_bool())
    out.set(kCgroupDriver, Value(systemd->boolean() ? "systemd" : "cgroupfs"));
}

// ---- the others --------------------------------------------------------------------------------

constexpr Row kCrio[] = {{"default-runtime", "runtime/default_runtime"},
                         {"cgroup-driver", "runtime/cgroup_manager"},
                         {"cdi-spec-dirs", "runtime/cdi_spec_dirs"},
                         {"pids-limit", "runtime/pids_limit"},
                         {"default-ulimits", "runtime/default_ulimits"},
                         {"storage-driver", "storage_driver"},
                         {"root", "root"},
                         {"pause-image", "image/pause_image"}};
constexpr Row kCrioRuntime[] = {
    {"path", "runtime_path"}, {"type", "runtime_type"}, {"monitor-path", "monitor_path"}};

constexpr Row kDocker[] = {{"default-runtime", "default-runtime"},
                           {"cdi", "features/cdi"},
                           {"cdi-spec-dirs", "cdi-spec-dirs"},
                           {"storage-driver", "storage-driver"},
                           {"data-root", "data-root"},
                           {"live-restore", "live-restore"},
                           {"log-driver", "log-driver"},
                           {"default-shm-size", "default-shm-size"}};

constexpr Row kKubelet[] = {{"cgroup-driver", "cgroupDriver"},
                            {"container-runtime-endpoint", "containerRuntimeEndpoint"},
                            {"cpu-manager-policy", "cpuManagerPolicy"},
                            {"memory-manager-policy", "memoryManagerPolicy"},
                            {"topology-manager-policy", "topologyManagerPolicy"},
                            {"topology-manager-scope", "topologyManagerScope"},
                            {"reserved-system-cpus", "reservedSystemCPUs"},
                            {"max-pods", "maxPods"},
                            {"pod-pids-limit", "podPidsLimit"},
                            {"fail-swap-on", "failSwapOn"},
                            {"serialize-image-pulls", "serializeImagePulls"}};

constexpr Row kToolkit[] = {
    {"mode", "nvidia-container-runtime/mode"},
    {"runtimes", "nvidia-container-runtime/runtimes"},
    {"cdi-default-kind", "nvidia-container-runtime/modes/cdi/default-kind"},
    {"cdi-spec-dirs", "nvidia-container-runtime/modes/cdi/spec-dirs"},
    {"driver-root", "nvidia-container-cli/root"},
    {"no-cgroups", "nvidia-container-cli/no-cgroups"},
    {"supported-driver-capabilities", "supported-driver-capabilities"},
    {"disable-require", "disable-require"},
    {"accept-envvar-when-unprivileged", "accept-nvidia-visible-devices-envvar-when-unprivileged"},
    {"accept-volume-mounts", "accept-nvidia-visible-devices-as-volume-mounts"}};

void add_each(Map& out, std::string_view before, const Value* map, std::span<const Row> rows) {
  if (map == nullptr || !map->is_map()) return;
  for (const Map::Entry& entry : map->map())
    add_rows(out, cat(before, document_text(entry.key), "."), &entry.value, rows);
}

std::string text_of(const Map& map, std::string_view key) {
  const Value* value = map.find(key);
  return value == nullptr ? std::string() : value->scalar_text();
}

}  // namespace

std::vector<std::string> texts_of(const Value* value) {
  if (value == nullptr) return {};
  if (value->is_scalar()) return {document_text(value->scalar_text())};
  std::vector<std::string> texts;
  if (value->is_list())
    for (const Value& item : value->list())
      if (item.is_scalar()) texts.push_back(document_text(item.scalar_text()));
  return texts;
}

void overlay(Value& base, const Value& over) {
  if (!base.is_map() || !over.is_map()) {
    base = over;
    return;
  }
  for (const Map::Entry& entry : over.map()) overlay(base.map().at_or_add(entry.key), entry.value);
}

std::vector<std::string> import_containerd(Value& config, const Value& imported) {
  constexpr std::int64_t kMerges = 3;
  if (!config.is_map() || !imported.is_map()) return {};
  std::vector<std::string> replaced;
  const bool merge = version_of(config) >= kMerges;
  for (const Map::Entry& entry : imported.map()) {
    if (entry.key == "imports" || entry.key == "version") continue;
    Value& here = config.map().at_or_add(entry.key);
    if (merge || entry.key != "plugins" || !here.is_map() || !entry.value.is_map()) {
      overlay(here, entry.value);
      continue;
    }
    for (const Map::Entry& plugin : entry.value.map()) {
      if (here.map().contains(plugin.key)) replaced.push_back(document_text(plugin.key));
      here.map().set(plugin.key, plugin.value);
    }
  }
  return replaced;
}

Map containerd_readings(const Value& config) {
  constexpr std::string_view kBefore = "containerd.";
  Map out;
  add_rows(out, kBefore, &config, kContainerd);
  const Value* cri = cri_section(config);
  add_rows(out, kBefore, cri, kCri);
  add_rows(out, kBefore, at(&config, {"plugins", "io.containerd.cri.v1.images"}), kCriImages);
  const Value* runtimes = at(cri, {"containerd", "runtimes"});
  add_names(out, "containerd.runtimes", runtimes);
  add_each(out, "containerd.runtime.", runtimes, kRuntime);
  add_cgroup_driver(out, cri);
  return out;
}

Map crio_readings(const Value& config) {
  Map out;
  const Value* crio = config.find("crio");
  add_rows(out, "crio.", crio, kCrio);
  const Value* runtimes = at(crio, {"runtime", "runtimes"});
  add_names(out, "crio.runtimes", runtimes);
  add_each(out, "crio.runtime.", runtimes, kCrioRuntime);
  return out;
}

Map docker_readings(const Value& config) {
  constexpr std::string_view kDriver = "native.cgroupdriver=";
  constexpr Row kPath[] = {{"path", "path"}, {"type", "runtimeType"}};
  Map out;
  add_rows(out, "docker.", &config, kDocker);
  add_names(out, "docker.runtimes", config.find("runtimes"));
  add_each(out, "docker.runtime.", config.find("runtimes"), kPath);
  for (const std::string& option : texts_of(config.find("exec-opts")))
    if (option.starts_with(kDriver)) out.set("docker.cgroup-driver", Value(option.substr(kDriver.size())));
  return out;
}

Map kubelet_readings(const Value& config) {
  Map out;
  add_rows(out, "kubelet.", &config, kKubelet);
  if (const Value* gates = config.find("featureGates"); gates != nullptr && gates->is_map())
    for (const Map::Entry& gate : gates->map())
      add(out, cat("kubelet.feature-gate.", document_text(gate.key)), &gate.value);
  return out;
}

Map toolkit_readings(const Value& config) {
  Map out;
  add_rows(out, "toolkit.", &config, kToolkit);
  return out;
}

Map cdi_readings(std::string_view name, const Value& specification) {
  Map out;
  const std::string before = cat("cdi.", document_text(name), ".");
  add(out, cat(before, "kind"), specification.find("kind"));
  add(out, cat(before, "version"), specification.find("cdiVersion"));
  if (const Value* devices = specification.find("devices"); devices != nullptr && devices->is_list())
    out.set(cat(before, "devices"), Value(static_cast<std::int64_t>(devices->list().size())));
  return out;
}

std::vector<std::string> runtime_contradictions(const Map& readings) {
  std::vector<std::string> out;
  const std::string kubelet = text_of(readings, "kubelet.cgroup-driver");
  for (std::string_view runtime : {"containerd", "crio"}) {
    const std::string driver = text_of(readings, cat(runtime, ".cgroup-driver"));
    if (kubelet.empty() || driver.empty() || kubelet == driver) continue;
    out.push_back(cat("kubelet's cgroup driver is ", show(kubelet), ", that of ", runtime, " is ",
                      show(driver), ": pods become unstable under load; set both to systemd"));
  }
  const std::vector<std::string> disabled = texts_of(readings.find("containerd.disabled-plugins"));
  for (std::string_view plugin : split(disabled.empty() ? std::string_view() : disabled.front(), ','))
    if (!kubelet.empty() && (plugin == "cri" || plugin == "io.containerd.grpc.v1.cri"))
      out.push_back(
          "containerd's cri plugin is disabled, so kubelet cannot use it; take it out of "
          "disabled_plugins in its config.toml");
  return out;
}

}  // namespace eidos::collect
