#include "tune/settings.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/tuning.h"
#include "data/path.h"
#include "recipe/resolve.h"

namespace eidos::tune {
namespace {

// A value of a component's chart, and the reading that shows it; of two rows for one key the first that has a
// value counts.
struct ComponentSetting {
  std::string_view component;
  std::string_view path;
  std::string_view type;
  std::string_view subtype;
  std::string_view key;
  std::string_view context;
};
constexpr std::string_view kOperator = "gpu-operator";
constexpr std::string_view kKernelModule = "Whether the open kernel modules of the driver are used";
constexpr ComponentSetting kComponentSettings[] = {
    {kOperator, "cdi.enabled", "K8s", "config", "cdi",
     "Whether GPUs reach containers through the Container Device Interface"},
    {kOperator, "mig.strategy", "K8s", "config", "mig", "How MIG devices are offered to pods"},
    {kOperator, "driver.rdma.enabled", "K8s", "config", "rdma",
     "Whether the driver is set up for GPUDirect RDMA"},
    {kOperator, "driver.useOpenKernelModules", "K8s", "config", "useOpenKernelModule", kKernelModule},
    {kOperator, "driver.kernelModuleType", "K8s", "config", "useOpenKernelModule", kKernelModule},
    {kOperator, "driver.version", "GPU", "smi", "driver", "Version of the NVIDIA driver"},
};

const data::Value* value_at(const data::Value& values, std::string_view path) {
  auto parsed = data::parse_path(path);
  EIDOS_ASSERT(parsed.has_value());
  return data::find(values, *parsed);
}

bool is_false(const data::Value* value) {
  return value != nullptr && value->is_bool() && !value->boolean();
}

/// What a reading of it shows; nullopt where the value decides nothing ("auto").
std::optional<data::Value> shown(const ComponentSetting& setting, const data::Value& value) {
  if (!value.is_scalar() || value.is_null() || value.scalar_text().empty()) return std::nullopt;
  if (value.is_number()) return data::Value(value.scalar_text());  // a version: 580.10 is not 580.1
  if (setting.path != "driver.kernelModuleType") return value;
  if (value.scalar_text() == "open") return data::Value(true);
  if (value.scalar_text() == "proprietary") return data::Value(false);
  return std::nullopt;
}

/// The CUDA version that a driver reports, by its branch: "580" of "580.105.08".
std::string cuda_of(const std::vector<model::TuningProfile>& profiles, std::string_view driver) {
  std::string branch(driver.substr(0, driver.find('.')));
  std::string cuda;
  for (const model::TuningProfile& profile : profiles)
    if (auto found = profile.spec.driver_cuda.find(branch); found != profile.spec.driver_cuda.end())
      cuda = found->second;
  return cuda;
}

data::Value reading_value(const Chosen& chosen) {
  if (chosen.category == "kmod") return data::Value(true);
  return data::Value(chosen.set);
}

}  // namespace

void Measurements::add(std::string_view type, std::string_view subtype, std::string_view key,
                       data::Value value, std::string_view context) {
  auto measurement = std::ranges::find(measurements_, type, &model::Measurement::type);
  if (measurement == measurements_.end())
    measurement = measurements_.insert(measurement, {.type = std::string(type)});
  std::vector<model::Subtype>& groups = measurement->subtypes;
  auto group = std::ranges::find(groups, subtype, &model::Subtype::subtype);
  if (group == groups.end()) group = groups.insert(group, {.subtype = std::string(subtype)});
  if (group->data.contains(key)) return;
  group->data.set(key, std::move(value));
  if (!context.empty()) group->context.set(key, data::Value(context));
}

std::vector<model::Measurement> Measurements::take() && {
  std::ranges::sort(measurements_, {}, &model::Measurement::type);
  for (model::Measurement& measurement : measurements_) {
    std::ranges::sort(measurement.subtypes, {}, &model::Subtype::subtype);
    for (model::Subtype& group : measurement.subtypes) {
      group.data.sort_by_key();
      group.context.sort_by_key();
    }
  }
  return std::move(measurements_);
}

Result<void> add_settings(const catalog::Catalog& catalog, const model::Criteria& criteria, bool context,
                          Measurements& out) {
  EIDOS_TRY(std::vector<model::TuningProfile> profiles, catalog::tuning_profiles(catalog));
  EIDOS_TRY(std::vector<Chosen> chosen, choose(profiles, criteria));
  for (const Chosen& one : chosen) {
    if (one.reading.key.find('*') != std::string::npos) continue;
    const model::TuningSetting& setting = one.setting;
    bool bound = setting.value != one.set && !setting.value.empty();
    std::string words = cat(setting.reason, bound ? cat(" Any value ", setting.value, " will do.") : "",
                            " Source: ", setting.source, ".");
    out.add(one.reading.type, one.reading.subtype, one.reading.key, reading_value(one),
            context ? std::string_view(words) : std::string_view());
  }
  return {};
}

Result<void> add_component_settings(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                                    bool context, Measurements& out) {
  EIDOS_TRY(std::vector<model::TuningProfile> profiles, catalog::tuning_profiles(catalog));
  for (const model::ComponentRef& ref : recipe.component_refs) {
    if (ref.name != kOperator) continue;
    EIDOS_TRY(data::Value values, recipe::hydrate(catalog, ref));
    if (is_false(value_at(values, "enabled"))) continue;
    bool installs_driver = !is_false(value_at(values, "driver.enabled"));
    for (const ComponentSetting& setting : kComponentSettings) {
      if (setting.component != ref.name) continue;
      if (setting.path.starts_with("driver.") && !installs_driver) continue;
      const data::Value* value = value_at(values, setting.path);
      auto reading = value == nullptr ? std::nullopt : shown(setting, *value);
      if (!reading) continue;
      auto words = context ? setting.context : std::string_view();
      std::string text = reading->scalar_text();
      out.add(setting.type, setting.subtype, setting.key, *std::move(reading), words);
      if (setting.path != "driver.version") continue;
      if (std::string cuda = cuda_of(profiles, text); !cuda.empty())
        out.add("GPU", "smi", "cuda-version", data::Value(cuda),
                context ? "The newest CUDA version that this driver runs" : "");
    }
  }
  return {};
}

}  // namespace eidos::tune
