#include "collect/gpu_views.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "collect/gpu_bus.h"

namespace eidos::collect {

namespace {

constexpr std::string_view kHardware = "gpu.hardware";

std::string counted(std::size_t count) {
  return cat(count, count == 1 ? " GPU" : " GPUs");
}

bool contains(const std::vector<std::string>& ids, const std::string& id) {
  return std::ranges::find(ids, id) != ids.end();
}

void compare_bus_with_driver(const std::vector<SeenGpu>& bus, const std::vector<std::string>& driver,
                             std::vector<Disagreement>& out) {
  std::string counts = cat("the bus has ", counted(bus.size()), ", the driver ", driver.size());
  std::map<std::string, std::vector<std::string>> missing;  // reason → ids
  for (const SeenGpu& gpu : bus) {
    if (contains(driver, gpu.id)) continue;
    std::string reason = gpu.reason.empty()
                             ? std::string(
                                   "it is bound to nvidia, and does not answer: see the kernel log "
                                   "(Xid), and reset it")
                             : gpu.reason;
    missing[reason].push_back(gpu.id);
    out.push_back({cat("gpu.", gpu.id, ".driver"), cat("the driver does not have it: ", reason)});
  }
  std::vector<std::string> parts;
  for (const auto& [reason, ids] : missing) parts.push_back(cat(join(ids, ", "), ": ", reason));
  if (!parts.empty())
    out.push_back({"gpu-count", cat(counts, "; the driver does not have ", join(parts, "; "))});

  std::vector<std::string> unseen;
  for (const std::string& id : driver)  // a bus without any is one that is hidden: WSL, a sandbox
    if (!bus.empty() && std::ranges::find(bus, id, &SeenGpu::id) == bus.end()) unseen.push_back(id);
  if (!unseen.empty())
    out.push_back({"gpu-count", cat(counts, "; the bus does not show ", join(unseen, ", "),
                                    ": removed while the driver held it, or /sys is another machine's")});
}

void compare_with_kubernetes(const GpuViews& views, std::vector<Disagreement>& out) {
  if (!views.allocatable || views.mig || !(views.driver || views.bus)) return;
  const std::int64_t have =
      views.driver ? std::ssize(*views.driver) : std::ranges::count(*views.bus, true, &SeenGpu::bound);
  // More than there are is what time-slicing looks like.
  if (*views.allocatable >= have) return;
  const std::string who = views.driver ? "the driver has " : "bound to nvidia: ";
  const std::string offered =
      *views.allocatable == 0
          ? "none: see whether the device plugin runs on this node (what DRA gives out is not counted here)"
          : cat(*views.allocatable, " nvidia.com/gpu: see the device plugin's log for the unhealthy ones");
  out.push_back(
      {"gpu-count", cat(who, counted(static_cast<std::size_t>(have)), ", Kubernetes offers ", offered)});
}

// What a node offers, or nullopt when it is not told, or offered under other names: shared ones
// (nvidia.com/gpu.shared), those of virtual machines.
void read_offer(const model::Subtype& node, GpuViews& views) {
  constexpr std::string_view kVendor = "nvidia.com/";
  views.allocatable = 0;
  bool others = false;
  for (const data::Map::Entry& entry : node.data) {
    const auto count = to_int(entry.value.scalar_text()).value_or(0);
    if (!entry.key.starts_with(kVendor) || count == 0) continue;
    if (entry.key == "nvidia.com/gpu")
      views.allocatable = count;
    else if (entry.key.starts_with("nvidia.com/mig-"))
      views.mig = true;
    else
      others = true;
  }
  if (others) views.allocatable.reset();
}

const model::Subtype* find_subtype(const model::Snapshot& snapshot, std::string_view type,
                                   std::string_view name) {
  for (const model::Measurement& measurement : snapshot.measurements)
    if (measurement.type == type)
      for (const model::Subtype& subtype : measurement.subtypes)
        if (subtype.subtype == name) return &subtype;
  return nullptr;
}

// "0000:04:00.0" of "gpu.0000:04:00.0.driver".
std::optional<std::string> id_in(std::string_view key, std::string_view attribute) {
  if (!key.starts_with("gpu.") || !key.ends_with(attribute)) return std::nullopt;
  key.remove_prefix(4);
  if (key.size() <= attribute.size()) return std::nullopt;
  key.remove_suffix(attribute.size());
  return plain_bus_id(key);
}

std::vector<SeenGpu> bus_view(const model::Subtype& hardware) {
  std::vector<SeenGpu> out;
  for (const data::Map::Entry& entry : hardware.data) {
    auto id = id_in(entry.key, ".driver");
    if (!id) continue;
    std::string key = entry.key.substr(0, entry.key.size() - std::string_view(".driver").size());
    auto text = [&](std::string_view name) {
      const data::Value* value = hardware.data.find(cat(key, ".", name));
      return value == nullptr ? std::string() : value->scalar_text();
    };
    BusGpu gpu;
    gpu.id = *id;
    gpu.driver = entry.value.scalar_text() == "none" ? "" : entry.value.scalar_text();
    gpu.answers = text("state") != "no-answer";
    gpu.excluded = text("state") == "excluded";
    gpu.listed = text("listed") != "false";
    gpu.has_node = text("device-node") != "false";
    out.push_back({*id, reason(gpu), gpu.driver == "nvidia"});
  }
  return out;
}

}  // namespace

std::vector<Disagreement> compare(const GpuViews& views) {
  std::vector<Disagreement> out;
  if (views.bus && views.driver) compare_bus_with_driver(*views.bus, *views.driver, out);
  compare_with_kubernetes(views, out);
  return out;
}

GpuViews views_of(const model::Snapshot& snapshot) {
  GpuViews views;
  const model::Subtype* hardware = find_subtype(snapshot, "GPU", "hardware");
  const model::Subtype* smi = find_subtype(snapshot, "GPU", "smi");
  if (hardware != nullptr && !hardware->data.empty()) views.bus = bus_view(*hardware);
  // Without a version no driver was there to be asked, and gpu.smi has said so.
  if (smi != nullptr && smi->data.contains("driver")) {
    views.driver.emplace();
    for (const data::Map::Entry& entry : smi->data) {
      if (entry.key.ends_with(".pci-bus-id"))
        views.driver->push_back(plain_bus_id(entry.value.scalar_text()));
      if (entry.key.ends_with(".mig-mode") && entry.value.scalar_text() == "Enabled") views.mig = true;
    }
    // An old driver that counts GPUs and does not place them cannot be compared one by one.
    const data::Value* count = smi->data.find("gpu-count");
    if (count == nullptr || count->scalar_text() != cat(views.driver->size())) views.driver.reset();
  }
  if (const model::Subtype* node = find_subtype(snapshot, "K8s", "node")) read_offer(*node, views);
  return views;
}

void note_disagreements(Collected& collected) {
  model::Snapshot& snapshot = collected.snapshot;
  std::vector<Disagreement> found = compare(views_of(snapshot));
  if (found.empty()) return;
  std::vector<std::string> details;
  for (const Disagreement& one : found)
    if (one.reading == "gpu-count") details.push_back(one.text);
  for (model::Measurement& measurement : snapshot.measurements)
    for (model::Subtype& subtype : measurement.subtypes) {
      if (measurement.type != "GPU" || subtype.subtype != "hardware") continue;
      for (const Disagreement& one : found)
        if (one.reading != "gpu-count") subtype.context.set(one.reading, data::Value(one.text));
      subtype.context.set("gpu-count", data::Value(join(details, "; ")));
      subtype.context.sort_by_key();
    }
  for (model::CollectorOutcome& outcome : snapshot.collectors)
    if (outcome.name == kHardware)
      outcome.detail = cat(outcome.detail, outcome.detail.empty() ? "" : "; ", join(details, "; "));
  for (const std::string& detail : details) collected.warnings.push_back(cat(kHardware, ": ", detail));
  std::ranges::sort(collected.warnings);
}

}  // namespace eidos::collect
