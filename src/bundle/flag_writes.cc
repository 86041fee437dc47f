#include "bundle/flag_writes.h"

#include "base/text.h"
#include "bundle/component_names.h"
#include "bundle/prepare.h"
#include "bundle/scheduling.h"
#include "bundle/set_flags.h"

namespace eidos::bundle {
namespace {

data::Path values_path(const std::string& component) {
  return {std::string("components"), component, std::string("values")};
}

recipe::Write flag_write(std::string name, const std::string& component, const data::Path& path,
                         data::Value value) {
  recipe::Write write{.writer = recipe::Writer::Flag,
                      .name = std::move(name),
                      .at = values_path(component),
                      .value = std::move(value)};
  write.at.insert(write.at.end(), path.begin(), path.end());
  return write;
}

}  // namespace

Result<std::vector<recipe::Write>> flag_writes(const catalog::Catalog& catalog,
                                               const model::RecipeResult& recipe, const Options& options,
                                               const std::vector<recipe::Text>& texts,
                                               std::vector<std::string>& warnings) {
  EIDOS_CHECK(prepare(catalog, recipe, options, warnings));
  ComponentNames names(catalog, recipe.component_refs);
  std::vector<recipe::Write> out;
  std::vector<std::string> said;  // by prepare() already
  EIDOS_TRY(Scheduling scheduling, parse_scheduling(options.scheduling, said));
  for (const model::ComponentRef& ref : recipe.component_refs) {
    const model::Component* entry = catalog.component(ref.name);
    if (entry == nullptr) continue;
    EIDOS_TRY(std::vector<ScheduledValue> values, scheduled_values(scheduling, *entry));
    for (const ScheduledValue& one : values) {
      out.push_back(flag_write(std::string(one.flag), ref.name, one.path, *one.value));
      out.back().because = "a place that the registry names for it";
    }
  }
  for (std::size_t i = 0; i < options.values_files.size(); ++i) {
    const ValuesFile& file = options.values_files[i];
    EIDOS_TRY(std::size_t position, names.find(file.component));
    out.push_back(flag_write("--values-file", recipe.component_refs[position].name, {}, file.values));
    out.back().merges = true;
    out.back().text = texts[i];
  }
  for (const SetFlag& flag : options.sets) {
    EIDOS_TRY(Setting setting, parse_setting(flag));
    EIDOS_TRY(std::size_t position, names.find(setting.component));
    out.push_back(flag_write(setting.flag, recipe.component_refs[position].name, setting.path,
                             std::move(setting.value)));
    if (setting.is_switch()) out.back().because = "switches the component, and is no value of its chart";
  }
  return out;
}

Result<void> lay(const std::vector<recipe::Write>& writes, data::Value& document) {
  for (const recipe::Write& write : writes) {
    data::Value value = write.value;
    if (const data::Value* there = data::find(document, write.at); write.merges && there != nullptr) {
      value = *there;
      data::merge(value, write.value);
    }
    if (auto done = data::set(document, write.at, std::move(value)); !done)
      return std::unexpected(std::move(done).error().within(write.name));
  }
  return {};
}

}  // namespace eidos::bundle
