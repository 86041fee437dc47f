#include "bundle/scheduling.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "bundle/names.h"
#include "bundle/problems.h"

namespace eidos::bundle {
namespace {

constexpr std::string_view kSystemSelector = "--system-node-selector";
constexpr std::string_view kSystemToleration = "--system-node-toleration";
constexpr std::string_view kAcceleratedSelector = "--accelerated-node-selector";
constexpr std::string_view kAcceleratedToleration = "--accelerated-node-toleration";
constexpr std::string_view kWorkloadSelector = "--workload-selector";
constexpr std::string_view kGate = "--workload-gate";
constexpr std::string_view kNodes = "--nodes";
constexpr std::string_view kEffects[] = {"NoSchedule", "PreferNoSchedule", "NoExecute"};

struct Taint {
  std::string_view key;
  std::string_view value;
  std::string_view effect;
  std::optional<std::int64_t> seconds;
};

/// Where a flag stands in messages.
struct FlagText {
  std::string_view flag;
  std::string_view text;

  std::unexpected<Error> bad(std::string_view why, std::string hint) const {
    return fail(ErrorKind::Invalid, cat(flag, " ", quote(text), ": ", why), {}, std::move(hint));
  }
};

Result<void> check_label(const FlagText& at, std::string_view key, std::string_view value) {
  if (key.empty()) return at.bad("the key is empty", "write key=value");
  if (!is_label_key(key))
    return at.bad(cat(quote(key), " is no label key"),
                  "use letters, digits, '-', '_', '.', with a domain and '/' in front if need be");
  if (!is_label_value(value))
    return at.bad(cat(quote(value), " is no label value"),
                  "use at most 63 letters, digits, '-', '_', '.'; repeat the flag for a second pair");
  return {};
}

Result<void> check_effect(const FlagText& at, std::string_view effect) {
  if (std::ranges::find(kEffects, effect) != std::end(kEffects)) return {};
  return at.bad(cat(quote(effect), " is no effect", did_you_mean(effect, kEffects)),
                cat("effects are ", join(std::span<const std::string_view>(kEffects), ", ")));
}

// key[=value]:Effect[:seconds]
Result<Taint> parse_taint(const FlagText& at, bool may_have_seconds) {
  std::vector<std::string_view> parts = split(at.text, ':');
  std::size_t most = may_have_seconds ? 3 : 2;
  if (parts.size() < 2 || parts.size() > most)
    return at.bad("not key=value:Effect", may_have_seconds
                                              ? "write key=value:Effect, key:Effect or key=value:NoExecute:30"
                                              : "write key=value:Effect or key:Effect");
  std::size_t equals = parts[0].find('=');
  Taint taint{.key = parts[0].substr(0, equals), .value = {}, .effect = parts[1], .seconds = {}};
  if (equals != std::string_view::npos) taint.value = parts[0].substr(equals + 1);
  EIDOS_CHECK(check_label(at, taint.key, taint.value));
  EIDOS_CHECK(check_effect(at, taint.effect));
  if (parts.size() < 3) return taint;
  taint.seconds = to_int(parts[2]);
  if (!taint.seconds || *taint.seconds < 0)
    return at.bad(cat(quote(parts[2]), " is no number of seconds"), "write a whole number from 0");
  if (taint.effect != "NoExecute")
    return at.bad(cat("seconds mean nothing with ", taint.effect), "use NoExecute, or leave the seconds out");
  return taint;
}

// Without a value the toleration asks only for the key.
data::Value toleration(const Taint& taint) {
  data::Map out;
  out.set("key", taint.key);
  out.set("operator", taint.value.empty() ? "Exists" : "Equal");
  if (!taint.value.empty()) out.set("value", taint.value);
  out.set("effect", taint.effect);
  if (taint.seconds) out.set("tolerationSeconds", *taint.seconds);
  return out;
}

data::Value taint_entry(const Taint& taint) {
  data::Map out;
  out.set("key", taint.key);
  if (!taint.value.empty()) out.set("value", taint.value);
  out.set("effect", taint.effect);
  return out;
}

/// Collects the flags' values and problems.
class SchedulingReader {
 public:
  explicit SchedulingReader(std::vector<std::string>& warnings) : warnings_(warnings) {}

  data::Value selector(std::string_view flag, const std::vector<std::string>& pairs) {
    if (pairs.empty()) return {};
    data::Map out;
    for (const std::string& pair : pairs) {
      FlagText at{flag, pair};
      std::size_t equals = pair.find('=');
      std::string_view text = pair;
      if (equals == std::string_view::npos) {
        keep(at.bad("not key=value", "write key=value, as in nodeGroup=gpu").error());
        continue;
      }
      std::string_view key = text.substr(0, equals);
      std::string_view value = text.substr(equals + 1);
      if (auto fine = check_label(at, key, value); !fine) {
        keep(std::move(fine).error());
        continue;
      }
      const data::Value* before = out.find(key);
      if (before != nullptr && before->string() != value)
        warnings_.push_back(cat(flag, ": ", quote(key), " is given twice; ", quote(value), " wins over ",
                                quote(before->string())));
      out.set(key, value);
    }
    return out;
  }

  data::Value tolerations(std::string_view flag, const std::vector<std::string>& texts) {
    if (texts.empty()) return {};
    data::List out;
    for (const std::string& text : texts) {
      auto taint = parse_taint({flag, text}, true);
      if (taint)
        out.push_back(toleration(*taint));
      else
        keep(std::move(taint).error());
    }
    return out;
  }

  void gate(const std::string& text, Scheduling& out) {
    if (text.empty()) return;
    auto taint = parse_taint({kGate, text}, false);
    if (!taint) return keep(std::move(taint).error());
    out.gate = taint->value.empty() ? cat(taint->key, ":", taint->effect)
                                    : cat(taint->key, "=", taint->value, ":", taint->effect);
    out.gate_taints = data::List{taint_entry(*taint)};
  }

  data::Value nodes(std::int64_t count) {
    if (count < 0)
      keep(Error{ErrorKind::Invalid,
                 cat(kNodes, " ", count, ": not a number of nodes"),
                 {},
                 "give the number of nodes, or leave the flag out"});
    return count > 0 ? data::Value(count) : data::Value();
  }

  Result<Scheduling> done(Scheduling scheduling) {
    EIDOS_CHECK(problems_.done());
    return scheduling;
  }

 private:
  void keep(Error problem) { problems_.add(std::move(problem)); }

  std::vector<std::string>& warnings_;
  Problems problems_;
};

/// One flag, what it writes, and where one component wants it.
struct Row {
  std::string_view flag;
  const data::Value* value;
  const std::vector<std::string>* paths;
};

// Later rows win where two name one path.
std::vector<Row> rows_of(const Scheduling& given, const model::Component& component) {
  const model::SchedulingPaths& system = component.node_scheduling.system;
  const model::SchedulingPaths& accelerated = component.node_scheduling.accelerated;
  return {{kSystemSelector, &given.system_selector, &system.node_selector_paths},
          {kSystemToleration, &given.system_tolerations, &system.toleration_paths},
          {kAcceleratedSelector, &given.accelerated_selector, &accelerated.node_selector_paths},
          {kAcceleratedToleration, &given.accelerated_tolerations, &accelerated.toleration_paths},
          {kWorkloadSelector, &given.workload_selector,
           &component.pod_scheduling.workload.workload_selector_paths},
          {kGate, &given.gate, &system.taint_str_paths},
          {kGate, &given.gate, &accelerated.taint_str_paths},
          {kGate, &given.gate_taints, &system.taint_paths},
          {kGate, &given.gate_taints, &accelerated.taint_paths},
          {kNodes, &given.nodes, &component.node_scheduling.node_count_paths}};
}

std::string who(const model::Component& component, std::string_view flag) {
  return cat("component ", quote(component.name), ": ", flag);
}

}  // namespace

Result<Scheduling> parse_scheduling(const SchedulingFlags& flags, std::vector<std::string>& warnings) {
  SchedulingReader reader(warnings);
  Scheduling out;
  out.system_selector = reader.selector(kSystemSelector, flags.system_node_selector);
  out.system_tolerations = reader.tolerations(kSystemToleration, flags.system_node_toleration);
  out.accelerated_selector = reader.selector(kAcceleratedSelector, flags.accelerated_node_selector);
  out.accelerated_tolerations = reader.tolerations(kAcceleratedToleration, flags.accelerated_node_toleration);
  out.workload_selector = reader.selector(kWorkloadSelector, flags.workload_selector);
  reader.gate(flags.workload_gate, out);
  out.nodes = reader.nodes(flags.nodes);
  return reader.done(std::move(out));
}

Result<std::vector<ScheduledValue>> scheduled_values(const Scheduling& scheduling,
                                                     const model::Component& component) {
  std::vector<ScheduledValue> out;
  for (const Row& row : rows_of(scheduling, component)) {
    if (row.value->is_null()) continue;
    for (const std::string& text : *row.paths) {
      auto path = data::parse_path(text);
      if (!path) return std::unexpected(std::move(path).error().within(who(component, row.flag)));
      out.push_back({row.flag, *std::move(path), row.value});
    }
  }
  return out;
}

Result<void> apply_scheduling(const Scheduling& scheduling, const model::Component& component,
                              data::Value& values) {
  EIDOS_TRY(std::vector<ScheduledValue> writes, scheduled_values(scheduling, component));
  for (const ScheduledValue& write : writes)
    if (auto written = data::set(values, write.path, *write.value); !written)
      return std::unexpected(std::move(written).error().within(who(component, write.flag)));
  return {};
}

std::vector<WrittenPath> written_paths(const Scheduling& scheduling, const model::Component& component) {
  std::vector<WrittenPath> out;
  for (const Row& row : rows_of(scheduling, component)) {
    if (row.value->is_null()) continue;
    for (const std::string& text : *row.paths)
      if (auto path = data::parse_path(text)) out.push_back({row.flag, *std::move(path)});
  }
  return out;
}

std::vector<std::string_view> unused_flags(const Scheduling& scheduling,
                                           const std::vector<const model::Component*>& components) {
  std::set<std::string_view> used;
  for (const model::Component* component : components)
    for (const Row& row : rows_of(scheduling, *component))
      if (!row.paths->empty()) used.insert(row.flag);
  std::vector<std::string_view> unused;
  for (const Row& row : rows_of(scheduling, {}))
    if (!row.value->is_null() && !used.contains(row.flag) &&
        std::ranges::find(unused, row.flag) == unused.end())
      unused.push_back(row.flag);
  return unused;
}

}  // namespace eidos::bundle
