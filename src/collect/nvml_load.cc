#include <optional>

#include <dlfcn.h>

#include "base/text.h"
#include "collect/nvml_calls.h"

namespace eidos::collect::nvml {

namespace {

// The first is the loader's to find: its cache, never LD_LIBRARY_PATH, which no child of ours inherits. The
// others are fixed places that only root can write to.
constexpr std::string_view kLibraries[] = {
    "libnvidia-ml.so.1",
    "/usr/local/nvidia/lib64/libnvidia-ml.so.1",                      // GKE, in containers
    "/home/kubernetes/bin/nvidia/lib64/libnvidia-ml.so.1",            // GKE, on the node
    "/run/nvidia/driver/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1",  // the GPU Operator's driver
    "/run/nvidia/driver/usr/lib/aarch64-linux-gnu/libnvidia-ml.so.1",
    "/run/nvidia/driver/usr/lib64/libnvidia-ml.so.1",
    "/usr/lib/wsl/lib/libnvidia-ml.so.1",
};

template <class Call>
void look_up(void* library, const char* name, Call*& into) {
  into = reinterpret_cast<Call*>(::dlsym(library, name));
}

void look_up_system(void* library, Calls& calls) {
  look_up(library, "nvmlInitWithFlags", calls.init_with_flags);
  look_up(library, "nvmlInit_v2", calls.init);
  look_up(library, "nvmlShutdown", calls.shutdown);
  look_up(library, "nvmlErrorString", calls.error_string);
  look_up(library, "nvmlSystemGetDriverVersion", calls.driver_version);
  look_up(library, "nvmlSystemGetCudaDriverVersion_v2", calls.cuda_version);
  look_up(library, "nvmlSystemGetCudaDriverVersion", calls.cuda_version_v1);
  look_up(library, "nvmlDeviceGetCount_v2", calls.count);
  look_up(library, "nvmlDeviceGetHandleByIndex_v2", calls.handle_by_index);
}

void look_up_device(void* library, Calls& calls) {
  look_up(library, "nvmlDeviceGetName", calls.name);
  look_up(library, "nvmlDeviceGetUUID", calls.uuid);
  look_up(library, "nvmlDeviceGetSerial", calls.serial);
  look_up(library, "nvmlDeviceGetVbiosVersion", calls.vbios_version);
  look_up(library, "nvmlDeviceGetGspFirmwareVersion", calls.gsp_firmware_version);
  look_up(library, "nvmlDeviceGetArchitecture", calls.architecture);
  look_up(library, "nvmlDeviceGetDisplayMode", calls.display_mode);
  look_up(library, "nvmlDeviceGetDisplayActive", calls.display_active);
  look_up(library, "nvmlDeviceGetPersistenceMode", calls.persistence_mode);
  look_up(library, "nvmlDeviceGetComputeMode", calls.compute_mode);
  look_up(library, "nvmlDeviceGetAddressingMode", calls.addressing_mode);
  look_up(library, "nvmlDeviceGetMigMode", calls.mig_mode);
  look_up(library, "nvmlDeviceGetMaxMigDeviceCount", calls.max_mig_devices);
  look_up(library, "nvmlDeviceGetMigDeviceHandleByIndex", calls.mig_device_by_index);
  look_up(library, "nvmlDeviceGetEccMode", calls.ecc_mode);
  look_up(library, "nvmlDeviceGetRemappedRows", calls.remapped_rows);
  look_up(library, "nvmlDeviceGetMemoryInfo_v2", calls.memory);
  look_up(library, "nvmlDeviceGetMemoryInfo", calls.memory_v1);
  look_up(library, "nvmlDeviceGetBAR1MemoryInfo", calls.bar1_memory);
  look_up(library, "nvmlDeviceGetPciInfo_v3", calls.pci_info);
  look_up(library, "nvmlDeviceGetPciInfo_v2", calls.pci_info_v2);
  look_up(library, "nvmlDeviceGetMaxPcieLinkGeneration", calls.max_pcie_generation);
  look_up(library, "nvmlDeviceGetGpuMaxPcieLinkGeneration", calls.max_pcie_generation_of_gpu);
  look_up(library, "nvmlDeviceGetMaxPcieLinkWidth", calls.max_pcie_width);
  look_up(library, "nvmlDeviceGetCurrPcieLinkWidth", calls.pcie_width);
  look_up(library, "nvmlDeviceGetEnforcedPowerLimit", calls.power_limit);
  look_up(library, "nvmlDeviceGetPowerManagementDefaultLimit", calls.default_power_limit);
  look_up(library, "nvmlDeviceGetPowerManagementLimitConstraints", calls.power_limits);
  look_up(library, "nvmlDeviceGetMaxClockInfo", calls.max_clock);
  look_up(library, "nvmlDeviceGetApplicationsClock", calls.applications_clock);
  look_up(library, "nvmlDeviceGetGpuFabricInfoV", calls.fabric_info);
  look_up(library, "nvmlDeviceGetGpuFabricInfo", calls.fabric_info_v1);
  look_up(library, "nvmlDeviceGetNvLinkState", calls.nvlink_state);
}

struct Opened {
  void* library = nullptr;
  std::string problem;
  bool there = false;  // something was found, though it could not be loaded
};

Opened open(const std::string& path) {
  Opened opened;
  opened.library = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (opened.library != nullptr) return opened;
  const char* why = ::dlerror();
  opened.problem = why == nullptr ? cat(path, ": not loaded") : std::string(why);
  // The loader names what is missing first: the library itself, or something that it needs.
  opened.there = !opened.problem.starts_with(cat(path, ": cannot open shared object file: No such file"));
  return opened;
}

Result<void*> open_any(const std::string& path) {
  std::optional<std::string> broken;
  for (std::string_view candidate : kLibraries) {
    Opened opened = open(path.empty() ? std::string(candidate) : path);
    if (opened.library != nullptr) return opened.library;
    if (opened.there && !broken) broken = opened.problem;
    if (!path.empty()) break;
  }
  if (broken) return fail(ErrorKind::Unavailable, *broken);
  return fail(ErrorKind::NotFound, cat("no library ", path.empty() ? std::string(kLibraries[0]) : path));
}

}  // namespace

Result<Calls> load(const std::string& path) {
  EIDOS_TRY(void* library, open_any(path));
  Calls calls;
  look_up_system(library, calls);
  look_up_device(library, calls);
  if ((calls.init == nullptr && calls.init_with_flags == nullptr) || calls.count == nullptr ||
      calls.handle_by_index == nullptr)
    return fail(ErrorKind::Unavailable,
                "the library has no nvmlInit_v2: it is none of NVML's, or of a driver before 319");
  return calls;
}

}  // namespace eidos::collect::nvml
