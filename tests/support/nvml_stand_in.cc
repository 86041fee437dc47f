// A libnvidia-ml.so.1 for tests. It answers for GPUs that there are not, as the file "scenario" beside it
// says, one order a line:
//
//   count 8                  so many GPUs (8 unless told)
//   fail nvmlDeviceGetEccMode 999 [3]   that call ends with this code [for GPU 3 only]
//   fail * 15 7              every call about GPU 7 does
//   hang nvmlDeviceGetName   that call never returns
//   crash nvmlDeviceGetName  that call ends the process
//   garbage                  texts fill their buffer with bytes that are no UTF-8, and do not end
//   model 3 Other GPU        what GPU 3 is called
//   mode 5 3                 MIG, ECC, persistence and the rest read as the number 5 for GPU 3
//   chatter                  prints to standard output, as drivers have done
//   secret TEXT              what UUID and serial number are, and the name of GPU 0 with them
//
// Built with EIDOS_OLD_NVML it has only what a driver of 2013 had.

#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <unistd.h>

// Only the layouts: the calls are declared by the tests' library itself, as the driver's are.
#include "collect/nvml_calls.h"

namespace {

using eidos::collect::nvml::AddressingMode;
using eidos::collect::nvml::Bar1Memory;
using eidos::collect::nvml::Code;
using eidos::collect::nvml::FabricInfo;
using eidos::collect::nvml::FabricInfoV2;
using eidos::collect::nvml::Memory;
using eidos::collect::nvml::MemoryV2;
using eidos::collect::nvml::PciInfo;

struct Order {
  std::string verb;
  std::string call;
  unsigned code = 0;
  int device = -1;
};

struct Scenario {
  unsigned count = 8;
  bool garbage = false;
  bool chatter = false;
  std::string secret;
  std::map<unsigned, std::string> models;
  std::map<unsigned, unsigned> modes;
  std::vector<Order> orders;
};

void read_order(const std::string& line, Scenario& out) {
  std::istringstream words(line);
  std::string verb;
  words >> verb;
  unsigned device = 0;
  if (verb == "count") words >> out.count;
  if (verb == "garbage") out.garbage = true;
  if (verb == "chatter") out.chatter = true;
  if (verb == "secret") words >> out.secret;
  if (verb == "model" && words >> device) {
    std::string name;
    std::getline(words >> std::ws, name);
    out.models[device] = name;
  }
  if (unsigned value = 0; verb == "mode" && words >> value >> device) out.modes[device] = value;
  if (verb == "fail" || verb == "hang" || verb == "crash") {
    Order order{verb, {}, 0, -1};
    words >> order.call >> order.code >> order.device;
    if (!words) order.device = -1;
    out.orders.push_back(order);
  }
}

const Scenario& scenario() {
  static const Scenario kScenario = [] {
    Scenario out;
    Dl_info info{};
    dladdr(reinterpret_cast<void*>(&read_order), &info);
    std::string path(info.dli_fname);
    std::ifstream file(path.substr(0, path.rfind('/')) + "/scenario");
    for (std::string line; std::getline(file, line);) read_order(line, out);
    return out;
  }();
  return kScenario;
}

// Handles are 1 and up.
unsigned index_of(void* device) {
  return static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(device)) - 1;
}

Code obey(const char* call, int device) {
  for (const Order& order : scenario().orders) {
    if (order.call != call && !(order.call == "*" && device >= 0)) continue;
    if (order.device >= 0 && order.device != device) continue;
    if (order.verb == "crash") std::raise(SIGSEGV);
    while (order.verb == "hang") pause();
    return order.code;
  }
  return 0;
}

Code obey(const char* call, void* device) {
  return obey(call, static_cast<int>(index_of(device)));
}

Code put(const std::string& text, char* out, unsigned size) {
  if (scenario().garbage) {
    std::memset(out, 0xfe, size);
    return 0;
  }
  if (text.size() + 1 > size) return 7;
  std::memcpy(out, text.c_str(), text.size() + 1);
  return 0;
}

unsigned mode_of(void* device, unsigned usual) {
  auto found = scenario().modes.find(index_of(device));
  return found == scenario().modes.end() ? usual : found->second;
}

}  // namespace

#define OBEY(call, device) \
  if (Code code = obey(call, device); code != 0) return code

#define NUMBER(call, value)                \
  Code call(void* device, unsigned* out) { \
    OBEY(#call, device);                   \
    *out = (value);                        \
    return 0;                              \
  }

extern "C" {

Code nvmlInit_v2() {
  if (scenario().chatter) std::puts("NVRM: hello from the driver");
  return obey("nvmlInit_v2", -1);
}
Code nvmlShutdown() {
  return obey("nvmlShutdown", -1);
}
Code nvmlSystemGetDriverVersion(char* out, unsigned size) {
  OBEY("nvmlSystemGetDriverVersion", -1);
  return put("570.86.15", out, size);
}
Code nvmlDeviceGetCount_v2(unsigned* out) {
  OBEY("nvmlDeviceGetCount_v2", -1);
  *out = scenario().count;
  return 0;
}
Code nvmlDeviceGetHandleByIndex_v2(unsigned index, void** out) {
  OBEY("nvmlDeviceGetHandleByIndex_v2", static_cast<int>(index));
  *out = reinterpret_cast<void*>(static_cast<std::uintptr_t>(index) + 1);
  return 0;
}
Code nvmlDeviceGetName(void* device, char* out, unsigned size) {
  OBEY("nvmlDeviceGetName", device);
  auto found = scenario().models.find(index_of(device));
  return put(found == scenario().models.end() ? "NVIDIA H100 80GB HBM3" : found->second, out, size);
}
Code nvmlDeviceGetUUID(void* device, char* out, unsigned size) {
  OBEY("nvmlDeviceGetUUID", device);
  return put("GPU-" + scenario().secret + std::to_string(index_of(device)), out, size);
}
Code nvmlDeviceGetSerial(void* device, char* out, unsigned size) {
  OBEY("nvmlDeviceGetSerial", device);
  return put("16529" + scenario().secret + std::to_string(index_of(device)), out, size);
}
Code nvmlDeviceGetVbiosVersion(void* device, char* out, unsigned size) {
  OBEY("nvmlDeviceGetVbiosVersion", device);
  return put("96.00.A5.00.01", out, size);
}
NUMBER(nvmlDeviceGetDisplayMode, 1)
NUMBER(nvmlDeviceGetDisplayActive, 0)
NUMBER(nvmlDeviceGetPersistenceMode, mode_of(device, 0))
NUMBER(nvmlDeviceGetComputeMode, mode_of(device, 0))
Code nvmlDeviceGetEccMode(void* device, unsigned* now, unsigned* pending) {
  OBEY("nvmlDeviceGetEccMode", device);
  *now = 1;
  *pending = mode_of(device, 1);
  return 0;
}
Code nvmlDeviceGetMemoryInfo(void* device, Memory* out) {
  OBEY("nvmlDeviceGetMemoryInfo", device);
  *out = {81559ULL << 20U, 81090ULL << 20U, 469ULL << 20U};
  return 0;
}
Code nvmlDeviceGetPciInfo_v2(void* device, PciInfo* out) {
  OBEY("nvmlDeviceGetPciInfo_v2", device);
  *out = {};
  out->bus = 4 + index_of(device) * 16;
  out->device_id = 0x233010DE;
  if (scenario().garbage)
    std::memset(out->bus_id, 0xfe, sizeof out->bus_id);
  else
    std::snprintf(out->bus_id, sizeof out->bus_id, "00000000:%02X:00.0", out->bus & 0xffU);
  return 0;
}
NUMBER(nvmlDeviceGetEnforcedPowerLimit, 700000)
NUMBER(nvmlDeviceGetPowerManagementDefaultLimit, 700000)
Code nvmlDeviceGetPowerManagementLimitConstraints(void* device, unsigned* least, unsigned* most) {
  OBEY("nvmlDeviceGetPowerManagementLimitConstraints", device);
  *least = 200000;
  *most = 700050;
  return 0;
}
Code nvmlDeviceGetMaxClockInfo(void* device, unsigned clock, unsigned* out) {
  OBEY("nvmlDeviceGetMaxClockInfo", device);
  *out = clock == 2 ? 2619 : 1980;
  return 0;
}
NUMBER(nvmlDeviceGetMaxPcieLinkGeneration, 4)
NUMBER(nvmlDeviceGetMaxPcieLinkWidth, 16)
NUMBER(nvmlDeviceGetCurrPcieLinkWidth, 16)

#ifndef EIDOS_OLD_NVML

Code nvmlInitWithFlags(unsigned) {
  return obey("nvmlInitWithFlags", -1);
}
const char* nvmlErrorString(Code) {
  return "some error";
}
Code nvmlSystemGetCudaDriverVersion_v2(int* out) {
  OBEY("nvmlSystemGetCudaDriverVersion_v2", -1);
  *out = 12080;
  return 0;
}
NUMBER(nvmlDeviceGetArchitecture, mode_of(device, 9))
Code nvmlDeviceGetGspFirmwareVersion(void* device, char* out) {
  OBEY("nvmlDeviceGetGspFirmwareVersion", device);
  return put("570.86.15", out, 64);
}
Code nvmlDeviceGetAddressingMode(void* device, AddressingMode* out) {
  OBEY("nvmlDeviceGetAddressingMode", device);
  if (out->version != eidos::collect::nvml::struct_version<AddressingMode>(1)) return 25;
  out->value = mode_of(device, 1);
  return 0;
}
Code nvmlDeviceGetMigMode(void* device, unsigned* now, unsigned* pending) {
  OBEY("nvmlDeviceGetMigMode", device);
  *now = *pending = mode_of(device, 0);
  return 0;
}
NUMBER(nvmlDeviceGetMaxMigDeviceCount, 7)
Code nvmlDeviceGetMigDeviceHandleByIndex(void* device, unsigned index, void** out) {
  OBEY("nvmlDeviceGetMigDeviceHandleByIndex", device);
  *out = device;
  return index < 2 ? 0 : 6;
}
Code nvmlDeviceGetRemappedRows(void* device, unsigned* correctable, unsigned* uncorrectable,
                               unsigned* pending, unsigned* failed) {
  OBEY("nvmlDeviceGetRemappedRows", device);
  *correctable = *uncorrectable = 0;
  *pending = *failed = mode_of(device, 0);
  return 0;
}
Code nvmlDeviceGetMemoryInfo_v2(void* device, MemoryV2* out) {
  OBEY("nvmlDeviceGetMemoryInfo_v2", device);
  if (out->version != eidos::collect::nvml::struct_version<MemoryV2>(2)) return 25;
  out->total = 81559ULL << 20U;
  return 0;
}
Code nvmlDeviceGetBAR1MemoryInfo(void* device, Bar1Memory* out) {
  OBEY("nvmlDeviceGetBAR1MemoryInfo", device);
  *out = {131072ULL << 20U, 0, 0};
  return 0;
}
Code nvmlDeviceGetPciInfo_v3(void* device, PciInfo* out) {
  OBEY("nvmlDeviceGetPciInfo_v3", device);
  return nvmlDeviceGetPciInfo_v2(device, out);
}
NUMBER(nvmlDeviceGetGpuMaxPcieLinkGeneration, 5)
Code nvmlDeviceGetApplicationsClock(void* device, unsigned clock, unsigned* out) {
  OBEY("nvmlDeviceGetApplicationsClock", device);
  *out = clock == 2 ? 2619 : 1980;
  return 0;
}
Code nvmlDeviceGetGpuFabricInfoV(void* device, FabricInfoV2* out) {
  OBEY("nvmlDeviceGetGpuFabricInfoV", device);
  if (out->version != eidos::collect::nvml::struct_version<FabricInfoV2>(2)) return 25;
  out->state = static_cast<unsigned char>(mode_of(device, 3));
  out->status = 0;
  return 0;
}
Code nvmlDeviceGetGpuFabricInfo(void* device, FabricInfo* out) {
  OBEY("nvmlDeviceGetGpuFabricInfo", device);
  out->state = 3;
  out->status = 0;
  return 0;
}
Code nvmlDeviceGetNvLinkState(void* device, unsigned link, unsigned* out) {
  OBEY("nvmlDeviceGetNvLinkState", device);
  if (link >= 18) return 2;
  *out = link == 17 ? mode_of(device, 1) : 1;
  return 0;
}

#endif
}
