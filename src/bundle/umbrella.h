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
/// Where a manifest stands below templates/; different for different (component, path).
std::string template_path(std::string_view component, std::string_view manifest_path);
/// The manifest, rendered only while values.yaml has the component enabled. Invalid for a manifest with a
/// {{ define }}, which Helm allows at the top of a file only.
Result<std::string> guarded(std::string_view component, const Manifest& manifest);

}  // namespace eidos::bundle
