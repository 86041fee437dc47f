#include "collect/collector.h"

#include "base/text.h"

namespace eidos::collect {

namespace {

constexpr Collector kCollectors[] = {
    {"os.sysctl", "OS", collect_os_sysctl, "/proc/sys, but for a list of keys (docs/formats/snapshot.md)",
     "each setting by its path"},
    {"gpu.smi", "GPU", collect_gpu_smi,
     "NVML, the driver's library, else nvidia-smi -q -x (docs/formats/gpu.md)",
     "what the driver says of itself and of each GPU; UUIDs and serial numbers only with --gpu-identities"},
    {"gpu.hardware", "GPU", collect_gpu_hardware, "/sys/bus/pci, /proc/driver/nvidia, /dev/nvidia*",
     "NVIDIA devices on the bus, and the driver bound to each"},
    {"systemd", "SystemD", collect_systemd, "systemd over D-Bus: /run/systemd/private, else the system bus",
     "every property of the container runtimes, kubelet, nvidia-persistenced and each --unit"},
    {"os.kmod", "OS", collect_os_kmod, "/proc/modules", "each module that is loaded"},
    {"os.cpu", "OS", collect_os_cpu, "/proc/cpuinfo, /sys/devices/system/cpu",
     "vendor, model, microcode, sockets, cores, threads, governor, ..., vulnerability.*"},
    {"os.pci", "OS", collect_os_pci, "/sys/bus/pci/devices, /sys/kernel/iommu_groups, /sys/class/iommu",
     "*-devices, iommu-units, ADDRESS.{id,class,driver,numa-node,link-*,iommu-*,sriov-*}"},
    {"os.memory", "OS", collect_os_memory, "/proc/meminfo, /sys/kernel/mm",
     "total, swap-total, hugepages-*, transparent-hugepages*, ksm"},
    {"os.numa", "OS", collect_os_numa, "/sys/devices/system/node",
     "nodes, online, has-cpu, has-memory, nodeN.{cpus,memory,distances,hugepages-*}"},
    {"os.limits", "OS", collect_os_limits,
     "/proc/1/limits, /proc/sys, /etc/security/limits.conf, limits.d, systemd's system.conf and drop-ins",
     "init.*, systemd.Default*, pam.*, file-max, nr-open, pid-max, threads-max"},
    {"os.runtime", "OS", collect_os_runtime,
     "configurations of containerd, CRI-O, Docker, kubelet and the NVIDIA container toolkit; /etc/cdi, "
     "/run/cdi",
     "containerd.*, crio.*, docker.*, kubelet.*, toolkit.*, cdi.*: a list of keys, nothing else"},
    {"os.kernel", "OS", collect_os_kernel,
     "/proc/sys/kernel, /sys/kernel, /sys/kernel/security, /sys/firmware/efi/efivars, /sys/fs/cgroup",
     "release, version, tainted, taints, lockdown, efi, secure-boot, cgroup-version, ..."},
    {"os.release", "OS", collect_os_release, "/etc/os-release, else /usr/lib/os-release",
     "each variable of the file"},
    {"os.grub", "OS", collect_os_grub, "/proc/cmdline", "each parameter of the kernel's command line"},
    {"k8s.image", "K8s", collect_k8s_image, "API server: list pods",
     "each image name; context: its whole references", true},
    {"topology", "NodeTopology", collect_topology, "API server: list nodes",
     "labels and taints as sets of node names; counts", true},
    {"k8s.helm", "K8s", collect_k8s_helm, "API server: list and get secrets of type helm.sh/release.v1",
     "chart, version, status of each release; never values", true},
    {"k8s.crd", "K8s", collect_k8s_crd, "API server: list customresourcedefinitions",
     "each definition with its served versions", true},
    {"k8s.policy", "K8s", collect_k8s_policy,
     "API server: list clusterpolicies.nvidia.com, nicclusterpolicies.mellanox.com, --policy-kind",
     "each path of the spec", true},
    {"k8s.node", "K8s", collect_k8s_node, "API server: get the node of this name",
     "provider, runtime, kernel, kubelet, allocatable nvidia.com/...", true},
    {"k8s.server", "K8s", collect_k8s_server, "API server: /version of the API server",
     "version, platform, goVersion", true},
};

// Bytes of the text in it, keys included; parts that are joined later count alike.
std::int64_t text_bytes(const data::Value& value) {
  std::int64_t bytes = 0;
  if (value.is_list())
    for (const data::Value& item : value.list()) bytes += text_bytes(item) + 1;
  else if (value.is_map())
    for (const data::Map::Entry& entry : value.map())
      bytes += static_cast<std::int64_t>(entry.key.size()) + text_bytes(entry.value);
  else if (value.is_string())
    bytes = static_cast<std::int64_t>(value.string().size());
  return bytes;
}

}  // namespace

std::span<const Collector> collectors() {
  return kCollectors;
}

std::string_view group_of(std::string_view name) {
  return name.substr(0, name.find('.'));
}

Result<std::string> Source::read(const std::string& path, std::int64_t max_bytes) const {
  return files.read(path, {.max_bytes = max_bytes, .beneath = options.root, .limit = limit});
}

model::CollectorStatus status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Denied: return model::CollectorStatus::Denied;
    case ErrorKind::Timeout: return model::CollectorStatus::TimedOut;
    case ErrorKind::Usage:
    case ErrorKind::Invalid:
    case ErrorKind::NotFound:
    case ErrorKind::Unavailable:
    case ErrorKind::RateLimited:
    case ErrorKind::Internal:
    case ErrorKind::Cancelled: return model::CollectorStatus::Failed;
  }
  std::unreachable();
}

Result<Collection> within_caps(Result<Collection> collection, std::int64_t most_readings,
                               std::int64_t most_bytes) {
  if (!collection) return collection;
  std::int64_t readings = 0;
  std::int64_t bytes = static_cast<std::int64_t>(collection->detail.size());
  for (const model::Subtype& subtype : collection->subtypes)
    for (const data::Map::Entry& entry : subtype.data) {
      ++readings;
      bytes += static_cast<std::int64_t>(entry.key.size()) + text_bytes(entry.value);
    }
  if (readings > most_readings)
    return fail(ErrorKind::Invalid,
                cat("it brought ", readings, " readings; at most ", most_readings, " are kept"));
  if (bytes > most_bytes)
    return fail(ErrorKind::Invalid,
                cat("it brought ", bytes, " bytes of readings; at most ", most_bytes, " are kept"));
  return collection;
}

Collection absent(std::string detail) {
  Collection collection;
  collection.status = model::CollectorStatus::Absent;
  collection.detail = std::move(detail);
  return collection;
}

Result<Collection> absent_if_missing(Error error) {
  if (error.kind != ErrorKind::NotFound) return std::unexpected(std::move(error));
  return absent(std::move(error.message));
}

Collection one_subtype(std::string_view name, data::Map readings) {
  readings.sort_by_key();
  Collection collection;
  collection.subtypes.push_back({std::string(name), std::move(readings), {}, {}});
  return collection;
}

std::string document_text(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  if (!invalid_utf8(bytes) && bytes.find('\0') == std::string_view::npos) return std::string(bytes);
  std::string out;
  auto escape = [&](char byte) {
    auto code = static_cast<unsigned char>(byte);
    out += {'\\', 'x', kHex[code >> 4], kHex[code & 15]};
  };
  while (!bytes.empty()) {
    std::string_view good = bytes.substr(0, invalid_utf8(bytes).value_or(bytes.size()));
    for (char byte : good) {
      if (byte == '\0')
        escape(byte);
      else
        out += byte;
    }
    bytes.remove_prefix(good.size());
    if (bytes.empty()) break;
    escape(bytes.front());
    bytes.remove_prefix(1);
  }
  return out;
}

}  // namespace eidos::collect
