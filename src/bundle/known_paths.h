#pragma once
// Which value paths a component is known to have, so that a typing error in a flag does not pass unseen.

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "data/path.h"
#include "data/value.h"
#include "model/recipe.h"
#include "model/registry.h"

namespace eidos::bundle {

/// The recorded value shape of the component's chart (docs/formats/value-shapes.md); null when there is none,
/// or none for its version. Invalid: a shape that is no JSON.
Result<data::Value> recorded_shape(const catalog::Catalog& catalog, const model::ComponentRef& ref);

/// Whether a chart of this shape reads `path`; true as well where the shape leaves open what it reads.
bool shape_has(const data::Value& shape, const data::Path& path);

class KnownPaths {
 public:
  /// `values` as hydrated, before flags; the registry's scheduling paths count too (`entry` may be null), and
  /// so does `shape`, which may be null.
  KnownPaths(data::Value values, const model::Component* entry, data::Value shape);

  bool has_shape() const { return !shape_.is_null(); }
  /// True when the shape has the path, or it leads to something in the values, or into a list, a null, or an
  /// empty map below the top: those hold what the values files cannot know.
  bool has(const data::Path& path) const;
  /// "; did you mean 'driver.version'?" or "".
  std::string nearest_to(const data::Path& path) const;

 private:
  bool values_have(const data::Path& path) const;

  data::Value values_;
  data::Value shape_;
};

/// Paths of everything in `values` that is not a map with something in it, in document order.
std::vector<data::Path> leaf_paths(const data::Value& values);

}  // namespace eidos::bundle
