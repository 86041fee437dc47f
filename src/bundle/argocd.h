#pragma once
// The argocd deployer: an Application per component, ordered by sync waves inside an app-of-apps.

#include "bundle/stack.h"

namespace eidos::bundle {

/// The whole tree but checksums.txt. Invalid: manifests without --repo, names too long for a Helm release.
Result<Bundle> render_argocd(const Stack& stack);

}  // namespace eidos::bundle
