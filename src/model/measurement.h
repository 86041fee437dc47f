#pragma once
// Readings in groups: what snapshots are made of, and what recipes recommend in the same shape.

#include <string>
#include <vector>

#include "data/value.h"

namespace eidos::model {

struct Subtype {
  std::string subtype = {};
  data::Map data = {};     ///< Key → scalar; text keeps its spelling.
  data::Map context = {};  ///< Key → description.
  data::Mark mark = {};
  bool operator==(const Subtype&) const = default;
};

struct Measurement {
  std::string type = {};  ///< K8s, OS, SystemD, GPU, NodeTopology.
  std::vector<Subtype> subtypes = {};
  data::Mark mark = {};
  bool operator==(const Measurement&) const = default;
};

}  // namespace eidos::model
