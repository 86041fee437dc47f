// GPU.smi: what the driver says of its GPUs, through NVML, else through nvidia-smi; and what the machine
// itself shows of them when neither answers.

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "collect/collector.h"
#include "collect/gpu_bus.h"
#include "collect/gpu_report.h"
#include "collect/gpu_smi.h"
#include "collect/nvml_answer.h"
#include "model/secrets.h"

namespace eidos::collect {

namespace {

constexpr std::int64_t kMostOutputBytes = 16 * 1024 * 1024;
constexpr std::int64_t kMostAnswerBytes = 4 * 1024 * 1024;

std::string counted_gpus(std::size_t count) {
  return cat(count, " NVIDIA ", count == 1 ? "GPU" : "GPUs");
}

std::string unused_reason(const std::vector<BusGpu>& gpus) {
  auto bound_elsewhere = [](const BusGpu& gpu) { return !gpu.driver.empty() && gpu.driver != "nvidia"; };
  bool one_driver = std::ranges::all_of(
      gpus, [&](const BusGpu& gpu) { return bound_elsewhere(gpu) && gpu.driver == gpus.front().driver; });
  if (one_driver) return reason(gpus.front());
  return "but the driver is not loaded: load the nvidia kernel module, or install it";
}

// No GPU can be used on this machine: that is an answer, not a failure.
Collection without_gpu(const Bus& bus) {
  data::Map readings;
  readings.set("gpu-count", data::Value(0));
  Collection collection = one_subtype("smi", std::move(readings));
  collection.status = model::CollectorStatus::Absent;
  collection.detail = bus.gpus.empty()
                          ? "no NVIDIA GPU: none on the PCI bus, and no driver loaded"
                          : cat(counted_gpus(bus.gpus.size()), " on the PCI bus, ", unused_reason(bus.gpus));
  collection.warnings.push_back(collection.detail);
  return collection;
}

std::string said_first(std::string_view text) {
  const std::string_view line = first_line(text);
  if (model::looks_secret_value(line)) return "(what it says looks secret, and is not repeated)";
  return quote(line, 200);
}

// ---- from an answer to a collection ----------------------------------------------------------

Collection from_view(const DriverView& view, const Options& options, std::string through) {
  GpuReport report = describe(view, options.gpu_identities);
  Collection collection = one_subtype("smi", std::move(report.readings));
  collection.subtypes.front().context = std::move(report.context);
  collection.warnings = std::move(report.notes);
  collection.detail = std::move(through);
  if (!report.problems.empty()) {
    collection.status = model::CollectorStatus::Partial;
    std::string problems = join(report.problems, "; ");
    collection.detail += cat(collection.detail.empty() ? "" : "; ", problems);
    collection.warnings.push_back(std::move(problems));
  } else if (report.gpus == 0) {
    collection.status = model::CollectorStatus::Absent;
    collection.detail = "the NVIDIA driver is loaded, but has no GPU";
    collection.warnings.push_back(collection.detail);
  }
  return collection;
}

// ---- nvidia-smi ------------------------------------------------------------------------------

// A program that was not found, did not start or gave no report.
Result<Collection> without_report(const Source& source, Error error) {
  EIDOS_TRY(Bus bus, look_at_bus(source));
  if (!bus.driver_loaded) return without_gpu(bus);
  if (!bus.control_node && !bus.gpus.empty())
    return std::unexpected(std::move(error).fix(
        "there is no /dev/nvidiactl: create the device nodes (nvidia-modprobe -c 0), or give the container "
        "a GPU"));
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

Result<Collection> ask_program(const Source& source, const std::string& through) {
  const Options& options = source.options;
  const std::string program = options.smi_path.empty() ? "nvidia-smi" : options.smi_path;
  auto finished = source.processes.run(
      {.argv = {program, "-q", "-x"}, .max_output_bytes = kMostOutputBytes, .limit = source.limit});
  if (!finished && finished.error().kind == ErrorKind::NotFound)
    return without_program(source, std::move(finished).error());
  if (!finished) return std::unexpected(std::move(finished).error());
  const std::string ended = cat("nvidia-smi ended with exit code ", finished->exit_code);
  auto view = read_smi_xml(finished->out);
  if (view) {
    if (finished->exit_code != 0) view->problems.insert(view->problems.begin(), ended);
    return from_view(*view, options, through);
  }
  if (finished->exit_code == 0)
    return std::unexpected(std::move(view).error().within("reading nvidia-smi's output"));
  // It says on standard output what is wrong, mostly.
  const std::string& said = finished->err.empty() ? finished->out : finished->err;
  return without_report(source, {ErrorKind::Unavailable, cat(ended, ": ", said_first(said)), {}, {}});
}

Result<Collection> read_report(const Source& source) {
  const Options& options = source.options;
  auto text = source.files.read(options.smi_xml, {.limit = source.limit});
  if (!text) return std::unexpected(std::move(text).error());
  auto view = read_smi_xml(*text);
  if (!view) return std::unexpected(std::move(view).error().at(options.smi_xml));
  return from_view(*view, options, {});
}

// ---- NVML ------------------------------------------------------------------------------------

Result<DriverView> ask_nvml(const Source& source) {
  const Options& options = source.options;
  std::vector<std::string> argv = options.nvml_probe;
  if (!options.nvml_path.empty()) argv.push_back(cat("--library=", options.nvml_path));
  if (options.gpu_identities) argv.emplace_back("--identities");
  auto finished = source.processes.run(
      {.argv = std::move(argv), .max_output_bytes = kMostAnswerBytes, .limit = source.limit});
  if (!finished) {
    Error error = std::move(finished).error();
    if (error.kind == ErrorKind::Timeout)
      error.message = cat("the driver hangs: NVML did not answer in time");
    return std::unexpected(std::move(error));
  }
  constexpr int kSignals = 128;
  if (finished->exit_code > kSignals)
    return fail(ErrorKind::Unavailable,
                cat("NVML crashed the process that asked it: signal ", finished->exit_code - kSignals));
  if (finished->exit_code != 0)
    return fail(ErrorKind::Unavailable, cat("asking NVML ended with exit code ", finished->exit_code, ": ",
                                            said_first(finished->err)));
  EIDOS_TRY(nvml::Answer answer, nvml::read_answer(finished->out));
  return nvml::view_of(answer);
}

// What must not be followed by a second try: it would hang again, or nobody wants it any more.
bool is_final(ErrorKind kind) {
  return kind == ErrorKind::Timeout || kind == ErrorKind::Cancelled;
}

std::string told(const Error& error) {
  return cat(error.message, error.hint.empty() ? "" : cat(" (", error.hint, ")"));
}

Result<Collection> ask_driver(const Source& source) {
  auto view = ask_nvml(source);
  if (view) return from_view(*view, source.options, {});
  if (is_final(view.error().kind) || !source.options.nvml_path.empty())
    return std::unexpected(std::move(view).error());
  const Error& refused = view.error();
  auto collection = ask_program(source, cat("through nvidia-smi: ", told(refused)));
  // Where neither answers, NVML's own reason is the better one.
  if (!collection && !is_final(collection.error().kind) && refused.kind != ErrorKind::NotFound)
    return std::unexpected(refused);
  return collection;
}

}  // namespace

Result<Collection> collect_gpu_smi(const Source& source) {
  const Options& options = source.options;
  if (!options.smi_xml.empty()) return read_report(source);
  if (!options.smi_path.empty()) return ask_program(source, {});
  if (!options.nvml_path.empty() && !options.nvml_probe.empty()) return ask_driver(source);
  // Asked without its kernel module, the driver's library would load it: a snapshot changes nothing.
  if (!driver_is_loaded(source)) {
    EIDOS_TRY(Bus bus, look_at_bus(source));
    return without_gpu(bus);
  }
  if (!root_is_this_machine(source))
    return absent(
        "the root is not this running machine, so its driver cannot be asked: --smi-xml reads what "
        "nvidia-smi -q -x said there");
  if (options.nvml_probe.empty()) return ask_program(source, {});
  return ask_driver(source);
}

}  // namespace eidos::collect
