#pragma once
// Settings of nodes and clusters that suit GPU work: kind TuningProfile, catalog/tuning/*.yaml,
// docs/formats/tuning-profile.md.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/constraint.h"
#include "model/recipe_fields.h"

namespace eidos::model {

enum class Priority : std::uint8_t { High, Medium, Low };

/// One reading and what it should be.
struct TuningSetting {
  std::string path;   ///< "OS.sysctl./proc/sys/vm/max_map_count"; "GPU.smi.gpu.*.mig-mode": of every GPU.
  std::string value;  ///< An expression as constraints have it: ">= 262144", "Enabled"; "": a bare boot word.
  std::string set;    ///< What to set where the expression names no one value; empty: its bound.
  Priority priority = Priority::Medium;
  std::string reason;
  std::string source;      ///< The document that says so, by name.
  bool withdrawn = false;  ///< Nothing is recommended here, whatever a less specific profile says.
  data::Mark mark;
};

struct TuningMetadata {
  std::string name;
};

struct TuningSpec {
  Criteria criteria;  ///< Asked as overlays ask: all that is stated must be stated alike.
  std::vector<TuningSetting> settings;
  std::map<std::string, std::string> driver_cuda;  ///< Driver branch ("580") → the CUDA version it reports.
};

struct TuningProfile {
  std::string kind;
  std::string api_version;
  TuningMetadata metadata;
  TuningSpec spec;
  data::Mark mark;
};

/// What recommendations are sorted by: "grub", "sysctl", "kmod", "systemd", "gpu" or "kubernetes"; nullopt
/// for a reading that nobody sets.
std::optional<std::string_view> tuning_category(const ReadingPath& reading);

/// The reading of a setting's path, split without a snapshot at hand. Invalid: no path, one that no collector
/// reads, or one that nobody sets.
Result<ReadingPath> tuned_reading(const TuningSetting& setting);

/// What to set: `set`, else the bound of the expression; "" for a boot parameter without a value. Invalid: an
/// expression that cannot be read, one that names no one value while `set` is empty, a `set` that does not
/// satisfy it, and text that the file it goes into cannot hold.
Result<std::string> value_to_set(const TuningSetting& setting, const ReadingPath& reading);

}  // namespace eidos::model

namespace eidos::data {

template <>
struct Names<model::Priority> {
  using E = model::Priority;
  static constexpr std::pair<std::string_view, E> kTable[] = {
      {"high", E::High}, {"medium", E::Medium}, {"low", E::Low}};
};

template <>
struct Fields<model::TuningSetting> {
  static constexpr std::string_view kTitle = "TuningSetting";
  static constexpr auto table() {
    using T = model::TuningSetting;
    return std::tuple{
        field("path", &T::path, "The reading: Type.Subtype.Key; gpu.*.KEY is that of every GPU", kRequired),
        field("value", &T::value, "What it should be: a value, or a bound as constraints have it"),
        field("set", &T::set, "What to set, where the bound itself is not it"),
        field("priority", &T::priority, "How much it matters", kRequired),
        field("reason", &T::reason, "Why", kRequired),
        field("source", &T::source, "The kernel or vendor document that says so, by name", kRequired),
        field("withdrawn", &T::withdrawn,
              "Nothing is recommended here, whatever less specific profiles say")};
  }
};

template <>
struct Fields<model::TuningMetadata> {
  static constexpr std::string_view kTitle = "TuningMetadata";
  static constexpr auto table() {
    return std::tuple{
        field("name", &model::TuningMetadata::name, "Name of the profile", kRequired | kAlways)};
  }
};

template <>
struct Fields<model::TuningSpec> {
  static constexpr std::string_view kTitle = "TuningSpec";
  static constexpr auto table() {
    using T = model::TuningSpec;
    return std::tuple{
        field("criteria", &T::criteria, "Where it applies; {} is everywhere", kRequired | kAlways),
        field("settings", &T::settings, "The settings"),
        field("driverCuda", &T::driver_cuda, "Branch of the NVIDIA driver to the CUDA version it reports")};
  }
};

template <>
struct Fields<model::TuningProfile> {
  static constexpr std::string_view kTitle = "TuningProfile";
  static constexpr auto table() {
    using T = model::TuningProfile;
    return std::tuple{field("kind", &T::kind, "TuningProfile", kAlways),
                      field("apiVersion", &T::api_version, "eidos.nvidia.com/v1alpha1", kAlways),
                      field("metadata", &T::metadata, "Name", kRequired | kAlways),
                      field("spec", &T::spec, "Content", kRequired | kAlways)};
  }
};

}  // namespace eidos::data
