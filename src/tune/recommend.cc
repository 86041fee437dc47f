#include "tune/recommend.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "catalog/tuning.h"
#include "recipe/criteria.h"

namespace eidos::tune {
namespace {

enum class Outcome : std::uint8_t { Holds, Differs, Unknown };

struct Judgement {
  Outcome outcome = Outcome::Unknown;
  std::string words;  ///< Differs: the current value. Unknown: what is missing.
};

// Where a key that is not there tells something: the list of boot parameters and that of modules are whole.
struct Absence {
  std::string_view category;
  std::string_view words;
};
constexpr Absence kAbsences[] = {{"grub", "not set"}, {"kmod", "not loaded"}};

/// The group of readings with something in it; an empty one was asked for, not seen.
const model::Subtype* group_of(const model::Snapshot& snapshot, const model::ReadingPath& reading) {
  for (const model::Measurement& measurement : snapshot.measurements) {
    if (measurement.type != reading.type) continue;
    for (const model::Subtype& group : measurement.subtypes)
      if (group.subtype == reading.subtype && !group.data.empty()) return &group;
  }
  return nullptr;
}

Judgement differs(std::string current) {
  return {Outcome::Differs, std::move(current)};
}

/// A module is there or not, whatever else is said of it; a boot parameter without a value likewise.
Judgement judge_presence(const Chosen& chosen, const data::Value& value) {
  std::string text = value.is_scalar() ? value.scalar_text() : "true";
  bool holds = chosen.category == "kmod" ? text != "false" : text.empty();
  if (holds) return {Outcome::Holds, {}};
  return differs(chosen.category == "kmod" ? "not loaded" : text);
}

Result<Judgement> judge_one(const Chosen& chosen, const model::Snapshot& snapshot) {
  const model::ReadingPath& reading = chosen.reading;
  const model::Subtype* group = group_of(snapshot, reading);
  const data::Value* value = group == nullptr ? nullptr : group->data.find(reading.key);
  if (group != nullptr && value == nullptr)
    for (const Absence& absence : kAbsences)
      if (absence.category == chosen.category) return differs(std::string(absence.words));
  if (group != nullptr)
    if (const data::Value* state = group->data.find("LoadState"); chosen.category == "systemd" &&
                                                                  state != nullptr && state->is_scalar() &&
                                                                  state->scalar_text() != "loaded")
      return Judgement{Outcome::Unknown, cat("unit ", reading.subtype, " is ", show(state->scalar_text()))};
  bool presence = chosen.category == "kmod" || chosen.setting.value.empty();
  if (value != nullptr && presence) return judge_presence(chosen, *value);
  model::Constraint constraint{.name = chosen.setting.path,
                               .value = presence ? "true" : chosen.setting.value};
  EIDOS_TRY(model::Check check, model::check_constraint(constraint, snapshot));
  switch (check.verdict) {
    case model::Verdict::Passed: return Judgement{Outcome::Holds, {}};
    case model::Verdict::Failed: return differs(check.actual);
    case model::Verdict::Skipped:
    case model::Verdict::Unknown: return Judgement{Outcome::Unknown, check.reason};
  }
  std::unreachable();
}

/// "0" when `key` is "gpu.0.mig-mode" and the pattern "gpu.*.mig-mode".
std::optional<std::string_view> device_of(std::string_view key, std::string_view pattern) {
  std::size_t star = pattern.find('*');
  std::string_view before = pattern.substr(0, star);
  std::string_view after = pattern.substr(star + 1);
  if (key.size() <= before.size() + after.size() || !key.starts_with(before) || !key.ends_with(after))
    return std::nullopt;
  std::string_view device = key.substr(before.size(), key.size() - before.size() - after.size());
  return to_int(device) ? std::optional(device) : std::nullopt;
}

Result<Judgement> judge_devices(const Chosen& chosen, const model::Snapshot& snapshot) {
  EIDOS_TRY(model::Expression expression, model::parse_expression(chosen.setting.value));
  std::map<std::string, std::vector<std::string>> others;  // value → devices that have it
  bool seen = false;
  if (const model::Subtype* group = group_of(snapshot, chosen.reading))
    for (const data::Map::Entry& entry : group->data) {
      auto device = device_of(entry.key, chosen.reading.key);
      if (!device || !entry.value.is_scalar()) continue;
      seen = true;
      std::string text = entry.value.scalar_text();
      if (model::check_value(expression, text).verdict != model::Verdict::Passed)
        others[text].push_back(cat("gpu ", *device));
    }
  if (!seen) return Judgement{Outcome::Unknown, cat("the snapshot holds no ", chosen.setting.path)};
  if (others.empty()) return Judgement{Outcome::Holds, {}};
  std::vector<std::string> parts;
  for (const auto& [value, devices] : others) parts.push_back(cat(value, " (", join(devices, ", "), ")"));
  return differs(join(parts, "; "));
}

std::string recommended_value(const Chosen& chosen) {
  if (chosen.category == "kmod") return "loaded";
  return chosen.setting.value.empty() ? "set" : chosen.setting.value;
}

std::string reason_of(const Chosen& chosen) {
  return cat(chosen.setting.reason, " Source: ", chosen.setting.source, ".");
}

struct Row {
  Recommendation recommendation;
  Chosen chosen;
};

bool before(const Row& a, const Row& b) {
  auto key = [](const Row& row) {
    return std::tie(row.recommendation.priority, row.recommendation.category, row.recommendation.parameter);
  };
  return key(a) < key(b);
}

}  // namespace

std::string sysctl_name(std::string_view path) {
  constexpr std::string_view kRoot = "/proc/sys/";
  std::string name(path.starts_with(kRoot) ? path.substr(kRoot.size()) : path);
  for (char& c : name)
    if (c == '/')
      c = '.';
    else if (c == '.')
      c = '/';
  return name;
}

std::string parameter_of(const Chosen& chosen) {
  if (chosen.category == "sysctl") return sysctl_name(chosen.reading.key);
  if (chosen.category == "systemd") return cat(chosen.reading.subtype, ".", chosen.reading.key);
  return chosen.reading.key;
}

Result<Recommended> recommend(const catalog::Catalog& catalog, const model::Criteria& stated,
                              const model::Snapshot& snapshot) {
  EIDOS_TRY(std::vector<model::TuningProfile> profiles, catalog::tuning_profiles(catalog));
  Recommended out;
  EIDOS_TRY(out.chosen, choose(profiles, stated));
  Recommendations& document = out.document;
  document.snapshot = {snapshot.metadata.version, snapshot.metadata.source_node, snapshot.metadata.timestamp};
  document.intent = stated.intent.empty() ? "any" : stated.intent;
  document.metadata.criteria = recipe::describe(stated);
  document.metadata.catalog = catalog.digest();
  std::vector<Row> rows;
  for (const Chosen& chosen : out.chosen) {
    bool devices = chosen.reading.key.find('*') != std::string::npos;
    EIDOS_TRY(Judgement judgement, devices ? judge_devices(chosen, snapshot) : judge_one(chosen, snapshot));
    if (judgement.outcome == Outcome::Holds) continue;
    if (judgement.outcome == Outcome::Unknown)
      document.metadata.not_compared.push_back(
          {chosen.category, parameter_of(chosen), recommended_value(chosen), std::move(judgement.words)});
    else
      rows.push_back({{chosen.category, parameter_of(chosen), std::move(judgement.words),
                       recommended_value(chosen), reason_of(chosen), chosen.setting.priority},
                      chosen});
  }
  std::ranges::sort(rows, before);
  std::ranges::sort(document.metadata.not_compared, {},
                    [](const NotCompared& one) { return std::tie(one.category, one.parameter); });
  for (Row& row : rows) {
    document.recommendations.push_back(std::move(row.recommendation));
    out.changes.push_back(std::move(row.chosen));
  }
  return out;
}

}  // namespace eidos::tune
