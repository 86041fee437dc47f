#pragma once
// The helm deployer: one umbrella chart with a dependency per component.

#include <string>
#include <string_view>
#include <vector>

#include "base/file_tree.h"
#include "bundle/prepare.h"

namespace eidos::bundle {

struct Manifest {
  std::string path;  ///< In the catalog: "components/gpu-operator/manifests/dcgm-exporter.yaml".
  std::string text;  ///< A Helm template.
};

/// A part ready to be rendered.
struct Piece {
  Part part;
  std::vector<Manifest> manifests;

  const std::string& name() const { return part.ref->name; }
  bool has_chart() const { return !part.ref->source.empty(); }
  /// The chart's own name; the component's where the recipe names none.
  const std::string& chart() const { return part.ref->chart.empty() ? name() : part.ref->chart; }
};

struct Umbrella {
  std::string chart;    ///< chart_name()
  std::string version;  ///< chart_version()
  std::string name_space;
  std::string_view recipe_text;
  const model::RecipeResult* recipe = nullptr;
  std::vector<Piece> pieces;  ///< In deployment order.
  std::vector<std::string> switched_off;
  std::vector<std::string> not_chosen;
};

/// "eidos-<service>-<accelerator>", "any" where unset. Invalid when that is no DNS label.
Result<std::string> chart_name(const model::Criteria& criteria);
/// The recipe's version when it is SemVer 2, else "0.0.0-<it>" with what a pre-release may not hold taken
/// out; "0.0.0" for none.
std::string chart_version(std::string_view recipe_version);

/// Name, namespace, type, chart, version and source of every piece fit a Helm umbrella; all problems
/// together.
Result<void> check_pieces(const std::vector<Piece>& pieces, std::vector<std::string>& warnings);

std::string chart_yaml(const Umbrella& umbrella);
std::string values_yaml(const Umbrella& umbrella);
/// Where a manifest stands below templates/; different for different (component, path).
std::string template_path(std::string_view component, std::string_view manifest_path);
/// The manifest, rendered only while values.yaml has the component enabled. Invalid for a manifest with a
/// {{ define }}, which Helm allows at the top of a file only.
Result<std::string> guarded(std::string_view component, const Manifest& manifest);

/// Chart.yaml, values.yaml, .helmignore, templates/, recipe.yaml: all but README.md and checksums.txt.
Result<FileTree> umbrella_files(const Umbrella& umbrella);

}  // namespace eidos::bundle
