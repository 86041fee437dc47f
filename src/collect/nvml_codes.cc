#include "collect/nvml_codes.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace eidos::collect::nvml {

namespace {

struct Meaning {
  std::int64_t code;
  std::string_view text;
  std::string_view fix = {};
  ErrorKind kind = ErrorKind::Unavailable;
};

constexpr std::string_view kNodes =
    "run as root, or give the container the GPUs (runtime class, device cgroup, /dev/nvidia*)";
constexpr std::string_view kLost =
    "look for Xid 79 in the kernel log; reset the GPU (nvidia-smi --gpu-reset), or power-cycle the machine";

constexpr Meaning kMeanings[] = {
    {1, "NVML was not started"},
    {2, "an argument that it does not take"},
    {3, "not supported"},
    {4, "no permission to talk to the driver", kNodes, ErrorKind::Denied},
    {6, "not found"},
    {7, "a buffer that is too small"},
    {8, "the power cables of a GPU are not attached properly", "attach them"},
    {9, "the driver is not loaded", "load the nvidia kernel module (modprobe nvidia), and see its messages"},
    {10, "it gave up waiting"},
    {11, "the kernel sees an interrupt problem of a GPU", "see the kernel log"},
    {12, "a library of the driver is missing"},
    {13, "this driver has no such function"},
    {14, "the infoROM of the GPU is damaged", "see nvidia-smi -q; the GPU may be due for replacement"},
    {15, "the GPU is lost: it has fallen off the bus", kLost},
    {16, "the GPU wants a reset", "reset it (nvidia-smi --gpu-reset) when it is idle"},
    {17, "the operating system keeps the GPU's device node from us", kNodes, ErrorKind::Denied},
    {18, "the loaded kernel module and the library are of different driver versions",
     "reboot, or unload and load the nvidia modules: the driver was upgraded beneath them"},
    {19, "the GPU is in use"},
    {20, "out of memory"},
    {21, "no data"},
    {23, "out of a resource"},
    {25, "a structure of another version"},
    {26, "deprecated"},
    {27, "the driver is not ready", "try again in a moment"},
    {28, "no GPU was found"},
    {29, "the GPU is in the wrong state for it"},
    {999, "an internal error of the driver", "see the kernel log"},
};

const Meaning* find(std::int64_t code) {
  const auto* found = std::ranges::find(kMeanings, code, &Meaning::code);
  return found == std::end(kMeanings) ? nullptr : found;
}

}  // namespace

std::string code_text(std::int64_t code) {
  const Meaning* meaning = find(code);
  return meaning == nullptr ? cat("error ", code) : cat(meaning->text, " (NVML error ", code, ")");
}

Error code_error(std::int64_t code, std::string_view what) {
  const Meaning* meaning = find(code);
  return {meaning == nullptr ? ErrorKind::Unavailable : meaning->kind,
          cat(what, code_text(code)),
          {},
          std::string(code_fix(code))};
}

std::string_view code_fix(std::int64_t code) {
  const Meaning* meaning = find(code);
  return meaning == nullptr ? std::string_view() : meaning->fix;
}

}  // namespace eidos::collect::nvml
