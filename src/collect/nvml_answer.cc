#include "collect/nvml_answer.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "collect/collector.h"
#include "collect/gpu_keys.h"
#include "collect/nvml_calls.h"
#include "collect/nvml_codes.h"
#include "data/document.h"
#include "model/secrets.h"

namespace eidos::collect::nvml {

namespace {

constexpr std::size_t kMostProblemBytes = 1000;

// Our own words and the loader's; whatever else stands there must not paint on a terminal.
std::string plain(std::string_view text) {
  constexpr std::size_t kShown = 300;
  if (model::looks_secret_value(text)) return "(what it says looks secret)";
  std::string quoted = quote(text, kShown);
  return quoted == cat("'", text, "'") ? std::string(text) : quoted;
}

Error no_answer(std::string_view why) {
  return {ErrorKind::Invalid, cat("what NVML answered cannot be read: ", why), {}, {}};
}

Result<void> check_fact(const data::Map::Entry& entry) {
  const Fact* fact = find_fact(entry.key);
  if (fact == nullptr) return std::unexpected(no_answer(cat("no fact is called ", shown_text(entry.key))));
  bool good = fact->is(kNumber)
                  ? entry.value.is_number() && data::to_int64(entry.value.number()).value_or(-1) >= 0
                  : entry.value.is_string() && entry.value.string().size() <= 4 * kMostFactBytes;
  if (!good) return std::unexpected(no_answer(cat(entry.key, " is no answer")));
  return {};
}

Result<void> check_devices(const std::vector<DeviceAnswer>& devices) {
  if (std::ssize(devices) > kMostDevices) return std::unexpected(no_answer("too many devices"));
  std::int64_t last = -1;
  for (const DeviceAnswer& device : devices) {
    if (device.index <= last || device.index >= kMostDevices)
      return std::unexpected(no_answer("devices out of order"));
    last = device.index;
    for (const data::Map::Entry& entry : device.facts) EIDOS_CHECK(check_fact(entry));
    for (const Failure& failure : device.failures)
      if (failure.what != "handle" && find_fact(failure.what) == nullptr)
        return std::unexpected(no_answer(cat("no fact is called ", shown_text(failure.what))));
  }
  return {};
}

bool is_lost(const DeviceAnswer& device) {
  return std::ranges::any_of(device.failures, [](const Failure& failure) {
    return failure.what == "handle" || failure.code == std::int64_t{kGpuIsLost};
  });
}

std::string at_bus(const DeviceAnswer& device) {
  const data::Value* id = device.facts.find("pci-bus-id");
  return id == nullptr ? std::string() : cat(" at ", shown_text(id->scalar_text()));
}

std::string with_fix(std::int64_t code) {
  std::string_view fix = code_fix(code);
  return cat(code_text(code), fix.empty() ? "" : ": ", fix);
}

// One problem for each way in which GPUs do not answer, and one for each fact that failed and why.
void add_problems(const std::vector<DeviceAnswer>& devices, std::vector<std::string>& problems) {
  std::map<std::int64_t, std::vector<std::int64_t>> lost;
  std::map<std::pair<std::int64_t, std::string>, std::vector<std::int64_t>> failed;
  std::map<std::int64_t, std::string> places;
  for (const DeviceAnswer& device : devices) {
    for (const Failure& failure : device.failures) {
      if (!is_lost(device)) {
        failed[{failure.code, failure.what}].push_back(device.index);
      } else if (failure.what == "handle" || failure.code == std::int64_t{kGpuIsLost}) {
        lost[failure.code].push_back(device.index);
        places[failure.code] += at_bus(device);
        break;
      }
    }
  }
  for (const auto& [code, indexes] : lost)
    problems.push_back(cat("GPU ", ranges_text(indexes), indexes.size() == 1 ? places[code] : "",
                           indexes.size() == 1 ? " does" : " do", " not answer: ", with_fix(code)));
  constexpr std::size_t kShown = 16;
  std::size_t shown = 0;
  for (const auto& [failure, indexes] : failed)
    if (shown++ < kShown)
      problems.push_back(
          cat("GPU ", ranges_text(indexes), ": no ", show(failure.second), ": ", code_text(failure.first)));
  if (failed.size() > kShown) problems.push_back(cat(failed.size() - kShown, " more facts failed"));
}

DriverView whole_view(const Answer& answer) {
  DriverView view;
  view.driver = answer.driver;
  view.cuda = answer.cuda;
  view.count = answer.count;
  for (const Failure& failure : answer.failures) {
    if (failure.what == "gpu-count") view.count.reset();
    view.problems.push_back(cat("NVML: ", plain(failure.what), ": ", code_text(failure.code)));
  }
  for (const DeviceAnswer& device : answer.devices) {
    if (is_lost(device))
      view.count = view.count.value_or(0) - 1;
    else
      view.gpus.push_back({device.index, device.facts});
  }
  if (answer.count > kMostDevices)
    view.problems.push_back(
        cat("the driver counts ", answer.count, " GPUs; no more than ", kMostDevices, " were asked"));
  add_problems(answer.devices, view.problems);
  return view;
}

}  // namespace

std::string write_answer(const Answer& answer) {
  return data::to_compact_json(data::write_value(answer)) + "\n";
}

Result<Answer> read_answer(std::string_view text) {
  data::Sources sources;
  auto value = data::parse_json(text, sources, {});
  if (!value) return std::unexpected(no_answer(plain(value.error().message)));
  Answer answer;
  data::Reading reading{sources};
  data::read_value(*value, answer, reading, nullptr);
  if (auto done = reading.done(); !done) return std::unexpected(no_answer(plain(done.error().message)));
  bool asked = answer.no_library.empty() && answer.library_problem.empty();
  if (!value->is_map() || (asked && value->find("count") == nullptr))
    return std::unexpected(no_answer("it is none of eidos's documents"));
  if (std::max(answer.driver.size(), answer.cuda.size()) > 4 * kMostFactBytes || answer.count < 0 ||
      std::max(answer.no_library.size(), answer.library_problem.size()) > kMostProblemBytes)
    return std::unexpected(no_answer("a text that is too long, or a count below 0"));
  EIDOS_CHECK(check_devices(answer.devices));
  return answer;
}

Result<DriverView> view_of(const Answer& answer) {
  if (!answer.no_library.empty()) return fail(ErrorKind::NotFound, plain(answer.no_library));
  if (!answer.library_problem.empty())
    return fail(ErrorKind::Unavailable, cat("NVML cannot be used: ", plain(answer.library_problem)));
  for (const Failure& failure : answer.failures)
    if (failure.what == "start") return std::unexpected(code_error(failure.code, "NVML does not start: "));
  return whole_view(answer);
}

}  // namespace eidos::collect::nvml
