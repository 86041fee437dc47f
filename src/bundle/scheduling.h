#pragma once
// Node and pod scheduling flags: parsed once, written at the paths the registry names for a component.

#include <string>
#include <string_view>
#include <vector>

#include "bundle/bundle.h"
#include "data/path.h"
#include "data/value.h"
#include "model/registry.h"

namespace eidos::bundle {

/// The flags as values ready to be written; null: not given.
struct Scheduling {
  data::Value system_selector;     ///< Map of strings.
  data::Value system_tolerations;  ///< List of maps.
  data::Value accelerated_selector;
  data::Value accelerated_tolerations;
  data::Value workload_selector;
  data::Value gate;         ///< "key=value:Effect", for charts that take a taint as text.
  data::Value gate_taints;  ///< The same as a list of one taint.
  data::Value nodes;        ///< Integer.
};

/// Invalid, all problems together: a selector that is no key=value of Kubernetes labels, an effect other than
/// NoSchedule, PreferNoSchedule and NoExecute, seconds with another effect than NoExecute, an empty key,
/// negative nodes. A selector key given twice with two values: the last one wins and a warning says so.
Result<Scheduling> parse_scheduling(const SchedulingFlags& flags, std::vector<std::string>& warnings);

/// One value that a flag puts at one path of a component.
struct ScheduledValue {
  std::string_view flag;
  data::Path path;
  const data::Value* value;  ///< Of the Scheduling.
};
/// What was given, at the component's paths, in the order written: where two have the same path the later one
/// wins. Invalid: a path of the registry that does not parse.
Result<std::vector<ScheduledValue>> scheduled_values(const Scheduling& scheduling,
                                                     const model::Component& component);

/// Writes what was given at the component's paths, replacing what stands there; a path of both a system and
/// an accelerated flag gets the accelerated one. Invalid: a path through something that is no map.
Result<void> apply_scheduling(const Scheduling& scheduling, const model::Component& component,
                              data::Value& values);

struct WrittenPath {
  std::string_view flag;
  data::Path path;
};
/// What apply_scheduling() writes into this component's values.
std::vector<WrittenPath> written_paths(const Scheduling& scheduling, const model::Component& component);

/// The flags that were given although none of these components has a path for them.
std::vector<std::string_view> unused_flags(const Scheduling& scheduling,
                                           const std::vector<const model::Component*>& components);

}  // namespace eidos::bundle
