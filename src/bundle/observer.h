#pragma once
// Who wants to know how a bundle comes about: the log under --debug, the metrics of a server. Rendering reads
// no clock; an observer that has one measures.

#include <string>

#include "base/error.h"

namespace eidos::bundle {

class Observer {
 public:
  virtual ~Observer() = default;
  /// Work on one component begins and ends, for each several times (its values, its manifests, its files), in
  /// the order of deployment and never one inside the other. `problem` is why it cannot be in a bundle, or
  /// nullptr.
  virtual void begins(const std::string& component) = 0;
  virtual void ends(const std::string& component, const Error* problem) = 0;
};

/// Does `work`, a function that returns a Result, for one component; `observer` may be nullptr.
template <class Work>
auto observed(Observer* observer, const std::string& component, Work work) {
  if (observer != nullptr) observer->begins(component);
  auto done = work();
  if (observer != nullptr) observer->ends(component, done ? nullptr : &done.error());
  return done;
}

}  // namespace eidos::bundle
