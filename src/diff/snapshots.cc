#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "base/text.h"
#include "diff/diff.h"
#include "diff/findings.h"

namespace eidos::diff {

namespace {

using data::Map;
using data::Value;
using model::CollectorOutcome;
using model::CollectorStatus;
using model::Snapshot;

constexpr std::string_view kUnitState[] = {"LoadState", "ActiveState", "SubState", "UnitFileState"};

// What a snapshot says by type and subtype, whatever the order it came in.
class Readings {
 public:
  using Key = std::pair<std::string_view, std::string_view>;

  explicit Readings(const Snapshot& snapshot) {
    for (const model::Measurement& measurement : snapshot.measurements)
      for (const model::Subtype& group : measurement.subtypes)
        add({measurement.type, group.subtype}, group.data);
  }

  const Map* find(const Key& key) const {
    auto found = groups_.find(key);
    return found == groups_.end() ? nullptr : found->second;
  }
  const std::map<Key, const Map*>& groups() const { return groups_; }

 private:
  // A subtype that stands twice: the first that has a key says it.
  void add(const Key& key, const Map& data) {
    auto [place, added] = groups_.emplace(key, &data);
    if (added) return;
    Map& merged = merged_.emplace_back(*place->second);
    for (const Map::Entry& entry : data)
      if (!merged.contains(entry.key)) merged.set(entry.key, entry.value, entry.mark);
    place->second = &merged;
  }

  std::map<Key, const Map*> groups_;
  std::deque<Map> merged_;
};

bool is_unknown_unit(std::string_view type, const Map& data) {
  const Value* state = data.find("LoadState");
  return type == "SystemD" && state != nullptr && state->is_string() && state->string() == "not-found";
}

class SnapshotDiff {
 public:
  SnapshotDiff(const Snapshot& from, const Snapshot& to, const Ignore& ignore)
      : from_(from), to_(to), before_(from), after_(to), findings_(ignore) {}

  DiffResult run() && {
    std::set<Readings::Key> keys;
    for (const auto& [key, data] : before_.groups()) keys.insert(key);
    for (const auto& [key, data] : after_.groups()) keys.insert(key);
    for (const Readings::Key& key : keys) group(key, before_.find(key), after_.find(key));
    collectors();
    return std::move(findings_).result(side(from_), side(to_));
  }

 private:
  static Side side(const Snapshot& snapshot) {
    return {{},
            "Snapshot",
            snapshot.metadata.source_node,
            snapshot.metadata.timestamp,
            snapshot.metadata.version};
  }

  static Place place(const Readings::Key& key, std::string_view name) {
    std::string group = cat(key.first, ".", key.second);
    std::string path = cat(group, ".", name);
    return {std::move(group), std::string(name), std::move(path), {}};
  }

  void group(const Readings::Key& key, const Map* from, const Map* to) {
    if (from == nullptr) return whole(key, *to, How::Added);
    if (to == nullptr) return whole(key, *from, How::Removed);
    bool unknown_before = is_unknown_unit(key.first, *from);
    bool unknown_after = is_unknown_unit(key.first, *to);
    only_state_ = unknown_before || unknown_after;
    readings(key, *from, *to);
    only_state_ = false;
  }

  // A subtype that one side lacks is one change, as bad as the worst of its readings.
  void whole(const Readings::Key& key, const Map& data, How how) {
    const Meaning* worst = nullptr;
    auto impact = [&](const Meaning& meaning) {
      return how == How::Added ? meaning.impacts.added : meaning.impacts.removed;
    };
    for (const Map::Entry& entry : data) {
      const Meaning& meaning = meaning_of(key.first, key.second, entry.key);
      if (meaning.counts && (worst == nullptr || impact(meaning) < impact(*worst))) worst = &meaning;
    }
    static const Meaning kNone = {};
    Place where = {cat(key.first, ".", key.second), "", cat(key.first, ".", key.second), {}};
    Change change{.how = how, .detail = cat(data.size(), data.size() == 1 ? " reading" : " readings")};
    (how == How::Added ? change.to : change.from) = Value(data);
    findings_.add(std::move(where), std::move(change), worst == nullptr ? kNone : *worst);
  }

  void readings(const Readings::Key& key, const Map& from, const Map& to) {
    // Both are sorted as a rule: the partner stands where the last one left off.
    std::size_t next = 0;
    std::size_t paired = 0;
    for (const Map::Entry& entry : from) {
      const Value* other = nullptr;
      if (next < to.size() && to[next].key == entry.key)
        other = &to[next++].value;
      else if (const Map::Entry* found = to.entry(entry.key)) {
        other = &found->value;
        next = static_cast<std::size_t>(found - &to[0]) + 1;
      }
      if (other != nullptr) ++paired;
      if (other == nullptr || !(entry.value == *other)) reading(key, entry.key, &entry.value, other);
    }
    if (paired == to.size()) return;
    for (const Map::Entry& entry : to)
      if (!from.contains(entry.key)) reading(key, entry.key, nullptr, &entry.value);
  }

  void reading(const Readings::Key& key, std::string_view name, const Value* from, const Value* to) {
    if (only_state_ && std::ranges::find(kUnitState, name) == std::end(kUnitState))
      return findings_.add_not_counted();
    findings_.compare(place(key, name), from, to, meaning_of(key.first, key.second, name));
  }

  // What a collector could not see is missing, not gone.
  void collectors() {
    note(from_, "first");
    note(to_, "second");
  }

  void note(const Snapshot& snapshot, std::string_view which) {
    for (const CollectorOutcome& outcome : snapshot.collectors) {
      if (outcome.status == CollectorStatus::Ok || outcome.status == CollectorStatus::Absent) continue;
      findings_.add_note(cat("collector ", outcome.name, " of the ", which, " snapshot ended ",
                             data::write_value(outcome.status).string(),
                             outcome.detail.empty() ? "" : cat(" (", outcome.detail, ")"),
                             ": what is missing there may only be unseen"));
    }
  }

  const Snapshot& from_;
  const Snapshot& to_;
  Readings before_;
  Readings after_;
  Findings findings_;
  bool only_state_ = false;
};

}  // namespace

DiffResult diff(const Snapshot& from, const Snapshot& to, const Ignore& ignore) {
  return SnapshotDiff(from, to, ignore).run();
}

}  // namespace eidos::diff
