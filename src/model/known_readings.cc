#include "model/known_readings.h"

#include <algorithm>

#include "base/text.h"

namespace eidos::model {
namespace {

using Text = std::string_view;

constexpr Text kServer[] = {"version", "platform", "goVersion"};
constexpr Text kNode[] = {"source-node",
                          "provider",
                          "provider-id",
                          "container-runtime-id",
                          "container-runtime-name",
                          "container-runtime-version",
                          "kernel-version",
                          "kubelet-version",
                          "operating-system",
                          "os-image",
                          "nvidia.com/gpu"};
constexpr Text kPolicy[] = {"driver.enabled",       "driver.version",  "driver.rdma.enabled", "cdi.enabled",
                            "toolkit.version",      "mig.strategy",    "gdrcopy.enabled",     "dcgm.enabled",
                            "devicePlugin.enabled", "toolkit.enabled", "migManager.enabled"};
constexpr Text kRelease[] = {"ID",           "ID_LIKE",          "NAME",
                             "PRETTY_NAME",  "VERSION",          "VERSION_CODENAME",
                             "VERSION_ID",   "UBUNTU_CODENAME",  "BUILD_ID",
                             "VARIANT",      "VARIANT_ID",       "PLATFORM_ID",
                             "IMAGE_ID",     "IMAGE_VERSION",    "LOGO",
                             "CPE_NAME",     "ANSI_COLOR",       "HOME_URL",
                             "SUPPORT_URL",  "SUPPORT_END",      "DOCUMENTATION_URL",
                             "VENDOR_NAME",  "BUG_REPORT_URL",   "PRIVACY_POLICY_URL",
                             "VENDOR_URL",   "DEFAULT_HOSTNAME", "ARCHITECTURE",
                             "SYSEXT_LEVEL", "CONFEXT_LEVEL"};
constexpr Text kGrub[] = {"BOOT_IMAGE",     "hugepages",   "hugepagesz",          "default_hugepagesz",
                          "iommu",          "intel_iommu", "amd_iommu",           "init_on_alloc",
                          "numa_balancing", "nokaslr",     "transparent_hugepage"};
constexpr Text kKmod[] = {"nvidia",         "nvidia_uvm", "nvidia_modeset", "nvidia_drm", "gdrdrv", "efa",
                          "nvidia_peermem", "ib_core",    "mlx5_ib",        "mlx5_core",  "nouveau"};
constexpr Text kSysctl[] = {"/proc/sys/kernel/osrelease", "/proc/sys/kernel/numa_balancing",
                            "/proc/sys/vm/nr_hugepages", "/proc/sys/vm/swappiness"};
constexpr Text kCpu[] = {"model",   "vendor",         "microcode", "sockets",    "cores",
                         "threads", "governor",       "online",    "offline",    "isolated",
                         "smt",     "scaling-driver", "nohz-full", "idle-driver"};
constexpr Text kMemory[] = {"total",
                            "swap-total",
                            "hugepage-size",
                            "hugepages-2048kB",
                            "hugepages-1048576kB",
                            "transparent-hugepages",
                            "transparent-hugepages.defrag",
                            "ksm"};
constexpr Text kNuma[] = {"nodes", "online", "has-cpu", "has-memory", "node0.cpus", "node0.memory"};
constexpr Text kPci[] = {"nvidia-devices", "mellanox-devices", "efa-devices", "iommu-units"};
constexpr Text kKernel[] = {
    "release", "version",     "architecture", "tainted",        "taints",           "lockdown",
    "efi",     "secure-boot", "clocksource",  "cgroup-version", "security-modules", "modules-must-be-signed"};
constexpr Text kLimits[] = {"file-max",
                            "nr-open",
                            "pid-max",
                            "threads-max",
                            "init.max-open-files.soft",
                            "init.max-locked-memory.soft",
                            "systemd.DefaultLimitMEMLOCK"};
constexpr Text kRuntime[] = {"containerd.default-runtime", "containerd.cgroup-driver",
                             "containerd.enable-cdi",      "containerd.runtimes",
                             "crio.default-runtime",       "docker.default-runtime",
                             "kubelet.cgroup-driver",      "kubelet.topology-manager-policy",
                             "kubelet.cpu-manager-policy", "toolkit.mode"};
constexpr Text kUnit[] = {"ActiveState",  "SubState",  "LoadState", "UnitFileState", "MainPID",
                          "LimitMEMLOCK", "NRestarts", "TasksMax",  "LimitNOFILE",   "FragmentPath"};
constexpr Text kSmi[] = {"driver",
                         "cuda-version",
                         "gpu-count",
                         "gpu.model",
                         "gpu.product-architecture",
                         "gpu.display-mode",
                         "gpu.display-active",
                         "gpu.persistence-mode",
                         "gpu.addressing-mode",
                         "gpu.vbios-version",
                         "gpu.gsp-firmware-version"};
constexpr Text kHardware[] = {"driver-loaded", "driver-version", "driver-flavor",
                              "control-node",  "gpu-count",      "nvswitch-count"};
constexpr Text kSummary[] = {"node-count", "taint-count", "label-count"};

constexpr KnownSubtype kKnown[] = {
    {"K8s", "server", Keys::Closed, kServer},
    {"K8s", "image"},
    {"K8s", "policy", Keys::Open, kPolicy},
    {"K8s", "node", Keys::Open, kNode},
    {"K8s", "helm"},
    {"K8s", "crd"},
    {"OS", "release", Keys::Open, kRelease},
    {"OS", "grub", Keys::Open, kGrub},
    {"OS", "kmod", Keys::Open, kKmod},
    {"OS", "sysctl", Keys::Open, kSysctl},
    {"OS", "cpu", Keys::Open, kCpu},
    {"OS", "memory", Keys::Open, kMemory},
    {"OS", "numa", Keys::Open, kNuma},
    {"OS", "pci", Keys::Open, kPci},
    {"OS", "kernel", Keys::Open, kKernel},
    {"OS", "limits", Keys::Open, kLimits},
    {"OS", "runtime", Keys::Open, kRuntime},
    {"SystemD", "containerd.service", Keys::Open, kUnit},
    {"SystemD", "docker.service", Keys::Open, kUnit},
    {"SystemD", "kubelet.service", Keys::Open, kUnit},
    {"SystemD", "crio.service", Keys::Open, kUnit},
    {"SystemD", "nvidia-persistenced.service", Keys::Open, kUnit},
    {"GPU", "smi", Keys::PerDevice, kSmi},
    {"GPU", "hardware", Keys::PerDevice, kHardware},
    {"NodeTopology", "summary", Keys::Closed, kSummary},
    {"NodeTopology", "taint"},
    {"NodeTopology", "label"},
};

// snapshot.md, "Older spellings".
struct OlderKey {
  Text type;
  Text subtype;
  Text older;
  Text now;
};
constexpr OlderKey kOlderKeys[] = {{"GPU", "smi", "driver-version", "driver"},
                                   {"GPU", "smi", "gpu-name", "gpu.model"}};

const KnownSubtype* find_known(Text type, Text subtype) {
  const auto* found =
      std::ranges::find_if(kKnown, [&](const auto& k) { return k.type == type && k.subtype == subtype; });
  return found == std::end(kKnown) ? nullptr : found;
}

bool is_per_device(Text key) {
  return key.starts_with("gpu.") && key.size() > 4 && key[4] >= '0' && key[4] <= '9';
}

bool contains(std::span<const Text> names, Text name) {
  return std::ranges::find(names, name) != names.end();
}

// Two texts that differ in one place, by at most two characters: a slip of the pen, not another name.
bool is_slip(Text a, Text b) {
  constexpr std::size_t kWidth = 2;
  auto [in_a, in_b] = std::ranges::mismatch(a, b);
  a.remove_prefix(static_cast<std::size_t>(in_a - a.begin()));
  b.remove_prefix(static_cast<std::size_t>(in_b - b.begin()));
  while (!a.empty() && !b.empty() && a.back() == b.back()) {
    a.remove_suffix(1);
    b.remove_suffix(1);
  }
  return a.size() <= kWidth && b.size() <= kWidth;
}

std::optional<Text> nearest_name(Text name, std::span<const Text> candidates, bool only_slips) {
  if (!only_slips) return nearest(name, candidates);
  auto found = std::ranges::find_if(candidates, [&](Text c) { return c.size() > 2 && is_slip(name, c); });
  return found == candidates.end() ? std::nullopt : std::optional(*found);
}

std::vector<Text> subtypes_of(Text type, const Snapshot* snapshot) {
  std::vector<Text> names;
  for (const KnownSubtype& known : kKnown)
    if (known.type == type) names.push_back(known.subtype);
  if (snapshot == nullptr) return names;
  for (const Measurement& measurement : snapshot->measurements)
    if (measurement.type == type)
      for (const Subtype& group : measurement.subtypes) names.push_back(group.subtype);
  return names;
}

std::vector<Text> keys_of(Text type, Text subtype, const Snapshot* snapshot) {
  std::vector<Text> names;
  if (const KnownSubtype* known = find_known(type, subtype))
    names.assign(known->names.begin(), known->names.end());
  if (snapshot == nullptr) return names;
  for (const Measurement& measurement : snapshot->measurements) {
    if (measurement.type != type) continue;
    for (const Subtype& group : measurement.subtypes)
      if (group.subtype == subtype)
        for (const data::Map::Entry& entry : group.data) names.push_back(entry.key);
  }
  return names;
}

bool keys_are_open(Text type, Text subtype) {
  const KnownSubtype* known = find_known(type, subtype);
  return known == nullptr || known->keys == Keys::Open;
}

}  // namespace

std::span<const KnownSubtype> known_subtypes() {
  return kKnown;
}

std::string_view present_key(const ReadingPath& path) {
  for (const OlderKey& key : kOlderKeys)
    if (key.type == path.type && key.subtype == path.subtype && key.older == path.key) return key.now;
  return path.key;
}

bool is_known_reading(const ReadingPath& path) {
  const KnownSubtype* known = find_known(path.type, path.subtype);
  if (known == nullptr) return path.type == "SystemD" && is_unit_name(path.subtype);
  if (known->keys == Keys::Open) return true;
  if (known->keys == Keys::PerDevice && is_per_device(path.key)) return true;
  return contains(known->names, present_key(path));
}

std::string suggestion_for(const ReadingPath& path, const Snapshot* snapshot) {
  std::vector<Text> subtypes = subtypes_of(path.type, snapshot);
  std::optional<Text> subtype = path.subtype;
  if (!contains(subtypes, path.subtype))
    subtype = nearest_name(path.subtype, subtypes, is_unit_name(path.subtype));
  if (!subtype) return {};
  std::vector<Text> keys = keys_of(path.type, *subtype, snapshot);
  Text key = present_key(path);
  bool open = keys_are_open(path.type, *subtype) || is_per_device(key);
  if (!contains(keys, key)) {
    auto near = nearest_name(key, keys, open);
    if (!near && (!open || *subtype == path.subtype)) return {};
    key = near.value_or(key);
  }
  if (*subtype == path.subtype && key == path.key) return {};
  return cat(path.type, ".", *subtype, ".", key);
}

}  // namespace eidos::model
