#pragma once
// Private to this room: NVIDIA devices as the machine itself shows them, with or without their driver: PCI in
// sysfs (Documentation/ABI/testing/sysfs-bus-pci), /proc/driver/nvidia, /dev. Nothing is asked of a device
// that would wake it.

#include <cstdint>
#include <string>
#include <vector>

#include "collect/collector.h"

namespace eidos::collect {

struct BusGpu {
  std::string id = {};         ///< "0000:04:00.0"
  std::string device_id = {};  ///< "0x2330"
  std::string pci_class = {};  ///< "0x030200"
  std::string driver = {};     ///< Bound to it: nvidia, vfio-pci, nouveau, …; empty: none.
  std::string model = {};      ///< As the driver names it; empty without one.
  std::int64_t numa_node = -1;
  bool answers = true;    ///< False: the bus reads nothing but ones from it.
  bool listed = false;    ///< The loaded driver lists it in /proc/driver/nvidia/gpus.
  bool excluded = false;  ///< The driver was told to leave it alone (NVreg_ExcludedGpus).
  bool has_node = true;   ///< /dev/nvidia<minor>; true where the minor is not known.
};

struct Bus {
  bool there = false;  ///< /sys/bus/pci could be listed.
  std::vector<BusGpu> gpus;
  std::int64_t switches = 0;  ///< NVSwitches.
  bool driver_loaded = false;
  std::string driver_version;  ///< Of the loaded kernel module.
  std::string driver_flavor;   ///< "open" or "proprietary".
  bool control_node = false;   ///< /dev/nvidiactl.
};

/// Everything, an error only for a /sys/bus/pci/devices that is there and cannot be listed.
Result<Bus> look_at_bus(const Source& source);
/// Whether there is a driver to ask: the kernel module, its control node (a sandbox has only that), or the
/// paravirtual device of WSL.
bool driver_is_loaded(const Source& source);
/// Whether the root is this running machine's, so that asking the driver tells of what the files tell of: the
/// same boot (/proc/sys/kernel/random/boot_id). True without a root.
bool root_is_this_machine(const Source& source);

/// The version and flavor in the text of /proc/driver/nvidia/version, into `bus`.
void read_driver_version(std::string_view text, Bus& bus);
/// What the text of /proc/driver/nvidia/gpus/<id>/information says, into `gpu`; the minor number of its
/// device node, or -1.
std::int64_t read_gpu_information(std::string_view text, BusGpu& gpu);

/// Why the driver does not drive it, with the fix: "bound to vfio-pci: …". Empty when nothing is known to be
/// wrong.
std::string reason(const BusGpu& gpu);
/// "0000:04:00.0" of any spelling: NVML writes eight digits of the domain, and capitals. Empty for what is no
/// bus id.
std::string plain_bus_id(std::string_view id);

}  // namespace eidos::collect
