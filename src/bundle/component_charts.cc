#include "bundle/component_charts.h"

#include <utility>

#include "base/text.h"
#include "bundle/cluster_policy.h"
#include "bundle/component_readme.h"
#include "bundle/manifests.h"
#include "bundle/objects.h"
#include "bundle/observer.h"
#include "bundle/pages.h"
#include "bundle/problems.h"
#include "bundle/scripts.h"
#include "bundle/size_guard.h"
#include "data/document.h"

namespace eidos::bundle {
namespace {

// What is not ignored is stored in the release Secret.
constexpr std::string_view kHelmIgnore =
    "# Files beside the chart that are no part of it.\n"
    "/checksums.txt\n"
    "/manifests/\n"
    "/scripts/\n";

std::string chart_yaml(const Stack& stack, const Piece& piece) {
  data::Map chart = fields({{"apiVersion", "v2"},
                            {"name", piece.name()},
                            {"description", cat(piece.name(), " of ", stack.name)},
                            {"type", "application"},
                            {"version", stack.version}});
  if (piece.has_chart()) {
    data::Map dependency = fields({{"name", piece.chart()}});
    if (piece.chart() != piece.name()) dependency.set("alias", piece.name());
    dependency.set("version", piece.part.ref->version);
    dependency.set("repository", piece.part.ref->source);
    chart.set("dependencies", data::List{std::move(dependency)});
  }
  return data::to_yaml(chart);
}

// Under the component's name: the alias of the dependency, and where the manifests look.
std::string values_yaml(const Piece& piece) {
  return data::to_yaml(fields({{piece.name(), piece.part.values}}));
}

/// The files of one component, as they lie in its folder. `alone` is the stack with nothing but this
/// component.
Result<FileTree> component_tree(const Stack& stack, const Stack& alone, std::vector<std::string>& warnings) {
  const Piece& piece = alone.pieces.front();
  const bool has_policy = has_cluster_policy(piece);
  FileTree files;
  files.emplace("Chart.yaml", File{chart_yaml(stack, piece)});
  files.emplace("values.yaml", File{values_yaml(piece)});
  files.emplace(".helmignore", File{std::string(kHelmIgnore)});
  files.emplace("README.md", File{component_readme(alone, has_policy)});
  EIDOS_CHECK(add_manifests(piece, "templates/", Switch::None, files));
  add_notes(files);
  if (auto fits = check_size(alone, files, warnings); !fits) {
    fits.error().hint = "a component has one release: use a smaller chart, or leave manifests out";
    return std::unexpected(std::move(fits).error().within(cat("component ", quote(piece.name()))));
  }
  if (has_policy) files.emplace("manifests/clusterpolicy.yaml", File{cluster_policy(stack, piece)});
  add_component_scripts(stack, piece, has_policy, files);
  files.emplace(kChecksumsFile, File{checksum_lines(files)});
  return files;
}

Stack without_pieces(const Stack& stack) {
  return {.name = stack.name,
          .version = stack.version,
          .name_space = stack.name_space,
          .recipe_text = stack.recipe_text,
          .recipe = stack.recipe,
          .options = stack.options,
          .pieces = {},
          .switched_off = {},
          .not_chosen = {},
          .warnings = {}};
}

}  // namespace

Result<Bundle> render_component_charts(const Stack& stack) {
  EIDOS_CHECK(check_release_names(stack, &Piece::name));
  Bundle out;
  Problems problems;
  Stack alone = without_pieces(stack);
  for (const Piece& piece : stack.pieces) {
    alone.pieces = {piece};
    auto tree = observed(stack.options->observer, piece.name(),
                         [&] { return component_tree(stack, alone, out.warnings); });
    if (!tree) {
      problems.add(std::move(tree).error());
      continue;
    }
    for (auto& [path, file] : *tree) out.files.emplace(cat(piece.name(), "/", path), std::move(file));
  }
  EIDOS_CHECK(problems.done());
  out.deployment = {"helm-components", {"./deploy.sh"}, {}};
  if (std::string note = null_note(stack); !note.empty()) {
    out.warnings.push_back(note);
    out.deployment.notes.push_back(std::move(note));
  }
  out.files.emplace("recipe.yaml", File{std::string(stack.recipe_text)});
  out.files.emplace("README.md", File{components_readme(stack, out.deployment)});
  add_stack_scripts(stack, out.files);
  return out;
}

}  // namespace eidos::bundle
