#include "bundle/manifests.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "data/document.h"

namespace eidos::bundle {
namespace {

constexpr std::string_view kTemplates = "templates/";
// Helm prints it after each installation.
constexpr std::string_view kNotes =
    "{{ .Release.Name }} is in namespace {{ .Release.Namespace }}. The README.md beside its values.yaml says "
    "how "
    "to check, upgrade and remove it.\n";

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

}  // namespace

Result<void> add_manifests(const Piece& piece, std::string_view folder, Switch guard, FileTree& files) {
  for (const Manifest& manifest : piece.manifests) {
    std::string path = cat(folder, template_path(piece.name(), manifest.path));
    EIDOS_CHECK(check_tree_path(path));
    std::string_view base = std::string_view(path).substr(path.rfind('/') + 1);
    if (base.starts_with('_') || base == "NOTES.txt")
      return fail(
          ErrorKind::Invalid,
          cat("component ", quote(piece.name()), ": Helm would not apply a manifest named ", quote(base)), {},
          "rename the file in the catalog");
    std::string text = manifest.text;
    if (guard == Switch::Guarded) {
      EIDOS_TRY(text, guarded(piece.name(), manifest));
    }
    if (!files.emplace(path, File{std::move(text)}).second)
      return fail(
          ErrorKind::Invalid,
          cat("component ", quote(piece.name()), ": manifest ", quote(manifest.path), " is listed twice"), {},
          "keep one of the two in manifestFiles");
  }
  return {};
}

void add_notes(FileTree& files) {
  auto first = files.lower_bound(kTemplates);
  if (first == files.end() || !first->first.starts_with(kTemplates))
    files.emplace(cat(kTemplates, "NOTES.txt"), File{std::string(kNotes)});
}

Result<void> add_manifest_chart(const Stack& stack, const Piece& piece, const std::string& folder,
                                FileTree& files) {
  data::Map chart;
  chart.set("apiVersion", "v2");
  chart.set("name", manifests_name(piece));
  chart.set("description", cat("Manifests of ", piece.name(), " in ", stack.name));
  chart.set("type", "application");
  chart.set("version", stack.version);
  data::Map values;
  values.set(piece.name(), piece.part.values);
  files.emplace(cat(folder, "Chart.yaml"), File{data::to_yaml(chart)});
  files.emplace(cat(folder, "values.yaml"), File{data::to_yaml(values)});
  return add_manifests(piece, cat(folder, "templates/"), Switch::None, files);
}

std::string manifests_name(const Piece& piece) {
  return cat(piece.name(), "-manifests");
}

bool makes_hooks(const Manifest& manifest) {
  return manifest.text.find("helm.sh/hook") != std::string::npos;
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
  std::string on = cat("index .Values.enabled \"", component, "\"");
  // deploy.sh upgrades level by level and names in hooksDone those whose objects this run has made already.
  if (makes_hooks(manifest))
    on = cat("and (", on, ") (not (has \"", component, "\" (.Values.hooksDone | default list)))");
  return cat("{{- if ", on, " }}\n", manifest.text, manifest.text.ends_with('\n') ? "" : "\n", "{{ end }}\n");
}

}  // namespace eidos::bundle
