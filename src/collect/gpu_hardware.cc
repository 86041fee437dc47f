// GPU.hardware: NVIDIA devices by the bus, whether or not their driver answers.

#include "base/text.h"
#include "collect/collector.h"
#include "collect/gpu_bus.h"

namespace eidos::collect {

namespace {

class Readings {
 public:
  void add(std::string key, data::Value value) { map_.append({std::move(key), {}, std::move(value)}); }
  void add_text(std::string key, const std::string& text) {
    if (!text.empty()) add(std::move(key), data::Value(text));
  }
  data::Map take() && { return std::move(map_); }

 private:
  data::Map map_;
};

void add_gpu(const BusGpu& gpu, bool driver_loaded, Readings& out) {
  const std::string prefix = cat("gpu.", gpu.id, ".");
  out.add_text(prefix + "device-id", gpu.device_id);
  out.add_text(prefix + "class", gpu.pci_class);
  out.add_text(prefix + "model", gpu.model);
  out.add_text(prefix + "driver", gpu.driver.empty() ? "none" : gpu.driver);
  if (gpu.numa_node >= 0) out.add(prefix + "numa-node", data::Value(gpu.numa_node));
  if (!gpu.answers)
    out.add(prefix + "state", data::Value("no-answer"));
  else if (gpu.excluded)
    out.add(prefix + "state", data::Value("excluded"));
  if (gpu.driver != "nvidia" || !driver_loaded) return;
  out.add(prefix + "listed", data::Value(gpu.listed));
  if (gpu.listed) out.add(prefix + "device-node", data::Value(gpu.has_node));
}

}  // namespace

Result<Collection> collect_gpu_hardware(const Source& source) {
  EIDOS_TRY(Bus bus, look_at_bus(source));
  Readings readings;
  readings.add("driver-loaded", data::Value(bus.driver_loaded));
  readings.add_text("driver-version", bus.driver_version);
  readings.add_text("driver-flavor", bus.driver_flavor);
  if (bus.driver_loaded) readings.add("control-node", data::Value(bus.control_node));
  if (bus.there) {
    readings.add("gpu-count", data::Value(std::ssize(bus.gpus)));
    readings.add("nvswitch-count", data::Value(bus.switches));
  }
  for (const BusGpu& gpu : bus.gpus) add_gpu(gpu, bus.driver_loaded, readings);
  Collection collection = one_subtype("hardware", std::move(readings).take());
  if (!bus.there && !bus.driver_loaded) return absent("no PCI bus: /sys/bus/pci/devices is not there");
  if (!bus.there) collection.detail = "no PCI bus to be seen: /sys/bus/pci/devices is not there";
  if (bus.gpus.empty() && bus.switches == 0 && !bus.driver_loaded) {
    collection.status = model::CollectorStatus::Absent;
    collection.detail = "no NVIDIA device on the PCI bus";
  }
  return collection;
}

}  // namespace eidos::collect
