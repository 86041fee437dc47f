#include "collect/nvml_ask.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"
#include "collect/collector.h"
#include "collect/gpu_keys.h"

namespace eidos::collect::nvml {

namespace {

constexpr unsigned kMostNvLinks = 64;  // NVML_NVLINK_MAX_LINKS is 36 today
constexpr unsigned kMostMigDevices = 64;

/// What became of one question.
struct Told {
  Code code = kFunctionNotFound;
  data::Value value = {};
};

// ---- calls of one shape ----------------------------------------------------------------------

/// Text that NVML wrote into a buffer of ours: to its end or the buffer's, whichever comes first. Empty when
/// it is none that a document can hold.
data::Value text_value(std::string_view buffer) {
  std::string_view text = trim(buffer.substr(0, buffer.find('\0')));
  if (text.empty() || text.size() > kMostFactBytes) return {};
  return data::Value(document_text(text));
}

Told text(TextOf* call, Device device) {
  std::array<char, 128> buffer{};
  if (call == nullptr) return {};
  Code code = call(device, buffer.data(), buffer.size());
  return {code, text_value({buffer.data(), buffer.size()})};
}

template <class Convert>
Told number(NumberOf* call, Device device, Convert convert) {
  unsigned out = 0;
  if (call == nullptr) return {};
  Code code = call(device, &out);
  return {code, data::Value(convert(out))};
}

Told switched(NumberOf* call, Device device) {
  return number(call, device, [](unsigned on) { return enabled_text(on != 0); });
}

struct Pair {
  Code code = kFunctionNotFound;
  unsigned first = 0;
  unsigned second = 0;
};

Pair pair(TwoNumbersOf* call, Device device) {
  Pair out;
  if (call != nullptr) out.code = call(device, &out.first, &out.second);
  return out;
}

// A mode that holds now, and the one that holds after the next reset.
Told present(const Pair& mode) {
  return {mode.code, data::Value(enabled_text(mode.first != 0))};
}
Told pending(const Pair& mode) {
  return {mode.code, data::Value(enabled_text(mode.second != 0))};
}

Told clock(ClockOf* call, Device device, Clock which) {
  unsigned megahertz = 0;
  if (call == nullptr) return {};
  Code code = call(device, static_cast<unsigned>(which), &megahertz);
  return {code, data::Value(megahertz_text(megahertz))};
}

/// Names by number; none for a number past the table.
template <std::size_t N>
Told named(NumberOf* call, Device device, const std::string_view (&names)[N]) {
  return number(call, device, [&](unsigned out) {
    return out < N && !names[out].empty() ? data::Value(names[out]) : data::Value();
  });
}

// ---- calls of their own shape ----------------------------------------------------------------

// nvmlDeviceArchitecture_t; 2 is Kepler, 11 and 12 are not data centre GPUs.
constexpr std::string_view kArchitectures[] = {"",          "",       "Kepler", "Maxwell",      "Pascal",
                                               "Volta",     "Turing", "Ampere", "Ada Lovelace", "Hopper",
                                               "Blackwell", "",       "",       "Rubin"};
// nvmlComputeMode_t
constexpr std::string_view kComputeModes[] = {"Default", "Exclusive_Thread", "Prohibited",
                                              "Exclusive_Process"};
constexpr std::string_view kAddressingModes[] = {"None", "HMM", "ATS"};
// nvmlGpuFabricState_t; 0 is "not supported".
constexpr std::string_view kFabricStates[] = {"", "Not Started", "In Progress", "Completed"};

Told gsp_firmware(const Calls& calls, Device device) {
  std::array<char, 4096> buffer{};  // 64 bytes are enough; the call is not told how much there is
  if (calls.gsp_firmware_version == nullptr) return {};
  Code code = calls.gsp_firmware_version(device, buffer.data());
  return {code, text_value({buffer.data(), buffer.size()})};
}

Told addressing_mode(const Calls& calls, Device device) {
  AddressingMode mode{struct_version<AddressingMode>(1), 0};
  if (calls.addressing_mode == nullptr) return {};
  Code code = calls.addressing_mode(device, &mode);
  if (mode.value >= std::size(kAddressingModes)) return {code, {}};
  return {code, data::Value(kAddressingModes[mode.value])};
}

Told mig_devices(const Calls& calls, Device device) {
  Pair mode = pair(calls.mig_mode, device);
  if (mode.code != kSuccess || mode.first == 0) return {mode.code, {}};
  if (calls.max_mig_devices == nullptr || calls.mig_device_by_index == nullptr) return {};
  unsigned most = 0;
  if (Code code = calls.max_mig_devices(device, &most); code != kSuccess) return {code, {}};
  int found = 0;
  for (unsigned i = 0; i < std::min(most, kMostMigDevices); ++i) {
    Device mig = nullptr;
    Code code = calls.mig_device_by_index(device, i, &mig);
    if (code == kSuccess)
      ++found;
    else if (code != kNotFound)
      return {code, {}};
  }
  return {kSuccess, data::Value(found)};
}

Told rows(const Calls& calls, Device device, bool failure) {
  unsigned correctable = 0;
  unsigned uncorrectable = 0;
  unsigned pending = 0;
  unsigned failed = 0;
  if (calls.remapped_rows == nullptr) return {};
  Code code = calls.remapped_rows(device, &correctable, &uncorrectable, &pending, &failed);
  return {code, data::Value(yes_text((failure ? failed : pending) != 0))};
}

Told memory(const Calls& calls, Device device) {
  MemoryV2 memory{struct_version<MemoryV2>(2), 0, 0, 0, 0};
  if (calls.memory != nullptr)
    if (Code code = calls.memory(device, &memory); code == kSuccess || calls.memory_v1 == nullptr)
      return {code, data::Value(mebibytes_text(memory.total))};
  Memory older{};
  if (calls.memory_v1 == nullptr) return {};
  Code code = calls.memory_v1(device, &older);
  return {code, data::Value(mebibytes_text(older.total))};
}

Told bar1_memory(const Calls& calls, Device device) {
  Bar1Memory memory{};
  if (calls.bar1_memory == nullptr) return {};
  Code code = calls.bar1_memory(device, &memory);
  return {code, data::Value(mebibytes_text(memory.total))};
}

struct Pci {
  Code code = kFunctionNotFound;
  PciInfo info = {};
};

Pci pci_of(const Calls& calls, Device device) {
  Pci pci;
  auto* call = calls.pci_info != nullptr ? calls.pci_info : calls.pci_info_v2;
  if (call != nullptr) pci.code = call(device, &pci.info);
  return pci;
}

Told pci_device_id(const Calls& calls, Device device) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  Pci pci = pci_of(calls, device);
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += kHex[pci.info.device_id >> shift & 15U];
  return {pci.code, data::Value(std::move(text))};
}

struct Fabric {
  Code code = kFunctionNotFound;
  unsigned state = 0;
  unsigned status = 0;
};

Fabric fabric_of(const Calls& calls, Device device) {
  FabricInfoV2 info{};
  info.version = struct_version<FabricInfoV2>(2);
  if (calls.fabric_info != nullptr)
    if (Code code = calls.fabric_info(device, &info); code == kSuccess || calls.fabric_info_v1 == nullptr)
      return {code, info.state, info.status};
  FabricInfo older{};
  if (calls.fabric_info_v1 == nullptr) return {};
  Code code = calls.fabric_info_v1(device, &older);
  return {code, older.state, older.status};
}

Told fabric_state(const Calls& calls, Device device) {
  Fabric fabric = fabric_of(calls, device);
  bool known = fabric.state > 0 && fabric.state < std::size(kFabricStates);
  return {fabric.code, known ? data::Value(kFabricStates[fabric.state]) : data::Value()};
}

// Only of a state "completed" does the status mean anything.
Told fabric_status(const Calls& calls, Device device) {
  Fabric fabric = fabric_of(calls, device);
  if (fabric.code != kSuccess || fabric.state + 1 != std::size(kFabricStates)) return {fabric.code, {}};
  if (fabric.status == kSuccess) return {kSuccess, data::Value("Success")};
  const char* said = calls.error_string == nullptr ? nullptr : calls.error_string(fabric.status);
  if (said == nullptr) return {kSuccess, data::Value(cat("error ", fabric.status))};
  return {kSuccess, text_value({said, strnlen(said, kMostFactBytes)})};
}

Told nvlinks(const Calls& calls, Device device, bool only_active) {
  if (calls.nvlink_state == nullptr) return {};
  int all = 0;
  int active = 0;
  for (unsigned link = 0; link < kMostNvLinks; ++link) {
    unsigned on = 0;
    Code code = calls.nvlink_state(device, link, &on);
    if (code == kInvalidArgument) break;  // past its last one
    if (code == kNotSupported) continue;
    if (code != kSuccess) return {code, {}};
    ++all;
    active += on == 1 ? 1 : 0;
  }
  if (all == 0) return {kNotSupported, {}};
  return {kSuccess, data::Value(only_active ? active : all)};
}

// ---- all of them -----------------------------------------------------------------------------

using Ask = Told (*)(const Calls&, Device);
struct Question {
  std::string_view fact;
  Ask ask;
};

std::string count_text(unsigned out) {
  return cat(out);
}

constexpr Question kQuestions[] = {
    {"model", [](const Calls& c, Device d) { return text(c.name, d); }},
    {"product-architecture",
     [](const Calls& c, Device d) { return named(c.architecture, d, kArchitectures); }},
    {"display-mode", [](const Calls& c, Device d) { return switched(c.display_mode, d); }},
    {"display-active", [](const Calls& c, Device d) { return switched(c.display_active, d); }},
    {"persistence-mode", [](const Calls& c, Device d) { return switched(c.persistence_mode, d); }},
    {"addressing-mode", addressing_mode},
    {"vbios-version", [](const Calls& c, Device d) { return text(c.vbios_version, d); }},
    {"gsp-firmware-version", gsp_firmware},
    {"compute-mode", [](const Calls& c, Device d) { return named(c.compute_mode, d, kComputeModes); }},
    {"mig-mode", [](const Calls& c, Device d) { return present(pair(c.mig_mode, d)); }},
    {"mig-mode-pending", [](const Calls& c, Device d) { return pending(pair(c.mig_mode, d)); }},
    {"mig-device-count", mig_devices},
    {"ecc-mode", [](const Calls& c, Device d) { return present(pair(c.ecc_mode, d)); }},
    {"ecc-mode-pending", [](const Calls& c, Device d) { return pending(pair(c.ecc_mode, d)); }},
    {"row-remap-pending", [](const Calls& c, Device d) { return rows(c, d, false); }},
    {"row-remap-failure", [](const Calls& c, Device d) { return rows(c, d, true); }},
    {"memory", memory},
    {"bar1-memory", bar1_memory},
    {"pci-bus-id",
     [](const Calls& c, Device d) {
       Pci pci = pci_of(c, d);
       return Told{pci.code, text_value({pci.info.bus_id, sizeof pci.info.bus_id})};
     }},
    {"pci-device-id", pci_device_id},
    {"pcie-gen-max", [](const Calls& c, Device d) { return number(c.max_pcie_generation, d, count_text); }},
    {"pcie-gen-max-device",
     [](const Calls& c, Device d) { return number(c.max_pcie_generation_of_gpu, d, count_text); }},
    {"pcie-width", [](const Calls& c, Device d) { return number(c.pcie_width, d, lanes_text); }},
    {"pcie-width-max", [](const Calls& c, Device d) { return number(c.max_pcie_width, d, lanes_text); }},
    {"power-limit", [](const Calls& c, Device d) { return number(c.power_limit, d, watts_text); }},
    {"power-limit-default",
     [](const Calls& c, Device d) { return number(c.default_power_limit, d, watts_text); }},
    {"power-limit-max",
     [](const Calls& c, Device d) {
       Pair limits = pair(c.power_limits, d);
       return Told{limits.code, data::Value(watts_text(limits.second))};
     }},
    {"clock-graphics-max", [](const Calls& c, Device d) { return clock(c.max_clock, d, Clock::Graphics); }},
    {"clock-sm-max", [](const Calls& c, Device d) { return clock(c.max_clock, d, Clock::Sm); }},
    {"clock-memory-max", [](const Calls& c, Device d) { return clock(c.max_clock, d, Clock::Memory); }},
    {"clock-graphics-applications",
     [](const Calls& c, Device d) { return clock(c.applications_clock, d, Clock::Graphics); }},
    {"clock-memory-applications",
     [](const Calls& c, Device d) { return clock(c.applications_clock, d, Clock::Memory); }},
    {"fabric-state", fabric_state},
    {"fabric-status", fabric_status},
    {"nvlink-count", [](const Calls& c, Device d) { return nvlinks(c, d, false); }},
    {"nvlink-active-count", [](const Calls& c, Device d) { return nvlinks(c, d, true); }},
    {"uuid", [](const Calls& c, Device d) { return text(c.uuid, d); }},
    {"serial", [](const Calls& c, Device d) { return text(c.serial, d); }},
};

// The device does not have it, or this driver does not tell: 3 not supported, 12 no libcuda, 13 no such
// function, 21 no data, 25 a structure it does not know, 26 deprecated.
constexpr Code kNoAnswer[] = {3, 12, 13, 21, 25, 26};

bool is_no_answer(Code code) {
  return std::ranges::find(kNoAnswer, code) != std::end(kNoAnswer);
}

DeviceAnswer ask_device(const Calls& calls, unsigned index, bool identities) {
  DeviceAnswer answer;
  answer.index = index;
  Device device = nullptr;
  if (Code code = calls.handle_by_index(index, &device); code != kSuccess) {
    answer.failures.push_back({"handle", code});
    return answer;
  }
  for (const Question& question : kQuestions) {
    const Fact* fact = find_fact(question.fact);
    EIDOS_ASSERT(fact != nullptr);
    if (fact->is(kIdentity) && !identities) continue;
    Told told = question.ask(calls, device);
    if (told.code == kSuccess && !told.value.is_null())
      answer.facts.append({std::string(question.fact), {}, std::move(told.value)});
    else if (told.code != kSuccess && !is_no_answer(told.code))
      answer.failures.push_back({std::string(question.fact), told.code});
    if (told.code == kGpuIsLost) break;  // each further call would wait for it in vain
  }
  return answer;
}

Code start(const Calls& calls) {
  // A machine whose GPUs are all gone is no failure: with this flag NVML starts without any.
  constexpr unsigned kWithoutGpus = 1;
  Code code = calls.init == nullptr ? kFunctionNotFound : calls.init();
  if (code == kSuccess || calls.init_with_flags == nullptr) return code;
  return calls.init_with_flags(kWithoutGpus) == kSuccess ? kSuccess : code;
}

void ask_system(const Calls& calls, Answer& answer) {
  auto note = [&](std::string_view what, Code code) {
    if (code != kSuccess && !is_no_answer(code)) answer.failures.push_back({std::string(what), code});
    return code == kSuccess;
  };
  std::array<char, 128> version{};
  if (calls.driver_version != nullptr && note("driver", calls.driver_version(version.data(), version.size())))
    if (data::Value text = text_value({version.data(), version.size()}); text.is_string())
      answer.driver = text.string();
  int cuda = 0;
  auto* call = calls.cuda_version != nullptr ? calls.cuda_version : calls.cuda_version_v1;
  if (call != nullptr && note("cuda-version", call(&cuda)) && cuda > 0) answer.cuda = cuda_text(cuda);
}

}  // namespace

Answer ask(const Calls& calls, bool identities) {
  Answer answer;
  if (Code code = start(calls); code != kSuccess) {
    answer.failures.push_back({"start", code});
    return answer;
  }
  ask_system(calls, answer);
  unsigned count = 0;
  if (Code code = calls.count(&count); code == kSuccess) {
    answer.count = count;
    for (unsigned i = 0; i < std::min<std::int64_t>(count, kMostDevices); ++i)
      answer.devices.push_back(ask_device(calls, i, identities));
  } else {
    answer.failures.push_back({"gpu-count", code});
  }
  if (Code code = calls.shutdown == nullptr ? kSuccess : calls.shutdown(); code != kSuccess)
    answer.failures.push_back({"shutdown", code});
  return answer;
}

}  // namespace eidos::collect::nvml
