// A driver's library may answer anything, and may have written over what its process hands to ours. The input
// is both: what the calls of a library answer, and the document that a parent reads.

#include <algorithm>
#include <cstring>

#include "collect/nvml_answer.h"
#include "collect/nvml_ask.h"
#include "fuzz/properties.h"

namespace {

using namespace eidos;
using collect::nvml::Code;
using collect::nvml::Device;

// What is left of the input; calls are plain functions, so this is where they take from.
std::string_view rest;

template <class T>
T take() {
  T value{};
  std::size_t size = std::min(sizeof value, rest.size());
  std::memcpy(&value, rest.data(), size);
  rest.remove_prefix(size);
  return value;
}

Code code() {
  constexpr Code kCodes[] = {0, 0, 0, 0, 2, 3, 4, 6, 13, 15, 26, 999};
  auto byte = take<unsigned char>();
  return byte < std::size(kCodes) ? kCodes[byte] : take<unsigned char>() % 2 == 0 ? 0 : byte;
}

Code text(char* out, std::size_t size) {
  std::size_t length = std::min({size, rest.size(), std::size_t{take<unsigned char>()}});
  std::memcpy(out, rest.data(), std::min(length, rest.size()));
  rest.remove_prefix(std::min(length, rest.size()));
  return code();
}

Code number(Device, unsigned* out) {
  *out = take<unsigned char>();
  return code();
}

Code numbers(Device, unsigned* first, unsigned* second) {
  *first = take<unsigned>();
  *second = take<unsigned>();
  return code();
}

template <class T>
Code structure(Device, T* out) {
  *out = take<T>();
  return code();
}

collect::nvml::Calls calls() {
  collect::nvml::Calls all;
  all.init = [] { return Code{0}; };
  all.shutdown = code;
  all.driver_version = [](char* out, unsigned size) { return text(out, size); };
  all.cuda_version = [](int* out) { return *out = take<int>(), code(); };
  all.count = [](unsigned* out) { return *out = take<unsigned char>() % 8, code(); };
  all.handle_by_index = [](unsigned, Device* out) { return *out = out, code(); };
  all.name = all.vbios_version = all.uuid =
      all.serial = [](Device, char* out, unsigned size) { return text(out, size); };
  all.gsp_firmware_version = [](Device, char* out) { return text(out, 64); };
  all.error_string = [](Code) { return "an error"; };
  all.architecture = all.display_mode = all.display_active = all.persistence_mode = all.compute_mode = number;
  all.max_pcie_generation = all.max_pcie_generation_of_gpu = all.max_pcie_width = all.pcie_width = number;
  all.power_limit = all.default_power_limit = all.max_mig_devices = number;
  all.mig_mode = all.ecc_mode = all.power_limits = numbers;
  all.mig_device_by_index = [](Device, unsigned, Device*) { return code(); };
  all.addressing_mode = structure<collect::nvml::AddressingMode>;
  all.memory = structure<collect::nvml::MemoryV2>;
  all.bar1_memory = structure<collect::nvml::Bar1Memory>;
  all.pci_info = structure<collect::nvml::PciInfo>;
  all.fabric_info = structure<collect::nvml::FabricInfoV2>;
  all.nvlink_state = [](Device, unsigned link, unsigned* out) {
    return link > 17 ? Code{2} : (*out = take<unsigned char>(), code());
  };
  return all;
}

void check(const collect::nvml::Answer& answer) {
  auto view = collect::nvml::view_of(answer);
  if (!view) return fuzz::check_line(view.error().message);
  collect::GpuReport report = collect::describe(*view, false);
  for (const std::string& problem : report.problems) fuzz::check_line(problem);
  for (const std::string& note : report.notes) fuzz::check_line(note);
  for (const data::Map::Entry& entry : report.readings)
    EIDOS_ASSERT(!entry.key.ends_with("uuid") && !entry.key.ends_with("serial"));
  fuzz::check_round_trips(data::Value(report.readings));
  fuzz::check_round_trips(data::Value(report.context));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input = fuzz::text_of(data, size);
  if (auto read = collect::nvml::read_answer(input))
    check(*read);
  else
    fuzz::check_error(read.error());

  rest = input;
  collect::nvml::Answer asked = collect::nvml::ask(calls(), true);
  auto again = collect::nvml::read_answer(collect::nvml::write_answer(asked));
  EIDOS_ASSERT(again.has_value());  // whatever a library answers, the parent understands
  check(*again);
  return 0;
}
