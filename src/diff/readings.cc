// The readings of a snapshot: what never counts, what is a set, what breaks or slows.

#include <span>

#include "diff/glob.h"
#include "diff/meaning.h"

namespace eidos::diff {

namespace {

struct Row {
  std::string_view subtype;
  std::string_view key;
  Meaning meaning;
};

constexpr Meaning never(std::string_view reason) {
  return {false, kAlwaysCosmetic, Shape::Plain, reason};
}
constexpr Meaning counted(Impacts impacts, std::string_view reason, Shape shape = Shape::Plain) {
  return {true, impacts, shape, reason};
}
constexpr Meaning breaking(std::string_view reason) {
  return counted(kAlwaysBreaking, reason);
}
constexpr Meaning performance(std::string_view reason) {
  return counted(kAlwaysPerformance, reason);
}
constexpr Meaning cosmetic(std::string_view reason, Shape shape = Shape::Plain) {
  return counted(kAlwaysCosmetic, reason, shape);
}

constexpr Meaning kMoment = never("a moment, not a state");
constexpr Meaning kCounter = never("a counter, or a measure of the moment");
constexpr Meaning kDrawn = never("drawn anew at every start");
constexpr Meaning kIdentity = never("which machine it is, not what it is");
constexpr Meaning kRepeated = never("said by another reading, too");
constexpr Meaning kSelfTuned = never("the kernel lowers it by itself");

constexpr Impacts kDriverBranch = {kB, kP, kP, kB, kB};
constexpr Impacts kRelease = {kB, kB, kC, kB, kB};
constexpr Impacts kKernel = {kB, kB, kP, kB, kB};
constexpr Impacts kSoftware = {kB, kP, kC, kC, kC};
constexpr Impacts kLosingBreaks = {kB, kB, kB, kC, kB};

constexpr Row kSystemd[] = {
    {"*", "*Timestamp", kMoment},
    {"*", "*TimestampMonotonic", kMoment},
    {"*", "CPUUsageNSec", kCounter},
    {"*", "MemoryAvailable", kCounter},
    {"*", "Memory*Current", kCounter},
    {"*", "Memory*Peak", kCounter},
    {"*", "TasksCurrent", kCounter},
    {"*", "IO*Bytes", kCounter},
    {"*", "IO*Operations", kCounter},
    {"*", "IP*Bytes", kCounter},
    {"*", "IP*Packets", kCounter},
    {"*", "NFileDescriptorStore", kCounter},
    {"*", "NRestarts", kCounter},
    {"*", "RestartUSecNext", kCounter},
    {"*", "StatusText", kMoment},
    {"*", "*PID", kDrawn},
    {"*", "InvocationID", kDrawn},
    {"*", "ControlGroupId", kDrawn},
    {"*", "Job", kDrawn},
    {"*", "Exec*Ex", kRepeated},
    {"*", "LoadState", breaking("whether systemd knows the unit")},
    {"*", "ActiveState", breaking("whether the unit runs")},
    {"*", "SubState", breaking("whether the unit runs")},
    {"*", "UnitFileState", breaking("whether the unit starts at boot")},
    {"*", "Result", breaking("how the unit last ended")},
    {"*", "ExecStart*", counted(kAlwaysBreaking, "how the service is started", Shape::Commands)},
    {"*", "ExecSearchPath", cosmetic("where systemd looks for programs")},
    {"*", "ExecMain*", cosmetic("how the last process ended")},
    {"*", "Exec*", cosmetic("how the service is stopped or reloaded", Shape::Commands)},
    {"*", "Environment*", breaking("what the service is started with")},
    {"*", "User", breaking("whose rights the service has")},
    {"*", "Group", breaking("whose rights the service has")},
    {"*", "DelegateControllers", counted(kChangedPerformance, "what the runtime may limit", Shape::Set)},
    {"*", "Delegate*", counted(kChangedPerformance, "what the runtime may limit")},
    {"*", "Limit*", counted(kChangedPerformance, "a limit of the service")},
    {"*", "TasksMax", counted(kChangedPerformance, "a limit of the service")},
    {"*", "*Memory*", counted(kChangedPerformance, "a limit of the service")},
    {"*", "*CPU*", counted(kChangedPerformance, "processors and their shares")},
    {"*", "NUMA*", counted(kChangedPerformance, "processors and their memory")},
    {"*", "*IO*", counted(kChangedPerformance, "shares of input and output")},
    {"*", "*OOM*", counted(kChangedPerformance, "what goes first when memory runs out")},
    {"*", "Nice", counted(kChangedPerformance, "processors and their shares")},
    {"*", "After", cosmetic("order of units", Shape::Set)},
    {"*", "Before", cosmetic("order of units", Shape::Set)},
    {"*", "Requi*", cosmetic("units tied to this one", Shape::Set)},
    {"*", "Want*", cosmetic("units tied to this one", Shape::Set)},
    {"*", "Conflict*", cosmetic("units tied to this one", Shape::Set)},
    {"*", "*Bound*", cosmetic("units tied to this one", Shape::Set)},
    {"*", "BindsTo", cosmetic("units tied to this one", Shape::Set)},
    {"*", "*Of", cosmetic("units tied to this one", Shape::Set)},
    {"*", "*By", cosmetic("units tied to this one", Shape::Set)},
    {"*", "Upholds", cosmetic("units tied to this one", Shape::Set)},
    {"*", "Triggers", cosmetic("units tied to this one", Shape::Set)},
    {"*", "Names", cosmetic("other names of the unit", Shape::Set)},
    {"*", "Documentation", cosmetic("where it is described", Shape::Set)},
    {"*", "CanClean", cosmetic("what systemd could remove", Shape::Set)},
    {"*", "SupplementaryGroups", counted(kAlwaysBreaking, "whose rights the service has", Shape::Set)},
};

constexpr Row kOs[] = {
    {"sysctl", "/proc/sys/fs/aio-nr", kCounter},
    {"sysctl", "/proc/sys/fs/dentry-state", kCounter},
    {"sysctl", "/proc/sys/fs/file-nr", kCounter},
    {"sysctl", "/proc/sys/fs/inode-*", kCounter},
    {"sysctl", "/proc/sys/fs/quota/*", kCounter},
    {"sysctl", "/proc/sys/kernel/hung_task_detect_count", kCounter},
    {"sysctl", "/proc/sys/kernel/hung_task_warnings", kCounter},
    {"sysctl", "/proc/sys/kernel/ns_last_pid", kCounter},
    {"sysctl", "/proc/sys/kernel/pty/nr", kCounter},
    {"sysctl", "/proc/sys/kernel/random/entropy_avail", kCounter},
    {"sysctl", "/proc/sys/net/*/*conntrack_count", kCounter},
    {"sysctl", "/proc/sys/sunrpc/svc_rdma/rdma_stat_*", kCounter},
    {"sysctl", "/proc/sys/kernel/perf_event_max_sample_rate", kSelfTuned},
    {"sysctl", "/proc/sys/kernel/random/uuid", kDrawn},
    {"sysctl", "/proc/sys/kernel/random/boot_id", kDrawn},
    {"sysctl", "/proc/sys/kernel/hostname", kIdentity},
    {"sysctl", "/proc/sys/kernel/domainname", kIdentity},
    {"sysctl", "/proc/sys/kernel/arch", breaking("images are built for one architecture")},
    {"sysctl", "/proc/sys/kernel/osrelease", counted(kKernel, "drivers are built for one kernel")},
    {"sysctl", "/proc/sys/kernel/version", cosmetic("how the kernel was built")},
    {"sysctl", "/proc/sys/kernel/tainted",
     performance("what was loaded into the kernel, or went wrong in it")},
    {"sysctl", "/proc/sys/kernel/modules_disabled", breaking("whether a driver can be loaded")},
    {"sysctl", "/proc/sys/kernel/unprivileged_userns_clone", breaking("what containers may do")},
    {"sysctl", "/proc/sys/kernel/*unprivileged_userns", breaking("what containers may do")},
    {"sysctl", "/proc/sys/crypto/fips_enabled", breaking("which cryptography works")},
    {"sysctl", "/proc/sys/net/*/ip_forward", breaking("whether pods reach each other")},
    {"sysctl", "/proc/sys/net/*/*forwarding", breaking("whether pods reach each other")},
    {"sysctl", "/proc/sys/net/*/rp_filter", breaking("whether pods reach each other")},
    {"sysctl", "/proc/sys/net/bridge/*", breaking("whether pods reach each other")},
    {"sysctl", "/proc/sys/kernel/numa_balancing*", performance("memory moves between nodes")},
    {"sysctl", "/proc/sys/kernel/sched_*", performance("how processes share processors")},
    {"sysctl", "/proc/sys/kernel/*watchdog*", performance("what interrupts processors")},
    {"sysctl", "/proc/sys/kernel/pid_max", performance("how much may run at once")},
    {"sysctl", "/proc/sys/kernel/threads-max", performance("how much may run at once")},
    {"sysctl", "/proc/sys/kernel/shm*", performance("how much memory may be shared")},
    {"sysctl", "/proc/sys/vm/*hugepages*", performance("huge pages")},
    {"sysctl", "/proc/sys/vm/hugetlb*", performance("huge pages")},
    {"sysctl", "/proc/sys/vm/compact*", performance("huge pages")},
    {"sysctl", "/proc/sys/vm/mmap_*", cosmetic("where memory is mapped")},
    {"sysctl", "/proc/sys/vm/swappiness", performance("how memory is kept and given back")},
    {"sysctl", "/proc/sys/vm/dirty_*", performance("how memory is kept and given back")},
    {"sysctl", "/proc/sys/vm/overcommit_*", performance("how memory is kept and given back")},
    {"sysctl", "/proc/sys/vm/zone_reclaim_mode", performance("how memory is kept and given back")},
    {"sysctl", "/proc/sys/vm/min_free_kbytes", performance("how memory is kept and given back")},
    {"sysctl", "/proc/sys/vm/vfs_cache_pressure", performance("how memory is kept and given back")},
    {"sysctl", "/proc/sys/vm/max_map_count", performance("how much memory a process may map")},
    {"sysctl", "/proc/sys/net/core/*", performance("buffers and queues of the network")},
    {"sysctl", "/proc/sys/net/ipv4/tcp_*", performance("buffers and queues of the network")},
    {"sysctl", "/proc/sys/net/ipv4/udp_*", performance("buffers and queues of the network")},
    {"sysctl", "/proc/sys/fs/inotify/*", performance("how many files may be open or watched")},
    {"sysctl", "/proc/sys/fs/file-max", performance("how many files may be open or watched")},
    {"sysctl", "/proc/sys/fs/nr_open", performance("how many files may be open or watched")},
    {"release", "ID", breaking("packages and drivers are built for one distribution")},
    {"release", "VERSION_ID", breaking("packages and drivers are built for one release")},
    {"grub", "BOOT_IMAGE", kRepeated},
    {"grub", "*hugepages*", performance("huge pages")},
    {"grub", "*iommu*", performance("how devices reach memory")},
    {"grub", "pci*", performance("how devices reach memory")},
    {"grub", "numa_balancing", performance("memory moves between nodes")},
    {"grub", "init_on_*", performance("memory is cleared before or after use")},
    {"grub", "isolcpus", performance("which processors are for whom")},
    {"grub", "nohz*", performance("what interrupts processors")},
    {"grub", "rcu*", performance("what interrupts processors")},
    {"grub", "irq*", performance("what interrupts processors")},
    {"grub", "mitigations", performance("protections that cost time")},
    {"grub", "*cstate*", performance("how deep processors sleep")},
    {"grub", "*pstate*", performance("how fast processors run")},
    {"grub", "*cgroup*", breaking("which cgroups containers get")},
    {"grub", "module*", breaking("whether a driver can be loaded")},
    {"grub", "lockdown", breaking("whether a driver can be loaded")},
    {"grub", "security", breaking("which rules confine containers")},
    {"grub", "apparmor", breaking("which rules confine containers")},
    {"grub", "selinux", breaking("which rules confine containers")},
    {"grub", "nouveau*", breaking("which driver takes the GPUs")},
    {"grub", "nvidia*", breaking("which driver takes the GPUs")},
    {"kmod", "nvidia", breaking("the GPU driver")},
    {"kmod", "nvidia_uvm", breaking("the GPU driver")},
    {"kmod", "nouveau", breaking("which driver takes the GPUs")},
    {"kmod", "vfio*", breaking("which driver takes the GPUs")},
    {"kmod", "nvidia_*", performance("the GPU driver")},
    {"kmod", "gdrdrv", performance("the network reaches GPU memory")},
    {"kmod", "efa", performance("the fast network")},
    {"kmod", "ib_*", performance("the fast network")},
    {"kmod", "mlx*", performance("the fast network")},
    {"kmod", "rdma*", performance("the fast network")},
    {"cpu", "*mhz*", kCounter},
    {"cpu", "*MHz*", kCounter},
    {"cpu", "flags", counted(kAlwaysPerformance, "what the processor can do", Shape::Set)},
    {"cpu", "*", performance("the processors")},
    {"memory", "*ree*", kCounter},
    {"memory", "*vailable*", kCounter},
    {"memory", "*used*", kCounter},
    {"memory", "*", performance("the memory")},
    {"numa", "*free*", kCounter},
    {"numa", "*", performance("how processors and memory belong together")},
    {"pci", "*", performance("devices and how they are attached")},
    {"limits", "*", performance("limits of processes")},
    {"kernel", "*lockdown*", breaking("whether a driver can be loaded")},
    {"kernel", "*secure*", breaking("whether a driver can be loaded")},
    {"kernel", "*taint*", performance("what was loaded into the kernel, or went wrong in it")},
    {"runtime", "*version*", counted(kSoftware, "the container runtime")},
    {"runtime", "*", breaking("how containers reach GPUs and cgroups")},
};

constexpr Row kGpu[] = {
    {"smi", "driver*", counted(kDriverBranch, "CUDA programs need a driver of their branch or later")},
    {"smi", "cuda-version", counted(kDriverBranch, "the newest CUDA the driver runs")},
    {"smi", "gpu-count", breaking("what can be scheduled")},
    {"smi", "gpu.model", breaking("what programs are built and sized for")},
    {"smi", "gpu.product-architecture", breaking("what programs are built and sized for")},
    {"smi", "gpu.gsp-firmware-version", kRepeated},
    {"smi", "gpu.addressing-mode", performance("how GPUs reach the memory of the host")},
    {"smi", "gpu.persistence-mode", performance("whether the driver stays loaded")},
    {"smi", "*temperature*", kCounter},
    {"smi", "*utilization*", kCounter},
    {"smi", "*draw*", kCounter},
    {"smi", "*memory*used*", kCounter},
    {"smi", "*memory*free*", kCounter},
    {"smi", "*clocks*current*", kCounter},
    {"smi", "*pcie*current*", kCounter},
    {"smi", "*ecc*error*", kCounter},
    {"smi", "*volatile*", kCounter},
    {"smi", "*aggregate*", kCounter},
    {"smi", "*processes*", kCounter},
    {"smi", "*mig*", breaking("what can be scheduled")},
    {"smi", "*persistence*", performance("whether the driver stays loaded")},
    {"smi", "*ecc*", performance("memory errors are found at the cost of some memory")},
    {"smi", "*clock*", performance("how fast GPUs run")},
    {"smi", "*power*", performance("how fast GPUs run")},
    {"smi", "*pcie*", performance("how GPUs are attached")},
    {"smi", "*nvlink*", performance("how GPUs are attached")},
    {"smi", "*memory*", performance("what programs are sized for")},
    {"smi", "*model*", breaking("what programs are built and sized for")},
    {"smi", "*name*", breaking("what programs are built and sized for")},
    {"hardware", "*version*", counted(kDriverBranch, "CUDA programs need a driver of their branch or later")},
    {"hardware", "*count*", breaking("what can be scheduled")},
    {"hardware", "driver-loaded", breaking("what can be scheduled")},
    {"hardware", "gpu.*.driver", breaking("what can be scheduled")},
    {"hardware", "gpu.*.state", breaking("what can be scheduled")},
    {"hardware", "*", performance("devices and how they are attached")},
};

constexpr Row kK8s[] = {
    {"server", "version", counted(kRelease, "APIs come and go with each minor release")},
    {"server", "platform", breaking("images are built for one architecture")},
    {"node", "source-node", kIdentity},
    {"node", "provider-id", kIdentity},
    {"node", "container-runtime-id", kRepeated},
    {"node", "container-runtime-version", counted(kSoftware, "the container runtime")},
    {"node", "container-runtime-name", breaking("the container runtime")},
    {"node", "kernel-version", counted(kKernel, "drivers are built for one kernel")},
    {"node", "kubelet-version", counted(kRelease, "APIs come and go with each minor release")},
    {"node", "provider", breaking("what the cluster runs on")},
    {"node", "operating-system", breaking("what the cluster runs on")},
    {"node", "*nvidia.com/*", breaking("what can be scheduled")},
    {"image", "*", counted(kSoftware, "software in the cluster", Shape::Set)},
    {"policy", "*version", counted(kSoftware, "software in the cluster")},
    {"policy", "*enabled", breaking("switches a part of the GPU Operator on or off")},
    {"policy", "mig.*", breaking("what can be scheduled")},
    {"policy", "driver.*", counted(kChangedPerformance, "how the driver is set up")},
    {"policy", "*chart", kRepeated},
    {"helm", "*version", counted(kSoftware, "software in the cluster")},
    {"helm", "*status", breaking("whether a release is deployed")},
    {"helm", "*", counted(kLosingBreaks, "what Helm has installed")},
    {"crd", "*", counted(kLosingBreaks, "objects of a kind that is gone cannot be read", Shape::Set)},
};

constexpr Row kTopology[] = {
    {"summary", "*", performance("how large the cluster is")},
    {"taint", "*", counted(kAlwaysBreaking, "where pods may run", Shape::Set)},
    {"label", "*", cosmetic("how nodes are told apart", Shape::Set)},
};

struct TypeRows {
  std::string_view type;
  std::span<const Row> rows;
};
constexpr TypeRows kTypes[] = {
    {"SystemD", kSystemd}, {"OS", kOs}, {"GPU", kGpu}, {"K8s", kK8s}, {"NodeTopology", kTopology}};

constexpr Meaning kUnlisted = {};

}  // namespace

const Meaning& meaning_of(std::string_view type, std::string_view subtype, std::string_view key) {
  for (const TypeRows& group : kTypes) {
    if (group.type != type) continue;
    for (const Row& row : group.rows)
      if (fits(row.subtype, subtype) && fits(row.key, key)) return row.meaning;
  }
  return kUnlisted;
}

}  // namespace eidos::diff
