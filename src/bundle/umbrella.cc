#include "bundle/umbrella.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "bundle/names.h"
#include "bundle/problems.h"
#include "data/document.h"

namespace eidos::bundle {
namespace {

constexpr std::size_t kMaxPreRelease = 60;
// Anchored: a manifest may have any of these names. What is not ignored is stored in the release Secret.
constexpr std::string_view kHelmIgnore =
    "# Files of the bundle that are no part of the chart.\n"
    "/recipe.yaml\n"
    "/checksums.txt\n"
    "/*.sh\n"
    "/attestation/\n";

bool is_identifier_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

// One dot-separated part of a pre-release; may come back empty.
std::string clean_identifier(std::string_view part) {
  std::string out;
  for (char c : part) {
    if (is_identifier_char(c))
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (out.ends_with('-')) out.pop_back();
  bool number = !out.empty() && out.find_first_not_of("0123456789") == std::string::npos;
  while (number && out.size() > 1 && out.front() == '0') out.erase(0, 1);
  return out;
}

Result<void> check_chart(const Piece& piece, std::string_view who, std::vector<std::string>& warnings) {
  const model::ComponentRef& ref = *piece.part.ref;
  EIDOS_CHECK(check_source(who, ref.source));
  if (!is_chart_name(piece.chart()))
    return fail(ErrorKind::Invalid, cat(who, ": ", quote(piece.chart()), " is no chart name"), {},
                "use letters, digits, '-', '_' and '.'; the repository belongs into source");
  if (ref.version.empty())
    return fail(ErrorKind::Invalid, cat(who, ": no chart version"), {},
                "give componentRefs[].version, or helm.defaultVersion in the registry");
  if (!is_chart_version(ref.version))
    return fail(ErrorKind::Invalid, cat(who, ": ", quote(ref.version), " is no chart version"), {},
                "give one version, as in 1.2.3 or v1.2.3; not a range");
  if (ref.source.starts_with("http://"))
    warnings.push_back(cat(who, ": ", ref.source, " is plain HTTP; nothing proves which chart it delivers"));
  return {};
}

Result<void> check_piece(const Piece& piece, std::vector<std::string>& warnings) {
  const model::ComponentRef& ref = *piece.part.ref;
  std::string who = cat("component ", quote(ref.name));
  EIDOS_CHECK(check_component_name(ref.name));
  if (!ref.name_space.empty()) EIDOS_CHECK(check_namespace(who, ref.name_space));
  if (ref.type == "Kustomize")
    return fail(ErrorKind::Invalid,
                cat(who, " is a Kustomize component, and a Helm umbrella holds charts only"), {},
                cat("leave it out with --set ", ref.name, ":enabled=false and apply it with kustomize"));
  if (!ref.type.empty() && ref.type != "Helm")
    return fail(ErrorKind::Invalid, cat(who, ": unknown type ", quote(ref.type)), {},
                "types are Helm, Kustomize");
  if (!ref.patches.empty())
    warnings.push_back(cat(who, ": patches are for Kustomize components and are not used"));
  if (piece.has_chart()) return check_chart(piece, who, warnings);
  if (piece.manifests.empty())
    return fail(ErrorKind::Invalid, cat(who, " has neither a chart nor manifests"), {},
                "give it a source, or manifestFiles");
  return {};
}

data::Value dependency(const Piece& piece) {
  data::Map out;
  out.set("name", piece.chart());
  if (piece.chart() != piece.name()) out.set("alias", piece.name());
  out.set("version", piece.part.ref->version);
  out.set("repository", piece.part.ref->source);
  out.set("condition", cat("enabled.", piece.name()));
  return out;
}

std::string description(const model::Criteria& criteria) {
  std::string stated;
  for (const model::Dimension& dimension : model::kDimensions)
    if (const std::string& value = criteria.*dimension.member; !value.empty())
      stated += cat(stated.empty() ? "" : ", ", dimension.name, " ", value);
  return stated.empty() ? "GPU stack for any cluster" : cat("GPU stack for ", stated);
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

Result<std::string> chart_name(const model::Criteria& criteria) {
  auto or_any = [](const std::string& value) { return value.empty() ? std::string_view("any") : value; };
  std::string name = cat("eidos-", or_any(criteria.service), "-", or_any(criteria.accelerator));
  if (is_dns_label(name)) return name;
  return fail(ErrorKind::Invalid, cat("the criteria make ", quote(name), ", which is no chart name"), {},
              "correct service and accelerator in the recipe's criteria");
}

std::string chart_version(std::string_view recipe_version) {
  if (is_semver(recipe_version)) return std::string(recipe_version);
  std::string cleaned;
  for (std::string_view part : split(recipe_version.substr(0, kMaxPreRelease), '.')) {
    std::string identifier = clean_identifier(part);
    if (!identifier.empty()) cleaned += cat(cleaned.empty() ? "" : ".", identifier);
  }
  return cleaned.empty() ? "0.0.0" : cat("0.0.0-", cleaned);
}

Result<void> check_pieces(const std::vector<Piece>& pieces, std::vector<std::string>& warnings) {
  Problems problems;
  for (const Piece& piece : pieces) problems.check(check_piece(piece, warnings));
  return problems.done();
}

std::string chart_yaml(const Umbrella& umbrella) {
  data::Map chart;
  chart.set("apiVersion", "v2");
  chart.set("name", umbrella.chart);
  chart.set("description", description(umbrella.recipe->criteria));
  chart.set("type", "application");
  chart.set("version", umbrella.version);
  data::List dependencies;
  for (const Piece& piece : umbrella.pieces)
    if (piece.has_chart()) dependencies.push_back(dependency(piece));
  if (!dependencies.empty()) chart.set("dependencies", std::move(dependencies));
  return data::to_yaml(chart);
}

std::string values_yaml(const Umbrella& umbrella) {
  data::Map enabled;
  data::Map values;
  for (const Piece& piece : umbrella.pieces) enabled.set(piece.name(), true);
  values.set("enabled", std::move(enabled));
  for (const Piece& piece : umbrella.pieces) values.set(piece.name(), piece.part.values);
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

Result<FileTree> umbrella_files(const Umbrella& umbrella) {
  FileTree files;
  files.emplace("Chart.yaml", File{chart_yaml(umbrella)});
  files.emplace("values.yaml", File{values_yaml(umbrella)});
  files.emplace(".helmignore", File{std::string(kHelmIgnore)});
  files.emplace("recipe.yaml", File{std::string(umbrella.recipe_text)});
  Problems problems;
  for (const Piece& piece : umbrella.pieces) problems.check(add_templates(piece, files));
  EIDOS_CHECK(problems.done());
  return files;
}

}  // namespace eidos::bundle
