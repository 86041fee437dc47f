#include "model/constraint.h"

#include <algorithm>

#include "base/text.h"
#include "model/known_readings.h"

namespace eidos::model {
namespace {

const data::Value* find_value(const Snapshot& snapshot, const ReadingPath& path) {
  if (const auto* value = find_reading(snapshot, path.type, path.subtype, path.key)) return value;
  return find_reading(snapshot, path.type, path.subtype, present_key(path));
}

// How much of a path a snapshot holds.
enum class Held : std::uint8_t { Nothing, Type, Subtype };

Held held(const Snapshot& snapshot, const ReadingPath& path) {
  Held most = Held::Nothing;
  for (const Measurement& measurement : snapshot.measurements) {
    if (measurement.type != path.type) continue;
    for (const Subtype& group : measurement.subtypes)
      if (!group.data.empty())  // an empty group was asked for, not seen
        most = std::max(most, group.subtype == path.subtype ? Held::Subtype : Held::Type);
  }
  return most;
}

// The collector of a type as snapshots name it; "os.grub" and the like are collectors of one subtype.
struct TypeCollector {
  std::string_view type;
  std::string_view collector;
};
constexpr TypeCollector kCollectors[] = {{"K8s", "k8s"},
                                         {"K8s", "kubernetes"},
                                         {"OS", "os"},
                                         {"SystemD", "systemd"},
                                         {"GPU", "gpu"},
                                         {"NodeTopology", "topology"},
                                         {"NodeTopology", "nodetopology"}};

// The outcome of the collector of this very subtype, else of the type; nullptr when none is recorded.
const CollectorOutcome* outcome_for(const Snapshot& snapshot, const ReadingPath& path) {
  const CollectorOutcome* of_type = nullptr;
  for (const CollectorOutcome& outcome : snapshot.collectors) {
    std::string name = lower(outcome.name);
    for (const TypeCollector& known : kCollectors) {
      if (known.type != path.type) continue;
      if (name == lower(cat(known.collector, ".", path.subtype))) return &outcome;
      if (name == known.collector) of_type = &outcome;
    }
  }
  return of_type;
}

struct Missing {
  Cause cause = Cause::None;
  std::string_view words;
};

// None: the collector ran, so what it did not report is not there.
Missing missing_for(CollectorStatus status) {
  switch (status) {
    case CollectorStatus::Ok:
    case CollectorStatus::Stale: return {};
    case CollectorStatus::Partial: return {Cause::NotCollected, "saw only a part"};
    case CollectorStatus::Absent: return {Cause::NotCollected, "found nothing to read"};
    case CollectorStatus::Denied: return {Cause::Denied, "was denied"};
    case CollectorStatus::TimedOut: return {Cause::TimedOut, "timed out"};
    case CollectorStatus::Failed: return {Cause::NotCollected, "failed"};
  }
  std::unreachable();
}

Check unknown(Cause cause, std::string reason) {
  return {.verdict = Verdict::Unknown, .cause = cause, .actual = {}, .reason = std::move(reason)};
}

// What the collector's outcome says of a reading it did not bring; nullopt when it ran whole or is
// unrecorded.
std::optional<Check> blame(const ReadingPath& path, const Snapshot& snapshot, std::string_view suggestion) {
  const CollectorOutcome* outcome = outcome_for(snapshot, path);
  if (outcome == nullptr) return std::nullopt;
  Missing why = missing_for(outcome->status);
  if (why.cause == Cause::None) return std::nullopt;
  std::string detail = outcome->detail.empty() ? "" : cat(": ", show(outcome->detail));
  return unknown(why.cause, cat("the collector ", show(outcome->name), " ", why.words, detail, suggestion));
}

Check missing(const ReadingPath& path, const Snapshot& snapshot) {
  std::string meant = suggestion_for(path, &snapshot);
  std::string suggestion = meant.empty() ? "" : cat("; did you mean ", quote(meant), "?");
  std::string group = show(cat(path.type, ".", path.subtype));
  Held most = held(snapshot, path);
  if (most == Held::Subtype)
    return unknown(Cause::Absent, cat(group, " has no key ", quote(path.key), suggestion));
  if (auto check = blame(path, snapshot, suggestion)) return *std::move(check);
  std::string reason = cat("the snapshot holds no ", most == Held::Nothing ? path.type : group, " readings");
  return unknown(most == Held::Nothing ? Cause::NotCollected : Cause::Absent, cat(reason, suggestion));
}

}  // namespace

Result<Check> check_constraint(const Constraint& constraint, const Snapshot& snapshot) {
  EIDOS_TRY(Expression expression, parse_expression(constraint.value));
  EIDOS_TRY(ReadingPath path, parse_reading_path(constraint.name, &snapshot));
  const data::Value* value = find_value(snapshot, path);
  if (value == nullptr) return missing(path, snapshot);
  if (value->is_null())
    return blame(path, snapshot, "").value_or(unknown(Cause::Absent, "the reading is null"));
  if (!value->is_scalar())
    return unknown(Cause::Unparsable, cat("the reading is ", data::describe(value->type()), ", not a value"));
  return check_value(expression, value->scalar_text());
}

}  // namespace eidos::model
