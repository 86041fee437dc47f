#pragma once
// The helm deployer's component layout: a chart, a release and a namespace for each component.

#include "bundle/stack.h"

namespace eidos::bundle {

/// The whole tree but the root's checksums.txt. Invalid: a name too long for a release, a manifest Helm would
/// not apply, a release past its size limit; all problems of the components together.
Result<Bundle> render_component_charts(const Stack& stack);

}  // namespace eidos::bundle
