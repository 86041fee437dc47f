#pragma once
// Which value paths a component is known to have, so that a typing error in a flag does not pass unseen.

#include <string>
#include <vector>

#include "data/path.h"
#include "data/value.h"
#include "model/registry.h"

namespace eidos::bundle {

class KnownPaths {
 public:
  /// `values` as hydrated, before flags; the registry's scheduling paths count too (`entry` may be null).
  KnownPaths(data::Value values, const model::Component* entry);

  /// True when the path leads to something, or into a list, a null, or an empty map below the top: those hold
  /// what the values files cannot know.
  bool has(const data::Path& path) const;
  /// "; did you mean 'driver.version'?" or "".
  std::string nearest_to(const data::Path& path) const;

 private:
  data::Value values_;
};

/// Paths of everything in `values` that is not a map with something in it, in document order.
std::vector<data::Path> leaf_paths(const data::Value& values);

}  // namespace eidos::bundle
