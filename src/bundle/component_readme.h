#pragma once
// The README files of the component layout: one at the root, one for each component.

#include <string>

#include "bundle/stack.h"

namespace eidos::bundle {

std::string components_readme(const Stack& stack, const Deployment& deployment);
/// `alone` holds the one component.
std::string component_readme(const Stack& alone, bool has_policy);

}  // namespace eidos::bundle
