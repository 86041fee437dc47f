#include "collect/gpu_keys.h"

#include <algorithm>

#include "base/text.h"
#include "model/secrets.h"

namespace eidos::collect {

namespace {

constexpr Fact kFacts[] = {
    {"model", "product_name", {}, kFirst},
    {"product-architecture", "product_architecture", {}, kFirst},
    {"display-mode", "display_mode", {}, kFirst},
    {"display-active", "display_active", {}, kFirst},
    {"persistence-mode", "persistence_mode", {}, kFirst},
    {"addressing-mode", "addressing_mode", {}, kFirst},
    {"vbios-version", "vbios_version", {}, kFirst},
    {"gsp-firmware-version", "gsp_firmware_version", {}, kFirst},
    {"compute-mode", "compute_mode"},
    {"mig-mode", "mig_mode/current_mig"},
    {"mig-mode-pending", "mig_mode/pending_mig"},
    {"mig-device-count", {}, {}, kNumber},
    {"ecc-mode", "ecc_mode/current_ecc"},
    {"ecc-mode-pending", "ecc_mode/pending_ecc"},
    {"row-remap-pending", "remapped_rows/remapped_row_pending"},
    {"row-remap-failure", "remapped_rows/remapped_row_failure"},
    {"memory", "fb_memory_usage/total"},
    {"bar1-memory", "bar1_memory_usage/total"},
    {"pci-bus-id", "pci/pci_bus_id", {}, kOwn},
    {"pci-device-id", "pci/pci_device_id"},
    {"pcie-gen-max", "pci/pci_gpu_link_info/pcie_gen/max_link_gen"},
    {"pcie-gen-max-device", "pci/pci_gpu_link_info/pcie_gen/max_device_link_gen"},
    {"pcie-width", "pci/pci_gpu_link_info/link_widths/current_link_width"},
    {"pcie-width-max", "pci/pci_gpu_link_info/link_widths/max_link_width"},
    {"power-limit", "gpu_power_readings/current_power_limit", "power_readings/enforced_power_limit"},
    {"power-limit-default", "gpu_power_readings/default_power_limit", "power_readings/default_power_limit"},
    {"power-limit-max", "gpu_power_readings/max_power_limit", "power_readings/max_power_limit"},
    {"clock-graphics-max", "max_clocks/graphics_clock"},
    {"clock-sm-max", "max_clocks/sm_clock"},
    {"clock-memory-max", "max_clocks/mem_clock"},
    {"clock-graphics-applications", "applications_clocks/graphics_clock"},
    {"clock-memory-applications", "applications_clocks/mem_clock"},
    {"fabric-state", "fabric/state"},
    {"fabric-status", "fabric/status"},
    {"nvlink-count", {}, {}, kNumber},
    {"nvlink-active-count", {}, {}, kNumber},
    {"uuid", "uuid", {}, kOwn | kIdentity},
    {"serial", "serial", {}, kOwn | kIdentity},
};

}  // namespace

std::span<const Fact> facts() {
  return kFacts;
}

const Fact* find_fact(std::string_view name) {
  const auto* found = std::ranges::find(kFacts, name, &Fact::name);
  return found == std::end(kFacts) ? nullptr : found;
}

std::string shown_text(std::string_view text) {
  constexpr std::size_t kShown = 60;
  return model::looks_secret_value(text) ? std::string("(looks secret)") : quote(text, kShown);
}

std::string enabled_text(bool enabled) {
  return enabled ? "Enabled" : "Disabled";
}

std::string yes_text(bool yes) {
  return yes ? "Yes" : "No";
}

std::string mebibytes_text(std::uint64_t bytes) {
  constexpr std::uint64_t kMebi = 1024 * 1024;
  return cat(bytes / kMebi, " MiB");
}

std::string watts_text(std::uint64_t milliwatts) {
  std::uint64_t cents = milliwatts % 1000 / 10;
  return cat(milliwatts / 1000, cents < 10 ? ".0" : ".", cents, " W");
}

std::string megahertz_text(std::uint64_t megahertz) {
  return cat(megahertz, " MHz");
}

std::string lanes_text(std::uint64_t lanes) {
  return cat(lanes, "x");
}

std::string cuda_text(std::int64_t version) {
  return cat(version / 1000, ".", version % 1000 / 10);
}

}  // namespace eidos::collect
