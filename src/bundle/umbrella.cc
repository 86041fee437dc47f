#include "bundle/umbrella.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "bundle/manifests.h"
#include "bundle/observer.h"
#include "bundle/problems.h"
#include "bundle/scripts.h"
#include "bundle/size_guard.h"
#include "bundle/umbrella_readme.h"
#include "data/document.h"

namespace eidos::bundle {
namespace {

// Anchored: a manifest may have any of these names. What is not ignored is stored in the release Secret.
constexpr std::string_view kHelmIgnore =
    "# Files of the bundle that are no part of the chart.\n"
    "/recipe.yaml\n"
    "/checksums.txt\n"
    "/*.sh\n"
    "/attestation/\n";

data::Value dependency(const Piece& piece) {
  data::Map out;
  out.set("name", piece.chart());
  if (piece.chart() != piece.name()) out.set("alias", piece.name());
  out.set("version", piece.part.ref->version);
  out.set("repository", piece.part.ref->source);
  out.set("condition", cat("enabled.", piece.name()));
  return out;
}

}  // namespace

std::string chart_yaml(const Stack& stack) {
  data::Map chart;
  chart.set("apiVersion", "v2");
  chart.set("name", stack.name);
  chart.set("description", stack_description(stack.recipe->criteria));
  chart.set("type", "application");
  chart.set("version", stack.version);
  data::List dependencies;
  for (const Piece& piece : stack.pieces)
    if (piece.has_chart()) dependencies.push_back(dependency(piece));
  if (!dependencies.empty()) chart.set("dependencies", std::move(dependencies));
  return data::to_yaml(chart);
}

std::string values_yaml(const Stack& stack) {
  data::Map enabled;
  data::Map values;
  for (const Piece& piece : stack.pieces) enabled.set(piece.name(), true);
  values.set("enabled", std::move(enabled));
  for (const Piece& piece : stack.pieces) values.set(piece.name(), piece.part.values);
  return cat("# Which components are on, then the values of each under its name.\n", data::to_yaml(values));
}

Result<Bundle> render_umbrella(const Stack& stack) {
  Bundle out;
  Guide guide = guide_for(stack);
  out.files.emplace("Chart.yaml", File{chart_yaml(stack)});
  out.files.emplace("values.yaml", File{values_yaml(stack)});
  out.files.emplace(".helmignore", File{std::string(kHelmIgnore)});
  out.files.emplace("recipe.yaml", File{std::string(stack.recipe_text)});
  out.files.emplace("README.md", File{umbrella_readme(stack, guide)});
  Problems problems;
  for (const Piece& piece : stack.pieces)
    problems.check(observed(stack.options->observer, piece.name(),
                            [&] { return add_manifests(piece, "templates/", Switch::Guarded, out.files); }));
  EIDOS_CHECK(problems.done());
  add_notes(out.files);
  EIDOS_CHECK(check_size(stack, out.files, out.warnings));
  add_umbrella_scripts(stack, kRelease, out.files);
  if (!guide.null_note.empty()) out.warnings.push_back(guide.null_note);
  out.deployment = {"helm-umbrella", std::move(guide.install), std::move(guide.notes)};
  return out;
}

}  // namespace eidos::bundle
