#pragma once
// The helm deployer's umbrella layout: one chart, one release, a dependency per component.

#include <string>
#include <string_view>

#include "bundle/stack.h"

namespace eidos::bundle {

/// The whole tree but checksums.txt. Invalid: a manifest Helm would not apply, a release past its size limit.
Result<Bundle> render_umbrella(const Stack& stack);

std::string chart_yaml(const Stack& stack);
std::string values_yaml(const Stack& stack);

}  // namespace eidos::bundle
