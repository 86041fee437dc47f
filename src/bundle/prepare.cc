#include "bundle/prepare.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/text.h"
#include "bundle/component_names.h"
#include "bundle/known_paths.h"
#include "bundle/observer.h"
#include "bundle/problems.h"
#include "bundle/recipe_checks.h"
#include "bundle/scheduling.h"
#include "bundle/set_flags.h"
#include "bundle/validations.h"
#include "data/document.h"
#include "recipe/resolve.h"

namespace eidos::bundle {
namespace {

constexpr std::string_view kSwitch = "enabled";
// values.yaml puts a level on top, and has to be readable again.
constexpr int kMaxValuesDepth = data::kMaxDepth - 4;
// A whole file of unknown paths is one mistake; finding the nearest path for each would take long.
constexpr std::size_t kMaxDoubts = 20;

int depth_of(const data::Value& value) {
  int deepest = 0;
  if (value.is_map())
    for (const data::Map::Entry& entry : value.map()) deepest = std::max(deepest, depth_of(entry.value));
  if (value.is_list())
    for (const data::Value& item : value.list()) deepest = std::max(deepest, depth_of(item));
  return deepest + 1;
}

/// The flags, read and sorted by component.
struct Flags {
  std::vector<std::vector<Setting>> settings;         ///< By position in component_refs.
  std::vector<std::vector<const ValuesFile*>> files;  ///< Likewise.
  std::vector<bool> chosen;                           ///< By --component.
  std::vector<bool> mismatch_allowed;
  Scheduling scheduling;
};

class FlagReader {
 public:
  FlagReader(const catalog::Catalog& catalog, const model::RecipeResult& recipe, const Options& options)
      : names_(catalog, recipe.component_refs), options_(options) {
    std::size_t count = recipe.component_refs.size();
    flags_.settings.resize(count);
    flags_.files.resize(count);
    flags_.chosen.assign(count, options.components.empty());
    flags_.mismatch_allowed.assign(count, false);
  }

  Result<Flags> read(std::vector<std::string>& warnings) {
    read_scheduling(warnings);
    read_settings();
    read_files();
    read_chosen();
    read_allowed();
    EIDOS_CHECK(problems_.done());
    return std::move(flags_);
  }

 private:
  std::optional<std::size_t> find(std::string_view spelling, std::string_view who) {
    auto position = names_.find(spelling);
    if (position) return *position;
    problems_.add(std::move(position).error().within(who));
    return {};
  }

  void read_scheduling(std::vector<std::string>& warnings) {
    if (auto scheduling = parse_scheduling(options_.scheduling, warnings))
      flags_.scheduling = *std::move(scheduling);
    else
      problems_.add(std::move(scheduling).error());
  }

  void read_settings() {
    for (const SetFlag& flag : options_.sets) {
      auto setting = parse_setting(flag);
      if (!setting) {
        problems_.add(std::move(setting).error());
        continue;
      }
      if (auto position = find(setting->component, setting->flag))
        flags_.settings[*position].push_back(*std::move(setting));
    }
  }

  void read_files() {
    for (const ValuesFile& file : options_.values_files) {
      auto position = find(file.component, "--values-file");
      if (!position) continue;
      if (file.values.is_map())
        flags_.files[*position].push_back(&file);
      else if (!file.values.is_null())
        problems_.add({ErrorKind::Invalid,
                       cat("--values-file for ", quote(file.component), ": the file holds ",
                           data::describe(file.values.type()), ", not a map of values"),
                       {},
                       "give a Helm values file"});
    }
  }

  void read_chosen() {
    for (const std::string& spelling : options_.components) {
      auto position = names_.find(spelling);
      if (position)
        flags_.chosen[*position] = true;
      else
        problems_.add({ErrorKind::NotFound,
                       cat(quote(spelling), " component not found in recipe"),
                       {},
                       position.error().hint});
    }
  }

  void read_allowed() {
    for (const std::string& spelling : options_.allow_catalog_mismatch) {
      if (spelling == "*")
        flags_.mismatch_allowed.assign(flags_.mismatch_allowed.size(), true);
      else if (auto position = find(spelling, "--allow-catalog-mismatch"))
        flags_.mismatch_allowed[*position] = true;
    }
  }

  ComponentNames names_;
  const Options& options_;
  Flags flags_;
  Problems problems_;
};

std::optional<bool> as_switch(const data::Value& value) {
  if (value.is_bool()) return value.boolean();
  if (!value.is_string()) return {};
  data::Value typed_value = typed(value.string());
  return typed_value.is_bool() ? std::optional(typed_value.boolean()) : std::nullopt;
}

// The last --set component:enabled=… decides, else the recipe, else on.
Result<bool> is_switched_on(const model::ComponentRef& ref, const std::vector<Setting>& settings) {
  bool on = true;
  if (const data::Value* said = ref.overrides.find(kSwitch); said != nullptr && !said->is_null()) {
    if (!said->is_bool())
      return fail(ErrorKind::Invalid,
                  cat("component ", quote(ref.name), ": overrides.enabled is ", data::describe(said->type())),
                  {}, "write true or false, without quotes");
    on = said->boolean();
  }
  for (const Setting& setting : settings) {
    if (!setting.is_switch()) continue;
    std::optional<bool> value = as_switch(setting.value);
    if (!value)
      return fail(ErrorKind::Invalid, cat(setting.flag, ": the value must be true or false"), {},
                  "for a chart option of that name use --values-file");
    on = *value;
  }
  return on;
}

Result<Chosen> choose(const model::RecipeResult& recipe, const Flags& flags, bool some_named) {
  Chosen chosen{flags.chosen, std::vector<bool>(flags.chosen.size(), false)};
  Problems problems;
  for (std::size_t i = 0; i < recipe.component_refs.size(); ++i) {
    auto on = is_switched_on(recipe.component_refs[i], flags.settings[i]);
    if (!on) {
      problems.add(std::move(on).error());
      continue;
    }
    if (*on) continue;
    const std::string& name = recipe.component_refs[i].name;
    if (some_named && flags.chosen[i])
      problems.add({ErrorKind::Invalid,
                    cat("component ", quote(name), " is named by --component and switched off"),
                    {},
                    cat("give --set ", name, ":enabled=true, or leave it out of --component")});
    chosen.in_bundle[i] = false;
    chosen.disabled[i] = true;
  }
  EIDOS_CHECK(problems.done());
  if (std::ranges::find(chosen.in_bundle, true) == chosen.in_bundle.end())
    return fail(ErrorKind::Invalid, "every component of the recipe is switched off", {},
                "leave at least one enabled");
  return chosen;
}

/// Gives one component its values.
class PartMaker {
 public:
  PartMaker(const catalog::Catalog& catalog, const model::RecipeResult& recipe, const Options& options,
            const Flags& flags, std::vector<std::string>& warnings)
      : catalog_(catalog), recipe_(recipe), options_(options), flags_(flags), warnings_(warnings) {}

  Result<Part> make(std::size_t position) {
    const model::ComponentRef& ref = recipe_.component_refs[position];
    const model::Component* entry = catalog_.component(ref.name);
    EIDOS_TRY(data::Value values, hydrate(ref));
    EIDOS_TRY(data::Value shape, shape_for(position, entry));
    if (entry != nullptr) {
      warn_of_lost_scheduling(ref, *entry, shape);
      EIDOS_CHECK(apply_scheduling(flags_.scheduling, *entry, values));
    }
    KnownPaths known(values, entry, std::move(shape));
    lay_files(position, known, values);
    EIDOS_CHECK(lay_settings(position, known, values));
    if (depth_of(values) > kMaxValuesDepth)
      return fail(ErrorKind::Invalid, cat("component ", quote(ref.name), ": the values are more than ",
                                          kMaxValuesDepth, " levels deep"));
    if (entry != nullptr)
      EIDOS_CHECK(run_validations(*entry, recipe_.criteria, flags_.scheduling, values, warnings_));
    return Part{&ref, entry, std::move(values), {}};
  }

  /// Paths that nothing knows: errors if strict, else warnings, said last.
  Result<void> judge_doubts() {
    if (doubt_count_ > kMaxDoubts)
      doubts_.push_back(
          cat("and ", doubt_count_ - kMaxDoubts, " more paths that the catalog's values do not have"));
    if (!options_.strict_values) {
      warnings_.insert(warnings_.end(), doubts_.begin(), doubts_.end());
      return {};
    }
    Problems problems;
    for (std::string& text : doubts_)
      problems.add(std::move(text), "correct the path, or leave --strict-values out if the chart has it");
    return problems.done();
  }

 private:
  // Read only where a flag writes something.
  Result<data::Value> shape_for(std::size_t position, const model::Component* entry) const {
    bool used = !flags_.settings[position].empty() || !flags_.files[position].empty() ||
                (entry != nullptr && !written_paths(flags_.scheduling, *entry).empty());
    if (!used) return data::Value();
    return recorded_shape(catalog_, recipe_.component_refs[position]);
  }

  void warn_of_lost_scheduling(const model::ComponentRef& ref, const model::Component& entry,
                               const data::Value& shape) {
    if (shape.is_null()) return;
    for (const WrittenPath& written : written_paths(flags_.scheduling, entry))
      if (!shape_has(shape, written.path))
        warnings_.push_back(cat("component ", quote(ref.name), ": ", written.flag, " writes ",
                                data::to_text(written.path), ", which the chart does not read at version ",
                                show(ref.version), ": it has no effect there"));
  }

  // `enabled` of the recipe is the switch, not a chart value; a values file may have an option of that name.
  Result<data::Value> hydrate(const model::ComponentRef& ref) const {
    model::ComponentRef without = ref;
    without.overrides.erase(kSwitch);
    EIDOS_TRY(data::Value values, recipe::hydrate(catalog_, without));
    if (!values.is_map())
      return fail(ErrorKind::Invalid, cat("component ", quote(ref.name), ": the values file holds ",
                                          data::describe(values.type()), ", not a map"));
    return values;
  }

  void lay_files(std::size_t position, const KnownPaths& known, data::Value& values) {
    for (const ValuesFile* file : flags_.files[position]) {
      std::string who = cat("--values-file for ", quote(file->component));
      for (const data::Path& path : leaf_paths(file->values))
        if (!known.has(path)) doubt(position, who, known, path);
      data::merge(values, file->values);
    }
  }

  Result<void> lay_settings(std::size_t position, const KnownPaths& known, data::Value& values) {
    for (const Setting& setting : flags_.settings[position]) {
      if (setting.is_switch()) continue;
      if (!known.has(setting.path)) doubt(position, setting.flag, known, setting.path);
      if (auto done = data::set(values, setting.path, setting.value); !done)
        return std::unexpected(std::move(done).error().within(setting.flag));
    }
    return {};
  }

  void doubt(std::size_t position, std::string_view who, const KnownPaths& known, const data::Path& path) {
    if (++doubt_count_ > kMaxDoubts) return;
    const model::ComponentRef& ref = recipe_.component_refs[position];
    std::string where = known.has_shape()
                            ? cat("chart and catalog values of ", quote(ref.name), " ", ref.version)
                            : cat("the catalog's values of ", quote(ref.name));
    doubts_.push_back(cat(who, ": ", where, " have no ", quote(data::to_text(path)), known.nearest_to(path)));
  }

  const catalog::Catalog& catalog_;
  const model::RecipeResult& recipe_;
  const Options& options_;
  const Flags& flags_;
  std::vector<std::string>& warnings_;
  std::vector<std::string> doubts_;
  std::size_t doubt_count_ = 0;
};

void warn_unused(const model::RecipeResult& recipe, const Flags& flags, const Chosen& chosen,
                 const Prepared& prepared, std::vector<std::string>& warnings) {
  for (std::size_t i = 0; i < recipe.component_refs.size(); ++i) {
    if (chosen.in_bundle[i]) continue;
    std::string why = cat(" changes nothing: ", quote(recipe.component_refs[i].name),
                          chosen.disabled[i] ? " is switched off" : " is not named by --component");
    for (const Setting& setting : flags.settings[i])
      if (!setting.is_switch()) warnings.push_back(cat(setting.flag, why));
    for (const ValuesFile* file : flags.files[i])
      warnings.push_back(cat("--values-file for ", quote(file->component), why));
  }
  std::vector<const model::Component*> entries;
  for (const Part& part : prepared.parts)
    if (part.entry != nullptr) entries.push_back(part.entry);
  for (std::string_view flag : unused_flags(flags.scheduling, entries))
    warnings.push_back(cat(flag, " changes nothing: no component of this bundle has a place for it"));
}

std::vector<std::string> null_paths(const data::Value& values) {
  std::vector<std::string> out;
  for (const data::Path& path : leaf_paths(values))
    if (data::find(values, path)->is_null()) out.push_back(data::to_text(path));
  return out;
}

Result<Prepared> make_parts(const model::RecipeResult& recipe, const std::vector<std::size_t>& order,
                            const Chosen& chosen, PartMaker& maker, Observer* observer) {
  Prepared out;
  Problems problems;
  for (std::size_t position : order) {
    const std::string& name = recipe.component_refs[position].name;
    if (!chosen.in_bundle[position]) {
      (chosen.disabled[position] ? out.switched_off : out.not_chosen).push_back(name);
      continue;
    }
    auto part = observed(observer, name, [&] { return maker.make(position); });
    if (!part) {
      problems.add(std::move(part).error());
      continue;
    }
    part->nulls = null_paths(part->values);
    out.parts.push_back(*std::move(part));
  }
  EIDOS_CHECK(problems.done());
  return out;
}

}  // namespace

Result<Prepared> prepare(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                         const Options& options, std::vector<std::string>& warnings) {
  EIDOS_TRY(std::vector<std::size_t> order, checked_order(recipe, warnings));
  EIDOS_TRY(Flags flags, FlagReader(catalog, recipe, options).read(warnings));
  EIDOS_TRY(Chosen chosen, choose(recipe, flags, !options.components.empty()));
  EIDOS_CHECK(check_dependencies(recipe, chosen, options.allow_missing_dependency, warnings));
  std::vector<std::size_t> kept = order;
  std::erase_if(kept, [&](std::size_t position) { return !chosen.in_bundle[position]; });
  EIDOS_CHECK(check_digests(catalog, recipe, kept, flags.mismatch_allowed, warnings));

  PartMaker maker(catalog, recipe, options, flags, warnings);
  EIDOS_TRY(Prepared prepared, make_parts(recipe, order, chosen, maker, options.observer));
  warn_unused(recipe, flags, chosen, prepared, warnings);
  EIDOS_CHECK(maker.judge_doubts());
  return prepared;
}

}  // namespace eidos::bundle
