// Files and the registry: what is never read, what nobody names, paths that lead nowhere.

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "catalog/lint_collect.h"
#include "data/document.h"
#include "data/path.h"

namespace eidos::catalog {

namespace {

using Names = std::set<std::string, std::less<>>;

/// "gpu-operator" of "components/gpu-operator/values.yaml"; "" for other files.
std::string_view component_of(std::string_view path) {
  constexpr std::string_view kBelow = "components/";
  if (!path.starts_with(kBelow)) return {};
  path.remove_prefix(kBelow.size());
  return path.substr(0, path.find('/'));
}

bool is_values(std::string_view path) {
  return path.starts_with("components/") && path.find("/values") != std::string_view::npos &&
         path.ends_with(".yaml");
}

void find_stray(LintCollector& lint) {
  for (const std::string& name : lint.loaded().ignored) {
    std::string_view shown = name;
    if (shown.ends_with('/')) shown.remove_suffix(1);
    std::string_view last = shown.substr(shown.rfind('/') + 1);
    if (last.starts_with('.')) continue;  // other tools' own
    lint.add_file(
        "stray-file", name,
        cat(name.ends_with('/') ? "the directory" : "the file",
            " is in no place of a catalog and is never read"),
        last.ends_with(".yml")
            ? "name it .yaml, or move it out of the catalog"
            : "move it out of the catalog: places are registry.yaml, overlays/*.yaml, tuning/*.yaml and "
              "components/NAME/{values*.yaml,manifests/*.yaml}");
  }
}

Names named_files(const Catalog& catalog) {
  Names named;
  for (const auto& [name, overlay] : catalog.overlays())
    for (const model::ComponentRef& ref : overlay.spec.component_refs) {
      if (!ref.values_file.empty()) {
        named.insert(ref.values_file);
        named.insert(cat("components/", ref.name, "/values.yaml"));  // lies below every other one
      }
      named.insert(ref.manifest_files.begin(), ref.manifest_files.end());
    }
  for (const model::Component& component : catalog.registry().components)
    named.insert(component.health_check.assert_file);
  return named;
}

void find_unused(LintCollector& lint) {
  const Catalog& catalog = lint.catalog();
  Names named = named_files(catalog);
  Names used;
  for (const auto& [name, overlay] : catalog.overlays())
    for (const model::ComponentRef& ref : overlay.spec.component_refs) used.insert(ref.name);
  for (const auto& [path, file] : catalog.files()) {
    bool manifest = path.find("/manifests/") != std::string::npos;
    if (component_of(path).empty() || named.contains(path) || (!manifest && !is_values(path))) continue;
    lint.add("unused-file", {file.source, 1, 1}, cat("no overlay and no component names ", show(path)),
             cat("name it in ", manifest ? "manifestFiles" : "valuesFile", ", or remove it"));
  }
  for (const model::Component& component : catalog.registry().components) {
    if (!used.contains(component.name))
      lint.add("unused-component", component.mark, cat("no overlay names component ", quote(component.name)),
               "name it in the componentRefs of an overlay, or remove it");
    const std::string& check = component.health_check.assert_file;
    if (!check.empty() && !catalog.has_file(check))
      lint.add(
          "missing-check", component.mark,
          cat("component ", quote(component.name), ": health check ", quote(check), " is not in the catalog"),
          "add the file, or drop healthCheck.assertFile");
  }
}

/// Every place of the registry where value paths stand, with their marks.
void each_path(const data::Value& value, const auto& visit) {
  if (!value.is_map()) return;
  for (const data::Map::Entry& entry : value.map()) {
    if (entry.value.is_list() && entry.key.ends_with("Paths")) {
      for (const data::Value& path : entry.value.list())
        if (path.is_string()) visit(path);
    } else {
      each_path(entry.value, visit);
    }
  }
}

/// All that the values files of each component, and what overlays lay over them, have.
std::map<std::string, std::vector<data::Value>, std::less<>> known_values(const Catalog& catalog) {
  std::map<std::string, std::vector<data::Value>, std::less<>> known;
  for (const auto& [path, file] : catalog.files())
    if (is_values(path))
      if (auto values = catalog.values(path))
        known[std::string(component_of(path))].push_back(*std::move(values));
  for (const auto& [name, overlay] : catalog.overlays())
    for (const model::ComponentRef& ref : overlay.spec.component_refs)
      if (!ref.overrides.empty()) known[ref.name].push_back(data::Value(ref.overrides));
  return known;
}

/// Whether a chart's own schema has room for a path: a part it lists, or one below an object it leaves open.
bool schema_has(const data::Value& schema, const data::Path& path) {
  const data::Value* at = &schema;
  for (const data::PathPart& part : path) {
    const auto* key = std::get_if<std::string>(&part);
    const data::Value* properties = at->find("properties");
    const data::Value* next = properties == nullptr || key == nullptr ? nullptr : properties->find(*key);
    const data::Value* more = at->find("additionalProperties");
    bool closed = more != nullptr && more->is_bool() && !more->boolean();
    if (next == nullptr) return !closed;
    at = next;
  }
  return true;
}

data::Value schema_of(const Catalog& catalog, std::string_view component) {
  auto text = catalog.text(cat("components/", component, "/values.schema.json"));
  if (!text) return {};
  data::Sources sources;
  auto schema = data::parse_json(*text, sources, "values.schema.json");
  return schema ? *std::move(schema) : data::Value();
}

void find_unknown_paths(LintCollector& lint) {
  const data::Value* components = lint.loaded().registry.find("components");
  if (components == nullptr || !components->is_list()) return;
  auto known = known_values(lint.catalog());
  for (const data::Value& component : components->list()) {
    const data::Value* name = component.find("name");
    if (name == nullptr || !name->is_scalar()) continue;
    const std::vector<data::Value>& values = known[name->scalar_text()];
    data::Value schema = schema_of(lint.catalog(), name->scalar_text());
    each_path(component, [&](const data::Value& text) {
      auto path = data::parse_path(text.string());
      auto has = [&](const data::Value& one) { return data::find(one, *path) != nullptr; };
      if (path && (std::ranges::any_of(values, has) || (schema.is_map() && schema_has(schema, *path))))
        return;
      lint.add("unknown-scheduling-path", text.mark(),
               cat(name->scalar_text(), ": no values file has ", quote(text.string()),
                   schema.is_map() ? ", nor the chart's values.schema.json" : ""),
               "correct it, write it into the component's values.yaml, or say with an allow comment that the "
               "chart has it");
    });
  }
}

}  // namespace

void lint_files(LintCollector& lint) {
  find_stray(lint);
  if (lint.whole()) find_unused(lint);
  find_unknown_paths(lint);
}

}  // namespace eidos::catalog
