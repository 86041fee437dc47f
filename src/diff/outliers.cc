#include "diff/outliers.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

#include "base/table.h"
#include "base/text.h"
#include "data/document.h"
#include "diff/meaning.h"
#include "diff/outliers_fields.h"
#include "model/document.h"
#include "model/snapshot.h"

namespace eidos::diff {

namespace {

using data::Value;
using Node = std::uint32_t;

constexpr std::size_t kMostValues =
    16;                                 // of one key in one group: more, and it tells nodes apart, not faults
constexpr std::size_t kShownNames = 8;  // of nodes in a line

// Who has which value of a key. Of the first value only how many have it is known: the others are few.
struct Key {
  Impact impact = Impact::Cosmetic;
  Shape shape = Shape::Plain;
  Value first;
  std::int64_t with_first = 0;
  std::vector<std::pair<Value, std::vector<Node>>> others;
  std::vector<Node> without;
  bool known = false;
  Node seen = 0;  // nodes of the group that were looked at for it
  bool everywhere = false;

  void add(const Value& value, Node node) {
    if (with_first == 0 && others.empty()) first = value;
    if (value == first || same(value, first, shape)) {
      ++with_first;
      return;
    }
    for (auto& [held, nodes] : others)
      if (value == held || same(value, held, shape)) return nodes.push_back(node);
    others.emplace_back(value, std::vector<Node>{node});
    if (others.size() < kMostValues) return;
    everywhere = true;
    others.clear();
    without.clear();
  }
};

// A path that counts, found once and not again for each node: its number, and what it means.
struct Path {
  std::size_t number = 0;
  const Meaning* meaning = nullptr;  // null: it does not count
};

struct Group {
  std::map<std::string, std::string> by;
  std::vector<std::string> names;  // of its nodes, in the order they came
  std::vector<Key> keys;           // by the number of their path
};

std::string text_at(const model::Snapshot& snapshot, std::string_view path) {
  for (const model::Measurement& measurement : snapshot.measurements) {
    for (const model::Subtype& subtype : measurement.subtypes) {
      const std::string prefix = cat(measurement.type, ".", subtype.subtype, ".");
      if (!path.starts_with(prefix)) continue;
      if (const Value* value = subtype.data.find(path.substr(prefix.size()))) return value->scalar_text();
    }
  }
  return {};
}

std::vector<std::string> names_of(const Group& group, const std::vector<Node>& nodes) {
  std::vector<std::string> out;
  for (const Node node : nodes) out.push_back(group.names[node]);
  std::ranges::sort(out);
  return out;
}

// The nodes that have the first value: all that have none of the others.
std::vector<Node> rest_of(const Group& group, const Key& key) {
  std::vector<bool> other(group.names.size(), false);
  for (const auto& [value, nodes] : key.others)
    for (const Node node : nodes) other[node] = true;
  for (const Node node : key.without) other[node] = true;
  std::vector<Node> out;
  for (Node node = 0; node < other.size(); ++node)
    if (!other[node]) out.push_back(node);
  return out;
}

Outlier outlier_of(const Group& group, const std::string& path, const Key& key) {
  struct Row {
    const Value* value;
    std::vector<Node> nodes;
  };
  static const Value kNothing;
  std::vector<Row> rows = {{&key.first, rest_of(group, key)}};
  for (const auto& [value, nodes] : key.others) rows.push_back({&value, nodes});
  if (!key.without.empty()) rows.push_back({&kNothing, key.without});
  std::ranges::stable_sort(rows, [](const Row& a, const Row& b) { return a.nodes.size() > b.nodes.size(); });
  Outlier out{.path = path, .impact = key.impact};
  out.tie = rows.size() > 1 && rows[0].nodes.size() == rows[1].nodes.size();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Held held{.value = *rows[i].value, .nodes = std::ssize(rows[i].nodes), .names = {}};
    if (i > 0 || out.tie) held.names = names_of(group, rows[i].nodes);
    out.values.push_back(std::move(held));
  }
  return out;
}

}  // namespace

struct Fleet::Inside {
  std::vector<std::string> group_by;
  Ignore ignore;
  std::map<std::vector<std::string>, Group> groups;
  std::map<std::string, std::vector<std::string>> failures;
  std::int64_t snapshots = 0;
  std::int64_t unreadable = 0;
  std::unordered_map<std::string, Path> paths;
  std::size_t counting = 0;  // paths that count

  const Path& path_of(const model::Measurement& measurement, const model::Subtype& subtype,
                      const std::string& key) {
    std::string path = cat(measurement.type, ".", subtype.subtype, ".", key);
    const auto found = paths.find(path);
    if (found != paths.end()) return found->second;
    const Meaning& meaning = meaning_of(measurement.type, subtype.subtype, key);
    Path made;
    if (meaning.counts && !ignore.covers(path)) made = {counting++, &meaning};
    return paths.emplace(std::move(path), made).first->second;
  }

  void reading(Group& group, Node node, const Path& path, const Value& value) {
    if (group.keys.size() <= path.number) group.keys.resize(counting);
    Key& key = group.keys[path.number];
    if (!key.known) {
      key.known = true;
      key.impact = path.meaning->impacts.major;
      key.shape = path.meaning->shape;
    }
    if (key.everywhere || key.seen > node) return;  // a subtype that stands twice: the first says it
    for (; key.seen < node; ++key.seen) key.without.push_back(key.seen);
    ++key.seen;
    key.add(value, node);
  }
};

Fleet::Fleet(std::vector<std::string> group_by, Ignore ignore) : inside_(std::make_unique<Inside>()) {
  inside_->group_by = std::move(group_by);
  if (inside_->group_by.empty()) inside_->group_by.assign(std::begin(kGroupBy), std::end(kGroupBy));
  inside_->ignore = std::move(ignore);
}

Fleet::~Fleet() = default;

void Fleet::add(const std::string& source, const model::Snapshot& snapshot) {
  ++inside_->snapshots;
  const std::string name = snapshot.metadata.source_node.empty() ? source : snapshot.metadata.source_node;
  std::vector<std::string> alike;
  for (const std::string& path : inside_->group_by) alike.push_back(text_at(snapshot, path));
  Group& group = inside_->groups[alike];
  for (std::size_t i = 0; i < alike.size(); ++i) group.by[inside_->group_by[i]] = alike[i];
  const Node node = static_cast<Node>(group.names.size());
  group.names.push_back(name);
  for (const model::Measurement& measurement : snapshot.measurements)
    for (const model::Subtype& subtype : measurement.subtypes)
      for (const auto& entry : subtype.data) {
        const Path& path = inside_->path_of(measurement, subtype, entry.key);
        if (path.meaning != nullptr) inside_->reading(group, node, path, entry.value);
      }
  for (const model::CollectorOutcome& outcome : snapshot.collectors)
    if (outcome.status != model::CollectorStatus::Ok && outcome.status != model::CollectorStatus::Absent)
      inside_->failures[cat(outcome.name, ": ", data::write_value(outcome.status).string())].push_back(name);
}

void Fleet::add_unreadable(const std::string& source, const Error& error) {
  ++inside_->unreadable;
  inside_->failures[cat("not readable: ", error.message)].push_back(source);
}

FleetSummary Fleet::finish() {
  FleetSummary out;
  out.api_version = model::kApiVersion;
  out.counts.snapshots = inside_->snapshots;
  out.counts.unreadable = inside_->unreadable;
  std::map<std::string_view, std::size_t> numbers;  // of paths that count, in their order
  for (const auto& [path, about] : inside_->paths)
    if (about.meaning != nullptr) numbers.emplace(path, about.number);
  std::set<std::pair<std::size_t, std::string>> apart;
  for (auto& [alike, group] : inside_->groups) {
    NodeGroup made{.by = group.by, .nodes = std::ssize(group.names), .outliers = {}, .everywhere = {}};
    group.keys.resize(inside_->counting);
    for (const auto& [text, number] : numbers) {
      Key& key = group.keys[number];
      if (!key.known) continue;
      const std::string path(text);
      if (!key.everywhere)
        for (; key.seen < group.names.size(); ++key.seen) key.without.push_back(key.seen);
      if (key.everywhere) made.everywhere.push_back(path);
      if (key.everywhere || (key.others.empty() && key.without.empty())) continue;
      made.outliers.push_back(outlier_of(group, path, key));
      for (const Held& held : made.outliers.back().values)
        if (!made.outliers.back().tie)
          for (const std::string& name : held.names) apart.emplace(out.groups.size(), name);
    }
    std::ranges::stable_sort(made.outliers, {}, &Outlier::impact);
    out.counts.outliers += std::ssize(made.outliers);
    out.groups.push_back(std::move(made));
  }
  std::ranges::stable_sort(out.groups, std::greater(), &NodeGroup::nodes);
  out.counts.groups = std::ssize(out.groups);
  out.counts.nodes = std::ssize(apart);
  for (auto& [cause, names] : inside_->failures) {
    std::ranges::sort(names);
    out.failures.push_back({cause, std::ssize(names), names});
  }
  return out;
}

data::Value to_document(const FleetSummary& summary) {
  return data::write_value(summary);
}

namespace {

std::string shown(const Value& value) {
  if (value.is_null()) return "(not there)";
  return visible(value.is_scalar() ? value.scalar_text() : data::to_compact_json(value), 60);
}

std::string shown_names(const std::vector<std::string>& names) {
  std::vector<std::string> first(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kShownNames)));
  for (std::string& name : first) name = harmless(name);
  const std::size_t more = names.size() - first.size();
  return cat(join(first, ", "), more == 0 ? std::string() : cat(", and ", more, " more"));
}

}  // namespace

std::string to_table(const FleetSummary& summary) {
  std::string out;
  for (const NodeGroup& group : summary.groups) {
    std::vector<std::string> by;
    for (const auto& [path, text] : group.by)
      if (!text.empty()) by.push_back(harmless(text));
    out += cat(by.empty() ? "other nodes" : join(by, ", "), ": ", group.nodes,
               group.nodes == 1 ? " node" : " nodes", "\n");
    for (const Outlier& outlier : group.outliers) {
      out += cat("  ", data::write_value(outlier.impact).string(), "  ", harmless(outlier.path),
                 outlier.tie ? "  (no majority)" : "", "\n");
      for (const Held& held : outlier.values)
        out += cat("    ", held.nodes, " × ", shown(held.value),
                   held.names.empty() ? "" : cat(": ", shown_names(held.names)), "\n");
    }
    if (!group.everywhere.empty())
      out += cat("  different on most nodes: ", group.everywhere.size(),
                 group.everywhere.size() == 1 ? " key" : " keys", "\n");
    out += '\n';
  }
  for (const Failure& failure : summary.failures)
    out += cat("not seen: ", harmless(failure.cause), ": ", shown_names(failure.names), "\n");
  const FleetCounts& counts = summary.counts;
  return out + cat(counts.snapshots, " snapshots in ", counts.groups,
                   counts.groups == 1 ? " group" : " groups", ": ", counts.outliers,
                   counts.outliers == 1 ? " key differs" : " keys differ", ", ", counts.nodes,
                   counts.nodes == 1 ? " node is apart" : " nodes are apart",
                   counts.unreadable == 0 ? "" : cat("; ", counts.unreadable, " documents could not be read"),
                   "\n");
}

}  // namespace eidos::diff
