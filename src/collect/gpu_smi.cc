#include "collect/gpu_smi.h"

#include <algorithm>
#include <set>

#include <pugixml.hpp>

#include "base/text.h"
#include "collect/collector.h"

namespace eidos::collect {

namespace {

constexpr std::size_t kMostBytes = std::size_t{16} * 1024 * 1024;
constexpr std::size_t kMostGpus = 1024;  // described; a machine has 16
constexpr std::size_t kMostValueBytes = 256;

struct Reading {
  std::string_view key;
  std::string_view element;  // path below <gpu>
};

// Of the first GPU, as in the snapshots of older tools.
constexpr Reading kFirst[] = {
    {"model", "product_name"},
    {"product-architecture", "product_architecture"},
    {"display-mode", "display_mode"},
    {"display-active", "display_active"},
    {"persistence-mode", "persistence_mode"},
    {"addressing-mode", "addressing_mode"},
    {"vbios-version", "vbios_version"},
    {"gsp-firmware-version", "gsp_firmware_version"},
};

// Of each GPU: what it is and how it is set. Loads, temperatures and present clocks are left out, as is the
// present PCIe generation, which drops while a GPU idles: an unchanged machine must read the same.
constexpr Reading kEach[] = {
    {"model", "product_name"},
    {"product-architecture", "product_architecture"},
    {"persistence-mode", "persistence_mode"},
    {"addressing-mode", "addressing_mode"},
    {"compute-mode", "compute_mode"},
    {"vbios-version", "vbios_version"},
    {"gsp-firmware-version", "gsp_firmware_version"},
    {"mig-mode", "mig_mode/current_mig"},
    {"mig-mode-pending", "mig_mode/pending_mig"},
    {"ecc-mode", "ecc_mode/current_ecc"},
    {"ecc-mode-pending", "ecc_mode/pending_ecc"},
    {"row-remap-pending", "remapped_rows/remapped_row_pending"},
    {"row-remap-failure", "remapped_rows/remapped_row_failure"},
    {"memory", "fb_memory_usage/total"},
    {"bar1-memory", "bar1_memory_usage/total"},
    {"pci-bus-id", "pci/pci_bus_id"},
    {"pci-device-id", "pci/pci_device_id"},
    {"pcie-gen-max", "pci/pci_gpu_link_info/pcie_gen/max_link_gen"},
    {"pcie-gen-max-device", "pci/pci_gpu_link_info/pcie_gen/max_device_link_gen"},
    {"pcie-width", "pci/pci_gpu_link_info/link_widths/current_link_width"},
    {"pcie-width-max", "pci/pci_gpu_link_info/link_widths/max_link_width"},
    {"power-limit", "gpu_power_readings/current_power_limit"},
    {"power-limit-default", "gpu_power_readings/default_power_limit"},
    {"power-limit-max", "gpu_power_readings/max_power_limit"},
    {"clock-graphics-max", "max_clocks/graphics_clock"},
    {"clock-sm-max", "max_clocks/sm_clock"},
    {"clock-memory-max", "max_clocks/mem_clock"},
    {"clock-graphics-applications", "applications_clocks/graphics_clock"},
    {"clock-memory-applications", "applications_clocks/mem_clock"},
    {"fabric-state", "fabric/state"},
    {"fabric-status", "fabric/status"},
};

// The driver's ways to say that it does not know.
constexpr std::string_view kNoAnswer[] = {"N/A",
                                          "Not Supported",
                                          "Not Available",
                                          "Unknown Error",
                                          "ERR!",
                                          "GPU is lost",
                                          "Insufficient Permissions",
                                          "Not Found",
                                          "Unknown"};

std::string_view without_brackets(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) return text.substr(1, text.size() - 2);
  return text;
}

// "" when there is no answer.
std::string value_of(const pugi::xml_node& node) {
  std::string_view text = trim(node.child_value());
  if (std::ranges::find(kNoAnswer, without_brackets(text)) != std::end(kNoAnswer)) return {};
  if (text.size() > kMostValueBytes) return {};
  return document_text(text);
}

pugi::xml_node descendant(pugi::xml_node node, std::string_view path) {
  for (std::string_view part : split(path, '/')) node = node.child(std::string(part).c_str());
  return node;
}

template <std::size_t N>
void add_readings(data::Map& out, const std::string& prefix, const pugi::xml_node& gpu,
                  const Reading (&table)[N]) {
  for (const Reading& reading : table)
    if (std::string value = value_of(descendant(gpu, reading.element)); !value.empty())
      out.append({prefix + std::string(reading.key), {}, data::Value(std::move(value))});
}

// The elements below the root. Of a report that was cut the last one is not sure.
std::vector<pugi::xml_node> sure_elements(const pugi::xml_node& root, bool whole) {
  std::vector<pugi::xml_node> out;
  for (const pugi::xml_node& node : root.children())
    if (node.type() == pugi::node_element) out.push_back(node);
  if (!whole && !out.empty()) out.pop_back();
  return out;
}

class ReportReader {
 public:
  explicit ReportReader(const std::vector<pugi::xml_node>& elements) {
    for (const pugi::xml_node& node : elements) {
      std::string_view name = node.name();
      if (name == "gpu") gpus_.push_back(node);
      if (name == "driver_version") driver_ = value_of(node);
      if (name == "cuda_version") cuda_ = value_of(node);
      if (name == "attached_gpus") attached_ = to_int(trim(node.child_value()));
    }
  }

  SmiReport read(bool whole) && {
    report_.gpus = std::ssize(gpus_);
    if (!driver_.empty()) add("driver", data::Value(driver_));
    if (!cuda_.empty()) add("cuda-version", data::Value(cuda_));
    add_count(whole);
    if (!gpus_.empty()) add_readings(report_.readings, "gpu.", gpus_.front(), kFirst);
    std::size_t described = std::min(gpus_.size(), kMostGpus);
    for (std::size_t n = 0; n < described; ++n)
      add_readings(report_.readings, cat("gpu.", n, "."), gpus_[n], kEach);
    name_models();
    report_.readings.sort_by_key();
    return std::move(report_);
  }

 private:
  void add(std::string key, data::Value value) {
    report_.readings.append({std::move(key), {}, std::move(value)});
  }

  // How many there are, by what the report lists; of a cut report only the driver's own count is to be
  // trusted.
  void add_count(bool whole) {
    bool disagree = attached_ && *attached_ != report_.gpus;
    if (whole)
      add("gpu-count", data::Value(report_.gpus));
    else if (attached_ && *attached_ >= 0)
      add("gpu-count", data::Value(*attached_));
    if (disagree)
      report_.problems.push_back(
          cat("the driver counts ", *attached_, " GPUs, the report describes ", report_.gpus));
  }

  // gpu.model is one text; where GPUs differ, it is the first one's only.
  void name_models() {
    constexpr std::size_t kShown = 3;
    std::set<std::string> models;
    for (const pugi::xml_node& gpu : gpus_) models.insert(value_of(gpu.child("product_name")));
    if (models.size() < 2) return;
    std::vector<std::string> names;
    for (const std::string& model : models)
      if (names.size() < kShown) names.push_back(quote(model));
    std::string_view more = models.size() > kShown ? ", ..." : "";
    report_.notes.push_back(
        cat("the GPUs differ (", join(names, ", "), more, "): gpu.model is the first one's"));
  }

  std::vector<pugi::xml_node> gpus_;
  std::string driver_;
  std::string cuda_;
  std::optional<std::int64_t> attached_;
  SmiReport report_;
};

}  // namespace

Result<SmiReport> parse_smi_xml(std::string_view text) {
  if (text.size() > kMostBytes)
    return fail(ErrorKind::Invalid, cat("the report is larger than ", kMostBytes, " bytes"));
  pugi::xml_document document;
  pugi::xml_parse_result parsed = document.load_buffer(
      text.data(), text.size(), pugi::parse_minimal | pugi::parse_escapes, pugi::encoding_utf8);
  const bool whole = parsed.status == pugi::status_ok;
  std::string cause = whole ? "" : cat(parsed.description(), " at byte ", parsed.offset);
  pugi::xml_node root = document.child("nvidia_smi_log");
  std::vector<pugi::xml_node> elements = sure_elements(root, whole);
  if (elements.empty())
    return fail(ErrorKind::Invalid, cat("not a report of nvidia-smi -q -x", whole ? "" : ": ", cause));
  SmiReport report = ReportReader(elements).read(whole);
  if (!whole)
    report.problems.insert(report.problems.begin(), cat("the report is broken or was cut: ", cause));
  return report;
}

}  // namespace eidos::collect
