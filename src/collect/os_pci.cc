// The PCI devices that a GPU cluster is built of, as sysfs shows them
// (Documentation/ABI/testing/sysfs-bus-pci). Works without any of their drivers.

#include <algorithm>
#include <map>

#include "base/text.h"
#include "collect/gather.h"
#include "collect/os_hardware.h"

namespace eidos::collect {

namespace {

constexpr const char* kDevices = "/sys/bus/pci/devices";
constexpr const char* kGroups = "/sys/kernel/iommu_groups";
constexpr std::string_view kDisplay = "03";  // class of a GPU, with or without a screen

// Whose devices are listed; the count stands under `key`. A device's number is part of it where the vendor
// makes much else.
struct Vendor {
  std::string_view vendor;
  std::string_view device;  // what its number starts with
  std::string_view key;
};
constexpr Vendor kVendors[] = {
    {"10de", "", "nvidia-devices"},    // GPUs, NVSwitches, their bridges
    {"15b3", "", "mellanox-devices"},  // ConnectX, BlueField
    {"1d0f", "efa", "efa-devices"},    // Amazon's Elastic Fabric Adapter
};

const Vendor* listed(const PciIdentity& identity) {
  const auto* found = std::ranges::find_if(kVendors, [&](const Vendor& vendor) {
    return identity.vendor == vendor.vendor && identity.device.starts_with(vendor.device);
  });
  return found == std::end(kVendors) ? nullptr : found;
}

using Groups = std::map<std::string, std::string, std::less<>>;

// Which IOMMU group each device is in. (The link from the device is not read: a directory below the group
// is.)
Groups iommu_groups(Gather& gather) {
  Groups groups;
  for (const std::string& group : gather.names(kGroups))
    for (std::string& device : gather.names(cat(kGroups, "/", group, "/devices")))
      groups.emplace(std::move(device), document_text(group));
  return groups;
}

void add_link(Gather& gather, const std::string& key, const std::string& directory, bool display) {
  // A GPU lowers its link when it has nothing to do: its speed of the moment is no fact about the machine.
  if (!display) gather.add_file(cat(key, "link-speed"), cat(directory, "/current_link_speed"));
  gather.add_file(cat(key, "link-speed-max"), cat(directory, "/max_link_speed"));
  gather.add_file(cat(key, "link-width"), cat(directory, "/current_link_width"));
  gather.add_file(cat(key, "link-width-max"), cat(directory, "/max_link_width"));
}

void add_device(Gather& gather, const std::string& address, const PciIdentity& identity,
                const Groups& groups) {
  const std::string directory = cat(kDevices, "/", address);
  const std::string key = cat(document_text(address), ".");
  gather.add(cat(key, "id"), cat(identity.vendor, ":", identity.device));
  gather.add(cat(key, "subsystem"), identity.subsystem);
  gather.add(cat(key, "class"), identity.type);
  gather.add(cat(key, "driver"), identity.driver.empty() ? "none" : identity.driver);
  gather.add_file(cat(key, "numa-node"), cat(directory, "/numa_node"));
  add_link(gather, key, directory, identity.type.starts_with(kDisplay));
  if (auto group = groups.find(address); group != groups.end()) {
    gather.add(cat(key, "iommu-group"), group->second);
    gather.add_file(cat(key, "iommu-type"), cat(kGroups, "/", group->second, "/type"));
  }
  gather.add_file(cat(key, "sriov-vfs"), cat(directory, "/sriov_numvfs"));
  gather.add_file(cat(key, "sriov-vfs-max"), cat(directory, "/sriov_totalvfs"));
}

struct Device {
  std::string address;
  PciIdentity identity;
};

// Virtual functions come and go with the pods that use them: they are counted at their device, not listed.
std::vector<Device> listed_devices(Gather& gather) {
  std::vector<Device> devices;
  for (const std::string& address : gather.names(kDevices)) {
    const std::string directory = cat(kDevices, "/", address);
    const auto text = gather.bytes(cat(directory, "/uevent"));
    if (!text) continue;
    auto identity = parse_pci_uevent(*text);
    if (!identity)
      gather.unread(cat(directory, "/uevent"));
    else if (listed(*identity) != nullptr && !gather.exists(cat(directory, "/physfn")))
      devices.push_back({address, *std::move(identity)});
  }
  return devices;
}

}  // namespace

std::optional<PciIdentity> parse_pci_uevent(std::string_view text) {
  std::map<std::string_view, std::string_view> found;
  for (std::string_view line : split(text, '\n')) {
    const std::size_t sign = line.find('=');
    if (sign != std::string_view::npos) found[line.substr(0, sign)] = trim(line.substr(sign + 1));
  }
  auto value = [&](std::string_view name) { return lower(document_text(found[name])); };
  const std::string id = value("PCI_ID");
  const std::size_t sign = id.find(':');
  if (sign == std::string::npos || sign == 0 || sign + 1 == id.size()) return std::nullopt;
  constexpr std::size_t kClassDigits = 6;
  std::string type = value("PCI_CLASS");
  if (!type.empty() && type.size() < kClassDigits) type.insert(0, kClassDigits - type.size(), '0');
  return PciIdentity{id.substr(0, sign), id.substr(sign + 1), value("PCI_SUBSYS_ID"), std::move(type),
                     document_text(found["DRIVER"])};
}

Result<Collection> collect_os_pci(const Source& source) {
  Gather gather(source);
  if (!gather.exists(kDevices)) return absent("no /sys/bus/pci/devices: no PCI bus, or no sysfs here");
  const std::vector<Device> devices = listed_devices(gather);
  for (const Vendor& vendor : kVendors)
    gather.add(vendor.key, std::ranges::count_if(devices, [&](const Device& device) {
                 return listed(device.identity) == &vendor;
               }));
  const Groups groups = devices.empty() ? Groups() : iommu_groups(gather);
  for (const Device& device : devices) add_device(gather, device.address, device.identity, groups);
  const std::vector<std::string> units = gather.names("/sys/class/iommu");
  gather.add("iommu-units", std::ssize(units));
  return std::move(gather).take("pci", "no PCI devices");
}

}  // namespace eidos::collect
