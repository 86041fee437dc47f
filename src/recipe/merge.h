#pragma once
// Laying one overlay over what came before it.

#include "model/recipe.h"
#include "model/registry.h"

namespace eidos::recipe {

/// What the overlays applied so far amount to. Sorted by name throughout.
struct Merged {
  std::vector<model::Constraint> constraints;
  std::vector<model::ComponentRef> components;
  model::Validation validation;
};

/// Constraints by name, whole entry replaced; components by name, field by field; validation phase by phase.
void apply(Merged& base, const model::OverlaySpec& over);

/// Gives empty fields of a component the defaults of its registry entry; what an overlay says stands.
void fill_from_registry(model::ComponentRef& ref, const model::Component& entry);

}  // namespace eidos::recipe
