#pragma once
// Private to this room: what NVML answered, as the child hands it to its parent: one JSON document. What
// reads it takes it for anything: a driver's library may have written into our memory.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "collect/gpu_report.h"
#include "data/fields.h"

namespace eidos::collect::nvml {

/// A call, or the fact it was for, and the nvmlReturn_t that it ended with.
struct Failure {
  std::string what;
  std::int64_t code = 0;
};

struct DeviceAnswer {
  std::int64_t index = 0;
  data::Map facts;                ///< By the names of facts(); what the device does not have is left out.
  std::vector<Failure> failures;  ///< Of facts that it should have; "handle" when it did not answer at all.
};

struct Answer {
  std::string no_library;       ///< There is none, and nothing was asked.
  std::string library_problem;  ///< There is one, it cannot be used, and nothing was asked.
  std::string driver;
  std::string cuda;
  std::int64_t count = 0;         ///< The driver's own; more than were asked when it is past belief.
  std::vector<Failure> failures;  ///< Of calls that are not about a device.
  std::vector<DeviceAnswer> devices;
};

/// Of the devices that are asked; a machine has 16.
constexpr std::int64_t kMostDevices = 256;

std::string write_answer(const Answer& answer);
/// Invalid: no such document, unknown facts, texts that are too long.
Result<Answer> read_answer(std::string_view text);

/// NotFound: no library. Denied, Unavailable: what kept NVML from starting, with its fix.
Result<DriverView> view_of(const Answer& answer);

}  // namespace eidos::collect::nvml

namespace eidos::data {

template <>
struct Fields<collect::nvml::Failure> {
  static constexpr std::string_view kTitle = "Failure";
  static constexpr auto table() {
    using T = collect::nvml::Failure;
    return std::tuple{field("what", &T::what, "Fact or call", kRequired),
                      field("code", &T::code, "nvmlReturn_t", kRequired)};
  }
};
template <>
struct Fields<collect::nvml::DeviceAnswer> {
  static constexpr std::string_view kTitle = "DeviceAnswer";
  static constexpr auto table() {
    using T = collect::nvml::DeviceAnswer;
    return std::tuple{field("index", &T::index, "Of the driver", kRequired | kAlways),
                      field("facts", &T::facts, "Name to text or number"),
                      field("failures", &T::failures, "What it failed to tell")};
  }
};
template <>
struct Fields<collect::nvml::Answer> {
  static constexpr std::string_view kTitle = "Answer";
  static constexpr auto table() {
    using T = collect::nvml::Answer;
    return std::tuple{
        field("no-library", &T::no_library, "Why nothing was asked: there is none"),
        field("library-problem", &T::library_problem, "Why nothing was asked: it does not load"),
        field("driver", &T::driver, "Version"),
        field("cuda", &T::cuda, "Version"),
        field("count", &T::count, "Of GPUs, as the driver counts", kAlways),
        field("failures", &T::failures, "Calls that are not about a GPU"),
        field("devices", &T::devices, "GPUs that were asked")};
  }
};

}  // namespace eidos::data
