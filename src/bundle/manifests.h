#pragma once
// Catalog manifests are Helm templates. They are shipped as such, inside a chart, and Helm renders them.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file_tree.h"
#include "bundle/stack.h"

namespace eidos::bundle {

enum class Switch : std::uint8_t {
  None,     ///< The chart is the component's own.
  Guarded,  ///< Rendered while `.Values.enabled.<component>` is true.
};

/// Adds the manifests of `piece` below `folder` ("templates/"). Invalid: a name Helm does not apply, a path
/// twice, a {{ define }} that cannot be guarded.
Result<void> add_manifests(const Piece& piece, std::string_view folder, Switch guard, FileTree& files);

/// To be called last: a chart without a template gets templates/NOTES.txt, for `helm lint --strict` refuses
/// one that lacks the folder.
void add_notes(FileTree& files);

/// A chart of the manifests alone in `folder` ("gpu-operator/manifests/"): Chart.yaml, values.yaml with the
/// values under the component's name, where the manifests look for them, and templates/.
Result<void> add_manifest_chart(const Stack& stack, const Piece& piece, const std::string& folder,
                                FileTree& files);
/// "<component>-manifests": the chart's name, and its release's where the component has a chart, too.
std::string manifests_name(const Piece& piece);

/// True when the manifest has a helm.sh/hook annotation: Helm makes the object anew in each upgrade, and
/// keeps it out of the release.
bool makes_hooks(const Manifest& manifest);

/// Where a manifest stands below templates/; different for different (component, path).
std::string template_path(std::string_view component, std::string_view manifest_path);
/// The manifest, rendered only while values.yaml has the component enabled. Invalid for a manifest with a
/// {{ define }}, which Helm allows at the top of a file only.
Result<std::string> guarded(std::string_view component, const Manifest& manifest);

}  // namespace eidos::bundle
