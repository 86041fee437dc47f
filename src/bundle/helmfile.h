#pragma once
// The helmfile deployer: one helmfile.yaml with a release per component, ordered by needs.

#include "bundle/stack.h"

namespace eidos::bundle {

/// The whole tree but checksums.txt. Invalid: names too long for a Helm release.
Result<Bundle> render_helmfile(const Stack& stack);

}  // namespace eidos::bundle
