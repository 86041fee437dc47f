// GPUs through nvidia-smi, and what the machine itself shows of them when that does not answer.

#include <algorithm>

#include "base/text.h"
#include "collect/collector.h"
#include "collect/gpu_smi.h"

namespace eidos::collect {

namespace {

constexpr std::int64_t kMostDevices = 4096;
constexpr std::int64_t kMostOutputBytes = 16 * 1024 * 1024;
constexpr std::string_view kNvidia = "0x10de";
constexpr std::string_view kDisplayClass = "0x03";  // VGA and 3D controllers

// What sysfs and procfs say without the driver's tools.
struct Machine {
  std::int64_t gpus_on_bus = 0;
  bool driver_loaded = false;
};

Machine look_at_machine(const Source& source) {
  Machine machine;
  machine.driver_loaded = source.files.kind("/proc/driver/nvidia/version", source.options.root).has_value();
  const std::string bus = "/sys/bus/pci/devices";
  auto devices = source.files.list(bus, kMostDevices, source.options.root);
  if (!devices) return machine;
  for (const DirEntry& device : *devices) {
    auto starts = [&](std::string_view file, std::string_view want) {
      auto text = source.read(cat(bus, "/", device.name, "/", file));
      return text && text->starts_with(want);
    };
    if (starts("vendor", kNvidia) && starts("class", kDisplayClass)) ++machine.gpus_on_bus;
  }
  return machine;
}

std::string counted_gpus(std::int64_t count) {
  return cat(count, " NVIDIA ", count == 1 ? "GPU" : "GPUs");
}

// No GPU can be used on this machine: that is an answer, not a failure.
Collection without_gpu(const Machine& machine) {
  data::Map readings;
  readings.set("gpu-count", data::Value(0));
  Collection collection = one_subtype("smi", std::move(readings));
  collection.status = model::CollectorStatus::Absent;
  collection.detail = machine.gpus_on_bus == 0 ? "no NVIDIA GPU: none on the PCI bus, and no driver loaded"
                                               : cat(counted_gpus(machine.gpus_on_bus),
                                                     " on the PCI bus, but the driver is not loaded: load "
                                                     "the nvidia kernel module, or install it");
  collection.warnings.push_back(collection.detail);
  return collection;
}

std::string first_line(std::string_view text) {
  text = trim(text);
  return quote(trim(text.substr(0, text.find('\n'))), 200);
}

Result<Collection> from_report(const SmiReport& report, std::vector<std::string> problems) {
  Collection collection = one_subtype("smi", report.readings);
  problems.insert(problems.end(), report.problems.begin(), report.problems.end());
  collection.warnings = report.notes;
  if (!problems.empty()) {
    collection.status = model::CollectorStatus::Partial;
    collection.detail = join(problems, "; ");
    collection.warnings.push_back(collection.detail);
  } else if (report.gpus == 0) {
    collection.warnings.push_back("the NVIDIA driver is loaded, but has no GPU");
  }
  return collection;
}

// A program that was not found, did not start or gave no report.
Result<Collection> without_report(const Source& source, Error error) {
  Machine machine = look_at_machine(source);
  if (!machine.driver_loaded) return without_gpu(machine);
  return std::unexpected(std::move(error));
}

Result<Collection> without_program(const Source& source, Error error) {
  if (!source.options.smi_path.empty())
    return std::unexpected(std::move(error).fix("--smi-path names the nvidia-smi to run"));
  Error missing{ErrorKind::Unavailable,
                "the NVIDIA driver is loaded, but nvidia-smi is not in PATH",
                {},
                "add its directory to PATH, or name it with --smi-path"};
  return without_report(source, std::move(missing));
}

}  // namespace

Result<Collection> collect_gpu_smi(const Source& source) {
  const Options& options = source.options;
  if (!options.smi_xml.empty()) {
    auto text = source.files.read(options.smi_xml, {.limit = source.limit});
    if (!text) return std::unexpected(std::move(text).error());
    auto report = parse_smi_xml(*text);
    if (!report) return std::unexpected(std::move(report).error().at(options.smi_xml));
    return from_report(*report, {});
  }
  const std::string program = options.smi_path.empty() ? "nvidia-smi" : options.smi_path;
  auto finished = source.processes.run(
      {.argv = {program, "-q", "-x"}, .max_output_bytes = kMostOutputBytes, .limit = source.limit});
  if (!finished && finished.error().kind == ErrorKind::NotFound)
    return without_program(source, std::move(finished).error());
  if (!finished) return std::unexpected(std::move(finished).error());
  const std::string ended = cat("nvidia-smi ended with exit code ", finished->exit_code);
  auto report = parse_smi_xml(finished->out);
  if (report)
    return from_report(*report, finished->exit_code == 0 ? std::vector<std::string>() : std::vector{ended});
  if (finished->exit_code == 0)
    return std::unexpected(std::move(report).error().within("reading nvidia-smi's output"));
  // It says on standard output what is wrong, mostly.
  const std::string& said = finished->err.empty() ? finished->out : finished->err;
  return without_report(source, {ErrorKind::Unavailable, cat(ended, ": ", first_line(said)), {}, {}});
}

}  // namespace eidos::collect
