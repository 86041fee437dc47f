#pragma once
// The registry's checks on a bundle: what a component wants to be told about its flags.

#include <string>
#include <vector>

#include "bundle/scheduling.h"
#include "data/value.h"
#include "model/recipe.h"
#include "model/registry.h"

namespace eidos::bundle {

/// Runs the component's checks on its final values. A selector counts as there when its flag was given or one
/// of the registry's paths for it holds something. A condition on a dimension the recipe leaves open holds.
/// Findings of severity error come back as Invalid (all together), others as warnings. Invalid too: a check
/// or a condition that this program does not know.
Result<void> run_validations(const model::Component& component, const model::Criteria& criteria,
                             const Scheduling& scheduling, const data::Value& values,
                             std::vector<std::string>& warnings);

}  // namespace eidos::bundle
