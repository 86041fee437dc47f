#pragma once
// Many snapshots → which nodes differ from their likes: kind FleetSummary. One pass, a snapshot at a time;
// what is kept grows with what differs, not with what there is. Pure; what never counts in a diff does not
// count here.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "diff/change.h"
#include "diff/ignore.h"
#include "model/snapshot.h"

namespace eidos::diff {

/// Readings that make nodes alike: the same accelerator and instance type.
inline constexpr std::string_view kGroupBy[] = {"GPU.smi.gpu.model", "K8s.node.instance-type"};

/// One value of a key in a group, and who has it.
struct Held {
  data::Value value;  ///< Null: the key is not there.
  std::int64_t nodes = 0;
  std::vector<std::string> names;  ///< Of those apart from the majority, sorted.
  bool operator==(const Held&) const = default;
};

/// A key that not all nodes of a group have alike.
struct Outlier {
  std::string path = {};
  Impact impact = Impact::Cosmetic;
  bool tie = false;               ///< There is no majority: the first of `values` is as frequent as another.
  std::vector<Held> values = {};  ///< The most frequent first.
  bool operator==(const Outlier&) const = default;
};

struct NodeGroup {
  std::map<std::string, std::string> by;  ///< Path → text; "" where nodes have no such reading.
  std::int64_t nodes = 0;
  std::vector<Outlier> outliers;
  std::vector<std::string> everywhere;  ///< Paths that differ on so many nodes that nobody is apart.
  bool operator==(const NodeGroup&) const = default;
};

/// A collector that did not end well, or a document that could not be read.
struct Failure {
  std::string cause;  ///< "gpu.smi: timed-out", "not readable: …".
  std::int64_t nodes = 0;
  std::vector<std::string> names;  ///< Nodes, or documents.
  bool operator==(const Failure&) const = default;
};

struct FleetCounts {
  std::int64_t snapshots = 0;
  std::int64_t unreadable = 0;
  std::int64_t groups = 0;
  std::int64_t outliers = 0;  ///< Keys, of all groups.
  std::int64_t nodes = 0;     ///< That are apart from a majority in some key.
  bool operator==(const FleetCounts&) const = default;
};

/// kind FleetSummary.
struct FleetSummary {
  std::string kind = "FleetSummary";
  std::string api_version;
  FleetCounts counts;
  std::vector<Failure> failures;
  std::vector<NodeGroup> groups;
  bool operator==(const FleetSummary&) const = default;
};

class Fleet {
 public:
  /// `group_by`: paths of readings; empty: kGroupBy.
  Fleet(std::vector<std::string> group_by, Ignore ignore);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  /// `source` names it where the snapshot does not say its node.
  void add(const std::string& source, const model::Snapshot& snapshot);
  void add_unreadable(const std::string& source, const Error& error);
  /// Groups with most nodes first; keys by what they can do, then by path.
  FleetSummary finish();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

data::Value to_document(const FleetSummary& summary);
/// For people: a part a group, a line a value; the counts are the last line.
std::string to_table(const FleetSummary& summary);

}  // namespace eidos::diff
