#include "collect/gpu_bus.h"

#include <algorithm>

#include "base/text.h"
#include "model/secrets.h"

namespace eidos::collect {

namespace {

constexpr std::int64_t kMostDevices = 4096;
constexpr std::size_t kMostShownBytes = 120;
constexpr std::string_view kNvidia = "0x10de";
constexpr std::string_view kDisplayClass = "0x03";   // VGA and 3D controllers
constexpr std::string_view kSwitchClass = "0x0680";  // NVSwitch: a bridge of no other class
constexpr std::string_view kDevices = "/sys/bus/pci/devices";

// What the machine says in a few words. It goes into messages, too, which pass no filter later.
std::string words_of(std::string_view text) {
  text = trim(text);
  return model::looks_secret_value(text) ? "withheld" : document_text(text.substr(0, kMostShownBytes));
}

std::string line_of(const Source& source, const std::string& path) {
  auto text = source.read(path);
  return text ? words_of(*text) : std::string();
}

/// The value behind "DRIVER=" of a uevent file.
std::string value_in(std::string_view text, std::string_view key) {
  for (std::string_view line : split(text, '\n'))
    if (line.starts_with(key)) return words_of(line.substr(key.size()));
  return {};
}

// The link status register of a device that has fallen off the bus reads as ones: a width of 63. So does that
// of one that sleeps, and asking differently would wake it.
bool answers(const Source& source, const std::string& device) {
  if (line_of(source, cat(device, "/current_link_width")) != "63") return true;
  std::string power = line_of(source, cat(device, "/power/runtime_status"));
  return !power.empty() && power != "active" && power != "unsupported";
}

bool exists(const Source& source, const std::string& path) {
  return source.files.kind(path, source.options.root).has_value();
}

BusGpu gpu_at(const Source& source, const std::string& id, std::string pci_class) {
  const std::string device = cat(kDevices, "/", id);
  BusGpu gpu;
  gpu.id = id;
  gpu.pci_class = std::move(pci_class);
  gpu.device_id = line_of(source, cat(device, "/device"));
  if (auto uevent = source.read(cat(device, "/uevent"))) gpu.driver = value_in(*uevent, "DRIVER=");
  gpu.numa_node = to_int(line_of(source, cat(device, "/numa_node"))).value_or(-1);
  gpu.answers = answers(source, device);
  auto information = source.read(cat("/proc/driver/nvidia/gpus/", id, "/information"));
  gpu.listed = information.has_value();
  if (!information) return gpu;
  std::int64_t minor = read_gpu_information(*information, gpu);
  gpu.has_node = minor < 0 || exists(source, cat("/dev/nvidia", minor));
  return gpu;
}

}  // namespace

void read_driver_version(std::string_view text, Bus& bus) {
  std::string_view line = text.substr(0, text.find('\n'));
  if (!line.starts_with("NVRM version:")) return;
  bus.driver_flavor = line.find("Open Kernel Module") == std::string_view::npos ? "proprietary" : "open";
  // The first word of digits and dots: what stands before is the name of the module, what follows when and
  // where it was built.
  for (std::string_view word : split(line, ' ')) {
    bool version = !word.empty() && word.front() != '.' && word.find('.') != std::string_view::npos &&
                   word.size() <= kMostShownBytes &&
                   std::ranges::all_of(word, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
    if (!version) continue;
    bus.driver_version = word;
    return;
  }
}

std::int64_t read_gpu_information(std::string_view text, BusGpu& gpu) {
  std::int64_t minor = -1;
  for (std::string_view line : split(text, '\n')) {
    std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view key = trim(line.substr(0, colon));
    std::string_view value = trim(line.substr(colon + 1));
    if (key == "Model") gpu.model = words_of(value);
    if (key == "Device Minor") minor = to_int(value).value_or(-1);
    if (key == "GPU Excluded") gpu.excluded = value == "Yes";
  }
  return minor;
}

bool driver_is_loaded(const Source& source) {
  return exists(source, "/proc/driver/nvidia/version") || exists(source, "/dev/nvidiactl") ||
         exists(source, "/dev/dxg");
}

bool root_is_this_machine(const Source& source) {
  if (source.options.root.empty() || source.options.root == "/") return true;
  const std::string path = "/proc/sys/kernel/random/boot_id";
  auto there = source.read(path);
  auto here = source.files.read(path, {.max_bytes = 128, .limit = source.limit});
  return there && here && *there == *here;
}

Result<Bus> look_at_bus(const Source& source) {
  Bus bus;
  bus.driver_loaded = driver_is_loaded(source);
  if (auto version = source.read("/proc/driver/nvidia/version")) read_driver_version(*version, bus);
  if (bus.driver_version.empty()) bus.driver_version = line_of(source, "/sys/module/nvidia/version");
  bus.control_node = exists(source, "/dev/nvidiactl");
  auto devices = source.files.list(std::string(kDevices), kMostDevices, source.options.root);
  if (!devices && devices.error().kind == ErrorKind::NotFound) return bus;
  if (!devices) return std::unexpected(std::move(devices).error());
  bus.there = true;
  for (const DirEntry& device : *devices) {
    EIDOS_CHECK(source.limit.check("looking at the PCI bus"));
    if (plain_bus_id(device.name).empty()) continue;
    const std::string path = cat(kDevices, "/", device.name);
    if (auto vendor = source.read(cat(path, "/vendor")); !vendor || !vendor->starts_with(kNvidia)) continue;
    std::string pci_class = line_of(source, cat(path, "/class"));
    if (pci_class.starts_with(kDisplayClass))
      bus.gpus.push_back(gpu_at(source, device.name, std::move(pci_class)));
    else if (pci_class.starts_with(kSwitchClass))
      ++bus.switches;
  }
  return bus;
}

std::string reason(const BusGpu& gpu) {
  if (!gpu.answers)
    return "it has fallen off the bus: look for Xid 79 in the kernel log, and power-cycle the machine";
  if (gpu.driver.empty()) return "no driver is bound to it: load the nvidia kernel module, or bind it";
  if (gpu.driver == "nouveau") return "bound to nouveau: keep nouveau from loading, and load nvidia";
  if (gpu.driver.find("vfio") != std::string::npos)
    return cat("bound to ", show(gpu.driver),
               ", for virtual machines: if that is not meant, bind it to nvidia");
  if (gpu.driver != "nvidia") return cat("bound to ", show(gpu.driver), ", not to nvidia");
  if (gpu.excluded) return "the driver was told to exclude it (NVreg_ExcludedGpus)";
  if (!gpu.listed) return "the driver does not list it here: a container sees only the GPUs it was given";
  if (!gpu.has_node)
    return "its device node /dev/nvidia<n> is missing: create it (nvidia-modprobe -c), or give it to the "
           "container";
  return {};
}

std::string plain_bus_id(std::string_view id) {
  constexpr std::size_t kLongest = 32;  // NVML's buffer
  std::string text = lower(trim(id));
  if (text.size() > kLongest || text.find_first_not_of("0123456789abcdef:.") != std::string::npos) return {};
  std::size_t domain = text.find(':');
  // "04:00.0" has no domain
  if (domain == std::string::npos || text.find(':', domain + 1) == std::string::npos) return text;
  std::size_t zeros = 0;
  while (domain - zeros > 4 && text[zeros] == '0') ++zeros;
  return text.substr(zeros);
}

}  // namespace eidos::collect
