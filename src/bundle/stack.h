#pragma once
// What every deployer renders: the components with their final values and manifests, and who asked for what.

#include <string>
#include <string_view>
#include <vector>

#include "bundle/prepare.h"

namespace eidos::bundle {

/// Where components go that ask for no namespace.
constexpr std::string_view kFallbackNamespace = "eidos-stack";

struct Manifest {
  std::string path;  ///< In the catalog: "components/gpu-operator/manifests/dcgm-exporter.yaml".
  std::string text;  ///< A Helm template.
};

/// A part ready to be rendered.
struct Piece {
  Part part;
  std::vector<Manifest> manifests;
  int level = 0;  ///< Longest way to a component of the bundle that depends on nothing: 0 goes first.

  const std::string& name() const { return part.ref->name; }
  bool has_chart() const { return !part.ref->source.empty(); }
  /// The chart's own name; the component's where the recipe names none.
  const std::string& chart() const { return part.ref->chart.empty() ? name() : part.ref->chart; }
};

struct Stack {
  std::string name;        ///< stack_name()
  std::string version;     ///< stack_version()
  std::string name_space;  ///< --namespace, else the deployer's.
  std::string_view recipe_text;
  const model::RecipeResult* recipe = nullptr;
  const Options* options = nullptr;
  std::vector<Piece> pieces;  ///< In deployment order.
  std::vector<std::string> switched_off;
  std::vector<std::string> not_chosen;
  std::vector<std::string> warnings;  ///< What was said of recipe and flags.
};

/// Everything but the files. Invalid: criteria that make no name, a manifest the catalog lacks, and what
/// check_pieces() says; all problems of the components together.
Result<Stack> make_stack(const catalog::Catalog& catalog, const model::RecipeResult& recipe,
                         std::string_view recipe_text, const Options& options,
                         std::vector<std::string>& warnings);

/// "eidos-<service>-<accelerator>", "any" where unset. Invalid when that is no DNS label.
Result<std::string> stack_name(const model::Criteria& criteria);
/// The recipe's version when it is SemVer 2, else "0.0.0-<it>" with what a pre-release may not hold taken
/// out; "0.0.0" for none.
std::string stack_version(std::string_view recipe_version);
/// "GPU stack for service eks, accelerator h100"
std::string stack_description(const model::Criteria& criteria);

/// Name, namespace, type, chart, version and source of every piece are of their grammar; all problems
/// together.
Result<void> check_pieces(const std::vector<Piece>& pieces, Observer* observer,
                          std::vector<std::string>& warnings);

/// How often the deepest chain of dependencies goes down: 0 for an empty bundle.
int level_count(const Stack& stack);

}  // namespace eidos::bundle
