#include "bundle/umbrella.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "bundle/names.h"
#include "bundle/problems.h"
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

// True for "{{ define", "{{- define", "{{/* no */}}" not.
bool defines_template(std::string_view text) {
  for (std::size_t at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 2)) {
    std::string_view action = text.substr(at + 2);
    if (action.starts_with('-')) action.remove_prefix(1);
    action.remove_prefix(std::min(action.find_first_not_of(" \t\r\n"), action.size()));
    if (action.starts_with("define ") || action.starts_with("define\t") || action.starts_with("define\""))
      return true;
  }
  return false;
}

Result<void> add_templates(const Piece& piece, FileTree& files) {
  for (const Manifest& manifest : piece.manifests) {
    std::string path = cat("templates/", template_path(piece.name(), manifest.path));
    EIDOS_CHECK(check_tree_path(path));
    std::string_view base = std::string_view(path).substr(path.rfind('/') + 1);
    if (base.starts_with('_') || base == "NOTES.txt")
      return fail(
          ErrorKind::Invalid,
          cat("component ", quote(piece.name()), ": Helm would not apply a manifest named ", quote(base)), {},
          "rename the file in the catalog");
    EIDOS_TRY(std::string text, guarded(piece.name(), manifest));
    if (!files.emplace(path, File{std::move(text)}).second)
      return fail(
          ErrorKind::Invalid,
          cat("component ", quote(piece.name()), ": manifest ", quote(manifest.path), " is listed twice"), {},
          "keep one of the two in manifestFiles");
  }
  return {};
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

std::string template_path(std::string_view component, std::string_view manifest_path) {
  std::string own = cat("components/", component, "/manifests/");
  if (manifest_path.starts_with(own)) manifest_path.remove_prefix(own.size());
  return cat(component, "/", manifest_path);
}

Result<std::string> guarded(std::string_view component, const Manifest& manifest) {
  if (defines_template(manifest.text))
    return fail(ErrorKind::Invalid,
                cat("component ", quote(component), ": manifest ", quote(manifest.path),
                    " defines a template, which cannot be switched on and off"),
                {}, "write the text where it is used, or use variables");
  // The line break in front of `end` stays: a block scalar at the end of the manifest keeps its own.
  return cat("{{- if index .Values.enabled \"", component, "\" }}\n", manifest.text,
             manifest.text.ends_with('\n') ? "" : "\n", "{{ end }}\n");
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
  for (const Piece& piece : stack.pieces) problems.check(add_templates(piece, out.files));
  EIDOS_CHECK(problems.done());
  EIDOS_CHECK(check_size(stack, out.files, out.warnings));
  if (!guide.null_note.empty()) out.warnings.push_back(guide.null_note);
  out.deployment = {"helm-umbrella", std::move(guide.install), std::move(guide.notes)};
  return out;
}

}  // namespace eidos::bundle
