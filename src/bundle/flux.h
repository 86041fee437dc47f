#pragma once
// The flux deployer: a HelmRelease per component, ordered by dependsOn.

#include "bundle/stack.h"

namespace eidos::bundle {

/// The whole tree but checksums.txt. Invalid: manifests without --repo, names too long for a Helm release.
Result<Bundle> render_flux(const Stack& stack);

}  // namespace eidos::bundle
