#pragma once
// Private to this room: the calls of NVML that eidos makes, as declarations of our own. The facts (names,
// layouts, values) are those of the "NVML API Reference Guide" and of nvml.h, API version 13; a member is
// the call of its name with "nvmlDevice" or "nvml" in front. Structures that NVML extended carry their size
// and version, so that any driver knows which one is meant.

#include <cstdint>
#include <string>

#include "base/error.h"

namespace eidos::collect::nvml {

/// nvmlReturn_t ("Device Enums"). Only those that are treated differently; all of them: nvml_codes.h.
using Code = unsigned;
constexpr Code kSuccess = 0;
constexpr Code kInvalidArgument = 2;
constexpr Code kNotSupported = 3;
constexpr Code kNotFound = 6;
constexpr Code kFunctionNotFound = 13;
constexpr Code kGpuIsLost = 15;

/// nvmlDevice_t: a handle that only NVML looks into.
using Device = void*;

/// nvmlMemory_t, in bytes.
struct Memory {
  unsigned long long total;
  unsigned long long free;
  unsigned long long used;
};
/// nvmlMemory_v2_t: NVML_STRUCT_VERSION is the size, with the version in the highest byte.
struct MemoryV2 {
  unsigned version;
  unsigned long long total;
  unsigned long long reserved;
  unsigned long long free;
  unsigned long long used;
};
/// nvmlBAR1Memory_t, in bytes.
struct Bar1Memory {
  unsigned long long total;
  unsigned long long free;
  unsigned long long used;
};
/// nvmlPciInfo_t, of nvmlDeviceGetPciInfo_v2 and _v3.
struct PciInfo {
  char bus_id_legacy[16];
  unsigned domain;
  unsigned bus;
  unsigned device;
  unsigned device_id;  ///< Device in the upper half, vendor in the lower.
  unsigned subsystem_id;
  char bus_id[32];
};
/// nvmlDeviceAddressingMode_v1_t; value: 0 none, 1 HMM, 2 ATS.
struct AddressingMode {
  unsigned version;
  unsigned value;
};
/// nvmlGpuFabricInfo_t.
struct FabricInfo {
  unsigned char cluster_uuid[16];
  unsigned status;
  unsigned clique_id;
  unsigned char state;
};
/// nvmlGpuFabricInfo_v2_t; state: 0 not supported, 1 not started, 2 in progress, 3 completed.
struct FabricInfoV2 {
  unsigned version;
  unsigned char cluster_uuid[16];
  unsigned status;
  unsigned clique_id;
  unsigned char state;
  unsigned health_mask;
};

static_assert(sizeof(Memory) == 24 && sizeof(MemoryV2) == 40 && sizeof(Bar1Memory) == 24);
static_assert(sizeof(PciInfo) == 68 && sizeof(AddressingMode) == 8);
static_assert(sizeof(FabricInfo) == 28 && sizeof(FabricInfoV2) == 36);

/// NVML_STRUCT_VERSION.
template <class T>
constexpr unsigned struct_version(unsigned version) {
  return static_cast<unsigned>(sizeof(T)) | version << 24U;
}

/// nvmlClockType_t.
enum class Clock : unsigned { Graphics = 0, Sm = 1, Memory = 2 };

using TextOf = Code(Device, char* out, unsigned size);
using NumberOf = Code(Device, unsigned* out);
using TwoNumbersOf = Code(Device, unsigned* first, unsigned* second);
using ClockOf = Code(Device, unsigned clock, unsigned* megahertz);

/// Null: this driver's library does not have it. Names without a version are the newest version's; older
/// ones, where they differ, stand beside it.
struct Calls {
  Code (*init_with_flags)(unsigned flags) = nullptr;
  Code (*init)() = nullptr;
  Code (*shutdown)() = nullptr;
  const char* (*error_string)(Code) = nullptr;
  Code (*driver_version)(char* out, unsigned size) = nullptr;
  Code (*cuda_version)(int* out) = nullptr;
  Code (*cuda_version_v1)(int* out) = nullptr;
  Code (*count)(unsigned* out) = nullptr;
  Code (*handle_by_index)(unsigned index, Device* out) = nullptr;

  TextOf* name = nullptr;
  TextOf* uuid = nullptr;
  TextOf* serial = nullptr;
  TextOf* vbios_version = nullptr;
  Code (*gsp_firmware_version)(Device, char* out) = nullptr;  ///< At most 64 bytes.
  NumberOf* architecture = nullptr;
  NumberOf* display_mode = nullptr;
  NumberOf* display_active = nullptr;
  NumberOf* persistence_mode = nullptr;
  NumberOf* compute_mode = nullptr;
  Code (*addressing_mode)(Device, AddressingMode* out) = nullptr;
  TwoNumbersOf* mig_mode = nullptr;
  NumberOf* max_mig_devices = nullptr;
  Code (*mig_device_by_index)(Device, unsigned index, Device* out) = nullptr;
  TwoNumbersOf* ecc_mode = nullptr;
  Code (*remapped_rows)(Device, unsigned* correctable, unsigned* uncorrectable, unsigned* pending,
                        unsigned* failed) = nullptr;
  Code (*memory)(Device, MemoryV2* out) = nullptr;
  Code (*memory_v1)(Device, Memory* out) = nullptr;
  Code (*bar1_memory)(Device, Bar1Memory* out) = nullptr;
  Code (*pci_info)(Device, PciInfo* out) = nullptr;
  Code (*pci_info_v2)(Device, PciInfo* out) = nullptr;
  NumberOf* max_pcie_generation = nullptr;
  NumberOf* max_pcie_generation_of_gpu = nullptr;
  NumberOf* max_pcie_width = nullptr;
  NumberOf* pcie_width = nullptr;
  NumberOf* power_limit = nullptr;          ///< Enforced, in milliwatts.
  NumberOf* default_power_limit = nullptr;  ///< In milliwatts.
  TwoNumbersOf* power_limits = nullptr;     ///< Least and most, in milliwatts.
  ClockOf* max_clock = nullptr;
  ClockOf* applications_clock = nullptr;
  Code (*fabric_info)(Device, FabricInfoV2* out) = nullptr;
  Code (*fabric_info_v1)(Device, FabricInfo* out) = nullptr;
  Code (*nvlink_state)(Device, unsigned link, unsigned* active) = nullptr;
};

/// Opens the library and looks the calls up. It is never closed: a driver's library may have left threads.
/// `path` empty: libnvidia-ml.so.1 where the loader looks, then where GKE, the GPU Operator and WSL put it.
/// NotFound: none is there. Unavailable: there is one, and it cannot be loaded or is none of NVML's.
Result<Calls> load(const std::string& path);

}  // namespace eidos::collect::nvml
