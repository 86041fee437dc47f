#pragma once
// What became of one document in another: kind DiffResult.

#include <cstdint>
#include <string>
#include <vector>

#include "data/value.h"

namespace eidos::diff {

/// What a change can do to what runs on the old state, worst first.
enum class Impact : std::uint8_t {
  Breaking,     ///< It can stop something that works.
  Performance,  ///< It can change how fast or how well something runs.
  Cosmetic,     ///< Neither, as far as eidos knows.
};

enum class How : std::uint8_t { Added, Removed, Changed, Moved };

struct Change {
  Impact impact = Impact::Cosmetic;
  How how = How::Changed;
  std::string group = {};  ///< What it belongs to: "GPU.smi", a component, "constraints".
  std::string path = {};   ///< Whole, as --ignore takes it.
  std::string key = {};    ///< The path within the group, for people.
  data::Value from = {};   ///< Null when added.
  data::Value to = {};     ///< Null when removed.
  std::string detail = {};
  std::string reason = {};
  bool crds = false;
  bool operator==(const Change&) const = default;
};

/// One of the two documents.
struct Side {
  std::string source;  ///< As it was given.
  std::string kind;    ///< Snapshot, RecipeResult or Bundle.
  std::string node;
  std::string timestamp;
  std::string version;
  bool operator==(const Side&) const = default;
};

/// changes = breaking + performance + cosmetic.
struct Summary {
  std::int64_t changes = 0;
  std::int64_t breaking = 0;
  std::int64_t performance = 0;
  std::int64_t cosmetic = 0;
  std::int64_t not_counted = 0;
  std::int64_t ignored = 0;
  std::int64_t withheld = 0;
  bool operator==(const Summary&) const = default;
};

/// kind DiffResult.
struct DiffResult {
  std::string kind = "DiffResult";
  std::string api_version;
  Side from;
  Side to;
  Summary summary;
  std::vector<Change> changes;
  std::vector<std::string> notes;
  bool operator==(const DiffResult&) const = default;
};

}  // namespace eidos::diff
